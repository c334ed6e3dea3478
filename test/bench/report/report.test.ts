import { beforeAll, expect, test } from 'vitest';
import { runJobs } from '../../../bench/job-pool.ts';
import type { Job } from '../../../bench/jobs.ts';
import { chartsOf } from '../../../bench/report/charts.ts';
import { benchmarksDocument } from '../../../bench/report/document.ts';
import { targetsOf } from '../../../bench/report/reach.ts';
import { markdownTable, terminalTable } from '../../../bench/report/table.ts';
import { type Results, resultsOf } from '../../../bench/results.ts';

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
  { worlds: { kind: 'month', days: 3 }, strategy: 'do-nothing', row: 'do-nothing', seed: 1 },
  { worlds: { kind: 'month', days: 3 }, strategy: 'do-nothing', row: 'do-nothing', seed: 2 },
];

let results: Results;

beforeAll(async () => {
  const outcomes = await runJobs(jobs, 2, () => {});
  const machine = { cpu: 'a CPU', cores: 2, memoryGigabytes: 8, system: 'linux', node: 'v24' };
  const run = { command: 'npm run bench', quick: true, seed: 1, machine, realSeconds: 1 };
  results = resultsOf(run, jobs, outcomes, coldStarts);
});

test('runs that differ in their seed only are one row', () => {
  expect(results.month.map(({ row, runs }) => [row, runs])).toEqual([['do-nothing', 2]]);
});

test('the simulation of a job is timed', () => {
  expect(results.scale[0]?.realSeconds).toBeGreaterThan(0);
});

test('a notice whose peers serve takes seven transitions, and six calls', () => {
  expect(results.scale[0]).toMatchObject({ notices: 2, stateTransitionsPerNotice: 7, apiCallsPerNotice: 6 });
});

test('says that a target is not reached', () => {
  expect(targetsOf(results).find(({ target }) => target.startsWith('Functions load'))?.reached).toBe(false);
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
