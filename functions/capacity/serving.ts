import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ServingBy } from '../shared/contract.ts';
import type { GroupSnapshot } from './group-snapshot.ts';
import { targetHealth } from './target-health.ts';

/** Failures of DescribeTargetHealth in a row, after which being InService has to do for serving. */
const targetHealthPatience = 3;

export interface Serving {
  /** Undefined while it is not known. */
  readonly instanceIds: ReadonlySet<string> | undefined;
  /** Instances that are registered with the group's target groups; undefined where that was not asked, or not answered. */
  readonly registered?: ReadonlySet<string>;
  readonly by: ServingBy;
  /** Looks in a row that had no answer of DescribeTargetHealth. */
  readonly targetHealthFailures: number;
}

/** Which instances of a group serve, as far as health checks of its load balancers can say it; else InService has to do. */
export async function servingIn(
  loadBalancing: ElasticLoadBalancingV2Client,
  group: GroupSnapshot,
  failuresBefore: number,
): Promise<Serving> {
  const unasked = reasonNotToAsk(group);
  if (unasked) return inServiceIn(group, unasked);
  try {
    const { healthy, isChecked, registered } = await targetHealth(loadBalancing, group.targetGroupArns);
    if (!isChecked) return inServiceIn(group, 'InService: no listener uses its target groups');
    return { instanceIds: healthy, registered, by: 'target health', targetHealthFailures: 0 };
  } catch {
    const targetHealthFailures = failuresBefore + 1;
    const isOutOfPatience = targetHealthFailures >= targetHealthPatience;
    return isOutOfPatience
      ? { ...inServiceIn(group, 'InService: target health could not be had'), targetHealthFailures }
      : { instanceIds: undefined, by: 'nothing: target health could not be had', targetHealthFailures };
  }
}

function reasonNotToAsk(group: GroupSnapshot): ServingBy | undefined {
  if (!group.registersTargets) return 'InService: AddToLoadBalancer is suspended';
  if (group.targetGroupArns.length > 0) return undefined;
  if (group.hasOtherTrafficSources) return 'InService: Classic Load Balancers and VPC Lattice are not asked';
  return 'InService: the group has no target group';
}

/** As if InService were enough. */
export function inServiceIn({ instances }: GroupSnapshot, by: ServingBy): Serving {
  const ids = instances.filter(({ phase }) => phase === 'in service').map(({ instanceId }) => instanceId);
  return { instanceIds: new Set(ids), by, targetHealthFailures: 0 };
}
