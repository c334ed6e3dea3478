import type { RunUpdate } from '../shared/run-update.ts';

/** Called with updates as they come, and how many there are of the run with them. */
export type RunListener = (updates: readonly RunUpdate[], count: number) => void;

/** Updates of a storm come by the thousand: they are handed on this often. */
const flushMs = 40;

/** The updates of the current run, kept for whoever comes later. */
export class RunLog {
  readonly #listeners = new Set<RunListener>();
  #updates: RunUpdate[] = [];
  #handedOn = 0;
  #timer: NodeJS.Timeout | undefined;

  /** The current run's id, if there is one. */
  get runId(): string | undefined {
    const [first] = this.#updates;
    return first?.kind === 'requested' ? first.id : undefined;
  }

  get last(): RunUpdate | undefined {
    return this.#updates.at(-1);
  }

  /** Begins anew where a run is requested. */
  append(update: RunUpdate): void {
    if (update.kind === 'requested') {
      this.#flush();
      this.#updates = [];
      this.#handedOn = 0;
    }
    this.#updates.push(update);
    this.#timer ??= setTimeout(() => this.#flush(), flushMs);
  }

  /** Hands on all updates from number `from` on, and then those to come. Returns what ends that. */
  listen(listener: RunListener, from = 0): () => void {
    this.#flush();
    const missed = this.#updates.slice(from);
    if (missed.length > 0) listener(missed, this.#updates.length);
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#listeners.clear();
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const fresh = this.#updates.slice(this.#handedOn);
    this.#handedOn = this.#updates.length;
    if (fresh.length === 0) return;
    for (const listener of this.#listeners) listener(fresh, this.#updates.length);
  }
}
