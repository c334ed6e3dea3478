import type { Load } from '../cold-start/cold-start.ts';
import type { Results, Row } from '../results.ts';
import { amount, dollars } from './format.ts';
import { preventable } from './tables.ts';

/** What was to be reached, and whether it is. */
export interface Target {
  readonly target: string;
  readonly reached: boolean;
  readonly figures: string;
}

const mostDollarsWherePeersServe = 0.25;
const mostDollarsWithReplacement = 1;
const mostOfPython = 0.15;
/** Calls per notice may differ by so much between ten notices and ten thousand to count as flat. */
const flatWithin = 0.1;

export function targetsOf(results: Results): Target[] {
  return [
    noRequestFails(results),
    noDrift(results),
    quickToLoad(results),
    quickToStart(results),
    flatCalls(results),
    costs(results, 'where enough peers serve', mostDollarsWherePeersServe, ['fleet', 'storm']),
    costs(results, 'where it waits for a replacement', mostDollarsWithReplacement, [
      'single',
      'pair',
      'wipeout',
      'fixed-size',
      'weighted',
      'slow-launch',
      'no-capacity',
    ]),
    costs(results, 'where every third call is throttled, too', mostDollarsWithReplacement, ['throttled']),
  ];
}

/** The handler is configured to leave that one alone. */
const leftAlone = 'not-opted-in';

function noRequestFails(results: Results): Target {
  const inTime = oursIn(results.scenarios).filter((row) => row.replacementInTime && row.world !== leftAlone);
  const broken = inTime.filter(isShort);
  const late = oursIn(results.scenarios).filter((row) => !row.replacementInTime && isShort(row));
  const [month] = oursIn(results.month);
  return {
    target: 'No failed request and no second below the minimum wherever a replacement can arrive in time',
    reached: broken.length === 0 && (month === undefined || preventable(month) === 0),
    figures: [
      `${inTime.length - broken.length} of ${inTime.length} scenarios`,
      ...broken.map(shortText),
      ...(late.length > 0 ? [`not in time by construction: ${late.map(shortText).join('; ')}`] : []),
      ...(month ? [`${shortText(month)}, of which ${amount(preventable(month))} s were preventable`] : []),
    ].join('; '),
  };
}

function noDrift(results: Results): Target {
  const rows = [...oursIn(results.scenarios), ...oursIn(results.month), ...results.scale];
  const drifted = rows.filter(({ drift }) => drift.groups > 0);
  return {
    target: 'DesiredCapacity ends where it was, everywhere',
    reached: drifted.length === 0,
    figures: drifted.length === 0 ? `${rows.length} worlds` : drifted.map(({ world }) => world).join(', '),
  };
}

function quickToLoad(results: Results): Target {
  return {
    target: `Functions load in at most ${mostOfPython} of the Python function's time`,
    ...ofPython(results, ({ loadMilliseconds }) => loadMilliseconds),
  };
}

function quickToStart(results: Results): Target {
  const { coldStarts } = results;
  const empty = coldStarts.emptyMilliseconds.node + coldStarts.builtInsMilliseconds;
  const python = Math.min(...coldStarts.functions.flatMap((one) => one.python?.processMilliseconds ?? []));
  const { reached, figures } = ofPython(results, ({ processMilliseconds }) => processMilliseconds);
  const floor =
    `; a Node.js process with nothing but its own https and crypto modules, which any client needs, takes ` +
    `${(empty / python).toFixed(2)} already`;
  return {
    target: `So does the whole process, from its start until the function is loaded`,
    reached,
    figures: coldStarts.pythonSkipped === undefined ? figures + floor : figures,
  };
}

function ofPython(
  { coldStarts }: Results,
  time: (load: Omit<Load, 'kilobytes'>) => number,
): Pick<Target, 'reached' | 'figures'> {
  const ratios = coldStarts.functions.flatMap(({ functionName, ours, python }) =>
    python ? [{ functionName, ratio: time(ours) / time(python) }] : [],
  );
  if (ratios.length === 0) return { reached: false, figures: `not measured: ${coldStarts.pythonSkipped}` };
  return {
    reached: ratios.every(({ ratio }) => ratio <= mostOfPython),
    figures: ratios.map(({ functionName, ratio }) => `${functionName} ${ratio.toFixed(2)}`).join(', '),
  };
}

function flatCalls({ scale }: Results): Target {
  const half = scale.filter((row) => row.noticesInEach * 2 === row.instancesInEach && row.notices >= 10);
  const calls = half.map(({ apiCallsPerNotice }) => apiCallsPerNotice);
  const most = Math.max(...calls);
  const least = Math.min(...calls);
  return {
    target: 'API calls per notice flat from 10 notices to the most',
    reached: most <= least * (1 + flatWithin),
    figures: half
      .map((row) => `${row.notices.toLocaleString('en-US')} notices: ${amount(row.apiCallsPerNotice)}`)
      .join(', '),
  };
}

function costs(results: Results, where: string, most: number, worlds: readonly string[]): Target {
  const rows = oursIn(results.scenarios).filter(({ world }) => worlds.includes(world));
  const text = ({ world, costPerThousandNotices: cost }: Row) => `${world} ${dollars(cost.total)}`;
  return {
    target: `Per thousand interruptions at most ${dollars(most)} ${where}`,
    reached: rows.every(({ costPerThousandNotices }) => costPerThousandNotices.total <= most),
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
