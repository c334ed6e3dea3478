/** What an Auto Scaling group is at one moment, and what can be reckoned from it. Nothing here changes anything. */

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
  | 'Warmed:Stopped';

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

/** What the group compares with its desired capacity: what is in service or on its way, not Standby nor leaving. */
export function capacityOf({ instances }: GroupState): number {
  return weightOf(instances.filter((instance) => isPending(instance) || isInService(instance)));
}

export function weightOf(instances: readonly Instance[]): number {
  return instances.reduce((sum, { weight }) => sum + weight, 0);
}

/**
 * What scale-in terminates next: the oldest unprotected InService instance. That is the default termination policy
 * without Availability Zones and launch templates. The policy does not know of Spot notices; before it we choose an
 * instance that has had none, which is the worse case. Undefined where terminating it would undershoot the desired
 * capacity, as a weighted group never does.
 */
export function nextToScaleIn(state: GroupState, interrupted: (instance: Instance) => boolean): Instance | undefined {
  const surplus = capacityOf(state) - state.desiredCapacity;
  const candidates = state.instances
    .filter((instance) => isInService(instance) && !instance.protectedFromScaleIn && instance.weight <= surplus)
    .toSorted((a, b) => a.launchedAt.getTime() - b.launchedAt.getTime());
  return candidates.find((instance) => !interrupted(instance)) ?? candidates[0];
}

/** Where a launch goes: the zone with the fewest instances, the first of equals. */
export function nextZone(state: GroupState, zones: readonly string[]): string {
  const count = (zone: string) => state.instances.filter(({ availabilityZone }) => availabilityZone === zone).length;
  const [zone] = zones.toSorted((a, b) => count(a) - count(b));
  if (zone === undefined) throw new Error('A group needs at least one Availability Zone.');
  return zone;
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
