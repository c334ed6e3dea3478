import type { JobCounts } from '../actors/index.ts';
import type { CapacityStatistics } from '../aws/auto-scaling/capacity-statistics.ts';
import type { RequestCounts } from '../aws/index.ts';
import type { RunLog } from '../judging/run-log.ts';

/** What happened in a run, and what it is told by. Times are virtual seconds since the first notice. */
export interface RunRecord {
  readonly log: RunLog;
  readonly group: CapacityStatistics & { readonly instancesBefore: number };
  readonly executions: readonly ExecutionRecord[];
  readonly requests: RequestCounts;
  /** Absent where the instances answer requests. */
  readonly jobs?: JobCounts;
  readonly apiCalls: Readonly<Record<string, number>>;
  readonly settings: RunSettings;
  /** The least capacity that anybody who acts on these notices can lose; see `leastLostInstanceSeconds`. */
  readonly leastPossibleInstanceSeconds: number;
}

/** As the app was synthesized. */
export interface RunSettings {
  readonly minServing: string;
  readonly drainSeconds: number;
}

export interface ExecutionRecord {
  readonly instanceId: string;
  readonly status: string;
  readonly finalState: string;
  /** What became of it, in plain words. */
  readonly reason: string;
  /** The instance whose execution took it along. */
  readonly handledBy: string | undefined;
  readonly scaledOut: boolean;
  readonly decremented: boolean;
  readonly stateTransitions: number;
}
