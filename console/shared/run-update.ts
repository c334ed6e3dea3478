import type { ExecutionEvent } from '../../simulator/aws/step-functions/execution-history.ts';
import type { Verdict } from '../../simulator/judging/judge.ts';
import type { NoticeLog } from '../../simulator/judging/run-log.ts';
import type { Summary } from '../../simulator/scenarios/summary.ts';
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
  /** How much has to serve, in capacity units. */
  readonly floor: number;
  /** Capacity units of one instance. */
  readonly weight: number;
}

export interface HistoryUpdate {
  readonly kind: 'history';
  /** The execution's name. */
  readonly execution: string;
  readonly instanceId: string;
  readonly event: ExecutionEvent;
}

/** The group from then on. A later one of the same time replaces it. */
export interface GroupSample {
  readonly kind: 'group';
  readonly atSeconds: number;
  readonly desired: number;
  readonly inService: number;
  readonly serving: number;
  readonly pending: number;
  readonly interrupted: number;
}

/** The requests of the second that ends then. */
export interface RequestSample {
  readonly kind: 'requests';
  readonly atSeconds: number;
  readonly served: number;
  readonly failed: number;
}

/** Whether it is a run's last. */
export function isTerminal({ kind }: RunUpdate): boolean {
  return kind === 'ended' || kind === 'refused' || kind === 'stopped';
}
