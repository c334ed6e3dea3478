import {
  DescribeTargetHealthCommand,
  type ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';

/** Enough to find the few peers that are required, and an answer that does not grow with the group. */
const mostTargetsAskedFor = 50;

/**
 * Which of the instances are healthy targets in every one of the target groups.
 * An instance that is not registered is answered as `unused`, and so is not healthy.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetHealth.html
 */
export async function healthyTargets(
  loadBalancing: ElasticLoadBalancingV2Client,
  targetGroupArns: readonly string[],
  instanceIds: readonly string[],
): Promise<readonly string[]> {
  const asked = instanceIds.slice(0, mostTargetsAskedFor);
  const healthyInEach = await Promise.all(
    targetGroupArns.map((targetGroupArn) => healthyIn(loadBalancing, targetGroupArn, asked)),
  );
  return asked.filter((instanceId) => healthyInEach.every((healthy) => healthy.has(instanceId)));
}

/** One instance can be several targets, on different ports: all of them have to be healthy. */
async function healthyIn(
  loadBalancing: ElasticLoadBalancingV2Client,
  targetGroupArn: string,
  instanceIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const answer = await loadBalancing.send(
    new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn, Targets: instanceIds.map((Id) => ({ Id })) }),
  );
  const targets = answer.TargetHealthDescriptions ?? [];
  const unhealthy = new Set(targets.filter((t) => t.TargetHealth?.State !== 'healthy').map((t) => t.Target?.Id));
  const ids = targets.map((target) => target.Target?.Id).filter((id) => id !== undefined);
  return new Set(ids.filter((id) => !unhealthy.has(id)));
}
