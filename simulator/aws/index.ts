/** Simulated EC2 Auto Scaling, EC2 Spot, and Elastic Load Balancing: what the rest of the simulator uses of them. */

export type { AutoScalingGroup } from './auto-scaling/auto-scaling-group.ts';
export type { CapacitySnapshot } from './auto-scaling/capacity-statistics.ts';
export type { GroupOptions, InstanceOptions, LaunchSeconds } from './auto-scaling/group-options.ts';
export type { Instance, LifecycleState } from './auto-scaling/group-state.ts';
export type { LifecycleHookOptions } from './auto-scaling/process-options.ts';
export type { Change } from './changes.ts';
export {
  reclaimSeconds,
  type SpotInterruptionEvent,
} from './ec2/spot-interruption.ts';
export type { RequestCounts } from './load-balancing/request-traffic.ts';
export type { TargetGroup, TargetGroupOptions } from './load-balancing/target-group.ts';
export type { TargetState } from './load-balancing/target-state.ts';
export type { ApiCall, Fault, Intercept } from './protocols/faults.ts';
export { SimulatedAws, type SimulatedAwsOptions } from './simulated-aws.ts';
