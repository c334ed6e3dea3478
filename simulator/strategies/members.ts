import type { AutoScalingGroup, SimulatedAws } from '../aws/index.ts';

/** What a strategy that is played on the simulated group itself sees of its instances, without a call. */

export function isInService(group: AutoScalingGroup, instanceId: string): boolean {
  return group.instances.some(({ id, lifecycleState }) => id === instanceId && lifecycleState === 'InService');
}

/** In service, and healthy in each of the group's target groups. */
export function serves(aws: SimulatedAws, group: AutoScalingGroup, instanceId: string): boolean {
  const arns = new Set(group.settings.targetGroups.map(({ arn }) => arn));
  const isHealthy = aws.targetGroups
    .filter(({ arn }) => arns.has(arn))
    .every((targetGroup) => targetGroup.state(instanceId) === 'healthy');
  return isInService(group, instanceId) && isHealthy;
}
