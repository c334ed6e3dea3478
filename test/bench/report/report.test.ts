import { beforeAll, describe, expect, test } from 'vitest';
import { runJobs } from '../../../bench/job-pool.ts';
import type { Job, WorldSet } from '../../../bench/jobs.ts';
import { total } from '../../../bench/measures/measured.ts';
import { chartsOf } from '../../../bench/report/charts.ts';
import { benchmarksDocument } from '../../../bench/report/document.ts';
import { count } from '../../../bench/report/format.ts';
import { beatsTheBound, ratioText } from '../../../bench/report/least-possible.ts';
import { targetsOf } from '../../../bench/report/reach.ts';
import { balancedReading } from '../../../bench/report/readings.ts';
import { markdownTable, terminalTable } from '../../../bench/report/table.ts';
import { balancedMonthTable, balancedPairs } from '../../../bench/report/tables.ts';
import type { Target } from '../../../bench/report/target.ts';
import { type Results, resultsOf, type ScaleRow } from '../../../bench/results.ts';

const times = { processMilliseconds: 60, loadMilliseconds: 30, loadCpuMilliseconds: 35 };
const coldStarts = {
  processes: 1,
  functions: [
    {
      functionName: 'check-capacity',
      ours: { kilobytes: 280, ...times },
      plain: { kilobytes: 1700, ...times },
      python: { processMilliseconds: 300, loadMilliseconds: 100, loadCpuMilliseconds: 100 },
    },
  ],
  emptyMilliseconds: { node: 25, python: 90 },
  builtInsMilliseconds: 8,
} as const;

/** A run of everything that is as short as it can be, each job in a process of its own. */
const jobs: Job[] = [
  {
    worlds: { kind: 'scale', groups: 2, noticesInEach: 1, instancesInEach: 2 },
    strategy: 'ours',
    row: 'ours',
    seed: 1,
  },
  { worlds: month([20, 35, 110]), strategy: 'do-nothing', row: 'do-nothing', seed: 1 },
  { worlds: month([35]), strategy: 'do-nothing', row: 'do-nothing', seed: 2 },
  { worlds: month([35]), strategy: 'capacity-rebalancing', row: 'capacity-rebalancing', seed: 1 },
  { worlds: { kind: 'balanced month', days: 3 }, strategy: 'do-nothing', row: 'do-nothing', seed: 1 },
];

function month(launchMediansSeconds: readonly number[]): WorldSet {
  return { kind: 'month', days: 3, launchMediansSeconds };
}

let results: Results;

beforeAll(async () => {
  const outcomes = await runJobs(jobs, 2, () => {});
  const machine = { cpu: 'a CPU', cores: 2, memoryGigabytes: 8, system: 'linux', node: 'v24' };
  const run = { command: 'npm run bench', quick: true, seed: 1, machine, realSeconds: 1 };
  results = resultsOf(run, jobs, outcomes, coldStarts);
}, 60_000);

test('runs that differ in their seed only are one row', () => {
  expect(results.month.map(({ row, runs }) => [row, runs])).toEqual([
    ['do-nothing', 2],
    ['capacity-rebalancing', 1],
  ]);
});

test('the month of the first seed is one of those by the median launch', () => {
  const ofDoNothing = results.sensitivity.filter(({ row }) => row === 'do-nothing');
  expect(ofDoNothing.map(({ launchMedianSeconds, runs }) => [launchMedianSeconds, runs])).toEqual([
    [20, 1],
    [35, 1],
    [110, 1],
  ]);
});

test('the month with balanced zones stands beside the same without', () => {
  const [row = [], ...others] = balancedMonthTable(results).rows;
  const { without, with: balanced } = balancedPairs(results)[0] ?? {};
  expect(others).toEqual([]);
  expect(row.slice(0, 3)).toEqual([
    'do-nothing',
    count(without?.capacity.lostInstanceSeconds ?? 0),
    count(balanced?.capacity.lostInstanceSeconds ?? 0),
  ]);
});

test('says what balanced zones cost the handler, and who leaves first', () => {
  const [pair] = balancedPairs(results);
  if (!pair) throw new Error('No month with balanced zones was played.');
  const named = (row: string) => ({ ...pair.with, row, capacity: { ...pair.with.capacity, movedBetweenZones: 7 } });
  const usual = (row: string) => ({ ...pair.without, row, days: 3, launchMedianSeconds: 35 });
  const reading = balancedReading({
    ...results,
    balancedMonth: [named('ours'), named('detach-now')],
    sensitivity: [usual('ours'), usual('detach-now')],
  });
  expect(reading).toContain('the 7 instances that are moved cost 0 instance-hours of excess');
  expect(reading).toContain('Leaving first (detach-now) has 7 moved');
});

test('the simulation of a job is timed', () => {
  expect(results.scale[0]?.realSeconds).toBeGreaterThan(0);
});

test('calls are counted per notice', () => {
  const { notices, apiCalls, apiCallsPerNotice } = scaleRow({});
  expect(apiCallsPerNotice * notices).toBe(total(apiCalls));
});

test('says that a target is not reached', () => {
  expect(targetOf(results, 'Functions load').reached).toBe(false);
});

test.each([
  'A month of 30 days',
  'Lost capacity is at most',
  '`wipeout` loses',
  'Storms of half a group',
  'Per thousand',
])('does not say that a target is reached that was not measured: %s', (target) => {
  expect(targetOf(results, target).reached).toBe(false);
});

test('names who loses less than the least possible', () => {
  const beating = { ...scaleRow({ lostInstanceSeconds: 0, leastPossibleInstanceSeconds: 99 }), row: 'a wonder' };
  const { reached, figures } = targetOf({ ...results, scale: [beating] }, 'Nobody who acts on the notice');
  expect([reached, figures]).toEqual([false, 'scale, a wonder']);
});

describe('a storm of half a group', () => {
  const calm = { describesPerGroupAndSecond: 1, peakDescribesPerGroup: 1, peakReadUnits: 3000, peakWriteUnits: 1000 };

  test.each([
    ['nothing is lost', { capacity: { lostInstanceSeconds: 0 } }, { capacity: { lostInstanceSeconds: 2 } }],
    ['at most 2 SetDesiredCapacity', { apiCalls: { SetDesiredCapacity: 2 } }, { apiCalls: { SetDesiredCapacity: 3 } }],
    ['at most 15 API calls', { apiCallsPerNotice: 15 }, { apiCallsPerNotice: 15.1 }],
    ['at most 26 transitions', { stateTransitionsPerNotice: 26 }, { stateTransitionsPerNotice: 26.1 }],
    ['at most one Describe', { load: calm }, { load: { ...calm, describesPerGroupAndSecond: 1.1 } }],
    ['and in any one second', { load: calm }, { load: { ...calm, peakDescribesPerGroup: 2 } }],
    ['within what one partition', { load: calm }, { load: { ...calm, peakReadUnits: 3001 } }],
    ['within what one partition', { load: calm }, { load: { ...calm, peakWriteUnits: 1001 } }],
  ])('%s', (target, good, bad) => {
    const reached = (changes: object) => {
      const scale = [{ ...storm(10), ...changes }];
      return targetOf({ ...results, scale }, `Storms of half a group: ${target}`).reached;
    };
    expect([reached(good), reached(bad)]).toEqual([true, false]);
  });

  test('has calls per notice that grow', () => {
    const scale = [
      { ...storm(10), apiCallsPerNotice: 5 },
      { ...storm(100), apiCallsPerNotice: 6 },
    ];
    expect(targetOf({ ...results, scale }, 'Storms of half a group: at most 15 API calls').reached).toBe(false);
  });
});

describe('the multiple of the least possible', () => {
  test.each([
    ['is 1 where nothing had to be lost, and nothing was', 0, 0, '1.00'],
    ['is infinite where nothing had to be lost', 51, 0, '∞'],
    ['is that of what had to be', 66, 60, '1.10'],
  ])('%s', (_, lostInstanceSeconds, leastPossibleInstanceSeconds, text) => {
    const row = scaleRow({ lostInstanceSeconds, leastPossibleInstanceSeconds });
    expect(ratioText(row, [row])).toBe(text);
  });

  test('is that of all notices for who has fewer of them', () => {
    const all = scaleRow({ leastPossibleInstanceSeconds: 60 });
    const fewer = {
      ...scaleRow({ lostInstanceSeconds: 30, leastPossibleInstanceSeconds: 10 }),
      strategy: 'capacity-rebalancing',
    } as const;
    expect(ratioText(fewer, [all, fewer])).toBe('0.50');
  });
});

test('an instance that serves outside of its group is held against no bound', () => {
  const row = scaleRow({ lostInstanceSeconds: 50, leastPossibleInstanceSeconds: 60 });
  expect(['at-max', 'at-max-serving-on'].map((world) => beatsTheBound({ ...row, world }))).toEqual([true, false]);
});

test('who waits for EC2 to take an instance is held against the looser bound', () => {
  const capacity = { lostInstanceSeconds: 50, leastPossibleInstanceSeconds: 60 };
  const row = scaleRow({ ...capacity, leastPossibleWithoutDrainInstanceSeconds: 40 });
  expect([beatsTheBound(row), beatsTheBound({ ...row, takenInService: 1 })]).toEqual([true, false]);
});

test('the document shows every chart', () => {
  const charts = chartsOf(results);
  const document = benchmarksDocument(results, charts);
  expect(charts.filter(({ name }) => !document.includes(`(benchmarks/${name}.svg)`))).toEqual([]);
});

test('charts are drawn', () => {
  expect(chartsOf(results).filter(({ svg }) => !svg.startsWith('<svg'))).toEqual([]);
});

const table = { title: 'Costs', header: ['', 'ours'], rows: [['month', '$0.2']] };

test('a terminal has columns', () => {
  expect(terminalTable(table)).toMatch(/month {2}\$0\.2$/);
});

test('a document has a table', () => {
  expect(markdownTable(table)).toBe('|  | ours |\n| --- | ---: |\n| month | $0.2 |');
});

function targetOf(from: Results, beginning: string): Target {
  const target = targetsOf(from).find((one) => one.target.startsWith(beginning));
  if (!target) throw new Error(`There is no target that begins with "${beginning}".`);
  return target;
}

/** The one that was played, with other capacity. */
function scaleRow(capacity: Partial<ScaleRow['capacity']>): ScaleRow {
  const [row] = results.scale;
  if (!row) throw new Error('No scale job was played.');
  return { ...row, capacity: { ...row.capacity, ...capacity } };
}

function storm(notices: number): ScaleRow {
  return { ...scaleRow({}), groups: 1, notices, noticesInEach: notices, instancesInEach: 2 * notices };
}
