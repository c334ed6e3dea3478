import type { Instance } from '../aws/index.ts';
import type { Stage } from './stage.ts';

/** Replaces every instance that is InService when it begins, and not protected from scale-in. */
export interface InstanceRefreshPlan {
  readonly kind: 'instance-refresh';
  readonly afterSeconds: number;
  /** Default: the group's instance maintenance policy's, else 90. */
  readonly minHealthyPercentage?: number;
  /** When it is cancelled, where it has not ended by then. Default: it goes on. */
  readonly untilSeconds?: number;
}

/** From one look at the group to the next. */
const everySeconds = 10;

const because = 'an instance refresh';

/**
 * An instance refresh: the oldest instances first, as many at a time as leave the minimum healthy percentage of the desired
 * capacity serving, and one where that is none. With 100 percent it launches before it terminates, a tenth of the group at
 * a time, and within MaxSize. Instance warm-up, checkpoints and skip matching are not simulated.
 *
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-refresh-overview.html
 */
export function startInstanceRefresh(stage: Stage, plan: InstanceRefreshPlan): void {
  const { group, every } = stage;
  const policyPercentage = group.settings.instanceMaintenancePolicy?.minHealthyPercentage ?? -1;
  const percentage = plan.minHealthyPercentage ?? (policyPercentage === -1 ? 90 : policyPercentage);
  let old: ReadonlySet<string> | undefined;
  const times = { firstAfterSeconds: plan.afterSeconds, everySeconds, untilSeconds: plan.untilSeconds };
  every(times, () => {
    const members = replaceable(group.instances);
    old ??= new Set(members.map(({ id }) => id));
    const remaining = members.filter(({ id }) => old?.has(id));
    if (percentage >= 100) replaceSome(stage, remaining);
    else terminateSome(stage, remaining, percentage);
    return remaining.length > 0;
  });
}

function replaceable(instances: readonly Instance[]): readonly Instance[] {
  return instances
    .filter(({ lifecycleState, protectedFromScaleIn }) => lifecycleState === 'InService' && !protectedFromScaleIn)
    .toSorted((a, b) => a.launchedAt.getTime() - b.launchedAt.getTime());
}

function replaceSome({ group }: Stage, remaining: readonly Instance[]): void {
  const atOnce = Math.max(1, Math.floor(remaining.length / 10));
  for (const { id } of remaining.slice(0, atOnce)) group.replaceInstance(id, 'instance-refresh', because);
}

function terminateSome({ group }: Stage, remaining: readonly Instance[], percentage: number): void {
  const { desiredCapacity } = group;
  let serving = group.servingInstances.reduce((sum, { weight }) => sum + weight, 0);
  const floor = Math.ceil((desiredCapacity * percentage) / 100);
  const leaving: string[] = [];
  for (const { id, weight } of remaining) {
    const isFirstOfBatch = leaving.length === 0 && serving >= desiredCapacity;
    if (serving - weight < floor && !isFirstOfBatch) break;
    leaving.push(id);
    serving -= weight;
  }
  if (leaving.length > 0) group.terminateInstances(leaving, { decrement: false, inResponseTo: because });
}
