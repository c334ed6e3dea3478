import type { MinServing } from '../../functions/configuration/values.ts';
import type { Fault } from '../aws/index.ts';
import { objectAt } from '../json.ts';

/**
 * Everything that happened in a run, as the guarantees are held against it. Times are seconds since its beginning,
 * capacities are in the groups' own units.
 */
export interface RunLog {
  readonly groups: readonly GroupLog[];
  /** The first notice of each instance, in order. */
  readonly notices: readonly NoticeLog[];
  /** Those that are acted on, of instances in groups. `reclaimAt`: when they are given up. */
  readonly recommendations: readonly NoticeLog[];
  readonly executions: readonly ExecutionLog[];
  /** What was made to go wrong. */
  readonly faults: readonly FaultLog[];
  readonly launchFailures: readonly GroupEvent[];
  /** Our calls of DescribeAutoScalingGroups. */
  readonly looks: readonly LookLog[];
  readonly endedAt: number;
  readonly allEnded: boolean;
}

export interface GroupLog {
  readonly name: string;
  readonly minServing: MinServing;
  readonly drainSeconds: number;
  readonly desiredBefore: number;
  readonly minSize: number;
  readonly maxSize: number;
  readonly managed: boolean;
  /** From a raise until a new instance serves, at the longest; Infinity: some launch never does. */
  readonly replacementSeconds: number;
  readonly desiredChanges: readonly DesiredChange[];
  readonly departures: readonly Departure[];
  /** Instances that were registered with the group's target groups again after they were detached. */
  readonly registrations: readonly Registration[];
  /** After each change, beginning with how it was at first. */
  readonly moments: readonly Moment[];
}

export interface DesiredChange {
  readonly at: number;
  readonly from: number;
  readonly to: number;
  /** Absent: ours. Else the actor's name. */
  readonly by?: string;
}

/** An instance begins to leave its group. */
export interface Departure {
  readonly at: number;
  readonly instanceId: string;
  readonly weight: number;
  /** `terminated`: by the group itself. On request: by TerminateInstanceInAutoScalingGroup. */
  readonly how: 'detached' | 'terminated on request' | 'terminated';
  /** It served until then. */
  readonly served: boolean;
  /** Absent: ours, where it was asked for. */
  readonly by?: string;
}

/** With one target group. */
export interface Registration {
  readonly at: number;
  readonly instanceId: string;
  readonly targetGroupName: string;
  /** When it began to drain, or EC2 took it. Absent: it never did. */
  readonly until?: number;
}

/** What a group is, as an onlooker who knows everything sees it. */
export interface Moment {
  readonly at: number;
  readonly desired: number;
  /** InService, Healthy, and a healthy target. */
  readonly serving: number;
  readonly inService: number;
  /** Serving, and EC2 has not taken it; those that serve on outside of the group included. */
  readonly alive: number;
}

export interface NoticeLog {
  readonly instanceId: string;
  /** Absent: in none. */
  readonly group?: string;
  readonly at: number;
  readonly reclaimAt: number;
  readonly lifecycleState?: string;
  readonly serving: boolean;
  readonly weight: number;
  /** When EC2 took it. */
  readonly takenAt?: number;
}

export interface ExecutionLog {
  readonly name: string;
  /** The event. */
  readonly input: unknown;
  readonly instanceId: string;
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly status: string;
  readonly finalState?: string;
  readonly error?: string;
  readonly output: unknown;
}

/** The execution is that of a recommendation, not of a notice. */
export function isOfRecommendation({ input }: Pick<ExecutionLog, 'input'>): boolean {
  return objectAt({ input }, 'input')['detail-type'] === 'EC2 Instance Rebalance Recommendation';
}

export interface FaultLog extends Caller {
  readonly at: number;
  readonly kind: Fault['kind'] | 'killed' | 'stopped';
  readonly service: string;
  readonly action: string;
}

/** What a call concerns, as far as the call says. */
export interface Caller {
  readonly autoScalingGroupName?: string | undefined;
  readonly instanceId?: string | undefined;
  /** The function that made the call, or is the call. */
  readonly functionName?: string | undefined;
}

export interface LookLog extends GroupEvent {
  /** DesiredCapacity is compared with the ledger's; DescribeInstance, which reads the group's tags only, does not. */
  readonly compares: boolean;
}

export interface GroupEvent {
  readonly at: number;
  readonly group: string;
}
