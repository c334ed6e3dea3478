import type { Settings } from '../functions/configuration/settings.ts';
import { strategies } from '../simulator/strategies/index.ts';
import type { StrategyName } from '../simulator/strategies/strategy.ts';
import type { Observed } from './measures/measured.ts';
import { play } from './play.ts';
import { strategiesAndYardstick, strategyNamed } from './strategies/index.ts';
import { otherFloors, withRecommendations } from './variants.ts';
import { manyNotices } from './worlds/many-notices.ts';
import { monthFacts, monthWorld } from './worlds/month.ts';
import { scenarioWorlds } from './worlds/scenario-worlds.ts';
import type { World } from './worlds/world.ts';

export interface Scope {
  readonly quick: boolean;
  readonly seed: number;
}

/** One process's work: some worlds, one strategy. */
export interface Job {
  readonly worlds: WorldSet;
  readonly strategy: StrategyName;
  /** Of the table: the strategy, and what is special about it. */
  readonly row: string;
  readonly seed: number;
  readonly settings?: Partial<Settings>;
}

export type WorldSet =
  | { readonly kind: 'scenarios'; readonly recommendedSecondsBefore: number }
  /** The same month with each of the median launches. */
  | { readonly kind: 'month'; readonly days: number; readonly launchMediansSeconds: readonly number[] }
  /** The usual month, of groups that keep their Availability Zones balanced. */
  | { readonly kind: 'balanced month'; readonly days: number }
  | {
      readonly kind: 'scale';
      readonly groups: number;
      readonly noticesInEach: number;
      readonly instancesInEach: number;
    }
  | { readonly kind: 'polling'; readonly groups: number };

export interface JobOutcome {
  /** By the world's name. */
  readonly observed: Readonly<Record<string, Observed>>;
  /** Of the simulation itself. */
  readonly realSeconds: number;
  readonly peakMegabytes: number;
}

/** Everything that is to be played, what takes longest first. */
export function jobsOf(scope: Scope): Job[] {
  return [
    ...scaleJobs(scope),
    ...monthJobs(scope),
    ...balancedMonthJobs(scope),
    ...scenarioJobs(scope),
    ...pollingJobs(scope),
  ];
}

export async function runJob(job: Job): Promise<JobOutcome> {
  const begun = performance.now();
  const observed: Record<string, Observed> = {};
  for (const world of worldsOf(job)) {
    observed[world.name] = await play(world, strategyNamed(job.strategy), job.settings ?? {}, job.seed);
  }
  return {
    observed,
    realSeconds: (performance.now() - begun) / 1000,
    peakMegabytes: process.resourceUsage().maxRSS / 1024,
  };
}

/** Which worlds there are in a set, by name, with what they show: the scenarios, mostly. */
export function worldsOf({ worlds, seed }: Pick<Job, 'worlds' | 'seed'>): World[] {
  switch (worlds.kind) {
    case 'scenarios':
      return scenarioWorlds(worlds.recommendedSecondsBefore);
    case 'month':
      return worlds.launchMediansSeconds.map((launchMedianSeconds) =>
        monthWorld(seed, { days: worlds.days, launchMedianSeconds }),
      );
    case 'balanced month':
      return [monthWorld(seed, { days: worlds.days, zonesBalanced: true })];
    case 'scale':
      return [manyNotices('scale', worlds, seed)];
    case 'polling':
      return [manyNotices('polling', { ...worlds, noticesInEach: 1, instancesInEach: 1, variedLaunches: true }, seed)];
  }
}

/** A rival's lot can depend on how early the recommendation comes, so both ends are played. */
const recommendedMinutesBefore = 5;

function scenarioJobs({ seed }: Scope): Job[] {
  const withNotice: WorldSet = { kind: 'scenarios', recommendedSecondsBefore: 0 };
  const before: WorldSet = { kind: 'scenarios', recommendedSecondsBefore: recommendedMinutesBefore * 60 };
  const isRecommended = ({ maxSizeMargin }: (typeof strategies)[number]) => maxSizeMargin !== undefined;
  return [
    ...strategies.map((one) => ({
      worlds: withNotice,
      strategy: one.name,
      row: isRecommended(one) ? `${one.name}, recommended with the notice` : one.name,
      seed,
    })),
    ...strategies.filter(isRecommended).map(({ name }) => ({
      worlds: before,
      strategy: name,
      row: `${name}, recommended ${recommendedMinutesBefore} min before`,
      seed,
    })),
  ];
}

/** Of the strategies the first seed's month is played with other launches, too. */
function monthJobs({ quick, seed }: Scope): Job[] {
  const usual = monthFacts.launchMedianSeconds;
  const medians = quick ? [usual, 70, 110] : [20, usual, 70, 110, 200];
  const month = (launchMediansSeconds: readonly number[]): WorldSet => ({
    kind: 'month',
    days: daysOf(quick),
    launchMediansSeconds,
  });
  const seeds = Array.from({ length: quick ? 1 : 6 }, (_, index) => seed + index);
  return [
    ...strategiesAndYardstick.flatMap(({ name }) =>
      seeds.map((one) => ({ worlds: month(one === seed ? medians : [usual]), strategy: name, row: name, seed: one })),
    ),
    ...seeds.map((one) => ({
      worlds: month(one === seed ? medians : [usual]),
      strategy: 'ours' as const,
      ...withRecommendations,
      seed: one,
    })),
    ...otherFloors.flatMap((floor) =>
      seeds.map((one) => ({ worlds: month([usual]), strategy: 'ours' as const, ...floor, seed: one })),
    ),
  ];
}

/** The first seed's. blog-2020 scales most groups in to two instances, of which none has to move. */
function balancedMonthJobs({ quick, seed }: Scope): Job[] {
  const worlds: WorldSet = { kind: 'balanced month', days: daysOf(quick) };
  return strategiesAndYardstick
    .filter(({ name }) => name !== 'blog-2020')
    .map(({ name }) => ({ worlds, strategy: name, row: name, seed }));
}

function daysOf(quick: boolean): number {
  return quick ? 7 : 30;
}

function scaleJobs({ quick, seed }: Scope): Job[] {
  const half = [scale(1, 100, 200), scale(1, 10, 20), scale(1, 1, 2)];
  const whole = [scale(1, 10, 10), scale(1, 1, 1)];
  const large = [scale(1, 1000, 2000), scale(250, 20, 40), scale(1, 100, 100)];
  const sets = quick ? [...half, ...whole] : [...large, ...half, ...whole];
  return sets.map((worlds) => ({ worlds, strategy: 'ours', row: 'ours', seed }));
}

function scale(groups: number, noticesInEach: number, instancesInEach: number): WorldSet {
  return { kind: 'scale', groups, noticesInEach, instancesInEach };
}

function pollingJobs({ quick, seed }: Scope): Job[] {
  const worlds: WorldSet = { kind: 'polling', groups: quick ? 20 : 200 };
  const intervals = quick ? [2, 4, 8] : [1, 2, 3, 4, 5, 6, 8, 10, 15];
  return intervals.map((pollSeconds) => ({
    worlds,
    strategy: 'ours',
    row: String(pollSeconds),
    seed,
    settings: { pollSeconds },
  }));
}
