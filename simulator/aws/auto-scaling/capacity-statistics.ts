/** Capacities are in the group's units; the others count instances. */
export interface CapacitySnapshot {
  readonly at: Date;
  readonly desired: number;
  readonly min: number;
  readonly max: number;
  readonly inService: number;
  readonly pending: number;
  /** EC2 has given notice, has not taken it yet, and it is Pending or InService in the group. */
  readonly interrupted: number;
  /**
   * InService, Healthy, running (EC2 has not taken it), and healthy in each of the group's target groups that has a
   * listener. An interrupted instance serves until it leaves; and one that was detached while it is registered there again.
   */
  readonly serving: number;
}

export interface CapacityStatistics {
  readonly minInService: number;
  readonly minServing: number;
  readonly peakDesired: number;
}

export function startStatistics(snapshot: CapacitySnapshot): CapacityStatistics {
  return { minInService: snapshot.inService, minServing: snapshot.serving, peakDesired: snapshot.desired };
}

export function continueStatistics(statistics: CapacityStatistics, snapshot: CapacitySnapshot): CapacityStatistics {
  return {
    minInService: Math.min(statistics.minInService, snapshot.inService),
    minServing: Math.min(statistics.minServing, snapshot.serving),
    peakDesired: Math.max(statistics.peakDesired, snapshot.desired),
  };
}
