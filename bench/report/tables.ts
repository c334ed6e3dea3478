import type { Load } from '../cold-start/cold-start.ts';
import type { Drift } from '../measures/measured.ts';
import type { Results, Row, ScaleRow } from '../results.ts';
import { monthFacts } from '../worlds/month.ts';
import { amount, count, dollars, milliseconds, ratio, seconds, signed } from './format.ts';
import { leastPossible, ratioText } from './least-possible.ts';
import type { Table } from './table.ts';

/** Worlds down, strategies across, one figure each. */
export function scenarioTable({ scenarios }: Results, { title, figure, least }: ScenarioFigure): Table {
  const worlds = [...new Set(scenarios.map(({ world }) => world))];
  const rows = [...new Set(scenarios.map(({ row }) => row))];
  const cell = (world: string, name: string, text: (row: Row, rows: readonly Row[]) => string) => {
    const row = scenarios.find((one) => one.world === world && one.row === name);
    return row ? text(row, scenarios) : '-';
  };
  return {
    title,
    header: ['scenario', ...(least ? ['least possible'] : []), ...rows],
    rows: worlds.map((world) => [
      world,
      ...(least ? [cell(world, 'ours', least)] : []),
      ...rows.map((name) => cell(world, name, figure)),
    ]),
  };
}

/** What the scenarios are compared by. */
export interface ScenarioFigure {
  readonly title: string;
  readonly figure: (row: Row, rows: readonly Row[]) => string;
  /** In a column of its own, taken from the row of ours: the scenario's notices are the same for all. */
  readonly least?: (row: Row) => string;
}

/** Each a table of its own. */
export const scenarioFigures: readonly ScenarioFigure[] = [
  {
    title: 'Lost capacity, in instance-seconds',
    figure: (row) => count(row.capacity.lostInstanceSeconds),
    least: (row) => count(row.capacity.leastPossibleInstanceSeconds),
  },
  { title: 'Lost capacity, as a multiple of the least possible', figure: ratioText },
  { title: 'Requests beyond capacity', figure: (row) => requestsText(row, 'steady', 'beyondCapacity') },
  { title: 'Requests failed', figure: (row) => requestsText(row, 'steady', 'failed') },
  { title: 'Fewest instances serving', figure: (row) => count(row.capacity.leastServing) },
  {
    title: 'Seconds below the minimum of serving instances',
    figure: (row) => amount(row.capacity.secondsBelowMinimum),
  },
  { title: 'Drift of DesiredCapacity at the end', figure: (row) => driftText(row.drift) },
  { title: 'Peak over-provisioning, in instances', figure: (row) => count(row.capacity.peakExcessInstances) },
  {
    title: 'Seconds from notice to detach, median / p99',
    figure: (row) => `${seconds(row.detachSeconds.median)} / ${seconds(row.detachSeconds.p99)}`,
  },
  { title: 'Seconds of draining before the reclaim, median / at least, in 99 %', figure: drainText },
  { title: 'API calls', figure: (row) => count(row.apiCallsPerNotice * row.notices) },
  { title: 'State transitions', figure: (row) => count(row.usage.stateTransitions) },
  { title: 'Cost per thousand interruptions', figure: (row) => dollars(row.costPerThousandNotices.total) },
];

/** Measures down, strategies across. What a month has is that of one, on average. */
export function monthTable({ month }: Results): Table {
  const lines: [string, (row: Row) => string][] = [
    ['instances noticed, a month', (row) => count(row.notices / row.runs)],
    ['lost capacity, instance-seconds a month', (row) => count(perMonth(row, row.capacity.lostInstanceSeconds))],
    ['the least possible', (row) => count(perMonth(row, leastPossible(row, month)))],
    ['lost, as a multiple of that', (row) => ratioText(row, month)],
    ['the least possible without time to drain', (row) => count(perMonth(row, leastWithoutDrain(month)))],
    ['requests beyond capacity, per million, steady', (row) => perMillion(row, 'steady', 'beyondCapacity')],
    ['requests beyond capacity, per million, bursty', (row) => perMillion(row, 'bursty', 'beyondCapacity')],
    ['requests failed, per million, steady', (row) => perMillion(row, 'steady', 'failed')],
    ['requests failed, per million, bursty', (row) => perMillion(row, 'bursty', 'failed')],
    ['seconds below the minimum, a month', (row) => amount(perMonth(row, row.capacity.secondsBelowMinimum))],
    ['of them preventable', (row) => amount(perMonth(row, preventable(row)))],
    ['taken while in service, a month', (row) => count(perMonth(row, row.takenInService))],
    ['overlap, instance-hours a month', (row) => amount(overlapHours(row))],
    ['peak over-provisioning in a group', (row) => count(row.capacity.peakExcessInstances)],
    ['drift of DesiredCapacity', (row) => driftText(row.drift)],
    ['groups with a drift', (row) => count(row.drift.groups)],
    ['notice to detach, median', (row) => seconds(row.detachSeconds.median)],
    ['notice to detach, p99', (row) => seconds(row.detachSeconds.p99)],
    ['draining, median', (row) => seconds(row.drainSeconds.median)],
    ['draining, at least, in 99 %', (row) => seconds(row.drainSeconds.atLeastInNinetyNinePercent)],
    ['API calls per interruption', (row) => amount(row.apiCallsPerNotice)],
    ['state transitions per interruption', (row) => amount(row.stateTransitionsPerNotice)],
    ['cost per thousand interruptions', (row) => dollars(row.costPerThousandNotices.total)],
  ];
  const runs = month[0]?.runs ?? 0;
  return {
    title: `A fleet of ${monthFacts.groups} groups, ${runs === 1 ? 'one run' : `${runs} runs together`}`,
    header: ['', ...month.map(({ row }) => row)],
    rows: lines.map(([name, figure]) => [name, ...month.map(figure)]),
  };
}

/** Median launches down, strategies across: lost instance-seconds, and their multiple of the least possible. */
export function sensitivityTable({ sensitivity }: Results): Table {
  const byMedian = Map.groupBy(sensitivity, ({ launchMedianSeconds }) => launchMedianSeconds);
  const names = [...new Set(sensitivity.map(({ row }) => row))];
  return {
    title: `Lost instance-seconds in ${sensitivity[0]?.days ?? 0} days by the median launch, one seed`,
    header: ['median launch', 'least possible', 'without time to drain', ...names],
    rows: [...byMedian].map(([median, rows]) => [
      `${median} s`,
      count(leastAt(rows)),
      count(leastWithoutDrain(rows)),
      ...names.map((name) => {
        const row = rows.find((one) => one.row === name);
        return row ? `${count(row.capacity.lostInstanceSeconds)} (${ratioText(row, rows)})` : '-';
      }),
    ]),
  };
}

/** A strategy's month without and with AZRebalance. */
export interface Balanced {
  readonly without: Row;
  readonly with: Row;
}

export function balancedPairs({ balancedMonth, sensitivity }: Results): Balanced[] {
  const usual = sensitivity.filter(({ launchMedianSeconds }) => launchMedianSeconds === monthFacts.launchMedianSeconds);
  return balancedMonth.flatMap((row) => {
    const without = usual.find((one) => one.row === row.row);
    return without ? [{ without, with: row }] : [];
  });
}

/** Strategies down: what AZRebalance does to each of them. */
export function balancedMonthTable(results: Results): Table {
  const both = (pair: Balanced, text: (row: Row) => string) => [text(pair.without), text(pair.with)];
  return {
    title: `With AZRebalance, ${results.sensitivity[0]?.days ?? 0} days of one seed`,
    header: [
      '',
      'lost instance-seconds, off',
      'on',
      'instances moved, on',
      'excess instance-hours, off',
      'on',
      'requests beyond capacity, per million, bursty, off',
      'on',
      'requests failed, per million, bursty, off',
      'on',
    ],
    rows: balancedPairs(results).map((pair) => [
      pair.with.row,
      ...both(pair, (row) => count(row.capacity.lostInstanceSeconds)),
      count(pair.with.capacity.movedBetweenZones),
      ...both(pair, (row) => amount(overlapHours(row))),
      ...both(pair, (row) => perMillion(row, 'bursty', 'beyondCapacity')),
      ...both(pair, (row) => perMillion(row, 'bursty', 'failed')),
    ]),
  };
}

/** Of all that was played in one world. */
export function leastAt(rows: readonly Row[]): number {
  return Math.max(0, ...rows.map(({ capacity }) => capacity.leastPossibleInstanceSeconds));
}

function leastWithoutDrain(rows: readonly Row[]): number {
  return Math.max(0, ...rows.map(({ capacity }) => capacity.leastPossibleWithoutDrainInstanceSeconds));
}

/** What every strategy pays for the capacity that it keeps, beside what the cheapest one loses that acts at all. */
export function priceTable({ month }: Results): Table {
  const cheapest = month.find(({ row }) => row === 'detach-now');
  const lost = (row: Row) => perMonth(row, row.capacity.lostInstanceSeconds);
  const rows = month.filter(({ strategy }) => strategy !== 'without-delay');
  return {
    title: 'The price of keeping capacity',
    header: [
      '',
      'lost instance-seconds a month',
      'saved, against detach-now',
      'overlap, instance-hours a month',
      'transitions per interruption',
      'cost per thousand',
      'cost a month',
    ],
    rows: rows.map((row) => [
      row.row,
      count(lost(row)),
      cheapest ? count(lost(cheapest) - lost(row)) : '-',
      amount(overlapHours(row)),
      amount(row.stateTransitionsPerNotice),
      dollars(row.costPerThousandNotices.total),
      dollars(costPerMonth(row)),
    ]),
  };
}

/** US dollars. */
export function costPerMonth(row: Row): number {
  return perMonth(row, (row.costPerThousandNotices.total * row.notices) / 1000);
}

/** Instance-hours a month that a group had beyond its size, while replacements and those to be replaced were there both. */
export function overlapHours(row: Row): number {
  return perMonth(row, row.capacity.excessInstanceSeconds / 3600);
}

export function perMonth({ runs }: Row, value: number): number {
  return value / runs;
}

export function costTable({ scenarios, month }: Results): Table {
  const rows = [
    ...scenarios.filter(({ row, notices }) => row === 'ours' && notices > 0),
    ...month.filter(({ strategy }) => strategy !== 'without-delay'),
  ];
  return {
    title: 'Cost per thousand interruptions',
    header: ['', 'transitions', 'functions', 'table', 'logs and traces', 'total'],
    rows: rows.map(({ world, row, costPerThousandNotices: cost }) => [
      `${world}, ${row}`,
      dollars(cost.stateTransitions),
      dollars(cost.functions),
      dollars(cost.table),
      dollars(cost.logsAndTraces),
      dollars(cost.total),
    ]),
  };
}

export function scaleTable({ scale }: Results): Table {
  return {
    title: 'Scale: simultaneous notices',
    header: [
      'notices',
      'groups',
      'instances in each',
      'lost instance-seconds',
      'least possible',
      'handled, median',
      'handled, p99',
      'raised by at most',
      'drift',
      'real time',
      'memory',
    ],
    rows: scale.map((row) => [
      ...sizeCells(row),
      count(row.capacity.lostInstanceSeconds),
      count(row.capacity.leastPossibleInstanceSeconds),
      seconds(row.handlingSeconds.median),
      seconds(row.handlingSeconds.p99),
      count(row.capacity.peakExcessInstances),
      driftText(row.drift),
      `${amount(row.realSeconds)} s`,
      `${count(row.peakMegabytes)} MB`,
    ]),
  };
}

export function loadTable({ scale }: Results): Table {
  return {
    title: 'Load of simultaneous notices',
    header: [
      'notices',
      'groups',
      'instances in each',
      'SetDesiredCapacity calls',
      'API calls per notice',
      'transitions per notice',
      'looks per group and second',
      'the most in any second',
      'peak read units a second',
      'peak write units a second',
    ],
    rows: scale.map((row) => [
      ...sizeCells(row),
      count(row.apiCalls.SetDesiredCapacity ?? 0),
      amount(row.apiCallsPerNotice),
      amount(row.stateTransitionsPerNotice),
      amount(row.load.describesPerGroupAndSecond),
      count(row.load.peakDescribesPerGroup),
      amount(row.load.peakReadUnits),
      amount(row.load.peakWriteUnits),
    ]),
  };
}

function sizeCells(row: ScaleRow): string[] {
  return [count(row.notices), count(row.groups), count(row.instancesInEach)];
}

export function pollingTable({ polling }: Results): Table {
  return {
    title: `What polling costs: the only instance of a group, ${polling[0]?.notices ?? 0} times`,
    header: [
      'pollSeconds',
      'transitions',
      'cost per thousand',
      'detach, median',
      'detach, p99',
      'seconds below the minimum',
    ],
    rows: polling.map((row) => [
      row.row,
      amount(row.stateTransitionsPerNotice),
      dollars(row.costPerThousandNotices.total),
      seconds(row.detachSeconds.median),
      seconds(row.detachSeconds.p99),
      amount(row.capacity.secondsBelowMinimum),
    ]),
  };
}

export function coldStartTable({ coldStarts }: Results): Table {
  return {
    title: `Function cold start, median of ${coldStarts.processes} fresh processes`,
    header: [
      'function',
      'KB',
      'plain KB',
      'process',
      'plain',
      'Python',
      'ours / Python',
      'load',
      'plain',
      'Python',
      'ours / Python',
    ],
    rows: coldStarts.functions.map(({ functionName, ours, plain, python }) => [
      functionName,
      count(ours.kilobytes),
      count(plain.kilobytes),
      ...compared(ours, plain, python, (one) => one.processMilliseconds),
      ...compared(ours, plain, python, (one) => one.loadMilliseconds),
    ]),
  };
}

type Times = Omit<Load, 'kilobytes'>;

function compared(ours: Times, plain: Times, python: Times | undefined, of: (times: Times) => number): string[] {
  return [
    milliseconds(of(ours)),
    milliseconds(of(plain)),
    milliseconds(python && of(python)),
    ratio(python && of(ours) / of(python)),
  ];
}

/** Within a thousandth of a second, which is what adding up may be off by. */
export function preventable({ capacity }: Row): number {
  const seconds = capacity.secondsBelowMinimum - capacity.unpreventableSecondsBelowMinimum;
  return seconds < 0.001 ? 0 : seconds;
}

function requestsText({ requests }: Row, kind: string, which: 'failed' | 'beyondCapacity'): string {
  return count(requests[kind]?.[which] ?? 0);
}

function perMillion({ requests }: Row, kind: string, which: 'failed' | 'beyondCapacity'): string {
  const counts = requests[kind];
  if (!counts || counts.sent === 0) return '-';
  const share = (counts[which] / counts.sent) * 1e6;
  return share > 0 && share < 0.01 ? share.toPrecision(2) : amount(share);
}

function driftText({ tooLow, tooHigh }: Drift): string {
  if (tooLow > 0 && tooHigh > 0) return `${signed(-tooLow)}, ${signed(tooHigh)}`;
  return signed(tooHigh - tooLow);
}

function drainText({ drainSeconds, notices }: Row): string {
  if (notices === 0) return '-';
  return `${seconds(drainSeconds.median)} / ${seconds(drainSeconds.atLeastInNinetyNinePercent)}`;
}
