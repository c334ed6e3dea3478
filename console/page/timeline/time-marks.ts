import { defaultConfig } from '../../../functions/configuration/handler-config.ts';
import { reclaimSeconds } from '../../../functions/shared/timing.ts';
import type { RunModel } from '../../shared/run-model.ts';
import { clockTime } from '../../shared/status-sentence.ts';
import { byId, html, setText } from '../dom.ts';
import type { Snapshot, Store } from '../store.ts';
import { percentOf, timeScaleOf } from './time-scale.ts';

/** What is drawn through the chart and the rows: deadline and reclaim, the moment, the pointer, and what is yet to come. */
export class TimeMarks {
  readonly #layer = byId('time-marks', HTMLElement);
  readonly #drain = html('i', { class: 'drain-window' });
  readonly #deadline = mark('deadline');
  readonly #reclaim = mark('reclaim');
  readonly #pointer = mark('pointer');
  readonly #moment = mark('moment');
  readonly #later = html('i', { class: 'later' });
  readonly #unknown = html('i', { class: 'unknown' });

  constructor(store: Store) {
    this.#layer.append(
      this.#drain,
      this.#later,
      this.#unknown,
      this.#deadline.element,
      this.#reclaim.element,
      this.#moment.element,
      this.#pointer.element,
    );
    store.subscribe(
      ({ latest, atSeconds, hover, isFollowing }) => [latest.version, atSeconds, hover.atSeconds, isFollowing],
      (snapshot) => this.#show(snapshot),
    );
  }

  #show({ latest, atSeconds, hover, isFollowing }: Snapshot): void {
    this.#layer.hidden = latest.started === undefined;
    const scale = timeScaleOf(latest);
    const { deadline, reclaim } = deadlinesOf(latest);
    const at = (seconds: number) => percentOf(scale, seconds);
    this.#deadline.show(at(deadline), `leave by ${clockTime(deadline)}`);
    this.#reclaim.show(at(reclaim), `reclaim ${clockTime(reclaim)}`);
    this.#moment.show(isFollowing && !latest.isGoingOn ? undefined : at(atSeconds), '');
    this.#pointer.show(hover.atSeconds === undefined ? undefined : at(hover.atSeconds), '');
    place(this.#drain, at(deadline), at(reclaim));
    move(this.#later, at(atSeconds));
    move(this.#unknown, at(latest.atSeconds));
  }
}

/** When the first has to leave, and when the last is taken. */
function deadlinesOf({ notices, started }: RunModel): { readonly deadline: number; readonly reclaim: number } {
  const drainSeconds = started?.drainSeconds ?? defaultConfig.drainSeconds;
  const reclaims = notices.length > 0 ? notices.map(({ reclaimAt }) => reclaimAt) : [reclaimSeconds];
  return { deadline: Math.min(...reclaims) - drainSeconds, reclaim: Math.max(...reclaims) };
}

function place(element: HTMLElement, from: string, to: string): void {
  element.style.left = from;
  element.style.right = `calc(100% - ${to})`;
}

/** As wide as the layer, so that a percentage is one of the layer. */
function move(element: HTMLElement, from: string): void {
  element.style.transform = `translateX(${from})`;
}

function mark(kind: string) {
  const label = html('span', {});
  const element = html('i', { class: 'time-mark', 'data-mark': kind }, label);
  return {
    element,
    show(left: string | undefined, text: string) {
      element.hidden = left === undefined;
      if (left !== undefined) move(element, left);
      setText(label, text);
    },
  };
}
