/** Others who change a group beside the handler: scaling policies, schedules, people, autoscalers, deployments. */

export type { ActorKind, ActorPlan } from './actor-plan.ts';
export { startActor } from './start-actor.ts';
export { type JobCounts, WorkerFleet, type WorkerPlan } from './worker-fleet.ts';
