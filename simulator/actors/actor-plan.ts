import type { ClusterAutoscalerPlan, PersonPlan, ScheduledActionPlan } from './absolute-sizes.ts';
import type { InstanceRefreshPlan } from './instance-refresh.ts';
import type { StepScalingPlan } from './step-scaling.ts';
import type { TargetTrackingPlan } from './target-tracking.ts';
import type { TerminationsPlan } from './terminations.ts';

/** What somebody else does to a group, as plain JSON. Seconds are since the actor's start. */
export type ActorPlan =
  | TargetTrackingPlan
  | StepScalingPlan
  | ScheduledActionPlan
  | PersonPlan
  | ClusterAutoscalerPlan
  | InstanceRefreshPlan
  | TerminationsPlan;

export type ActorKind = ActorPlan['kind'];

/** With 0 of them time would stand still, or a target never be met. */
const moreThanZero = ['everySeconds', 'targetUtilization'];

/** Throws a RangeError that names the wrong number and its value. */
export function refuseBadPlan(plan: ActorPlan): void {
  for (const [name, value] of Object.entries(plan)) {
    if (typeof value !== 'number' || name === 'change') continue;
    const isPositive = moreThanZero.includes(name);
    if (isPositive ? value > 0 : value >= 0) continue;
    throw new RangeError(
      `Actor ${plan.kind}: ${name} must be ${isPositive ? 'more than' : 'at least'} 0, not ${value}.`,
    );
  }
}
