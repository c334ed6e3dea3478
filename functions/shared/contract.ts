/**
 * Everything that flows between the states of the workflow, and the names of the errors it matches.
 *
 * Times are ISO 8601 strings in UTC with milliseconds, because the workflow's Choice and Wait states compare and
 * await timestamps. Capacities are in the group's own units: instances, or weights where the group is weighted.
 */

/** What DescribeInstance gets: the execution's input as it came, and the execution's identity. */
export interface DescribeInstanceInput {
  readonly event: unknown;
  readonly execution: { readonly arn: string; readonly startedAt: string };
}

/** What the notice says, whether or not its instance is ours to handle. */
interface Notice {
  readonly instanceId: string;
  /** `terminate`, `stop`, `hibernate`, or whatever the event said: it is carried along, never decided upon. */
  readonly instanceAction: string;
  readonly executionArn: string;
  readonly noticeAt: string;
  readonly reclaimAt: string;
}

/** The notice of an instance that is ours to take out of its group. */
export interface Interruption extends Notice {
  readonly managed: true;
  readonly autoScalingGroupName: string;
  /** Capacity units that the instance counts for: 1 unless the group is weighted. */
  readonly weight: number;
  /** The instance has to be detached by then: the reclaim less the drain window. */
  readonly detachBy: string;
  /** The last regular look at the group: late enough to use the time, early enough to detach by `detachBy`. */
  readonly decideBy: string;
  /** From then on nothing that is unavailable (capacity, table, lease) is waited for. */
  readonly retryUntil: string;
  /** Now and the record's expiry in epoch seconds, as DynamoDB's TTL and the record's condition take them. */
  readonly recordedAtSeconds: number;
  readonly expiresAtSeconds: number;
}

export type NotManagedReason =
  | 'not in an Auto Scaling group'
  | 'already leaving its Auto Scaling group'
  | 'in a warm pool, not in service'
  | 'group without the opt-in tag';

/** The notice of an instance that is left alone (G7). */
export interface UnmanagedInterruption extends Notice {
  readonly managed: false;
  readonly reason: NotManagedReason;
  readonly autoScalingGroupName?: string;
}

export type DescribeInstanceOutput = Interruption | UnmanagedInterruption;

/** What CheckCapacity observed: numbers, never a verdict. The verdict is the Choice state `EnoughCapacity?`. */
export interface CapacityReport {
  readonly observedAt: string;
  /** When to look again. */
  readonly nextCheckAt: string;
  /** The interrupted instance is still part of its group, and not leaving it already. */
  readonly attached: boolean;
  /** Its lifecycle state (InService or Standby) allows DetachInstances. */
  readonly detachable: boolean;
  readonly desiredCapacity: number;
  readonly minSize: number;
  readonly maxSize: number;
  /** MaxSize less DesiredCapacity: how far the group can be raised, in capacity units. */
  readonly headroom: number;
  /** False while the group's `Launch` process is suspended: a raise would bring no instance. */
  readonly canLaunch: boolean;
  /** Peers that have to serve before the instance may leave. */
  readonly requiredPeers: number;
  /** Peers that are InService, Healthy and not interrupted. */
  readonly inServicePeers: number;
  /** Those of them that are healthy in each of the group's target groups. */
  readonly servingPeers: number;
  /** Peers in service, pending, or requested but not yet launched. */
  readonly expectedPeers: number;
  /** Consecutive observations in which DescribeTargetHealth failed. */
  readonly targetHealthFailures: number;
  /** This instance's raise of DesiredCapacity took effect and has not been taken back. */
  readonly raised: boolean;
  /** This instance's raise was begun, and nobody has settled yet whether it took effect. */
  readonly raisePending: boolean;
}

/** A Catch's output, as the Step Functions service writes it. */
export interface CaughtError {
  readonly Error: string;
  readonly Cause: string;
}

/** The state of an execution once the instance is known to be managed. */
export interface HandlingState {
  readonly interruption: Interruption;
  /** The latest report that could be had. Absent before the first. */
  readonly capacity?: CapacityReport;
  /** What came of the latest SetDesiredCapacity that got the lease; an error leaves open whether it took effect. */
  readonly scaleOut?: ScaleOut | CaughtError;
  readonly detachment?: Detachment;
  /** The latest error that led to another way through the graph. */
  readonly error?: CaughtError;
}

/** The mark of an output that says what would have been done: the handler is deployed to change nothing. */
interface DryRun {
  readonly dryRun?: true;
}

export type ScaleOutReason =
  | 'raised'
  | 'already raised'
  | 'no longer short'
  | 'no longer attached'
  | 'at MaxSize'
  | 'Launch is suspended';

/** What SetDesiredCapacity did. */
export interface ScaleOut extends DryRun {
  readonly raised: boolean;
  readonly reason: ScaleOutReason;
  readonly desiredCapacity: number;
}

export type DetachReason = 'peers serve' | 'deadline' | 'capacity unknown' | 'gave way at MaxSize' | 'was gone already';

/** What DetachInstances or GiveWay did. */
export type Detachment = Detached | NotDetached;

export interface Detached extends DryRun {
  readonly detached: true;
  readonly detachedAt: string;
  readonly secondsBeforeReclaim: number;
  /** DesiredCapacity was lowered by the instance's weight: the other half of its raise. */
  readonly decremented: boolean;
  readonly reason: DetachReason;
}

/** GiveWay found on its second look that the group is launching the missing peer already. */
export interface NotDetached {
  readonly detached: false;
  readonly reason: 'another instance gave way';
}

/** What DetachInstances and GiveWay get. */
export interface DetachInstancesInput {
  /** Look again under the lease first, and detach only if the group is still short and cannot be raised. */
  readonly giveWay: boolean;
  readonly handling: HandlingState;
}

/** EC2 reclaims an instance two minutes after its notice. */
export const reclaimSeconds = 120;

/** The functions, by their folders. */
export const functionNames = [
  'describe-instance',
  'check-capacity',
  'set-desired-capacity',
  'detach-instances',
] as const;
export type FunctionName = (typeof functionNames)[number];

/** Errors the functions throw, as the workflow's Retry and Catch match them. */
export const errorNames = {
  invalidEvent: 'InvalidEvent',
  groupBusy: 'GroupBusy',
  tableUnavailable: 'InterruptionTableUnavailable',
  instanceNotDetachable: 'InstanceNotDetachable',
  noAnswerInTime: 'NoAnswerInTime',
} as const;
