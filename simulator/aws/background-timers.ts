import type { Changes } from './changes.ts';

/** The services' own doings, which no caller waits for. Each runs as one step of change. */
export class BackgroundTimers {
  readonly #changes: Changes;
  readonly #pending = new Set<ReturnType<typeof setTimeout>>();
  #stopped = false;

  constructor(changes: Changes) {
    this.#changes = changes;
  }

  after(seconds: number, work: () => void): void {
    if (this.#stopped) return;
    const timer = setTimeout(() => {
      this.#pending.delete(timer);
      this.#changes.step(work);
    }, seconds * 1000);
    this.#pending.add(timer);
  }

  /** Clears every timer, and takes no new ones. */
  stop(): void {
    this.#stopped = true;
    for (const timer of this.#pending) clearTimeout(timer);
    this.#pending.clear();
  }
}
