import { maxStaleSeconds } from './protocols/faults.ts';

/** A value and what it was during the last `maxStaleSeconds`, for stale reads. Values must not be changed in place. */
export class History<T> {
  #versions: { since: number; value: T }[];
  #current: T;

  constructor(value: T) {
    this.#current = value;
    this.#versions = [{ since: Date.now(), value }];
  }

  get current(): T {
    return this.#current;
  }

  set current(value: T) {
    const now = Date.now();
    this.#current = value;
    this.#versions = this.#versions.filter((version, index) => {
      const next = this.#versions[index + 1];
      return version.since < now && (next === undefined || next.since > now - maxStaleSeconds * 1000);
    });
    this.#versions.push({ since: now, value });
  }

  /** What the value was at a time (milliseconds since the epoch), or the oldest that is known. */
  at(time: number): T {
    const version = this.#versions.findLast(({ since }) => since <= time) ?? this.#versions[0];
    if (version === undefined) throw new Error('A history always has a version.');
    return version.value;
  }
}
