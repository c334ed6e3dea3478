import { type MinServing, minServingAllowed, minServingOf } from '../../functions/configuration/values.ts';
import { type DeployedApp, deploy } from '../account/deployed-app.ts';
import { type LocalAws, startLocalAws } from '../account/local-aws.ts';
import type { SynthesizedApp } from '../account/synthesized-app.ts';
import { matchesPattern } from '../aws/event-bridge/event-bus.ts';
import {
  type ApiCall,
  type AutoScalingGroup,
  type CapacitySnapshot,
  type Change,
  type Fault,
  type Instance,
  type Intercept,
  type RequestCounts,
  reclaimSeconds,
} from '../aws/index.ts';
import type { ExecutionEvent } from '../aws/step-functions/execution-history.ts';
import type { Execution } from '../aws/step-functions/workflow-runner.ts';
import { type JsonValue, objectAt, throughJson } from '../json.ts';
import { leastLostInstanceSeconds, nextSuccessfulLaunch } from '../judging/least-possible.ts';
import { handledBy, leftOf, reasonText } from '../judging/reason-text.ts';
import type { ExecutionLog, NoticeLog, RunLog } from '../judging/run-log.ts';
import { RunRecorder } from '../judging/run-recorder.ts';
import { seedMathRandom } from '../seeded-random.ts';
import { busy, inVirtualTime, type VirtualTime } from '../time/virtual-time.ts';
import { callerOf, type WorkflowCaller } from './caller.ts';
import { eventFor, instanceIdOf } from './event-file.ts';
import type { ExecutionRecord, RunRecord, RunSettings } from './run-record.ts';
import type { Notice, Scenario } from './scenarios.ts';
import { interceptOf, replacementOf, requestsPerInstanceSecond, type Stage, stage } from './staging.ts';

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
  /** A call of a service went wrong. */
  callFailed?(call: ApiCall, fault: Fault, caller: WorkflowCaller): void;
  ended(): void;
}

export interface LiveRun {
  readonly group: () => CapacitySnapshot;
  /** The group's instances as they are. */
  readonly instances: () => readonly Instance[];
  /** Calls the listener after every change of the group or of its targets. */
  readonly onGroupChange: (listener: (change: Change) => void) => void;
  readonly minServing: MinServing;
  readonly drainSeconds: number;
  /** What one capacity unit can answer in a second. */
  readonly requestsPerUnitSecond: number;
  /** Since the beginning. */
  readonly requests: () => RequestCounts;
  /** The instances noticed so far. */
  readonly notices: readonly NoticeLog[];
  readonly executions: readonly Execution[];
  /** What became of an execution that has ended, and the instance whose execution took it along. */
  readonly conclusionOf: (execution: Execution) => { readonly reason: string; readonly handledBy: string | undefined };
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
  if (!byHand && !app.eventPatterns.some((pattern) => matchesPattern(pattern, event))) {
    throw new EventNotMatched(
      `The event does not match the rules' patterns, ${app.eventPatterns.map((one) => JSON.stringify(one)).join(', ')}. ` +
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
  const faults = interceptOf(scenario, seed);
  const watched: { recorder?: RunRecorder } = {};
  const intercept: Intercept = (call) => {
    watched.recorder?.called(call, callerOf(call));
    const fault = faults?.(call);
    if (!fault) return undefined;
    const { executionArn, ...caller } = callerOf(call);
    watched.recorder?.failed(call, fault, caller);
    observer?.callFailed?.(call, fault, { executionArn, ...caller });
    return fault;
  };
  const local = await time.runUntilSettled(busy(() => startLocalAws({ table: app.table, intercept })));
  try {
    const deployed = await deploy(app, local, (execution, happened) => observer?.historyEvent(execution, happened));
    try {
      watched.recorder = new RunRecorder(local.aws);
      return await playIn({ local, deployed, time, recorder: watched.recorder }, options);
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
  readonly recorder: RunRecorder;
}

async function playIn({ local, deployed, time, recorder }: World, options: RunOptions): Promise<RunRecord> {
  const { scenario, event, byHand, app, observer } = options;
  const { bus, executions } = deployed;
  const eventInstanceId = instanceIdOf(event);
  const staged = stage(scenario, local.aws, eventInstanceId ?? 'i-1234567890abcdef0');
  const settings = settingsIn(scenario, app);
  const instancesBefore = staged.group.snapshot().inService;
  recorder.watch(staged.group, {
    minServing: readMinServing(settings),
    drainSeconds: settings.drainSeconds,
    managed: !scenario.groupTag,
    replacementSeconds: staged.replacementSeconds,
  });
  observer?.started(liveRun({ staged, scenario, settings, recorder, local, executions }));

  const give = (notice: Notice) => {
    const instanceId = staged.instanceIds[notice.instance] ?? '';
    const ownEvent =
      eventInstanceId === undefined
        ? undefined
        : signalOnce(local, staged.group, recorder, notice, instanceId, rebalanceTimeoutSeconds(app));
    const input = throughJson(ownEvent ?? eventFor(event, instanceId));
    if (byHand) deployed.startByHand(input);
    else bus.put(input);
  };
  const left = playNotices(scenario.notices, give);
  const isOver = () =>
    left() === 0 && executions.every(({ status }) => status !== 'RUNNING') && isSettled(staged.group, recorder);
  const lastNotice = Math.max(...scenario.notices.map(({ afterSeconds }) => afterSeconds));
  // The engine looks whether it is over after each timer, and there may be none for long.
  setInterval(() => {}, 1000);
  const longest = lastNotice + rebalanceTimeoutSeconds(app) + reclaimSeconds + settlingSeconds;
  await time.runUntil(isOver, longest * 1000);
  observer?.ended();
  const log = recorder.log(executions.map((execution) => executionLog(execution, recorder)));
  return {
    log,
    group: { ...staged.group.statistics, instancesBefore },
    executions: executions.map((execution, index) => executionRecord(log, execution, index)),
    requests: local.aws.requests(),
    ...(staged.workers && { jobs: staged.workers.counts() }),
    apiCalls: local.apiCalls(),
    settings,
    leastPossibleInstanceSeconds: leastPossible(log, scenario, settings),
  };
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

/** EC2 announces once that it takes an instance. Returns its event where that is no Spot interruption notice. */
function signalOnce(
  local: LocalAws,
  group: AutoScalingGroup,
  recorder: RunRecorder,
  { signal }: Notice,
  instanceId: string,
  rebalanceTimeoutSeconds: number,
) {
  const isInGroup = group.instances.some(({ id }) => id === instanceId);
  if (signal === 'rebalance recommendation') {
    recorder.recommended(instanceId, isInGroup ? group : undefined, rebalanceTimeoutSeconds);
    return local.aws.recommendRebalance(instanceId);
  }
  if (recorder.notices.some((notice) => notice.instanceId === instanceId)) return undefined;
  recorder.noticed(instanceId, isInGroup ? group : undefined, reclaimSeconds);
  if (signal === 'Capacity Reservation interruption') return local.aws.interruptReservation(instanceId);
  local.aws.interrupt(instanceId);
  return undefined;
}

/** Nothing is on its way in or out, and the last interrupted instance is gone. */
function isSettled(group: AutoScalingGroup, recorder: RunRecorder): boolean {
  const now = recorder.now();
  const { desired } = group.snapshot();
  const capacity = group.instances.reduce((sum, { weight }) => sum + weight, 0);
  const quiet = group.instances.every(
    ({ lifecycleState, healthStatus }) => lifecycleState === 'InService' && healthStatus === 'Healthy',
  );
  return quiet && capacity === desired && recorder.notices.every(({ reclaimAt }) => reclaimAt < now - 5);
}

interface RunParts {
  readonly staged: Stage;
  readonly scenario: Scenario;
  readonly settings: RunSettings;
  readonly recorder: RunRecorder;
  readonly local: LocalAws;
  readonly executions: readonly Execution[];
}

function liveRun({ staged: { group }, scenario, settings, recorder, local, executions }: RunParts): LiveRun {
  const now = () => recorder.now();
  return {
    group: () => group.snapshot(),
    instances: () => group.instances,
    minServing: readMinServing(settings),
    drainSeconds: settings.drainSeconds,
    requestsPerUnitSecond: requestsPerInstanceSecond / (scenario.weight ?? 1),
    onGroupChange: (listener) => local.aws.onChange(listener),
    requests: () => local.aws.requests(),
    notices: recorder.notices,
    executions,
    conclusionOf: (execution) => {
      const log = recorder.log(executions.map((one) => executionLog(one, recorder)));
      const concluded = log.executions.find(({ name }) => name === execution.name);
      return conclusionIn(log, concluded ?? executionLog(execution, recorder));
    },
    secondsSinceNotice: now,
    secondsUntilReclaim: () =>
      Math.max(0, Math.max(reclaimSeconds, ...recorder.notices.map(({ reclaimAt }) => reclaimAt)) - now()),
  };
}

/** Of the notices that the handler is to act upon. */
function leastPossible(log: RunLog, scenario: Scenario, settings: RunSettings) {
  const { healthCheckSeconds, launchSeconds } = replacementOf(scenario);
  const { serveOnAtMaxSize, weight = 1 } = scenario;
  const [group] = log.groups;
  if (!group?.managed) return 0;
  const served = log.notices.filter(({ lifecycleState }) => lifecycleState === 'InService');
  const interruptions = {
    noticedAtSeconds: served.map(({ at }) => at),
    room: Math.ceil((group.maxSize - group.desiredBefore) / weight),
    reactionSeconds: 1,
    healthCheckSeconds,
    launchSeconds: served.map(() => nextSuccessfulLaunch(launchSeconds)),
    untilSeconds: log.endedAt,
  };
  const least = leastLostInstanceSeconds(interruptions, reclaimSeconds - settings.drainSeconds);
  // Whoever serves on is checked anew.
  return weight * (serveOnAtMaxSize ? Math.min(least, healthCheckSeconds * served.length) : least);
}

function executionLog(execution: Execution, recorder: RunRecorder): ExecutionLog {
  const { error, finalState, input, name, output, startedAt, status, stoppedAt } = execution;
  return {
    name,
    input,
    instanceId: instanceIdOf(input) ?? 'none',
    startedAt: recorder.secondsAt(Date.parse(startedAt)),
    ...(stoppedAt !== undefined && { endedAt: recorder.secondsAt(Date.parse(stoppedAt)) }),
    status,
    ...(finalState !== undefined && { finalState }),
    ...(error !== undefined && { error }),
    output,
  };
}

function conclusionIn(log: RunLog, execution: ExecutionLog) {
  return { reason: reasonText(log, execution), handledBy: handledBy(log, execution)?.instanceId };
}

function executionRecord(
  log: RunLog,
  { finalState = 'none', output, stateTransitions, status }: Execution,
  index: number,
) {
  const execution = log.executions[index];
  if (!execution) throw new Error(`There is no execution ${index} in the log.`);
  const { from, to } = objectAt(output, 'scaleOut');
  const record: ExecutionRecord = {
    instanceId: execution.instanceId,
    status,
    finalState,
    ...conclusionIn(log, execution),
    scaledOut: Number(to) > Number(from),
    decremented: leftOf(execution).decremented === true,
    stateTransitions,
  };
  return record;
}

/** What the group's tags say, else the settings that the app was synthesized with. */
function settingsIn(scenario: Scenario, app: SynthesizedApp): RunSettings {
  return {
    minServing: scenario.minServing ?? variable(app, 'MIN_SERVING'),
    drainSeconds: scenario.drainSeconds ?? Number(variable(app, 'DRAIN_SECONDS')),
  };
}

function readMinServing({ minServing }: RunSettings): MinServing {
  const read = minServingOf(minServing);
  if (read) return read;
  throw new Error(`The floor is "${minServing}", but has to be ${minServingAllowed}.`);
}

/** 0 where recommendations are ignored. */
function rebalanceTimeoutSeconds(app: SynthesizedApp): number {
  return Number(environmentVariable(app, 'REBALANCE_TIMEOUT_MINUTES') ?? 0) * 60;
}

function variable(app: SynthesizedApp, name: string): string {
  const value = environmentVariable(app, name);
  if (value !== undefined) return value;
  throw new Error(`No synthesized function has ${name} in its environment.`);
}

function environmentVariable(app: SynthesizedApp, name: string): string | undefined {
  return app.functions.map(({ environment }) => environment[name]).find((one) => one !== undefined);
}
