import uPlot from 'uplot';
import { reclaimSeconds } from '../../functions/shared/timing.ts';
import { defaultConfig } from '../../infra/config.ts';
import type { RunModel } from '../shared/run-model.ts';
import type { GroupSample } from '../shared/run-update.ts';
import { byId, html, seconds, set, setText, svg } from './dom.ts';
import type { View } from './view.ts';

interface Series {
  readonly label: string;
  readonly color: string;
  readonly width: number;
  readonly dash: readonly number[];
}

/** Lines lie on top of each other: the widest below, and no two with the same dashes. */
const groupSeries = [
  { label: 'Desired', color: '--series-desired', width: 6, dash: [] },
  { label: 'In service', color: '--series-in-service', width: 2.5, dash: [] },
  { label: 'Serving', color: '--series-serving', width: 2.5, dash: [7, 5] },
  { label: 'Pending', color: '--series-pending', width: 2, dash: [2, 3] },
  { label: 'Interrupted', color: '--series-interrupted', width: 2, dash: [9, 3, 2, 3] },
  { label: 'Floor', color: '--series-minimum', width: 1.5, dash: [1, 3] },
] as const satisfies readonly Series[];
const requestSeries = [
  { label: 'Served per s', color: '--series-serving', width: 1.5, dash: [] },
  { label: 'Failed per s', color: '--series-interrupted', width: 1.5, dash: [] },
] as const satisfies readonly Series[];

const heights = { group: 180, requests: 84 };
const axisWidth = 38;
/** Marks' labels, above the chart. */
const labelRows = 2;
const labelHeight = 13;
const labelGap = 4;
/** What is shown before a run: the two minutes that a notice leaves. */
const emptyRun = { reclaimAtSeconds: reclaimSeconds, drainSeconds: defaultConfig.drainSeconds };
const secondsAfterReclaim = 12;

/** The group and its requests over virtual time, with the drain window and the reclaim marked. */
export class ChartView implements View {
  readonly #group = byId('group-chart', HTMLElement);
  readonly #requests = byId('requests-chart', HTMLElement);
  readonly #groupKey = new Key(byId('chart-key', HTMLElement), groupSeries);
  readonly #requestsKey = new Key(byId('requests-key', HTMLElement), requestSeries);
  #charts: { readonly group: uPlot; readonly requests: uPlot } | undefined;
  #model: RunModel | undefined;
  #drawn = '';

  constructor() {
    new ResizeObserver(() => this.#resize()).observe(this.#group);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#build());
  }

  render(model: RunModel): void {
    this.#model = model;
    const drawn = [
      model.id,
      model.phase,
      model.group.length,
      model.atSeconds,
      model.requests.length,
      model.detached.length,
    ].join();
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    if (!this.#charts) this.#build();
    else this.#update();
  }

  #build(): void {
    this.#charts?.group.destroy();
    this.#charts?.requests.destroy();
    const marks = () => marksOf(this.#model);
    const width = Math.max(1, this.#group.clientWidth);
    const group = new uPlot(
      groupOptions(width, marks, (index) => this.#showGroup(index)),
      [[]],
      this.#group,
    );
    const requests = new uPlot(
      requestOptions(width, marks, (index) => this.#showRequests(index)),
      [[]],
      this.#requests,
    );
    this.#charts = { group, requests };
    this.#update();
  }

  #resize(): void {
    const width = this.#group.clientWidth;
    if (width === 0) return;
    this.#charts?.group.setSize({ width, height: heights.group });
    this.#charts?.requests.setSize({ width, height: heights.requests });
  }

  #update(): void {
    const model = this.#model;
    if (!model || !this.#charts) return;
    const { group, requests } = this.#charts;
    group.setData(groupData(model), false);
    requests.setData(requestData(model), false);
    const range = rangeOf(model);
    const most = Math.max(2, ...model.group.map(({ desired, inService }) => Math.max(desired, inService)));
    group.batch(() => {
      group.setScale('x', range);
      group.setScale('y', { min: 0, max: most * 1.12 });
    });
    const mostRequests = Math.max(10, ...model.requests.map(({ served, failed }) => served + failed));
    requests.batch(() => {
      requests.setScale('x', range);
      requests.setScale('y', { min: 0, max: mostRequests * 1.2 });
    });
    this.#showGroup(null);
    this.#showRequests(null);
    this.#describe(model);
  }

  /** At a sample, or at the latest. */
  #showGroup(index: number | null | undefined): void {
    const sample = this.#model?.group.at(index ?? -1);
    const { floor, weight = 1 } = this.#model?.started ?? {};
    const required = floor === undefined ? undefined : floor / weight;
    this.#groupKey.show(sample ? [...valuesOf(sample), required] : []);
  }

  #showRequests(index: number | null | undefined): void {
    const second = this.#model?.requests.at(index ?? -1);
    this.#requestsKey.show(second ? [second.served, second.failed] : []);
  }

  #describe(model: RunModel): void {
    const sample = model.group.at(-1);
    const failed = model.requests.reduce((sum, second) => sum + second.failed, 0);
    const group = sample
      ? `At ${seconds(sample.atSeconds)}: desired ${sample.desired}, in service ${sample.inService}, serving ${sample.serving}, pending ${sample.pending}, interrupted ${sample.interrupted}.`
      : 'No run yet.';
    set(this.#group, { 'aria-label': `The group over time. ${group}` });
    set(this.#requests, { 'aria-label': `Requests per second, served and failed. ${failed} failed so far.` });
  }
}

/** What the lines mean, by colour and dashes, and how high they are. */
class Key {
  readonly #values: readonly HTMLElement[];

  constructor(list: HTMLElement, series: readonly Series[]) {
    this.#values = series.map(() => html('b', {}, '–'));
    list.append(
      ...series.map(({ label, color, width, dash }, index) => {
        const line = svg('line', {
          x1: 0,
          x2: 18,
          y1: 6,
          y2: 6,
          'stroke-width': Math.min(width, 5),
          'stroke-dasharray': dash.join(' '),
        });
        line.style.stroke = `var(${color})`;
        const swatch = svg('svg', { width: 18, height: 12, 'aria-hidden': 'true' }, line);
        return html('li', {}, swatch, label, this.#values[index] ?? '');
      }),
    );
  }

  show(values: readonly (number | undefined)[]): void {
    for (const [index, element] of this.#values.entries()) setText(element, String(values[index] ?? '–'));
  }
}

function valuesOf({ desired, inService, serving, pending, interrupted }: GroupSample): number[] {
  return [desired, inService, serving, pending, interrupted];
}

function groupData({ group, started }: RunModel): uPlot.AlignedData {
  const required = started ? started.floor / started.weight : 0;
  const columns = groupSeries.map((_, series) => group.map((sample) => valuesOf(sample)[series] ?? required));
  return [group.map(({ atSeconds }) => atSeconds), ...columns];
}

function requestData({ requests }: RunModel): uPlot.AlignedData {
  return [
    requests.map(({ atSeconds }) => atSeconds),
    requests.map(({ served }) => served),
    requests.map(({ failed }) => failed),
  ];
}

function rangeOf(model: RunModel): { min: number; max: number } {
  const reclaim = model.reclaimAtSeconds ?? emptyRun.reclaimAtSeconds;
  return { min: -3, max: Math.max(reclaim + secondsAfterReclaim, model.atSeconds) };
}

/** Told the sample under the cursor; null where there is none. */
type OnCursor = (index: number | null | undefined) => void;

/** What is marked, in seconds since the first notice. */
interface Marks {
  readonly drainFrom: number;
  readonly reclaim: number;
  readonly detached: readonly number[];
}

/** So many detachments are marked one by one. */
const mostDetached = 5;

function marksOf(model: RunModel | undefined): Marks {
  const reclaims = model?.notices.map(({ reclaimAt }) => reclaimAt) ?? [];
  const drainSeconds = model?.started?.drainSeconds ?? emptyRun.drainSeconds;
  const first = reclaims.length > 0 ? Math.min(...reclaims) : emptyRun.reclaimAtSeconds;
  const detached = (model?.detached ?? []).map(({ atSeconds }) => atSeconds);
  return {
    drainFrom: first - drainSeconds,
    reclaim: Math.max(first, ...reclaims),
    detached: detached.length > mostDetached ? [] : detached,
  };
}

function groupOptions(width: number, marks: () => Marks, onCursor: OnCursor): uPlot.Options {
  const { stepped } = uPlot.paths;
  const paths = stepped?.({ align: 1 });
  return {
    ...commonOptions(width, heights.group, onCursor, 4 + labelRows * labelHeight),
    axes: [
      { ...axis(), size: 22, values: () => [] },
      { ...axis(), size: axisWidth, incrs: [1, 2, 5, 10, 20, 25, 50, 100] },
    ],
    series: [
      {},
      ...groupSeries.map(({ color, width: lineWidth, dash }) => ({
        stroke: colorOf(color),
        width: lineWidth,
        dash: [...dash],
        points: { show: false },
        ...(paths && { paths }),
      })),
    ],
    hooks: {
      drawAxes: [(chart) => drawWindow(chart, marks())],
      draw: [(chart) => drawMarks(chart, marks(), true)],
    },
  };
}

function requestOptions(width: number, marks: () => Marks, onCursor: OnCursor): uPlot.Options {
  const { stepped, bars } = uPlot.paths;
  const area = stepped?.({ align: -1 });
  const columns = bars?.({ size: [0.9, 10, 2], align: -1 });
  const [served, failed] = requestSeries;
  return {
    ...commonOptions(width, heights.requests, onCursor, 8),
    axes: [
      { ...axis(), size: 30, values: (_, splits) => splits.map((split) => `${split} s`) },
      { ...axis(), size: axisWidth, splits: (chart) => [0, Math.round((chart.scales.y?.max ?? 10) / 1.2)] },
    ],
    series: [
      {},
      {
        stroke: colorOf(served.color),
        fill: colorOf('--series-serving-fill'),
        width: served.width,
        points: { show: false },
        ...(area && { paths: area }),
      },
      {
        stroke: colorOf(failed.color),
        fill: colorOf(failed.color),
        width: 0,
        points: { show: false },
        ...(columns && { paths: columns }),
      },
    ],
    hooks: {
      drawAxes: [(chart) => drawWindow(chart, marks())],
      draw: [(chart) => drawMarks(chart, marks(), false)],
    },
  };
}

function commonOptions(width: number, height: number, onCursor: OnCursor, topPadding: number) {
  return {
    width,
    height,
    padding: [topPadding, 10, 0, 0] satisfies uPlot.Padding,
    legend: { show: false },
    scales: { x: { time: false, auto: false }, y: { auto: false } },
    cursor: { sync: { key: 'run' }, drag: { x: false, y: false }, points: { show: false } },
    plugins: [{ hooks: { setCursor: (chart: uPlot) => onCursor(chart.cursor.idx) } }],
  };
}

function axis() {
  return {
    stroke: colorOf('--muted'),
    font: '11px system-ui, sans-serif',
    grid: { stroke: colorOf('--grid'), width: 1 },
    ticks: { show: false },
    gap: 4,
  };
}

/** The drain window: from when the instance has to be detached until it is reclaimed. */
function drawWindow(chart: uPlot, { drainFrom, reclaim }: Marks): void {
  const { ctx, bbox } = chart;
  const from = chart.valToPos(drainFrom, 'x', true);
  const to = chart.valToPos(reclaim, 'x', true);
  ctx.save();
  ctx.fillStyle = colorOf('--drain-window');
  ctx.fillRect(from, bbox.top, to - from, bbox.height);
  ctx.restore();
}

/** A line, and what it is. */
interface Mark {
  readonly at: number;
  readonly color: string;
  readonly dash: readonly number[];
  readonly label: string;
}

function drawMarks(chart: uPlot, { drainFrom, reclaim, detached }: Marks, hasLabels: boolean): void {
  const marks: Mark[] = [
    { at: 0, color: '--muted', dash: [2, 3], label: 'notice' },
    { at: drainFrom, color: '--mark-drain', dash: [5, 4], label: 'drain window' },
    { at: reclaim, color: '--series-interrupted', dash: [], label: 'reclaim' },
    ...detached.map((at, index) => ({
      at,
      color: '--series-serving',
      dash: [1, 2],
      label: index === 0 ? 'detached' : '',
    })),
  ];
  chart.ctx.save();
  for (const mark of marks) drawLine(chart, mark);
  if (hasLabels) drawLabels(chart, marks);
  chart.ctx.restore();
}

function drawLine(chart: uPlot, { at, color, dash }: Mark): void {
  const { ctx, bbox } = chart;
  const x = positionOf(chart, at);
  ctx.strokeStyle = colorOf(color);
  ctx.lineWidth = uPlot.pxRatio;
  ctx.setLineDash(dash.map((length) => length * uPlot.pxRatio));
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
}

/** Each above its line: in the first place in which it covers none that is there already. */
function drawLabels(chart: uPlot, marks: readonly Mark[]): void {
  const { ctx, bbox } = chart;
  const { pxRatio } = uPlot;
  ctx.font = `600 ${10.5 * pxRatio}px system-ui, sans-serif`;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'bottom';
  const taken: LabelPlace[] = [];
  for (const { at, color, label } of marks) {
    const { width } = ctx.measureText(label);
    const places = labelPlaces(positionOf(chart, at), width, bbox);
    const place = places.find((one) => taken.every((other) => !overlap(one, other))) ?? places[0];
    if (!place) continue;
    taken.push(place);
    ctx.fillStyle = colorOf(color);
    ctx.fillText(label, place.left, bbox.top - (2 + place.row * labelHeight) * pxRatio);
  }
}

interface LabelPlace {
  readonly row: number;
  readonly left: number;
  readonly right: number;
}

/** Centered on its line, left of it, right of it; and so in the rows above. */
function labelPlaces(x: number, width: number, bbox: uPlot.BBox): LabelPlace[] {
  const rows = Array.from({ length: labelRows }, (_, row) => row);
  return rows.flatMap((row) =>
    [0.5, 1, 0].map((share) => {
      const left = Math.max(bbox.left, Math.min(x - share * width, bbox.left + bbox.width - width));
      return { row, left, right: left + width };
    }),
  );
}

function overlap(one: LabelPlace, other: LabelPlace): boolean {
  const gap = labelGap * uPlot.pxRatio;
  return one.row === other.row && one.left < other.right + gap && other.left < one.right + gap;
}

function positionOf(chart: uPlot, seconds: number): number {
  return Math.round(chart.valToPos(seconds, 'x', true)) + 0.5;
}

function colorOf(variable: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(variable).trim();
}
