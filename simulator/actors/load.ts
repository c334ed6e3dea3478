import type { AutoScalingGroup, Instance } from '../aws/index.ts';

/**
 * What is asked of a group over time, as a share of what its desired capacity at the start can do: 0.6 keeps a group of
 * that size 60 % busy. Each share holds until the next; before the first one there is no load.
 */
export type Load = readonly { readonly fromSeconds: number; readonly share: number }[];

export interface Utilization {
  /** Capacity units that are InService. */
  readonly inService: number;
  /** The average of what is InService, at most 1, as CPU utilization is: an instance that does not serve yet is idle. */
  readonly average: number;
}

/** Measures a group under a load; undefined where nothing is InService, so that there is no metric. */
export function utilizationMeter(group: AutoScalingGroup, load: Load): (seconds: number) => Utilization | undefined {
  const unitsAtStart = group.desiredCapacity;
  return (seconds) => {
    const inService = unitsOf(group.instances.filter(({ lifecycleState }) => lifecycleState === 'InService'));
    if (inService === 0) return undefined;
    const share = load.findLast(({ fromSeconds }) => fromSeconds <= seconds)?.share ?? 0;
    return { inService, average: Math.min(share * unitsAtStart, unitsOf(group.servingInstances)) / inService };
  };
}

function unitsOf(instances: readonly Instance[]): number {
  return instances.reduce((sum, { weight }) => sum + weight, 0);
}
