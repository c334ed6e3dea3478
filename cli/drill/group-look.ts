import { type AutoScalingClient, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import {
  DescribeTargetHealthCommand,
  type ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { Refusal } from '../account/problems.ts';

/** What a look at a group from outside has found. Capacities are in the group's own units. */
export interface GroupLook {
  readonly atMilliseconds: number;
  readonly desiredCapacity: number;
  readonly maxSize: number;
  readonly members: readonly Member[];
  /** Of every registered instance, in the group or not: its states in the group's target groups. */
  readonly targetStates: ReadonlyMap<string, readonly string[]>;
  readonly hasTargetGroups: boolean;
}

export interface Member {
  readonly instanceId: string;
  readonly lifecycleState: string;
  readonly isHealthy: boolean;
  readonly weight: number;
}

export interface GroupClients {
  readonly autoScaling: AutoScalingClient;
  readonly loadBalancing: ElasticLoadBalancingV2Client;
}

/** @throws Refusal where there is no such group; any other error of the services. */
export async function lookAtGroup(clients: GroupClients, groupName: string, signal: AbortSignal): Promise<GroupLook> {
  const { AutoScalingGroups } = await clients.autoScaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [groupName] }),
    { abortSignal: signal },
  );
  const group = AutoScalingGroups?.[0];
  if (group === undefined) throw new Refusal(`There is no Auto Scaling group ${groupName}, which the template names.`);
  const targetGroupArns = group.TargetGroupARNs ?? [];
  return {
    atMilliseconds: Date.now(),
    desiredCapacity: group.DesiredCapacity ?? 0,
    maxSize: group.MaxSize ?? 0,
    members: (group.Instances ?? []).map((instance) => ({
      instanceId: instance.InstanceId ?? '',
      lifecycleState: instance.LifecycleState ?? '',
      isHealthy: instance.HealthStatus?.toLowerCase() === 'healthy',
      weight: Number(instance.WeightedCapacity ?? 1),
    })),
    targetStates: await targetStates(clients.loadBalancing, targetGroupArns, signal),
    hasTargetGroups: targetGroupArns.length > 0,
  };
}

async function targetStates(
  loadBalancing: ElasticLoadBalancingV2Client,
  targetGroupArns: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, string[]>> {
  const states = new Map<string, string[]>();
  for (const TargetGroupArn of targetGroupArns) {
    const answer = await loadBalancing.send(new DescribeTargetHealthCommand({ TargetGroupArn }), {
      abortSignal: signal,
    });
    for (const { Target, TargetHealth } of answer.TargetHealthDescriptions ?? []) {
      const instanceId = Target?.Id ?? '';
      states.set(instanceId, [...(states.get(instanceId) ?? []), TargetHealth?.State ?? '']);
    }
  }
  return states;
}

/** InService in its group, which is what an instance that has left is not, whatever becomes of it. */
export function isMember({ members }: GroupLook, instanceId: string): boolean {
  return members.some((member) => member.instanceId === instanceId && isInService(member));
}

function isInService({ lifecycleState }: Member): boolean {
  return lifecycleState === 'InService';
}

function serves(look: GroupLook, { instanceId, ...member }: Member): boolean {
  if (!member.isHealthy || !isInService({ instanceId, ...member })) return false;
  return !look.hasTargetGroups || isHealthyTarget(look, instanceId);
}

/** In each target group that a listener uses; the others say `unused`. */
export function isHealthyTarget({ targetStates }: GroupLook, instanceId: string): boolean {
  const states = targetStates.get(instanceId) ?? [];
  return states.length > 0 && states.every((state) => state === 'healthy' || state === 'unused');
}

/** The load balancer, or the group itself, has found that it does not work. */
export function isUnhealthy(look: GroupLook, instanceId: string): boolean {
  const states = look.targetStates.get(instanceId) ?? [];
  if (states.some((state) => state.startsWith('unhealthy'))) return true;
  return look.members.some((one) => one.instanceId === instanceId && isInService(one) && !one.isHealthy);
}

export function servingCapacity(look: GroupLook): number {
  return capacityOf(look.members.filter((member) => serves(look, member)));
}

export function inServiceCapacity(look: GroupLook): number {
  return capacityOf(look.members.filter(isInService));
}

export function pendingCapacity(look: GroupLook): number {
  return capacityOf(look.members.filter(({ lifecycleState }) => lifecycleState.startsWith('Pending')));
}

function capacityOf(members: readonly Member[]): number {
  return members.reduce((sum, { weight }) => sum + weight, 0);
}
