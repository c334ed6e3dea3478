import type { Load } from '../cold-start/cold-start.ts';
import type { Drift } from '../measures/measured.ts';
import type { Results, Row, ScaleRow } from '../results.ts';
import { amount, count, dollars, milliseconds, ratio, seconds, signed } from './format.ts';
import type { Table } from './table.ts';

/** Worlds down, strategies across, one figure each. */
export function scenarioTable(results: Results, title: string, figure: (row: Row) => string): Table {
  const worlds = [...new Set(results.scenarios.map(({ world }) => world))];
  const rows = [...new Set(results.scenarios.map(({ row }) => row))];
  return {
    title,
    header: ['scenario', ...rows],
    rows: worlds.map((world) => [
      world,
      ...rows.map((name) => {
        const row = results.scenarios.find((one) => one.world === world && one.row === name);
        return row ? figure(row) : '-';
      }),
    ]),
  };
}

/** What the scenarios are compared by, each a table of its own. */
export const scenarioFigures: readonly (readonly [title: string, figure: (row: Row) => string])[] = [
  ['Requests failed', (row) => failedText(row, 'steady')],
  ['Seconds below the minimum of serving instances', (row) => amount(row.capacity.secondsBelowMinimum)],
  ['Lost capacity, in instance-seconds', (row) => count(row.capacity.lostInstanceSeconds)],
  ['Drift of DesiredCapacity at the end', (row) => driftText(row.drift)],
  ['Peak over-provisioning, in instances', (row) => count(row.capacity.peakExcessInstances)],
  [
    'Seconds from notice to detach, median / p99',
    (row) => `${seconds(row.detachSeconds.median)} / ${seconds(row.detachSeconds.p99)}`,
  ],
  ['Seconds of draining before the reclaim, median / at least, in 99 %', drainText],
  ['API calls', (row) => count(row.apiCallsPerNotice * row.notices)],
  ['State transitions', (row) => count(row.usage.stateTransitions)],
  ['Cost per thousand interruptions', (row) => dollars(row.costPerThousandNotices.total)],
];

/** Measures down, strategies across. */
export function monthTable({ month }: Results): Table {
  const lines: [string, (row: Row) => string][] = [
    ['instances noticed', (row) => count(row.notices)],
    ['of them taken while in service', (row) => count(row.takenInService)],
    ['requests failed, steady traffic', (row) => failedText(row, 'steady')],
    ['per million', (row) => perMillion(row, 'steady', 'failed')],
    ['requests failed, bursty traffic', (row) => failedText(row, 'bursty')],
    ['per million', (row) => perMillion(row, 'bursty', 'failed')],
    ['beyond capacity, per million, steady', (row) => perMillion(row, 'steady', 'beyondCapacity')],
    ['beyond capacity, per million, bursty', (row) => perMillion(row, 'bursty', 'beyondCapacity')],
    ['seconds below the minimum', (row) => amount(row.capacity.secondsBelowMinimum)],
    ['of them preventable', (row) => amount(preventable(row))],
    ['lost capacity, instance-hours', (row) => amount(row.capacity.lostInstanceSeconds / 3600)],
    ['excess capacity, instance-hours', (row) => amount(row.capacity.excessInstanceSeconds / 3600)],
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
    title: `A fleet of 40 groups, ${runs === 1 ? 'one run' : `${runs} months together`}`,
    header: ['', ...month.map(({ row }) => row)],
    rows: lines.map(([name, figure]) => [name, ...month.map(figure)]),
  };
}

export function costTable({ scenarios, month }: Results): Table {
  const rows = [...scenarios.filter(({ row }) => row === 'ours'), ...month].filter(({ notices }) => notices > 0);
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
      'handled, median',
      'handled, p99',
      'API calls per notice',
      'transitions per notice',
      'raised by at most',
      'drift',
      'real time',
      'memory',
    ],
    rows: scale.map((row) => [
      count(row.notices),
      count(row.groups),
      count(row.instancesInEach),
      seconds(row.handlingSeconds.median),
      seconds(row.handlingSeconds.p99),
      amount(row.apiCallsPerNotice),
      amount(row.stateTransitionsPerNotice),
      count(row.capacity.peakExcessInstances),
      driftText(row.drift),
      `${amount(row.realSeconds)} s`,
      `${count(row.peakMegabytes)} MB`,
    ]),
  };
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

function failedText({ requests }: Row, kind: string): string {
  return count(requests[kind]?.failed ?? 0);
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

export type { ScaleRow };
