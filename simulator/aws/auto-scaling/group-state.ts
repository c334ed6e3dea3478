/** What an Auto Scaling group is at one moment, and what can be computed from it. Nothing here changes anything. */

export type LifecycleState =
  | 'Pending'
  | 'Pending:Wait'
  | 'Pending:Proceed'
  | 'Quarantined'
  | 'InService'
  | 'Terminating'
  | 'Terminating:Wait'
  | 'Terminating:Proceed'
  | 'Terminated'
  | 'Detaching'
  | 'Detached'
  | 'EnteringStandby'
  | 'Standby'
  | 'Warmed:Pending'
  | 'Warmed:Running'
  | 'Warmed:Stopped'
  | 'Warmed:Terminating';

export interface Instance {
  readonly id: string;
  readonly lifecycleState: LifecycleState;
  readonly healthStatus: 'Healthy' | 'Unhealthy';
  /** Capacity units: 1 unless the group is weighted. */
  readonly weight: number;
  readonly availabilityZone: string;
  readonly launchedAt: Date;
  readonly protectedFromScaleIn: boolean;
}

export interface GroupState {
  /** Capacity units, as are the limits. */
  readonly desiredCapacity: number;
  readonly minSize: number;
  readonly maxSize: number;
  readonly instances: readonly Instance[];
  readonly suspendedProcesses: readonly string[];
}

export function isPending({ lifecycleState }: Instance): boolean {
  return lifecycleState.startsWith('Pending');
}

export function isInService({ lifecycleState }: Instance): boolean {
  return lifecycleState === 'InService';
}

/** Is in the warm pool, and not of the group's capacity. */
export function isWarmed({ lifecycleState }: Instance): boolean {
  return lifecycleState.startsWith('Warmed:');
}

/** Counts towards the desired capacity: is in service or on its way, not Standby, leaving or in the warm pool. */
export function isCapacity(instance: Instance): boolean {
  return isPending(instance) || isInService(instance);
}

/** What the group compares with its desired capacity. */
export function capacityOf({ instances }: GroupState): number {
  return weightOf(instances.filter(isCapacity));
}

export function weightOf(instances: readonly Instance[]): number {
  return instances.reduce((sum, { weight }) => sum + weight, 0);
}

/**
 * What scale-in terminates next: the oldest unprotected InService instance, where zones are given in the zone that has the
 * most. That is the default termination policy without launch templates. The policy does not know of Spot notices; before
 * it we choose an instance that has had none, which is the worse case. Undefined where terminating it would take more than
 * the surplus (capacity units), as a weighted group never does.
 */
export function nextToScaleIn(
  { instances }: GroupState,
  by: {
    readonly surplus: number;
    readonly isInterrupted: (instance: Instance) => boolean;
    readonly zones?: readonly string[];
  },
): Instance | undefined {
  const counts = zoneCounts(instances.filter(isCapacity), by.zones ?? []);
  const countOf = ({ availabilityZone }: Instance) => counts.get(availabilityZone) ?? 0;
  const candidates = instances
    .filter((instance) => isInService(instance) && !instance.protectedFromScaleIn && instance.weight <= by.surplus)
    .toSorted((a, b) => countOf(b) - countOf(a) || a.launchedAt.getTime() - b.launchedAt.getTime());
  return candidates.find((instance) => !by.isInterrupted(instance)) ?? candidates[0];
}

/** Where a launch goes: the zone with the fewest of these instances, the first of equals. */
export function nextZone(instances: readonly Instance[], zones: readonly string[]): string {
  const counts = zoneCounts(instances, zones);
  const [zone] = zones.toSorted((a, b) => (counts.get(a) ?? 0) - (counts.get(b) ?? 0));
  if (zone === undefined) throw new Error('A group needs at least one Availability Zone.');
  return zone;
}

/** How many of the instances each of the zones has. */
export function zoneCounts(instances: readonly Instance[], zones: readonly string[]): Map<string, number> {
  const counts = new Map(zones.map((zone) => [zone, 0]));
  for (const { availabilityZone } of instances) {
    const count = counts.get(availabilityZone);
    if (count !== undefined) counts.set(availabilityZone, count + 1);
  }
  return counts;
}

export function withInstance(state: GroupState, instance: Instance): GroupState {
  return { ...state, instances: [...state.instances, instance] };
}

export function withChangedInstance(state: GroupState, id: string, change: Partial<Instance>): GroupState {
  const instances = state.instances.map((instance) => (instance.id === id ? { ...instance, ...change } : instance));
  return { ...state, instances };
}

export function withoutInstance(state: GroupState, id: string): GroupState {
  return { ...state, instances: state.instances.filter((instance) => instance.id !== id) };
}
