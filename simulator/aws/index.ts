/** Simulated EC2 Auto Scaling, EC2 Spot, and Elastic Load Balancing: what the rest of the simulator uses of them. */

export type { AutoScalingGroup } from './auto-scaling/auto-scaling-group.ts';
export type { CapacitySnapshot, CapacityStatistics } from './auto-scaling/capacity-statistics.ts';
export type { GroupOptions, InstanceOptions, LaunchSeconds } from './auto-scaling/group-options.ts';
export type { Instance, LifecycleState } from './auto-scaling/group-state.ts';
export type {
  CapacityRebalanceReading,
  InstanceMaintenancePolicy,
  LifecycleHookOptions,
  WarmPoolOptions,
} from './auto-scaling/process-options.ts';
export type { Change } from './changes.ts';
export {
  type InterruptOptions,
  type RebalanceRecommendationEvent,
  type ReservationInterruptionEvent,
  reclaimSeconds,
  type SpotInterruptionEvent,
} from './ec2/spot-interruption.ts';
export type { RequestCounts, RequestSecond } from './load-balancing/request-traffic.ts';
export type { TargetGroup, TargetGroupOptions } from './load-balancing/target-group.ts';
export type { TargetState } from './load-balancing/target-state.ts';
export { type ApiCall, type Fault, type Intercept, maxStaleSeconds } from './protocols/faults.ts';
export type { InProcessRequestHandler } from './protocols/in-process-request-handler.ts';
export { ConnectionLost } from './protocols/service-endpoint.ts';
export { ServiceError } from './protocols/service-error.ts';
export { SimulatedAws, type SimulatedAwsOptions } from './simulated-aws.ts';
