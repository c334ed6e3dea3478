import type { AutoScalingGroup } from '../aws/index.ts';
import type { Stage } from './stage.ts';

/** Somebody who calls TerminateInstanceInAutoScalingGroup. Of the instances, those that have left are skipped. */
export interface TerminationsPlan {
  readonly kind: 'terminations';
  readonly afterSeconds: number;
  /** Which, by their number in the group at the start, from 0; beyond the last one it begins anew. */
  readonly instances: readonly number[];
  /** As far as MinSize allows. */
  readonly decrement: boolean;
}

export function startTerminations(
  { group, after }: Stage,
  { afterSeconds, instances, decrement }: TerminationsPlan,
): void {
  const ids = group.instances.map(({ id }) => id);
  const chosen = new Set(instances.map((number) => ids[number % ids.length]));
  after(afterSeconds, () => {
    const present = group.instances.filter(
      ({ id, lifecycleState }) => chosen.has(id) && lifecycleState === 'InService',
    );
    const leaving = decrement ? withinMinSize(group, present) : present;
    group.terminateInstances(
      leaving.map(({ id }) => id),
      { decrement },
    );
  });
}

/** As many of the instances as a decrement leaves at least MinSize without. */
function withinMinSize<T extends { readonly weight: number }>(group: AutoScalingGroup, instances: readonly T[]): T[] {
  let room = group.desiredCapacity - group.state().minSize;
  return instances.filter(({ weight }) => {
    if (weight > room) return false;
    room -= weight;
    return true;
  });
}
