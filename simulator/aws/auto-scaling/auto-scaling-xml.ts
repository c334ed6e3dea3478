import type { XmlValue } from '../protocols/query-protocol.ts';
import type { AutoScalingGroup } from './auto-scaling-group.ts';
import type { GroupSettings } from './group-options.ts';
import { type Instance, isWarmed } from './group-state.ts';
import type { LifecycleHook } from './lifecycle-hooks.ts';
import type { InstanceMaintenancePolicy, WarmPoolOptions } from './process-options.ts';
import type { ScalingActivity } from './scaling-activities.ts';
import { warmPoolOf } from './warm-pool.ts';

/** Groups, instances, activities and hooks as EC2 Auto Scaling's answers describe them. */

/** DescribeAutoScalingGroups. The instances of a warm pool are DescribeWarmPool's and DescribeAutoScalingInstances'. */
export function groupXml(
  group: AutoScalingGroup,
  { at, includeInstances }: { readonly at: number; readonly includeInstances: boolean },
): XmlValue {
  const { settings } = group;
  const state = group.state(at);
  const members = state.instances.filter((instance) => !isWarmed(instance));
  return {
    AutoScalingGroupName: group.name,
    AutoScalingGroupARN: group.arn,
    MinSize: state.minSize,
    MaxSize: state.maxSize,
    DesiredCapacity: state.desiredCapacity,
    DefaultCooldown: settings.defaultCooldownSeconds,
    AvailabilityZones: settings.availabilityZones,
    LoadBalancerNames: settings.loadBalancerNames,
    TargetGroupARNs: settings.targetGroups.map(({ arn }) => arn),
    TrafficSources: trafficSourcesXml(settings),
    HealthCheckType: 'EC2',
    HealthCheckGracePeriod: 0,
    Instances: includeInstances ? members.map((instance) => instanceXml(group, instance)) : [],
    CreatedTime: group.createdAt,
    SuspendedProcesses: state.suspendedProcesses.map((process) => ({
      ProcessName: process,
      SuspensionReason: 'User suspended',
    })),
    EnabledMetrics: [],
    Tags: tagsXml(group),
    TerminationPolicies: ['Default'],
    NewInstancesProtectedFromScaleIn: false,
    CapacityRebalance: settings.capacityRebalance !== undefined,
    ...(settings.instanceMaintenancePolicy && {
      InstanceMaintenancePolicy: policyXml(settings.instanceMaintenancePolicy),
    }),
    ...(settings.warmPool && {
      WarmPoolConfiguration: warmPoolXml(settings.warmPool),
      WarmPoolSize: warmPoolOf(state).length,
    }),
  };
}

/** Every source of traffic: the target groups, the Classic Load Balancers and the target groups of VPC Lattice. */
function trafficSourcesXml(settings: GroupSettings): readonly XmlValue[] {
  return [
    ...settings.targetGroups.map(({ arn }) => ({ Identifier: arn, Type: 'elbv2' })),
    ...settings.loadBalancerNames.map((name) => ({ Identifier: name, Type: 'elb' })),
    ...settings.vpcLatticeTargetGroupArns.map((arn) => ({ Identifier: arn, Type: 'vpc-lattice' })),
  ];
}

function policyXml({ minHealthyPercentage, maxHealthyPercentage }: InstanceMaintenancePolicy): XmlValue {
  return { MinHealthyPercentage: minHealthyPercentage, MaxHealthyPercentage: maxHealthyPercentage };
}

function warmPoolXml({ minSize = 0, maxGroupPreparedCapacity, poolState = 'Stopped' }: WarmPoolOptions): XmlValue {
  return { MinSize: minSize, MaxGroupPreparedCapacity: maxGroupPreparedCapacity, PoolState: poolState };
}

export function instanceXml(
  group: AutoScalingGroup,
  instance: Instance,
): { readonly [name: string]: XmlValue | undefined } {
  return {
    InstanceId: instance.id,
    AvailabilityZone: instance.availabilityZone,
    LifecycleState: instance.lifecycleState,
    HealthStatus: instance.healthStatus,
    ProtectedFromScaleIn: instance.protectedFromScaleIn,
    WeightedCapacity: isWeighted(group) ? String(instance.weight) : undefined,
  };
}

function isWeighted({ settings, instances }: AutoScalingGroup): boolean {
  return settings.weight !== undefined || instances.some(({ weight }) => weight !== 1);
}

/** GlobalTimeout: "172800 seconds (48 hours) or 100 times HeartbeatTimeout, whichever is smaller". */
export function lifecycleHookXml(group: AutoScalingGroup, hook: LifecycleHook): XmlValue {
  return {
    LifecycleHookName: hook.name,
    AutoScalingGroupName: group.name,
    LifecycleTransition: `autoscaling:EC2_INSTANCE_${hook.transition.toUpperCase()}`,
    HeartbeatTimeout: hook.heartbeatTimeoutSeconds,
    GlobalTimeout: Math.min(172_800, 100 * hook.heartbeatTimeoutSeconds),
    DefaultResult: hook.defaultResult,
  };
}

export function activityXml(group: AutoScalingGroup, activity: ScalingActivity): XmlValue {
  return {
    ActivityId: activity.id,
    AutoScalingGroupName: group.name,
    AutoScalingGroupARN: group.arn,
    Description: activity.description,
    Cause: activity.cause,
    StartTime: activity.startedAt,
    EndTime: activity.endedAt,
    StatusCode: activity.statusCode,
    StatusMessage: activity.statusMessage,
    Progress: activity.progress,
    Details: activity.details,
  };
}

export function tagsXml(group: AutoScalingGroup) {
  return Object.entries(group.settings.tags).map(([key, value]) => ({
    ResourceId: group.name,
    ResourceType: 'auto-scaling-group',
    Key: key,
    Value: value,
    PropagateAtLaunch: true,
  }));
}
