import type { GroupPoint, RequestPoint } from '../../../simulator/strategies/strategy-run.ts';
import { html, set, svg } from '../dom.ts';
import type { TimeScale } from './time-scale.ts';

/** Capacity over time, in capacity units: what each line and area is drawn from. */
export interface CapacitySeries {
  readonly group: readonly GroupPoint[];
  readonly requests: readonly RequestPoint[];
  readonly untilSeconds: number;
}

/** From below: later ones lie on top. */
const lines = ['usual', 'desired', 'floor', 'serving'] as const;
const areas = ['failed', 'beyondCapacity', 'served'] as const;

/**
 * The chart itself, without axes, in the units of its data: the drawing is stretched to its place, so that it needs no
 * redrawing when that changes.
 */
export class CapacityDrawing {
  readonly element: SVGSVGElement;
  readonly #areas = areas.map((name) => ({ name, path: svg('path', { class: `area ${name}` }) }));
  readonly #lines = lines.map((name) => ({ name, path: svg('path', { class: `line ${name}` }) }));

  constructor() {
    this.element = svg(
      'svg',
      { class: 'capacity-drawing', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
      ...[...this.#areas, ...this.#lines].map(({ path }) => path),
    );
  }

  draw({ group, requests, untilSeconds }: CapacitySeries, { from, to }: TimeScale, most: number): void {
    set(this.element, { viewBox: `${from} ${-most} ${to - from} ${most}` });
    for (const { name, path } of this.#areas) set(path, { d: areaPath(requests, stacked[name]) });
    for (const { name, path } of this.#lines) set(path, { d: linePath(group, name, from, untilSeconds) });
  }
}

/** How high the chart has to be. */
export function mostOf({ group, requests }: CapacitySeries): number {
  const desired = group.reduce((most, point) => Math.max(most, point.desired, point.serving), 1);
  const load = requests.reduce((most, point) => Math.max(most, stacked.failed(point)), 0);
  return Math.max(desired, load) * 1.08;
}

/** A few round heights, where they are. */
export function axisLabels(most: number): HTMLElement[] {
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((one) => most / one <= 4) ?? 2000;
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, index) => {
    const label = html('span', {}, String(index * step));
    label.style.bottom = `${((100 * index * step) / most).toFixed(2)}%`;
    return label;
  });
}

/** Requests are counted per second: this is how many a capacity unit answers. */
export function inCapacityUnits(requests: readonly RequestPoint[], requestsPerUnitSecond: number): RequestPoint[] {
  return requests.map(({ atSeconds, served, beyondCapacity, failed }) => ({
    atSeconds,
    served: served / requestsPerUnitSecond,
    beyondCapacity: beyondCapacity / requestsPerUnitSecond,
    failed: failed / requestsPerUnitSecond,
  }));
}

/** Failed above beyond capacity above served. */
const stacked: Record<(typeof areas)[number], (point: RequestPoint) => number> = {
  served: ({ served }) => served,
  beyondCapacity: ({ served, beyondCapacity }) => served + beyondCapacity,
  failed: ({ served, beyondCapacity, failed }) => served + beyondCapacity + failed,
};

function areaPath(points: readonly RequestPoint[], height: (point: RequestPoint) => number): string {
  const [first] = points;
  if (!first) return '';
  const steps = points.map((point) => `V${tidy(-height(point))}H${tidy(point.atSeconds)}`);
  return `M${tidy(first.atSeconds - 1)},0${steps.join('')}V0Z`;
}

function linePath(points: readonly GroupPoint[], name: (typeof lines)[number], from: number, until: number): string {
  const [first, ...others] = points;
  if (!first) return '';
  let height = first[name];
  let path = `M${from},${-height}`;
  for (const point of others) {
    if (point[name] === height) continue;
    height = point[name];
    path += `H${tidy(point.atSeconds)}V${-height}`;
  }
  return `${path}H${tidy(until)}`;
}

function tidy(value: number): string {
  return String(Math.round(value * 100) / 100);
}
