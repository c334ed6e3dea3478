import { scenarios } from '../../simulator/scenarios/scenarios.ts';
import type { Results, Row } from '../results.ts';
import { coldStartTargets } from './cold-start-targets.ts';
import { amount, count, dollars } from './format.ts';
import { beatsTheBound, ratioText, ratioToLeast } from './least-possible.ts';
import { stormTargets } from './storm-targets.ts';
import { preventable } from './tables.ts';
import type { Target } from './target.ts';

const mostLostInAMonth = 250;
const mostTimesTheLeast = 1.1;
const mediansSeconds = [35, 70, 110];
const mostDollars = 0.75;
const mostDollarsInVain = 1;

/** A replacement can come in time, and is waited for. */
const awaited = ['single', 'pair', 'fleet', 'storm', 'wipeout', 'fixed-size', 'weighted'];
const awaitedInVain = ['slow-launch', 'no-capacity', 'throttled'];

/** What was to be reached, and whether it is. */
export function targetsOf(results: Results): Target[] {
  return [
    month(results),
    nearTheLeast(results),
    nobodyBeatsTheBound(results),
    scenario(results, 'wipeout', { mostLost: 1000, leastServing: 50 }),
    scenario(results, 'fixed-size', { leastServing: 1 }),
    scenario(results, 'at-max', { mostLost: 51 }),
    noRequestFails(results),
    noDrift(results),
    ...stormTargets(results),
    costs(results, 'where a replacement is waited for', mostDollars, awaited),
    costs(results, 'where none comes in time, or calls are throttled', mostDollarsInVain, awaitedInVain),
    ...coldStartTargets(results),
  ];
}

function month(results: Results): Target {
  const row = results.sensitivity.find((one) => one.row === 'ours' && one.launchMedianSeconds === mediansSeconds[0]);
  const target = `A month of 30 days loses at most ${mostLostInAMonth} instance-seconds, no request beyond capacity, and no drift`;
  if (!row) return { target, reached: false, figures: 'not played' };
  const { capacity, requests, drift, days } = row;
  const beyond = Object.entries(requests).map(([kind, counts]) => [kind, counts.beyondCapacity] as const);
  return {
    target,
    reached:
      capacity.lostInstanceSeconds <= (mostLostInAMonth * days) / 30 &&
      beyond.every(([, count]) => count === 0) &&
      drift.groups === 0,
    figures: [
      `${days} days, seed ${results.run.seed}: ${count(capacity.lostInstanceSeconds)} instance-seconds`,
      ...beyond.map(([kind, requests]) => `${amount(requests)} requests of the ${kind} traffic beyond capacity`),
      `${drift.groups} groups with a drift`,
    ].join('; '),
  };
}

function nearTheLeast({ sensitivity }: Results): Target {
  const played = mediansSeconds.flatMap((median) => {
    const rows = sensitivity.filter(({ launchMedianSeconds }) => launchMedianSeconds === median);
    return rows.filter(({ row }) => row === 'ours').map((row) => ({ median, row, rows }));
  });
  return {
    target: `Lost capacity is at most ${mostTimesTheLeast} times the least possible, at a median launch of ${mediansSeconds.join(', ')} s`,
    reached:
      played.length === mediansSeconds.length &&
      played.every(({ row, rows }) => ratioToLeast(row, rows) <= mostTimesTheLeast),
    figures: played.map(({ median, row, rows }) => `${median} s: ${ratioText(row, rows)}`).join(', '),
  };
}

/** A check of the bound, not of the handler. */
function nobodyBeatsTheBound({ scenarios, month, sensitivity, scale }: Results): Target {
  const rows = [...scenarios, ...month, ...sensitivity, ...scale];
  const beating = rows.filter(beatsTheBound);
  return {
    target: 'Nobody who acts on the notice loses less than the least possible',
    reached: beating.length === 0,
    figures:
      beating.length === 0 ? `${rows.length} rows` : beating.map(({ world, row }) => `${world}, ${row}`).join('; '),
  };
}

function scenario(
  { scenarios }: Results,
  world: string,
  { mostLost, leastServing }: { readonly mostLost?: number; readonly leastServing?: number },
): Target {
  const row = oursIn(scenarios).find((one) => one.world === world);
  const wanted = [
    ...(mostLost === undefined ? [] : [`loses at most ${count(mostLost)} instance-seconds`]),
    ...(leastServing === undefined ? [] : [`never has fewer than ${leastServing} serving`]),
  ];
  const target = `\`${world}\` ${wanted.join(', and ')}`;
  if (!row) return { target, reached: false, figures: 'not played' };
  const { capacity } = row;
  return {
    target,
    reached:
      capacity.lostInstanceSeconds <= (mostLost ?? Number.POSITIVE_INFINITY) &&
      capacity.leastServing >= (leastServing ?? 0),
    figures: `${amount(capacity.lostInstanceSeconds)} instance-seconds; at least ${capacity.leastServing} serving`,
  };
}

/** The handler is configured to leave that one alone. */
const leftAlone = 'not-opted-in';

function noRequestFails(results: Results): Target {
  const inTime = oursIn(results.scenarios).filter((row) => row.replacementInTime && row.world !== leftAlone);
  const broken = inTime.filter(isShort);
  const late = oursIn(results.scenarios).filter((row) => !row.replacementInTime && isShort(row));
  const [month] = oursIn(results.month);
  return {
    target: 'No failed request and no second below one serving instance wherever a replacement can arrive in time',
    reached: inTime.length > 0 && broken.length === 0 && (month === undefined || preventable(month) === 0),
    figures: [
      `${inTime.length - broken.length} of ${inTime.length} scenarios`,
      ...broken.map(shortText),
      ...(late.length > 0 ? [`not in time by construction: ${late.map(shortText).join('; ')}`] : []),
      ...(month ? [`${shortText(month)}, of which ${amount(preventable(month))} s were preventable`] : []),
    ].join('; '),
  };
}

/** Scenarios in which somebody else sets DesiredCapacity: where it ends is theirs. */
const changedByOthers = new Set(scenarios.filter(({ others = [] }) => others.length > 0).map(({ name }) => name));

function noDrift(results: Results): Target {
  const isOurs = ({ world }: Row) => !changedByOthers.has(world);
  const rows = [...oursIn(results.scenarios).filter(isOurs), ...oursIn(results.month), ...results.scale];
  const drifted = rows.filter(({ drift }) => drift.groups > 0);
  return {
    target: 'DesiredCapacity ends where it was, wherever nobody else changes it',
    reached: drifted.length === 0,
    figures: drifted.length === 0 ? `${rows.length} worlds` : drifted.map(({ world }) => world).join(', '),
  };
}

function costs(results: Results, where: string, most: number, worlds: readonly string[]): Target {
  const rows = oursIn(results.scenarios).filter(({ world }) => worlds.includes(world));
  const text = ({ world, costPerThousandNotices: cost }: Row) => `${world} ${dollars(cost.total)}`;
  return {
    target: `Per thousand interruptions at most ${dollars(most)} ${where}`,
    reached: rows.length > 0 && rows.every(({ costPerThousandNotices }) => costPerThousandNotices.total <= most),
    figures: rows.map(text).join(', '),
  };
}

function oursIn(rows: readonly Row[]): Row[] {
  return rows.filter(({ row }) => row === 'ours');
}

function isShort({ capacity, requests }: Row): boolean {
  return capacity.secondsBelowMinimum > 0 || Object.values(requests).some(({ failed }) => failed > 0);
}

function shortText({ world, capacity, requests }: Row): string {
  const failed = Math.max(...Object.values(requests).map((counts) => counts.failed));
  return `${world} ${amount(failed)} failed, ${amount(capacity.secondsBelowMinimum)} s below`;
}
