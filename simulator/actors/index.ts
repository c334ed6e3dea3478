/** Others who change a group beside the handler: scaling policies, schedules, people, autoscalers, deployments. */

export type { ClusterAutoscalerPlan, PersonPlan, ScheduledActionPlan } from './absolute-sizes.ts';
export type { ActorKind, ActorPlan } from './actor-plan.ts';
export type { InstanceRefreshPlan } from './instance-refresh.ts';
export type { Load } from './load.ts';
export { type RunningActor, startActor } from './start-actor.ts';
export type { ScalingStep, StepScalingPlan } from './step-scaling.ts';
export type { TargetTrackingPlan } from './target-tracking.ts';
export type { TerminationsPlan } from './terminations.ts';
export { type JobCounts, WorkerFleet, type WorkerPlan } from './worker-fleet.ts';
