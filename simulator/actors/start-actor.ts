import type { AutoScalingGroup, SimulatedAws } from '../aws/index.ts';
import { startClusterAutoscaler, startPerson, startScheduledAction } from './absolute-sizes.ts';
import { type ActorKind, type ActorPlan, refuseBadPlan } from './actor-plan.ts';
import { startInstanceRefresh } from './instance-refresh.ts';
import { type Stage, stageFor } from './stage.ts';
import { startStepScaling } from './step-scaling.ts';
import { startTargetTracking } from './target-tracking.ts';
import { startTerminations } from './terminations.ts';

export interface RunningActor {
  readonly kind: ActorKind;
  /** It does nothing more. The account's `stop` ends all actors. */
  stop(): void;
}

/**
 * Starts somebody else who changes a group, from now on and in virtual time: directly, without calls that take time, could
 * fail or would be counted. Its changes are told with `by`, its plan's kind; the scaling activities' causes are worded as
 * the service words them. It keeps DesiredCapacity within MinSize and MaxSize. Throws a RangeError for a plan that cannot be.
 */
export function startActor(aws: SimulatedAws, group: AutoScalingGroup, plan: ActorPlan): RunningActor {
  refuseBadPlan(plan);
  const stage = stageFor(aws, group, plan.kind);
  begin(stage, plan);
  return { kind: plan.kind, stop: () => stage.stop() };
}

function begin(stage: Stage, plan: ActorPlan): void {
  switch (plan.kind) {
    case 'target-tracking':
      startTargetTracking(stage, plan);
      break;
    case 'step-scaling':
      startStepScaling(stage, plan);
      break;
    case 'scheduled-action':
      startScheduledAction(stage, plan);
      break;
    case 'person':
      startPerson(stage, plan);
      break;
    case 'cluster-autoscaler':
      startClusterAutoscaler(stage, plan);
      break;
    case 'instance-refresh':
      startInstanceRefresh(stage, plan);
      break;
    case 'terminations':
      startTerminations(stage, plan);
      break;
    default:
      plan satisfies never;
  }
}
