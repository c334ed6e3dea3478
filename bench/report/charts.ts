import { type EChartsOption, init } from 'echarts';
import type { Results, Row } from '../results.ts';
import { leastAt } from './tables.ts';

export interface Chart {
  /** Of the file, without its ending. */
  readonly name: string;
  /** What one sees in it, in one sentence. */
  readonly shows: string;
  readonly svg: string;
}

/** Figures of everyday worlds: where a replacement can arrive, and the handler is to act. */
const chartedScenarios = ['single', 'pair', 'fleet', 'storm', 'wipeout', 'fixed-size', 'weighted'];

export function chartsOf(results: Results): Chart[] {
  const most = Math.max(0, ...results.scale.map(({ notices }) => notices)).toLocaleString('en-US');
  return [
    {
      name: 'lost-capacity',
      shows: 'Capacity lost in scenarios in which a replacement can arrive in time, on a logarithmic scale.',
      svg: scenarioBars(results, 'instance-seconds lost', (row) => row.capacity.lostInstanceSeconds),
    },
    {
      name: 'beyond-capacity',
      shows: 'Requests that failed or were beyond capacity in the same scenarios, on a logarithmic scale.',
      svg: scenarioBars(results, 'requests', ({ requests: { steady } }) =>
        steady ? steady.failed + steady.beyondCapacity : 0,
      ),
    },
    {
      name: 'sensitivity',
      shows: 'Capacity lost in a month by the median launch, on a logarithmic scale; dashed: the least possible.',
      svg: sensitivityLines(results),
    },
    {
      name: 'polling',
      shows: 'What pollSeconds costs, and how late the instance leaves.',
      svg: pollingLines(results),
    },
    {
      name: 'scale',
      shows: `API calls and state transitions per notice, to ${most} notices, where half of each group is noticed.`,
      svg: scaleLines(results),
    },
    {
      name: 'cold-start',
      shows: 'From starting a process to the function being loaded.',
      svg: coldStartBars(results),
    },
  ];
}

/** On a logarithmic scale nothing is drawn as one. */
function scenarioBars({ scenarios }: Results, name: string, value: (row: Row) => number): string {
  const rows = [...new Set(scenarios.map(({ row }) => row))];
  return drawn({
    legend: { top: 0 },
    xAxis: { type: 'category', data: chartedScenarios },
    yAxis: { type: 'log', name },
    series: rows.map((row) => ({
      type: 'bar',
      name: row,
      data: chartedScenarios.map((world) => {
        const one = scenarios.find((candidate) => candidate.row === row && candidate.world === world);
        return one ? Math.max(1, Math.round(value(one))) : null;
      }),
    })),
  });
}

function sensitivityLines({ sensitivity }: Results): string {
  const byMedian = [...Map.groupBy(sensitivity, ({ launchMedianSeconds }) => launchMedianSeconds)];
  const names = [...new Set(sensitivity.map(({ row }) => row))];
  const lost = (rows: readonly Row[], name: string) =>
    rows.find(({ row }) => row === name)?.capacity.lostInstanceSeconds;
  const line = (name: string, value: (rows: readonly Row[]) => number, lineStyle = {}) => ({
    type: 'line' as const,
    name,
    lineStyle,
    data: byMedian.map(([, rows]) => Math.max(1, Math.round(value(rows)))),
  });
  return drawn({
    legend: { top: 0 },
    xAxis: { type: 'category', name: 'median launch', data: byMedian.map(([median]) => `${median} s`) },
    yAxis: { type: 'log', name: 'instance-seconds lost' },
    series: [
      line('least possible', leastAt, { type: 'dashed', width: 4 }),
      ...names.map((name) => line(name, (rows) => lost(rows, name) ?? 0)),
    ],
  });
}

function pollingLines({ polling }: Results): string {
  return drawn({
    legend: { top: 0 },
    xAxis: { type: 'category', name: 'pollSeconds', data: polling.map(({ row }) => row) },
    yAxis: [
      { type: 'value', name: '$ per thousand', min: 0 },
      { type: 'value', name: 's to detach', min: 0 },
    ],
    series: [
      {
        type: 'line',
        name: 'cost per thousand',
        data: polling.map((row) => rounded(row.costPerThousandNotices.total)),
      },
      {
        type: 'line',
        name: 'median seconds to detach',
        yAxisIndex: 1,
        data: polling.map((row) => row.detachSeconds.median),
      },
    ],
  });
}

function scaleLines({ scale }: Results): string {
  const half = scale.filter(({ noticesInEach, instancesInEach }) => noticesInEach * 2 === instancesInEach);
  return drawn({
    legend: { top: 0 },
    xAxis: { type: 'category', name: 'notices', data: half.map(({ notices }) => notices.toLocaleString('en-US')) },
    yAxis: { type: 'value', name: 'per notice', min: 0 },
    series: [
      { type: 'line', name: 'API calls', data: half.map((row) => rounded(row.apiCallsPerNotice)) },
      { type: 'line', name: 'state transitions', data: half.map((row) => rounded(row.stateTransitionsPerNotice)) },
    ],
  });
}

function coldStartBars({ coldStarts: { functions } }: Results): string {
  return drawn({
    legend: { top: 0 },
    xAxis: { type: 'category', data: functions.map(({ functionName }) => functionName) },
    yAxis: { type: 'value', name: 'ms until loaded' },
    series: [
      { type: 'bar', name: 'ours', data: functions.map(({ ours }) => Math.round(ours.processMilliseconds)) },
      {
        type: 'bar',
        name: 'bundled plainly',
        data: functions.map(({ plain }) => Math.round(plain.processMilliseconds)),
      },
      {
        type: 'bar',
        name: 'Python, boto3',
        data: functions.map(({ python }) => (python ? Math.round(python.processMilliseconds) : null)),
      },
    ],
  });
}

/** On the server, without a DOM; the same options give the same drawing. */
function drawn(option: EChartsOption): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: 900, height: 380 });
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    grid: { top: 90, left: 70, right: 70, bottom: 40 },
    ...option,
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
