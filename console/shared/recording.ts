import { RunModel } from './run-model.ts';
import { type RunUpdate, secondsOf } from './run-update.ts';

interface Timed {
  readonly atSeconds: number;
  readonly update: RunUpdate;
}

/** A run's updates in the order of their times, and the run as it was at any moment. */
export class Recording {
  /** The run as it has come to be. */
  readonly latest = new RunModel();
  readonly #timed: Timed[] = [];
  /** The run up to a moment, and how many updates that are. */
  #past = { model: new RunModel(), count: 0, atSeconds: Number.NEGATIVE_INFINITY };
  #isSorted = true;

  apply(update: RunUpdate): void {
    this.latest.apply(update);
    const atSeconds = secondsOf(update, this.latest.started?.startedAt ?? 0) ?? this.#frameSeconds(update);
    const before = this.#timed.at(-1)?.atSeconds ?? Number.NEGATIVE_INFINITY;
    if (atSeconds < before) this.#isSorted = false;
    this.#timed.push({ atSeconds, update });
    // What comes late may belong before the moment.
    if (atSeconds <= this.#past.atSeconds) this.#forgetPast();
  }

  /** The run as it was then. The same model, carried forward, as long as the moments asked for come one after another. */
  at(atSeconds: number): RunModel {
    this.#sort();
    if (atSeconds < this.#past.atSeconds) this.#forgetPast();
    const { model } = this.#past;
    let { count } = this.#past;
    for (; count < this.#timed.length; count += 1) {
      const next = this.#timed[count];
      if (!next || next.atSeconds > atSeconds) break;
      model.apply(next.update);
    }
    model.atSeconds = Math.max(0, atSeconds);
    this.#past = { model, count, atSeconds };
    return model;
  }

  /** When the next event after a moment, or the last one before it, happened; of one execution or of all. */
  eventFrom(atSeconds: number, step: 1 | -1, execution?: string): number | undefined {
    const isWanted = (row: { readonly execution: string }) => execution === undefined || row.execution === execution;
    const { history } = this.latest;
    if (step === 1) return history.find((row) => row.atSeconds > atSeconds && isWanted(row))?.atSeconds;
    return history.findLast((row) => row.atSeconds < atSeconds && isWanted(row))?.atSeconds;
  }

  #frameSeconds({ kind }: RunUpdate): number {
    return kind === 'requested' || kind === 'started' ? Number.NEGATIVE_INFINITY : this.latest.atSeconds;
  }

  #sort(): void {
    if (this.#isSorted) return;
    this.#timed.sort((a, b) => a.atSeconds - b.atSeconds);
    this.#isSorted = true;
    this.#forgetPast();
  }

  #forgetPast(): void {
    this.#past = { model: new RunModel(), count: 0, atSeconds: Number.NEGATIVE_INFINITY };
  }
}
