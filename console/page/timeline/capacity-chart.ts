import type { RunModel } from '../../shared/run-model.ts';
import { clockTime } from '../../shared/status-sentence.ts';
import { byId, html, set, setText } from '../dom.ts';
import type { Snapshot, Store } from '../store.ts';
import { axisLabels, CapacityDrawing, type CapacitySeries, inCapacityUnits, mostOf } from './capacity-drawing.ts';
import { percentOf, secondsAt, ticksOf, timeScaleOf } from './time-scale.ts';

/** The key, and what each of its values is at a moment. */
const entries = [
  { name: 'serving', label: 'Serving', swatch: 'series-serving', line: 'solid' },
  { name: 'floor', label: 'Floor', swatch: 'series-floor', line: 'dashed' },
  { name: 'usual', label: 'Usual size', swatch: 'series-usual', line: 'dotted' },
  { name: 'desired', label: 'DesiredCapacity', swatch: 'series-desired', line: 'solid' },
  { name: 'served', label: 'Load: served', swatch: 'load-served', line: undefined },
  { name: 'beyondCapacity', label: 'beyond capacity', swatch: 'load-beyond', line: undefined },
  { name: 'failed', label: 'failed', swatch: 'load-failed', line: undefined },
] as const;
type EntryName = (typeof entries)[number]['name'];

const mostTicks = 10;

/** What serves against what has to, what is usual and what is asked for, all in capacity units. */
export class CapacityChart {
  readonly #store: Store;
  readonly #chart = byId('capacity-chart', HTMLElement);
  readonly #plot = html('div', { class: 'plot' });
  readonly #axis = html('div', { class: 'y-axis', 'aria-hidden': 'true' });
  readonly #ticks = byId('time-axis', HTMLElement);
  readonly #drawing = new CapacityDrawing();
  readonly #values = new Map<EntryName, HTMLElement>();
  #series: CapacitySeries = { group: [], requests: [], untilSeconds: 0 };

  constructor(store: Store) {
    this.#store = store;
    this.#plot.append(this.#drawing.element);
    this.#chart.append(this.#axis, this.#plot);
    byId('capacity-key', HTMLElement).append(...entries.map((entry) => this.#keyEntry(entry)));
    this.#plot.addEventListener('pointermove', (event) => store.hover({ atSeconds: this.#secondsAt(event) }));
    this.#plot.addEventListener('pointerleave', () => store.hover({}));
    this.#plot.addEventListener('click', (event) => store.goTo(this.#secondsAt(event)));
    store.subscribe(
      ({ latest }) => [latest.id, latest.version, latest.phase],
      ({ latest }) => this.#draw(latest),
    );
    store.subscribe(
      ({ latest, atSeconds, hover }) => [latest.version, atSeconds, hover.atSeconds],
      (snapshot) => this.#showValues(snapshot),
    );
  }

  #draw(latest: RunModel): void {
    const { group, requests, started, atSeconds } = latest;
    const scale = timeScaleOf(latest);
    const inUnits = inCapacityUnits(requests, started?.requestsPerUnitSecond ?? 1);
    this.#series = { group, requests: inUnits, untilSeconds: atSeconds };
    const most = mostOf(this.#series);
    this.#drawing.draw(this.#series, scale, most);
    this.#axis.replaceChildren(...axisLabels(most));
    this.#ticks.replaceChildren(
      ...ticksOf(scale, mostTicks).map((tick) => {
        const label = html('span', {}, clockTime(tick));
        label.style.left = percentOf(scale, tick);
        return label;
      }),
    );
  }

  #showValues({ latest, atSeconds, hover }: Snapshot): void {
    const at = hover.atSeconds ?? atSeconds;
    const { group, requests } = this.#series;
    const sample = group.findLast((one) => one.atSeconds <= at) ?? group[0];
    const second = requests.find((one) => one.atSeconds >= at) ?? requests.at(-1);
    const values = { ...second, ...sample };
    for (const [name, element] of this.#values) {
      const value = values[name];
      setText(element, value === undefined ? '–' : String(Math.round(value * 10) / 10));
    }
    const text = sample
      ? `At ${clockTime(at)}: ${sample.serving} serve, the floor is ${sample.floor}, the usual size ${sample.usual}.`
      : 'No run yet.';
    const failed = latest.requests.reduce((sum, one) => sum + one.failed, 0);
    set(this.#chart, { 'aria-label': `Capacity over time. ${text} ${failed} requests have failed.` });
  }

  #keyEntry({ name, label, swatch, line }: (typeof entries)[number]): HTMLElement {
    const value = html('b', {}, '–');
    this.#values.set(name, value);
    const style = `--swatch: var(--${swatch}); --line-style: ${line}`;
    return html('li', { 'data-series': name, 'data-line': line, style }, label, value);
  }

  #secondsAt({ clientX }: MouseEvent): number {
    const { left, width } = this.#plot.getBoundingClientRect();
    return secondsAt(timeScaleOf(this.#store.snapshot.latest), (clientX - left) / width);
  }
}
