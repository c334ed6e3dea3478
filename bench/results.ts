import type { StrategyName } from '../simulator/strategies/strategy.ts';
import type { ColdStarts } from './cold-start/cold-start.ts';
import { type Job, type JobOutcome, type Scope, type WorldSet, worldsOf } from './jobs.ts';
import type { Machine } from './machine.ts';
import { type Cost, costOf } from './measures/bill.ts';
import { type Measured, measuredOf, merged, type Observed, total } from './measures/measured.ts';
import { monthFacts, monthName } from './worlds/month.ts';

/** What `bench/results.json` holds. */
export interface Results {
  readonly run: Run;
  readonly scenarios: readonly Row[];
  /** At the month's own median launch; runs with different seeds added up. */
  readonly month: readonly Row[];
  /** One seed. */
  readonly sensitivity: readonly SensitivityRow[];
  /** The same seed's month, of groups that keep their Availability Zones balanced. */
  readonly balancedMonth: readonly Row[];
  readonly scale: readonly ScaleRow[];
  readonly polling: readonly Row[];
  readonly coldStarts: ColdStarts;
}

export interface Run extends Scope {
  readonly command: string;
  readonly machine: Machine;
  readonly realSeconds: number;
}

/** One strategy in one world. */
export interface Row extends Measured {
  readonly world: string;
  readonly strategy: StrategyName;
  /** The strategy, and what is special about it. */
  readonly row: string;
  readonly replacementInTime: boolean;
  /** How many runs of the world it sums up, each with a seed of its own. */
  readonly runs: number;
  /** US dollars. */
  readonly costPerThousandNotices: Cost;
  readonly apiCallsPerNotice: number;
  readonly stateTransitionsPerNotice: number;
}

/** A month at one median launch. */
interface SensitivityRow extends Row {
  readonly days: number;
  readonly launchMedianSeconds: number;
}

export interface ScaleRow extends Row {
  readonly groups: number;
  readonly noticesInEach: number;
  readonly instancesInEach: number;
  readonly realSeconds: number;
  readonly peakMegabytes: number;
}

export function resultsOf(
  run: Run,
  jobs: readonly Job[],
  outcomes: readonly JobOutcome[],
  coldStarts: ColdStarts,
): Results {
  const done = jobs.flatMap((job, index) => {
    const outcome = outcomes[index];
    return outcome ? [{ job, outcome }] : [];
  });
  const ofKind = (kind: WorldSet['kind']) => rowsOf(done.filter(({ job }) => job.worlds.kind === kind));
  return {
    run,
    scenarios: ofKind('scenarios'),
    month: ofKind('month').filter(({ world }) => world === usualMonth),
    sensitivity: done
      .filter(({ job }) => job.seed === run.seed)
      .flatMap(sensitivityRowsOf)
      .toSorted((a, b) => a.launchMedianSeconds - b.launchMedianSeconds),
    balancedMonth: ofKind('balanced month'),
    scale: done.flatMap(scaleRowsOf).toSorted(bySize),
    polling: ofKind('polling'),
    coldStarts,
  };
}

interface Done {
  readonly job: Job;
  readonly outcome: JobOutcome;
}

/** One for each world and row; runs that differ in their seed only are one. */
function rowsOf(done: readonly Done[]): Row[] {
  const runs = done.flatMap(({ job, outcome }) =>
    worldsOf(job).map((world) => ({ world, job, observed: outcome.observed[world.name] })),
  );
  const groups = Map.groupBy(runs, ({ world, job }) => `${world.name}\n${job.row}`);
  return [...groups.values()].flatMap((same) => {
    const [first] = same;
    const [one, ...others] = same.flatMap(({ observed }) => (observed ? [observed] : []));
    if (!first || !one) return [];
    const { strategy, row } = first.job;
    const { name, replacementInTime } = first.world;
    return [rowOf(merged([one, ...others]), { world: name, strategy, row, replacementInTime, runs: same.length })];
  });
}

const usualMonth = monthName(monthFacts.launchMedianSeconds);

/** What was played with other settings is left out. */
function sensitivityRowsOf({ job, outcome }: Done): SensitivityRow[] {
  const { worlds, settings } = job;
  if (worlds.kind !== 'month' || settings) return [];
  const { days, launchMediansSeconds } = worlds;
  const rows = rowsOf([{ job, outcome }]);
  return launchMediansSeconds.flatMap((launchMedianSeconds) => {
    const name = monthName(launchMedianSeconds);
    return rows.filter(({ world }) => world === name).map((row) => ({ ...row, days, launchMedianSeconds }));
  });
}

function scaleRowsOf({ job, outcome }: Done): ScaleRow[] {
  const { worlds } = job;
  if (worlds.kind !== 'scale') return [];
  const { realSeconds, peakMegabytes } = outcome;
  return rowsOf([{ job, outcome }]).map((row) => ({ ...row, ...worlds, realSeconds, peakMegabytes }));
}

function bySize(a: ScaleRow, b: ScaleRow): number {
  return shareNoticed(a) - shareNoticed(b) || a.notices - b.notices;
}

function shareNoticed({ noticesInEach, instancesInEach }: ScaleRow): number {
  return noticesInEach / instancesInEach;
}

function rowOf(observed: Observed, about: Pick<Row, 'world' | 'strategy' | 'row' | 'replacementInTime' | 'runs'>): Row {
  const measured = measuredOf(observed);
  const perNotice = (amount: number) => (measured.notices === 0 ? 0 : amount / measured.notices);
  const { stateTransitions, functions, table, logsAndTraces, total: all } = costOf(measured.usage);
  return {
    ...about,
    ...measured,
    costPerThousandNotices: {
      stateTransitions: perNotice(stateTransitions) * 1000,
      functions: perNotice(functions) * 1000,
      table: perNotice(table) * 1000,
      logsAndTraces: perNotice(logsAndTraces) * 1000,
      total: perNotice(all) * 1000,
    },
    apiCallsPerNotice: perNotice(total(measured.apiCalls)),
    stateTransitionsPerNotice: perNotice(measured.usage.stateTransitions),
  };
}
