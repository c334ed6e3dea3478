import { drainSecondsTag, minServingTag } from '../../functions/capacity/floor.ts';
import { startActor, WorkerFleet } from '../actors/index.ts';
import type { AutoScalingGroup, Intercept, LaunchSeconds, SimulatedAws } from '../aws/index.ts';
import { seededRandom } from '../seeded-random.ts';
import type { Scenario } from './scenarios.ts';

/** The seed of the faults in a run whose own seed is 1. */
const firstSeed = 20_260_101;

const groupName = 'web';
const defaultHealthCheckSeconds = 10;
const defaultLaunchSeconds = 40;
/** Until a launch that failed is tried again. */
const launchRetrySeconds = 15;

/** What an instance can answer in a second, and how much of that is asked of it. */
export const requestsPerInstanceSecond = 10;
const usualLoad = 0.6;
/** Until the group's control loop begins a launch, and the handler has asked for one. */
const reactionSeconds = 3;

/** A scenario's group, as it stands before the first notice. */
export interface Stage {
  readonly group: AutoScalingGroup;
  /** By the numbers that the scenario's notices use. */
  readonly instanceIds: readonly string[];
  /** From a raise until a new instance serves. Infinity: never. */
  readonly replacementSeconds: number;
  /** What the instances do; undefined where they answer requests. */
  readonly workers: WorkerFleet | undefined;
}

/** Builds a scenario's group behind a target group whose requests fit its size. Its first instance gets the given id. */
export function stage(scenario: Scenario, aws: SimulatedAws, firstInstanceId: string): Stage {
  const { instances, load = usualLoad, minSize = 1, maxSize, weight, others = [], terminationHook, workers } = scenario;
  const { warmup = { seconds: 0, share: 1 } } = scenario;
  const { healthCheckSeconds, launch } = replacementOf(scenario);
  const instanceIds = [firstInstanceId, ...Array.from({ length: instances - 1 }, (_, index) => instanceId(index + 1))];
  const inNoGroup = scenario.interruptedInstanceIs === 'in no group';
  const serving = instances - (scenario.interruptedInstanceIs === 'Terminating' ? 1 : 0);
  if (inNoGroup) aws.createInstance(firstInstanceId);
  const group = aws.createGroup({
    name: groupName,
    instances: instanceIds.map((id, index) => {
      if (index > 0) return { id };
      if (inNoGroup) return {};
      return { id, lifecycleState: scenario.interruptedInstanceIs === 'Terminating' ? 'Terminating' : 'InService' };
    }),
    minSize,
    maxSize,
    launchSeconds: launch,
    launchRetrySeconds,
    ...(weight !== undefined && { weight }),
    ...(terminationHook && {
      lifecycleHooks: [{ name: 'on-termination', transition: 'terminating', ...terminationHook }],
    }),
    tags: tagsOf(scenario),
    targetGroups: workers
      ? []
      : [
          aws.createTargetGroup({
            name: groupName,
            healthCheckSeconds,
            requestsPerSecond: serving * requestsPerInstanceSecond * load,
            requestsPerInstanceSecond,
            warmupSeconds: warmup.seconds,
            warmupShare: warmup.share,
          }),
        ],
  });
  stageCommands(scenario, aws, instanceIds);
  for (const plan of others) startActor(aws, group, plan);
  aws.mark();
  return {
    group,
    instanceIds,
    replacementSeconds: replacementSecondsOf(scenario),
    workers: workers && new WorkerFleet(aws, group, workers),
  };
}

/** What it takes in a scenario to launch an instance, and until it serves. `launch`: with the launches that fail. */
export function replacementOf(scenario: Scenario) {
  const { failedLaunches = 0, launchSeconds = defaultLaunchSeconds } = scenario;
  const launch = (number: number): LaunchSeconds => (number <= failedLaunches ? 'never' : launchSeconds);
  return {
    healthCheckSeconds: scenario.workers ? 0 : (scenario.healthCheckSeconds ?? defaultHealthCheckSeconds),
    launchSeconds,
    launch: failedLaunches === 0 ? launchSeconds : launch,
  };
}

/** One launch that fails holds up those after it, so that each failure can come after another wait. */
function replacementSecondsOf(scenario: Scenario): number {
  const { healthCheckSeconds, launchSeconds } = replacementOf(scenario);
  const launch = launchSeconds === 'never' ? Number.POSITIVE_INFINITY : launchSeconds;
  return reactionSeconds + (scenario.failedLaunches ?? 0) * launchRetrySeconds + launch + healthCheckSeconds;
}

function tagsOf({ drainSeconds, minServing }: Scenario): Record<string, string> {
  return {
    ...(minServing !== undefined && { [minServingTag]: minServing }),
    ...(drainSeconds !== undefined && { [drainSecondsTag]: String(drainSeconds) }),
  };
}

function stageCommands(
  { shutdownDocument, withoutAgent = [] }: Scenario,
  { systemsManager }: SimulatedAws,
  instanceIds: readonly string[],
): void {
  const parameters = ['AutoScalingGroupName', 'InstanceId', 'ReclaimAt'];
  if (shutdownDocument !== undefined) systemsManager.createDocument({ name: shutdownDocument, parameters });
  for (const index of withoutAgent) systemsManager.removeAgent(instanceIds[index] ?? '');
}

/** The scenario's faults, if it has any. Which calls they hit is a function of the seed (default 1) alone. */
export function interceptOf({ throttledShare = 0 }: Scenario, seed = 1): Intercept | undefined {
  if (throttledShare === 0) return undefined;
  const random = seededRandom(firstSeed + seed - 1);
  return () => (random() < throttledShare ? { kind: 'throttle' } : undefined);
}

function instanceId(index: number): string {
  return `i-0${index.toString(16).padStart(16, '0')}`;
}
