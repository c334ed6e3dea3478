import {
  type AutoScalingClient,
  type AutoScalingGroup,
  DescribeAutoScalingGroupsCommand,
  type Instance,
} from '@aws-sdk/client-auto-scaling';

/** What DescribeAutoScalingGroups said of one group. It may be some seconds older than the last change. */
export interface GroupSnapshot {
  readonly desiredCapacity: number;
  readonly minSize: number;
  readonly maxSize: number;
  /** False while the `Launch` process is suspended. */
  readonly canLaunch: boolean;
  /** False while the `AddToLoadBalancer` process is suspended: new instances are never registered. */
  readonly registersTargets: boolean;
  readonly targetGroupArns: readonly string[];
  /** Classic Load Balancers or VPC Lattice, whose target health is not asked. */
  readonly hasOtherTrafficSources: boolean;
  /** Capacity Rebalancing is on. */
  readonly rebalancesCapacity: boolean;
  /** Of the instance maintenance policy, from 0 to 100; absent where there is none. */
  readonly minHealthyPercentage?: number;
  readonly tags: ReadonlyMap<string, string>;
  readonly instances: readonly GroupInstance[];
}

export interface GroupInstance {
  readonly instanceId: string;
  readonly phase: Phase;
  /** `LifecycleState` is InService or Standby: what DetachInstances takes. */
  readonly detachable: boolean;
  /** `HealthStatus` is Healthy. */
  readonly healthy: boolean;
  /** Capacity units: `WeightedCapacity`, or 1. */
  readonly weight: number;
}

/** What a `LifecycleState` means for capacity. A state that is new to us counts as pending: present, not yet serving. */
export type Phase = 'pending' | 'in service' | 'standby' | 'detaching' | 'terminating' | 'warm';

/** @returns undefined where the group does not exist (any more). */
export async function describeGroup(
  autoScaling: AutoScalingClient,
  autoScalingGroupName: string,
): Promise<GroupSnapshot | undefined> {
  const answer = await autoScaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [autoScalingGroupName] }),
  );
  const group = answer.AutoScalingGroups?.[0];
  return group && snapshotOf(group);
}

export function snapshotOf(group: AutoScalingGroup): GroupSnapshot {
  return {
    desiredCapacity: group.DesiredCapacity ?? 0,
    minSize: group.MinSize ?? 0,
    maxSize: group.MaxSize ?? 0,
    canLaunch: !isSuspended(group, 'Launch'),
    registersTargets: !isSuspended(group, 'AddToLoadBalancer'),
    targetGroupArns: group.TargetGroupARNs ?? [],
    hasOtherTrafficSources: (group.LoadBalancerNames ?? []).length > 0 || hasLattice(group),
    rebalancesCapacity: group.CapacityRebalance ?? false,
    ...minHealthy(group),
    tags: new Map((group.Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? ''])),
    instances: (group.Instances ?? []).map(groupInstance),
  };
}

/** @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-lifecycle.html */
export function phaseOf(lifecycleState: string): Phase {
  if (lifecycleState === 'InService') return 'in service';
  if (lifecycleState.endsWith('Standby')) return 'standby';
  if (lifecycleState.startsWith('Warmed')) return 'warm';
  if (lifecycleState.startsWith('Detach')) return 'detaching';
  if (lifecycleState.startsWith('Terminat')) return 'terminating';
  return 'pending';
}

/** `WeightedCapacity` is a string, and absent where the group is not weighted. */
export function weightOf(weightedCapacity: string | undefined): number {
  return Number(weightedCapacity ?? 1) || 1;
}

function isSuspended({ SuspendedProcesses }: AutoScalingGroup, name: string): boolean {
  return (SuspendedProcesses ?? []).some(({ ProcessName }) => ProcessName === name);
}

function hasLattice({ TrafficSources }: AutoScalingGroup): boolean {
  return (TrafficSources ?? []).some(({ Identifier, Type }) => `${Type} ${Identifier}`.includes('lattice'));
}

/** -1 where it is not set. */
function minHealthy({ InstanceMaintenancePolicy }: AutoScalingGroup): { minHealthyPercentage?: number } {
  const percentage = InstanceMaintenancePolicy?.MinHealthyPercentage ?? -1;
  return percentage >= 0 ? { minHealthyPercentage: percentage } : {};
}

function groupInstance(instance: Instance): GroupInstance {
  const lifecycleState = instance.LifecycleState ?? '';
  return {
    instanceId: instance.InstanceId ?? '',
    phase: phaseOf(lifecycleState),
    detachable: lifecycleState === 'InService' || lifecycleState === 'Standby',
    healthy: instance.HealthStatus?.toLowerCase() === 'healthy',
    weight: weightOf(instance.WeightedCapacity),
  };
}
