import { reclaimSeconds } from '../../functions/shared/timing.ts';
import type { ExecutionSummary } from '../../simulator/scenarios/summary.ts';
import type { ExperimentState, Plan, StartedExperiment } from './experiment.ts';
import type { GroupLook } from './group-look.ts';

/** What a drill has seen, all that its checks and its report are made from. Times are epoch milliseconds. */
export interface DrillRecord {
  readonly plan: Plan;
  readonly experiment: StartedExperiment & ExperimentState;
  /** The instances that FIS chose, and those that there was a notice for. */
  readonly interrupted: readonly string[];
  readonly executions: readonly WatchedExecution[];
  /** The first one is from before the experiment. */
  readonly looks: readonly [GroupLook, ...GroupLook[]];
}

export interface WatchedExecution {
  readonly arn: string;
  readonly noticedAtMilliseconds: number;
  readonly summary: ExecutionSummary;
  /** One line for people. Undefined while it runs. */
  readonly outcome: string | undefined;
}

export function lastLook({ looks }: Pick<DrillRecord, 'looks'>): GroupLook {
  return looks.at(-1) ?? looks[0];
}

/** By its notice; where there was none, by the experiment's template. */
export function reclaimOf(
  { executions, experiment, plan }: Pick<DrillRecord, 'executions' | 'experiment' | 'plan'>,
  instanceId: string,
): number {
  const noticed = executions.find(({ summary }) => summary.instanceId === instanceId)?.noticedAtMilliseconds;
  if (noticed !== undefined) return noticed + reclaimSeconds * 1000;
  return experiment.startedAtMilliseconds + plan.secondsUntilReclaim * 1000;
}
