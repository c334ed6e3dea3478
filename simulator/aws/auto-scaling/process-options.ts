/** Options for what an Auto Scaling group does by itself beyond meeting its desired capacity. All of them are plain JSON. */

/**
 * How Capacity Rebalancing takes a two-minute notice. "In cases where an instance receives a final two-minute
 * interruption notice, Amazon EC2 Auto Scaling calls the termination lifecycle hook and attempts to launch a replacement
 * immediately" can be read in two ways:
 * - `terminate-at-notice`: termination begins at once, so that the load balancer deregisters the instance.
 * - `replace-first`: the instance serves until its replacement is healthy, or until EC2 takes it.
 */
export type CapacityRebalanceReading = 'terminate-at-notice' | 'replace-first';

export type LifecycleTransition = 'launching' | 'terminating';

export type LifecycleResult = 'CONTINUE' | 'ABANDON';

export interface LifecycleHookOptions {
  readonly name: string;
  readonly transition: LifecycleTransition;
  /** Default 3600. */
  readonly heartbeatTimeoutSeconds?: number;
  /** What a timeout means. Default `ABANDON`. */
  readonly defaultResult?: LifecycleResult;
  /**
   * From the wait state until somebody completes the action. Default `never`: it waits for CompleteLifecycleAction or for
   * its timeout.
   */
  readonly completedAfterSeconds?: number | 'never';
  /** Default `CONTINUE`. */
  readonly completedWith?: LifecycleResult;
}

/** In percent of the desired capacity; -1: not set. */
export interface InstanceMaintenancePolicy {
  /** 0 to 100, or -1. */
  readonly minHealthyPercentage: number;
  /** 100 to 200, or -1. */
  readonly maxHealthyPercentage: number;
}

/** The pool is full when the group is created. */
export interface WarmPoolOptions {
  /** From leaving the pool to InService. Default 10. */
  readonly launchSeconds?: number;
  /** Default 0. */
  readonly minSize?: number;
  /** The pool holds what this is beyond the desired capacity, in capacity units. Default: the group's MaxSize. */
  readonly maxGroupPreparedCapacity?: number;
  /** Default `Stopped`. */
  readonly poolState?: 'Stopped' | 'Running';
}

export interface ProcessOptions {
  /** Keep the Availability Zones balanced. Default false. The suspended process `AZRebalance` stops it. */
  readonly availabilityZoneRebalancing?: boolean;
  /** Capacity Rebalancing, and how it takes a notice. Default: off. */
  readonly capacityRebalance?: CapacityRebalanceReading;
  /** Default none. */
  readonly lifecycleHooks?: readonly LifecycleHookOptions[];
  /** Is reported, and is an instance refresh's default; nothing else here depends on it. Default: the group has none. */
  readonly instanceMaintenancePolicy?: InstanceMaintenancePolicy;
  /** Default: the group has none. */
  readonly warmPool?: WarmPoolOptions;
}

/** Throws a RangeError that names the wrong option and its value. */
export function refuseBadProcessOptions(groupName: string, options: ProcessOptions): void {
  const { lifecycleHooks = [], instanceMaintenancePolicy: policy, warmPool = {} } = options;
  const refuse = (problem: string): never => {
    throw new RangeError(`Group ${groupName}: ${problem}.`);
  };
  const names = lifecycleHooks.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) refuse(`lifecycle hook ${twice} exists twice: give each a name of its own`);
  const seconds = lifecycleHooks.flatMap((hook) => [hook.heartbeatTimeoutSeconds, hook.completedAfterSeconds]);
  for (const value of [...seconds, ...Object.values(warmPool)]) {
    if (typeof value === 'number' && !(value >= 0 && Number.isFinite(value))) {
      refuse(`a number of a lifecycle hook or warm pool must be at least 0, not ${value}`);
    }
  }
  if (policy === undefined) return;
  const { minHealthyPercentage: min, maxHealthyPercentage: max } = policy;
  if (min !== -1 && !(min >= 0 && min <= 100)) refuse(`minHealthyPercentage must be -1 or from 0 to 100, not ${min}`);
  if (max !== -1 && !(max >= 100 && max <= 200)) {
    refuse(`maxHealthyPercentage must be -1 or from 100 to 200, not ${max}`);
  }
}
