import {
  DescribeTargetHealthCommand,
  type ElasticLoadBalancingV2Client,
  type TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';

/** The healthy targets of some target groups. */
export interface TargetHealth {
  /** Instances that are healthy, on every port, in every target group that a listener uses. */
  readonly healthy: ReadonlySet<string>;
  /** Instances that are registered, healthy or not yet, and do not drain, in every such target group. */
  readonly registered: ReadonlySet<string>;
  /** False where no listener uses any of the target groups: then health is not checked, and says nothing. */
  readonly isChecked: boolean;
}

/**
 * One call for each target group, whatever the size of the group: without `Targets` it answers all that are registered.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetHealth.html
 */
export async function targetHealth(
  loadBalancing: ElasticLoadBalancingV2Client,
  targetGroupArns: readonly string[],
): Promise<TargetHealth> {
  const answers = await Promise.all(targetGroupArns.map((arn) => describe(loadBalancing, arn)));
  const checked = answers.filter((targets) => !targets.some(isWithoutListener));
  return {
    healthy: inAll(checked.map(healthyInstances)),
    registered: inAll(checked.map(registeredInstances)),
    isChecked: checked.length > 0,
  };
}

async function describe(loadBalancing: ElasticLoadBalancingV2Client, targetGroupArn: string) {
  const answer = await loadBalancing.send(new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn }));
  return answer.TargetHealthDescriptions ?? [];
}

function isWithoutListener({ TargetHealth }: TargetHealthDescription): boolean {
  return TargetHealth?.State === 'unused' && TargetHealth.Reason === 'Target.NotInUse';
}

function inAll([first = new Set(), ...others]: readonly ReadonlySet<string>[]): ReadonlySet<string> {
  return new Set([...first].filter((id) => others.every((ids) => ids.has(id))));
}

function registeredInstances(targets: readonly TargetHealthDescription[]): ReadonlySet<string> {
  const states: readonly (string | undefined)[] = ['initial', 'healthy', 'unhealthy', 'unavailable'];
  const registered = targets.filter(({ TargetHealth }) => states.includes(TargetHealth?.State));
  return new Set(registered.map(({ Target }) => Target?.Id).filter((id) => id !== undefined));
}

/** One instance can be several targets, on different ports: all of them have to be healthy. */
function healthyInstances(targets: readonly TargetHealthDescription[]): ReadonlySet<string> {
  const unhealthy = new Set(targets.filter((t) => t.TargetHealth?.State !== 'healthy').map((t) => t.Target?.Id));
  const ids = targets.map((target) => target.Target?.Id).filter((id) => id !== undefined);
  return new Set(ids.filter((id) => !unhealthy.has(id)));
}
