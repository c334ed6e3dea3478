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

/**
 * What EC2 announces: that it takes back a Spot Instance, or one that runs in a Capacity Reservation; or that a Spot Instance
 * is at a higher risk, which may come to nothing.
 */
export type Signal = 'Spot interruption' | 'Capacity Reservation interruption' | 'rebalance recommendation';

/** What the notice says, whether or not its instance is ours to handle. */
interface Notice {
  readonly instanceId: string;
  readonly signal: Signal;
  /** `terminate`, `stop`, `hibernate`, or whatever the event said: it is carried along, never decided upon. */
  readonly instanceAction: string;
  readonly executionArn: string;
  readonly noticeAt: string;
  /** After a recommendation: when it is given up. */
  readonly reclaimAt: string;
}

/** The notice of an instance that is ours to take out of its group. */
export interface Interruption extends Notice {
  readonly managed: true;
  /** 1: only a recommendation. There is no reclaim then: it is given up at `detachBy`, and the other deadlines are when its raise has to be taken back. */
  readonly recommended: 0 | 1;
  readonly autoScalingGroupName: string;
  /** Capacity units that the instance counts for: 1 unless the group is weighted. */
  readonly weight: number;
  /** The drain window, from the group's tag or the stack's configuration. */
  readonly drainSeconds: number;
  /** How it leaves: as the group's tag or the configuration says, and where that is `auto`, as the group's hooks ask for. */
  readonly leaveBy: WayToLeave;
  /** The longest HeartbeatTimeout of the group's termination lifecycle hooks; absent where none runs. */
  readonly hookSeconds?: number;
  /** The group's hooks could not be read in time, so that the instance is detached; absent where they were, or do not matter. */
  readonly hooksUnknown?: true;
  /** The instance has to be detached by then: the reclaim less the drain window. */
  readonly detachBy: string;
  /** The last regular look at the group: late enough to use the time, early enough to detach by `detachBy`. */
  readonly decideBy: string;
  /** From then on nothing that is unavailable (capacity, table, lease) is waited for. */
  readonly retryUntil: string;
  /** The SSM document that the instance is sent when it has left; absent: none. */
  readonly shutdownDocument?: string;
  /** Keys of the group's tags for this handler that cannot be read, and so are ignored; absent where there are none. */
  readonly unreadableTags?: readonly string[];
  /** Until a failed step is tried again: random, so that the executions of one storm do not act in lockstep. */
  readonly retrySeconds: number;
  /** Now and the record's expiry in epoch seconds, as DynamoDB's TTL and the record's condition take them. */
  readonly recordedAtSeconds: number;
  readonly expiresAtSeconds: number;
}

/** How an instance leaves its group: by DetachInstances, or by TerminateInstanceInAutoScalingGroup. */
const waysToLeave = ['detach', 'terminate'] as const;
export type WayToLeave = (typeof waysToLeave)[number];

/** What can be asked for. `auto`: terminate where the group has a termination lifecycle hook, which detaching never runs. */
export const leaveByChoices = ['auto', ...waysToLeave] as const;
export type LeaveBy = (typeof leaveByChoices)[number];

export type NotManagedReason =
  | 'not in an Auto Scaling group'
  | 'already leaving its Auto Scaling group'
  | 'in a warm pool, not in service'
  | 'rebalance recommendations are ignored'
  | 'protected from scale-in, and so not replaced on a recommendation'
  | 'group without the opt-in tag'
  | 'group with Capacity Rebalancing, which replaces its interrupted instances itself'
  | 'group of an EKS managed node group, which drains and replaces its nodes itself'
  | 'group of AWS Batch, which manages it itself'
  | 'group of Amazon EMR, which manages it itself';

/** The notice of an instance that is left alone (G7). */
interface UnmanagedInterruption extends Notice {
  readonly managed: false;
  readonly reason: NotManagedReason;
  readonly autoScalingGroupName?: string;
}

export type DescribeInstanceOutput = Interruption | UnmanagedInterruption;

/**
 * What CheckCapacity observed, and what follows for the whole group: numbers, which the Choice state `EnoughCapacity?`
 * compares. Where another execution has just looked at the group, its numbers, without anything to act on.
 */
export interface CapacityReport {
  readonly observedAt: string;
  /** When the execution first came to look: every look since then knows of its instance. */
  readonly firstObservedAt: string;
  /** When to look again. */
  readonly nextCheckAt: string;
  /** The interrupted instance is still part of its group, and not leaving it already. */
  readonly attached: boolean;
  /** How it left, where one of our executions took it out. */
  readonly left?: Left;
  /** Of a recommendation: nothing is to be done for it any more. */
  readonly recommendation?: 'taken over by a notice' | 'given up';
  /** 1 while the ledger holds a change whose outcome is open, or a raise which nobody needs any more; else 0. */
  readonly unsettled: 0 | 1;
  /** By how much SetDesiredCapacity is to change DesiredCapacity: above 0 to raise, below 0 to take back, 0 not at all. */
  readonly changeBy: number;
  /** How many instances are to leave now: the length of `leave`. */
  readonly leaving: number;
  readonly leave: readonly Leaving[];
  /** Where instances that give way serve on, and the look has asked for target health. */
  readonly servingOn?: ServingOn;
  /** The numbers behind it; absent where nobody has looked yet. */
  readonly group?: GroupNumbers;
  /** That the shutdown command failed has been counted. Absent: it has not failed, or not been counted yet. */
  readonly shutdownFailureCounted?: true;
  /** The ledger as this look left it: what follows from the look may be done only while it stays so. Absent: nothing does. */
  readonly ledger?: LedgerNumbers;
}

/** Those that gave way at MaxSize, and serve on outside of their group until their replacements serve or their time is up. */
export interface ServingOn {
  /** The group's, with which they are registered. */
  readonly targetGroupArns: readonly string[];
  /** In capacity units: those that are healthy there. */
  readonly serving: number;
  /** Ids of those that are needed, and are not registered: Auto Scaling has deregistered them later, or a call has failed. */
  readonly register: readonly string[];
  /** Ids of those that are to be deregistered. */
  readonly end: readonly string[];
  /** What an execution does whose own instance has left, and lets some serve on: of those two, and of `leave`. Else 0. */
  readonly due: number;
}

/** The ledger's numbers; see functions/ledger/interruption-table.ts. */
export interface LedgerNumbers {
  readonly version: number;
  readonly raised: number;
  readonly known: number;
  readonly changedAtMilliseconds: number;
}

/** What one look at a group found. */
export interface GroupNumbers {
  readonly lookedAt: string;
  /** The execution that looked. */
  readonly lookedBy: string;
  readonly desiredCapacity: number;
  readonly minSize: number;
  readonly maxSize: number;
  /** DesiredCapacity less what is raised. */
  readonly usualSize: number;
  /** How much has to serve, and what says so. */
  readonly floor: number;
  readonly floorFrom: FloorSource;
  /** InService, healthy, and healthy targets; interrupted instances count until they leave. */
  readonly serving: number;
  /** What serving was judged by. */
  readonly servingBy: ServingBy;
  /** Interrupted, and still part of the group. */
  readonly interrupted: number;
  /** Of DesiredCapacity: what is ours, to be taken back. */
  readonly raised: number;
  /** Interrupted without a replacement on its way, because MaxSize leaves no room for one. */
  readonly noHeadroom: number;
}

export type FloorSource = 'tag' | 'instance maintenance policy' | 'configuration';

export type ServingBy =
  | 'target health'
  | 'InService: the group has no target group'
  | 'InService: no listener uses its target groups'
  | 'InService: AddToLoadBalancer is suspended'
  | 'InService: Classic Load Balancers and VPC Lattice are not asked'
  | 'InService: target health could not be had'
  | 'InService: nobody could leave yet'
  | 'nothing: target health could not be had';

/** An instance which is to leave its group now. */
export interface Leaving {
  readonly instanceId: string;
  readonly weight: number;
  /** DesiredCapacity goes down with it, and so its raise is taken back. */
  readonly decrement: boolean;
  readonly reason: LeaveReason;
}

/** Why an instance left when it did. */
export const leaveReasons = [
  'the floor holds without it',
  'deadline',
  'capacity unknown',
  'gave way at MaxSize',
  'gave way, its raise was void',
  'replaced on a recommendation',
  'was gone already',
] as const;
export type LeaveReason = (typeof leaveReasons)[number];

/** How an instance left its group, as its record says. */
export interface Left {
  readonly at: string;
  /** The execution that took it out; its own or that of another instance of the group. */
  readonly by: string;
  readonly reason: LeaveReason;
  readonly decremented: boolean;
  /** Absent where it was gone already. */
  readonly way?: WayToLeave;
  /** The capacity units with which it serves on outside of its group, registered with its target groups again; else absent. */
  readonly servesOn?: number;
  /** Said in the outputs of an instance that was detached: what to do about it where EC2 does not reclaim it. */
  readonly ifNotReclaimed?: string;
  /** Said in the outputs where a termination hook may take longer than was left: EC2 may take the instance before it is done. */
  readonly hookMayBeCutOff?: { readonly mayTakeSeconds: number; readonly secondsLeft: number };
}

interface SentCommand {
  readonly commandId: string;
}

/** A Catch's output, as the Step Functions service writes it. */
interface CaughtError {
  readonly Error: string;
  readonly Cause: string;
}

/** The state of an execution once the instance is known to be managed. */
export interface HandlingState {
  readonly interruption: Interruption;
  /** The latest report that could be had. Absent before the first. */
  readonly capacity?: CapacityReport;
  /** What came of the latest SetDesiredCapacity that succeeded. */
  readonly scaleOut?: ScaleOut;
  readonly detachment?: Detachment;
  /** What became of the command on the instance that has left. Absent where none was sent yet, or none is to be. */
  readonly shutdownCommand?: SentCommand | CaughtError;
  /** The latest error that led to another way through the graph. */
  readonly error?: CaughtError;
}

/** The mark of an output that says what would have been done: the handler is deployed to change nothing. */
interface DryRun {
  readonly dryRun?: true;
}

/** What SetDesiredCapacity did for the whole group. */
export interface ScaleOut extends DryRun {
  readonly from: number;
  readonly to: number;
}

/** What DetachInstances did for the whole group. */
export interface Detachment extends DryRun {
  /** Whether the execution's own instance has left, and how. */
  readonly left: boolean;
  readonly how?: Left;
  /** Every instance that left by this call. */
  readonly instanceIds: readonly string[];
  /** 1 where the ledger has still to be settled after it: see `CapacityReport`. */
  readonly unsettled: 0 | 1;
}

/** The functions, by their folders. */
export const functionNames = [
  'describe-instance',
  'check-capacity',
  'set-desired-capacity',
  'detach-instances',
] as const;
/** One of them. */
export type FunctionName = (typeof functionNames)[number];

/** Errors the functions throw, as the workflow's Retry and Catch match them. */
export const errorNames = {
  invalidEvent: 'InvalidEvent',
  groupBusy: 'GroupBusy',
  tableUnavailable: 'InterruptionTableUnavailable',
  instanceNotDetachable: 'InstanceNotDetachable',
  noAnswerInTime: 'NoAnswerInTime',
} as const;
