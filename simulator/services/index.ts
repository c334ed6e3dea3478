/** Simulated EC2 Auto Scaling, EC2 Spot, and Elastic Load Balancing: what the rest of the simulator uses of them. */

export type { AutoScalingGroup } from './auto-scaling-group.ts';
export type { CapacitySnapshot, CapacityStatistics } from './capacity-statistics.ts';
export type { Change } from './changes.ts';
export { type ApiCall, type Fault, type Intercept, maxStaleSeconds } from './faults.ts';
export type { GroupOptions, InstanceOptions, LaunchSeconds } from './group-options.ts';
export type { Instance, LifecycleState } from './group-state.ts';
export type { InProcessRequestHandler } from './in-process-request-handler.ts';
export type {
  CapacityRebalanceReading,
  InstanceMaintenancePolicy,
  LifecycleHookOptions,
  WarmPoolOptions,
} from './process-options.ts';
export type { RequestCounts, RequestSecond } from './request-traffic.ts';
export { ConnectionLost } from './service-endpoint.ts';
export { ServiceError } from './service-error.ts';
export { SimulatedAws, type SimulatedAwsOptions } from './simulated-aws.ts';
export {
  type InterruptOptions,
  type RebalanceRecommendationEvent,
  reclaimSeconds,
  type SpotInterruptionEvent,
} from './spot-interruption.ts';
export type { TargetGroup, TargetGroupOptions } from './target-group.ts';
export type { TargetState } from './target-state.ts';
