import { floorOf } from '../../functions/capacity/floor.ts';
import { minServingText } from '../../functions/configuration/values.ts';
import type { JobCounts } from '../actors/index.ts';
import type { RequestCounts } from '../aws/index.ts';
import { baselineOf } from '../judging/baseline.ts';
import type { GuaranteeId } from '../judging/guarantees.ts';
import { judge, type Verdict } from '../judging/judge.ts';
import { lostCapacity } from '../judging/lost-capacity.ts';
import type { DesiredChange } from '../judging/run-log.ts';
import type { RunRecord } from './run-record.ts';

/** What `npm start -- --json` prints. Other tools read these names. Times are virtual seconds. */
export interface Summary {
  readonly scenario: string;
  readonly executions: readonly ExecutionSummary[];
  readonly group: {
    readonly desiredBefore: number;
    readonly desiredAfter: number;
    readonly minInService: number;
    readonly minServing: number;
    readonly peakDesired: number;
    readonly maxSize: number;
  };
  readonly capacity: {
    /** Capacity units below the usual size, over time. */
    readonly lostInstanceSeconds: number;
    /** What anybody who acts on the same notices loses at least, with the same launches. */
    readonly leastPossibleInstanceSeconds: number;
    /** In capacity units, at the beginning. */
    readonly floor: number;
    /** As the group's tag or the configuration has it. */
    readonly minServing: string;
  };
  readonly requests: RequestCounts;
  /** What workers did; absent where the instances answer requests. */
  readonly jobs?: JobCounts;
  readonly apiCalls: Readonly<Record<string, number>>;
  readonly guarantees: Readonly<Record<string, Pick<Verdict, 'verdict'> & { readonly why: string }>>;
  /** What somebody else set DesiredCapacity to. */
  readonly changesByOthers: readonly DesiredChange[];
}

export interface ExecutionSummary {
  readonly instanceId: string;
  readonly status: string;
  readonly finalState: string;
  /** What became of it, in plain words. */
  readonly reason: string;
  /** The instance whose execution took it along; null where its own did, or none. */
  readonly handledBy: string | null;
  /** Since the notice; null where it was not taken out. */
  readonly detachedAfterSeconds: number | null;
  readonly secondsBeforeReclaim: number | null;
  readonly scaledOut: boolean;
  readonly decremented: boolean;
  readonly stateTransitions: number;
}

export function summarize(scenario: string, run: RunRecord): Summary {
  const { minInService, minServing, peakDesired } = run.group;
  const [group] = run.log.groups;
  if (!group) throw new Error('The run has no group.');
  const { desiredBefore, desiredChanges, maxSize } = group;
  return {
    scenario,
    executions: run.executions.map(({ handledBy, ...execution }) => ({
      ...execution,
      handledBy: handledBy ?? null,
      ...(execution.finalState === 'Handled' ? timesOf(run, execution.instanceId) : noTimes),
    })),
    group: {
      desiredBefore,
      desiredAfter: desiredChanges.at(-1)?.to ?? desiredBefore,
      minInService,
      minServing,
      peakDesired,
      maxSize,
    },
    capacity: {
      lostInstanceSeconds: milliseconds(lostCapacity(run.log, group)),
      leastPossibleInstanceSeconds: milliseconds(run.leastPossibleInstanceSeconds),
      floor: floorOf(group.minServing, desiredBefore),
      minServing: minServingText(group.minServing),
    },
    requests: run.requests,
    ...(run.jobs && { jobs: run.jobs }),
    apiCalls: run.apiCalls,
    guarantees: verdictsById(judge(run.log)),
    changesByOthers: baselineOf(run.log, group).changesByOthers,
  };
}

function verdictsById(verdicts: readonly Verdict[]): Summary['guarantees'] {
  const entries = verdicts.map(({ guarantee, verdict, why }): [GuaranteeId, Summary['guarantees'][string]] => {
    return [guarantee, { verdict, why: why.join('; ') }];
  });
  return Object.fromEntries(entries);
}

const noTimes = { detachedAfterSeconds: null, secondsBeforeReclaim: null };

function timesOf({ log }: RunRecord, instanceId: string) {
  const notice = log.notices.find((one) => one.instanceId === instanceId);
  const left = log.groups.flatMap(({ departures }) => departures).find((one) => one.instanceId === instanceId);
  if (!notice || !left) return noTimes;
  return {
    detachedAfterSeconds: milliseconds(left.at - notice.at),
    secondsBeforeReclaim: milliseconds(notice.reclaimAt - left.at),
  };
}

function milliseconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
