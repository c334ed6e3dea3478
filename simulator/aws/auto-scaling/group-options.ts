import type { TargetGroup } from '../load-balancing/target-group.ts';
import type { LifecycleState } from './group-state.ts';
import { type ProcessOptions, refuseBadProcessOptions } from './process-options.ts';

/** Seconds, or `never`: EC2 has no capacity, and no instance appears. */
export type LaunchSeconds = number | 'never';

export interface GroupOptions extends ProcessOptions {
  readonly name: string;
  /** How many, or each of them. */
  readonly instances: number | readonly InstanceOptions[];
  /** Default 0. In capacity units where the group is weighted, as are `maxSize` and `desiredCapacity`. */
  readonly minSize?: number;
  readonly maxSize: number;
  /** Default: the capacity of the instances that are Pending or InService. */
  readonly desiredCapacity?: number;
  /** WeightedCapacity of each instance. Default: the group is not weighted. */
  readonly weight?: number;
  readonly tags?: Readonly<Record<string, string>>;
  readonly targetGroups?: readonly TargetGroup[];
  /** Classic Load Balancers: reported only; whether an instance serves does not depend on them. Default none. */
  readonly loadBalancerNames?: readonly string[];
  /** Target groups of VPC Lattice, by ARN: reported only, as traffic sources. Default none. */
  readonly vpcLatticeTargetGroupArns?: readonly string[];
  /** Default: the region's a, b and c. */
  readonly availabilityZones?: readonly string[];
  /**
   * Default none. `Launch`, `Terminate`, `HealthCheck`, `ReplaceUnhealthy`, `AddToLoadBalancer` and `AZRebalance` have
   * effects here.
   */
  readonly suspendedProcesses?: readonly string[];
  /** Default 300. */
  readonly defaultCooldownSeconds?: number;
  /**
   * From the beginning of a launch to InService. Default 40. As a function: of the number of the launch, failed ones
   * included, where the group's first launch after its creation is 1.
   */
  readonly launchSeconds?: LaunchSeconds | ((launch: number) => LaunchSeconds);
  /** Until a launch that failed is tried again. Default 15. */
  readonly launchRetrySeconds?: number;
  /** From a change to what the group's own control loop does about it. Default 1. */
  readonly reactionSeconds?: number;
  /** From the reclaim of an instance to its HealthStatus Unhealthy. Default 30. */
  readonly unhealthyDetectionSeconds?: number;
  /** In Detaching. Default 2. */
  readonly detachSeconds?: number;
  /** In Terminating, where no target has to drain. Default 5. */
  readonly terminateSeconds?: number;
}

export interface InstanceOptions {
  /** Default: made from the group's name. */
  readonly id?: string;
  /** Default: the group's. */
  readonly weight?: number;
  /**
   * Default InService, healthy in every target group. Pending is launched, Terminating and Detaching leave, as if each
   * had just begun; other states stay as they are.
   */
  readonly lifecycleState?: LifecycleState;
  /** Default Healthy. */
  readonly healthStatus?: 'Healthy' | 'Unhealthy';
  /** Default false. */
  readonly protectedFromScaleIn?: boolean;
  /** Default: an hour ago. */
  readonly launchedAt?: Date;
  /** Default: the zone with the fewest instances, the first of equals. */
  readonly availabilityZone?: string;
}

/** What has no default: the group is without it. */
type Optional = 'weight' | 'capacityRebalance' | 'instanceMaintenancePolicy' | 'warmPool';

export type GroupSettings = Required<Omit<GroupOptions, Optional | 'desiredCapacity'>> & Pick<GroupOptions, Optional>;

/** Fills in the defaults. Throws a RangeError that names the wrong option and its value. */
export function groupSettingsOf(options: GroupOptions, region: string): GroupSettings {
  const { desiredCapacity: _, ...given } = options;
  const settings = {
    minSize: 0,
    tags: {},
    targetGroups: [],
    loadBalancerNames: [],
    vpcLatticeTargetGroupArns: [],
    availabilityZones: ['a', 'b', 'c'].map((zone) => `${region}${zone}`),
    suspendedProcesses: [],
    availabilityZoneRebalancing: false,
    lifecycleHooks: [],
    defaultCooldownSeconds: 300,
    launchSeconds: 40,
    launchRetrySeconds: 15,
    reactionSeconds: 1,
    unhealthyDetectionSeconds: 30,
    detachSeconds: 2,
    terminateSeconds: 5,
    ...given,
  };
  refuseBadNumbers(settings);
  refuseBadProcessOptions(settings.name, settings);
  return settings;
}

export function instanceOptionsOf({ instances }: GroupSettings): readonly InstanceOptions[] {
  return typeof instances === 'number' ? Array.from({ length: instances }, () => ({})) : instances;
}

function refuseBadNumbers(settings: GroupSettings): void {
  for (const [name, value] of Object.entries(settings)) {
    if (typeof value === 'number' && !(value >= 0 && Number.isFinite(value))) {
      throw new RangeError(`Group ${settings.name}: ${name} must be a number of at least 0, not ${value}.`);
    }
  }
  for (const name of ['minSize', 'maxSize'] as const) {
    if (!Number.isInteger(settings[name])) {
      throw new RangeError(`Group ${settings.name}: ${name} must be an integer, not ${settings[name]}.`);
    }
  }
  if (settings.launchRetrySeconds === 0) {
    throw new RangeError(`Group ${settings.name}: launchRetrySeconds must be more than 0, or time would stand still.`);
  }
  for (const weight of [settings.weight ?? 1, ...instanceOptionsOf(settings).map(({ weight: own }) => own ?? 1)]) {
    if (!Number.isInteger(weight) || weight < 1 || weight > 999) {
      throw new RangeError(`Group ${settings.name}: a weight must be an integer from 1 to 999, not ${weight}.`);
    }
  }
}
