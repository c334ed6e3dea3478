import { causeMessage } from './cause.ts';
import { type DeployedApp, deploy } from './deployed-app.ts';
import { matchesPattern } from './event-bus.ts';
import { eventFor, instanceIdOf } from './event-file.ts';
import type { ExecutionEvent } from './execution-history.ts';
import { type JsonValue, objectAt } from './json.ts';
import { type LocalAws, startLocalAws } from './local-aws.ts';
import { type ExecutionRecord, GroupRecorder, type NoticeRecord, type RunRecord } from './run-record.ts';
import type { Notice, Scenario } from './scenarios/scenarios.ts';
import { interceptOf, type Stage, stage } from './scenarios/staging.ts';
import { seedMathRandom } from './seeded-random.ts';
import { type AutoScalingGroup, type CapacitySnapshot, type RequestCounts, reclaimSeconds } from './services/index.ts';
import type { SynthesizedApp } from './synthesized-app.ts';
import { busy, inVirtualTime, type VirtualTime } from './virtual-time.ts';
import type { Execution } from './workflow-runner.ts';

export interface RunOptions {
  readonly scenario: Scenario;
  /** The event to put for each notice; see `eventFor`. */
  readonly event: JsonValue;
  /** Starts the executions with the event as their input, past the rule, as StartExecution does. Default false. */
  readonly byHand?: boolean;
  readonly app: SynthesizedApp;
  /** Virtual seconds per real second. Default: as fast as possible. */
  readonly speed?: number;
  /** What is random in a run (which calls are throttled, retries' jitter) is a function of this alone. Default 1. */
  readonly seed?: number;
  readonly observer?: RunObserver;
}

/** Follows a run while it happens. */
export interface RunObserver {
  /** Called when all is in place, before the first notice. */
  started(run: LiveRun): void;
  historyEvent(execution: Execution, event: ExecutionEvent): void;
  ended(): void;
}

export interface LiveRun {
  readonly group: () => CapacitySnapshot;
  /** Calls the listener after every change of the group or of its targets. */
  readonly onGroupChange: (listener: () => void) => void;
  /** Since the beginning. */
  readonly requests: () => RequestCounts;
  /** The instances noticed so far. */
  readonly notices: readonly NoticeRecord[];
  readonly executions: readonly Execution[];
  readonly secondsSinceNotice: () => number;
  /** Until the last instance noticed so far is reclaimed. */
  readonly secondsUntilReclaim: () => number;
}

/** The event is none that the rule would start an execution for. */
export class EventNotMatched extends Error {}

/** Time for the group to see that an instance is gone, and to replace it. */
const settlingSeconds = 150;

/**
 * Plays a scenario: the group is built, the events are put, and time passes until every execution has ended, every
 * interrupted instance has been reclaimed, and the group has settled.
 * @throws EventNotMatched
 */
export async function runScenario(options: RunOptions): Promise<RunRecord> {
  const { app, event, speed, byHand = false, seed = 1 } = options;
  if (!byHand && !matchesPattern(app.eventPattern, event)) {
    throw new EventNotMatched(
      `The event does not match the rule's pattern, ${JSON.stringify(app.eventPattern)}. ` +
        'Give it as --input to start an execution by hand with it.',
    );
  }
  const startAt = new Date(Math.floor(Date.now() / 1000) * 1000);
  const restoreRandom = seedMathRandom(seed);
  try {
    return await inVirtualTime({ startAt, ...(speed !== undefined && { speed }) }, (time) => play(options, time));
  } finally {
    restoreRandom();
  }
}

async function play(options: RunOptions, time: VirtualTime): Promise<RunRecord> {
  const { scenario, app, observer, seed } = options;
  const intercept = interceptOf(scenario, seed);
  const start = () => startLocalAws({ table: app.table, ...(intercept && { intercept }) });
  const local = await time.runUntilSettled(busy(start));
  try {
    const deployed = await deploy(app, local, (execution, happened) => observer?.historyEvent(execution, happened));
    try {
      return await playIn({ local, deployed, time }, options);
    } finally {
      deployed.stop();
    }
  } finally {
    await local.close();
  }
}

interface World {
  readonly local: LocalAws;
  readonly deployed: DeployedApp;
  readonly time: VirtualTime;
}

async function playIn({ local, deployed, time }: World, { scenario, event, byHand, app, observer }: RunOptions) {
  const { bus, executions } = deployed;
  const eventInstanceId = instanceIdOf(event);
  const staged = stage(scenario, local.aws, eventInstanceId ?? 'i-1234567890abcdef0');
  const recorder = new GroupRecorder(local.aws, staged.group, scenario.weight ?? 1);
  observer?.started(liveRun(staged.group, recorder, local, executions));

  const give = ({ instance }: Notice) => {
    const instanceId = staged.instanceIds[instance] ?? '';
    if (eventInstanceId !== undefined) interruptOnce(scenario, local, recorder, instanceId);
    const input = eventFor(event, instanceId);
    if (byHand) deployed.startByHand(input);
    else bus.put(input);
  };
  const left = playNotices(scenario.notices, give);
  const isOver = () =>
    left() === 0 && executions.every(({ status }) => status !== 'RUNNING') && isSettled(staged.group, recorder);
  const lastNotice = Math.max(...scenario.notices.map(({ afterSeconds }) => afterSeconds));
  // The engine looks whether it is over after each timer, and there may be none for long.
  setInterval(() => {}, 1000);
  await time.runUntil(isOver, (lastNotice + reclaimSeconds + settlingSeconds) * 1000);
  observer?.ended();
  return record(scenario, staged, recorder, local, app, executions);
}

/** Gives each notice at its time. Returns how many are left. */
function playNotices(notices: readonly Notice[], give: (notice: Notice) => void): () => number {
  let left = notices.length;
  for (const notice of notices) {
    setTimeout(() => {
      left -= 1;
      give(notice);
    }, notice.afterSeconds * 1000);
  }
  return () => left;
}

function interruptOnce(scenario: Scenario, local: LocalAws, recorder: GroupRecorder, instanceId: string): void {
  if (recorder.notices.some((notice) => notice.instanceId === instanceId)) return;
  recorder.noticed(instanceId, (scenario.interruptedInstanceIs ?? 'InService') === 'InService' && !scenario.groupTag);
  local.aws.interrupt(instanceId);
}

/** Nothing is on its way in or out, and the last interrupted instance is gone. */
function isSettled(group: AutoScalingGroup, recorder: GroupRecorder): boolean {
  const now = recorder.secondsSinceStart(Date.now());
  const { desired } = group.snapshot();
  const capacity = group.instances.reduce((sum, { weight }) => sum + weight, 0);
  const quiet = group.instances.every(
    ({ lifecycleState, healthStatus }) => lifecycleState === 'InService' && healthStatus === 'Healthy',
  );
  return quiet && capacity === desired && recorder.notices.every(({ reclaimAtSeconds }) => reclaimAtSeconds < now - 5);
}

function liveRun(
  group: AutoScalingGroup,
  recorder: GroupRecorder,
  local: LocalAws,
  executions: readonly Execution[],
): LiveRun {
  const now = () => recorder.secondsSinceStart(Date.now());
  return {
    group: () => group.snapshot(),
    onGroupChange: (listener) => local.aws.onChange(listener),
    requests: () => local.aws.requests(),
    notices: recorder.notices,
    executions,
    secondsSinceNotice: now,
    secondsUntilReclaim: () =>
      Math.max(
        0,
        Math.max(reclaimSeconds, ...recorder.notices.map(({ reclaimAtSeconds }) => reclaimAtSeconds)) - now(),
      ),
  };
}

function record(
  scenario: Scenario,
  staged: Stage,
  recorder: GroupRecorder,
  local: LocalAws,
  app: SynthesizedApp,
  executions: readonly Execution[],
): RunRecord {
  const { notices, desiredChanges, detachments } = recorder;
  return {
    group: recorder.groupRecord(),
    notices,
    desiredChanges,
    detachments,
    executions: executions.map(executionRecord),
    requests: local.aws.requests(),
    apiCalls: local.apiCalls(),
    settings: settingsOf(app),
    replacementSeconds: staged.replacementSeconds,
    faults: (scenario.throttledShare ?? 0) > 0,
  };
}

function executionRecord(execution: Execution): ExecutionRecord {
  const { status, finalState = 'none', stateTransitions, output, error, cause } = execution;
  const reason = objectAt(output, 'interruption').reason;
  const failure = error === undefined ? undefined : `${error}: ${causeMessage(cause)}`;
  return {
    instanceId: instanceIdOf(execution.input) ?? 'none',
    status,
    finalState,
    reason: typeof reason === 'string' ? reason : failure,
    scaledOut: objectAt(output, 'scaleOut').raised === true,
    decremented: objectAt(output, 'detachment').decremented === true,
    stateTransitions,
  };
}

/** The settings that the app was synthesized with. */
export function settingsOf(app: SynthesizedApp): RunRecord['settings'] {
  return {
    minServingPeers: numberVariable(app, 'MIN_SERVING_PEERS'),
    drainSeconds: numberVariable(app, 'DRAIN_SECONDS'),
  };
}

function numberVariable(app: SynthesizedApp, name: string): number {
  const value = Number(app.functions.map(({ environment }) => environment[name]).find((one) => one !== undefined));
  if (Number.isFinite(value)) return value;
  throw new Error(`No synthesized function has the number ${name} in its environment.`);
}
