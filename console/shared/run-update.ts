import type { ExecutionEvent } from '../../simulator/aws/step-functions/execution-history.ts';
import type { Verdict } from '../../simulator/judging/judge.ts';
import type { NoticeLog } from '../../simulator/judging/run-log.ts';
import type { Summary } from '../../simulator/scenarios/summary.ts';
import type { GroupPoint } from '../../simulator/strategies/strategy-run.ts';
import type { RunSettings } from './run-settings.ts';

/**
 * What happens in a run, in order: all that the page shows of it. The first is `requested`; the last is `ended`, `refused`
 * or `stopped`. Seconds are virtual, since the first notice.
 */
export type RunUpdate =
  | { readonly kind: 'requested'; readonly id: string; readonly settings: RunSettings }
  | RunStarted
  | { readonly kind: 'notice'; readonly notice: NoticeLog }
  | HistoryUpdate
  | ConcludedUpdate
  | FaultUpdate
  | InstanceUpdate
  | DesiredUpdate
  | { readonly kind: 'launch failed'; readonly atSeconds: number }
  | GroupSample
  | RequestSample
  | { readonly kind: 'ended'; readonly summary: Summary; readonly verdicts: readonly Verdict[] }
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'stopped' };

/** Everything is in place, and the first notice is about to be given. */
export interface RunStarted {
  readonly kind: 'started';
  /** The virtual clock, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** The payload is no event that the rule matches, so that executions are started with it as StartExecution does. */
  readonly byHand: boolean;
  readonly drainSeconds: number;
  /** Capacity units of one instance. */
  readonly weight: number;
  /** What one capacity unit can answer in a second. */
  readonly requestsPerUnitSecond: number;
  readonly instances: readonly InstanceState[];
}

/**
 * What an instance does for its group:
 * - `pending`: it is being launched
 * - `in service`: the group counts on it, but its health checks have not passed yet
 * - `serving`
 * - `draining`: it is leaving, or has left and its load balancer lets open requests finish
 * - `out`: it is in no group, and runs on
 * - `gone`: EC2 has taken it, or its group has terminated it
 */
export type InstancePhase = 'pending' | 'in service' | 'serving' | 'draining' | 'out' | 'gone';

export interface InstanceState {
  readonly instanceId: string;
  readonly phase: InstancePhase;
}

export interface InstanceUpdate extends InstanceState {
  readonly kind: 'instance';
  readonly atSeconds: number;
}

export interface HistoryUpdate {
  readonly kind: 'history';
  /** The execution's name. */
  readonly execution: string;
  readonly instanceId: string;
  readonly event: ExecutionEvent;
}

/** An execution has ended. */
export interface ConcludedUpdate {
  readonly kind: 'concluded';
  readonly atSeconds: number;
  readonly execution: string;
  /** What became of it, in plain words. */
  readonly reason: string;
  /** The instance whose execution took it along. */
  readonly takenAlongBy?: string;
}

/** A call of a service went wrong. Whoever made it may repeat it. */
export interface FaultUpdate {
  readonly kind: 'fault';
  readonly atSeconds: number;
  /** The name of the execution whose function made it; absent where it is not known. */
  readonly execution?: string;
  readonly action: string;
  readonly fault: string;
}

/** DesiredCapacity was set. */
export interface DesiredUpdate {
  readonly kind: 'desired';
  readonly atSeconds: number;
  readonly from: number;
  readonly to: number;
  /** Whoever else did it. Absent: the handler. */
  readonly by?: string;
}

/** The group from then on, in capacity units. A later one of the same time replaces it. */
export interface GroupSample extends GroupPoint {
  readonly kind: 'group';
}

/** The requests of the second that ends then. */
export interface RequestSample {
  readonly kind: 'requests';
  readonly atSeconds: number;
  /** By an instance that had the capacity for it. */
  readonly served: number;
  readonly beyondCapacity: number;
  readonly failed: number;
}

/** Whether it is a run's last. */
export function isTerminal({ kind }: RunUpdate): boolean {
  return kind === 'ended' || kind === 'refused' || kind === 'stopped';
}

/** When it happened; undefined for what frames a run. `startedAt`: see `RunStarted`. */
export function secondsOf(update: RunUpdate, startedAt: number): number | undefined {
  if ('atSeconds' in update) return update.atSeconds;
  if (update.kind === 'notice') return update.notice.at;
  return update.kind === 'history' ? (Date.parse(update.event.timestamp) - startedAt) / 1000 : undefined;
}
