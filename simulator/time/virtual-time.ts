import { AsyncLocalStorage } from 'node:async_hooks';
import { syncBuiltinESMExports } from 'node:module';
import { performance } from 'node:perf_hooks';
import timersPromises from 'node:timers/promises';
import { type Clock, install } from '@sinonjs/fake-timers';

/**
 * Waits `ms` milliseconds on the global clock, virtual or real, and tells the engine that its caller only waits.
 * `Infinity` waits for ever, and needs no timer for it.
 */
export async function sleep(ms: number): Promise<void> {
  const resume = activities.getStore()?.pause();
  await new Promise<void>((resolve) => {
    if (ms !== Number.POSITIVE_INFINITY) setTimeout(resolve, ms);
  });
  resume?.();
}

/**
 * Runs work that takes no virtual time of its own (a function's invocation, an API call). Virtual time stands still
 * until it ends, except while all that it waits for is a `sleep`. Works nest: an outer one only waits for an inner one.
 */
export async function busy<T>(work: () => Promise<T>): Promise<T> {
  const activity = beginActivity();
  if (activity === undefined) return await work();
  try {
    return await activities.run(activity, work);
  } finally {
    activity.end();
  }
}

/**
 * The same for work whose beginning and end are seen by different callbacks, such as a request on a socket. `run` enters
 * it from another asynchronous context. Undefined without virtual time.
 */
export function beginActivity(): Activity | undefined {
  const engine = VirtualTime.installed;
  return engine && new Activity(engine, activities.getStore());
}

export interface VirtualTimeOptions {
  readonly startAt: Date;
  /** Virtual seconds per real second. Default: as fast as the work can be done. */
  readonly speed?: number;
  /** Real seconds without progress after which work in flight is reported as stuck. Default 30. */
  readonly stuckAfterSeconds?: number;
}

/** Installs virtual time, runs the work, and always uninstalls it. */
export async function inVirtualTime<T>(
  options: VirtualTimeOptions,
  work: (time: VirtualTime) => Promise<T>,
): Promise<T> {
  const time = VirtualTime.install(options);
  try {
    return await work(time);
  } finally {
    time.uninstall();
  }
}

/**
 * The global `Date`, `setTimeout` and `setInterval` in virtual time, moved from timer to timer whenever nothing is in
 * flight. `setImmediate`, `nextTick` and microtasks stay real: they are how work in flight proceeds. Who awaits the
 * `setTimeout` of `node:timers/promises` (its signal is not supported) only waits, so that it is a `sleep`.
 */
export class VirtualTime {
  static installed: VirtualTime | undefined;

  readonly #clock: ReturnType<typeof install>;
  readonly #options: VirtualTimeOptions;
  #inFlight = 0;
  #onIdle: (() => void) | undefined;

  static install(options: VirtualTimeOptions): VirtualTime {
    if (VirtualTime.installed) throw new Error('Virtual time is installed already: uninstall it first.');
    VirtualTime.installed = new VirtualTime(options);
    return VirtualTime.installed;
  }

  private constructor(options: VirtualTimeOptions) {
    this.#options = options;
    this.#clock = install({
      now: options.startAt,
      // The SDK clears timers that it never set, by a native timer's id.
      shouldClearNativeTimers: true,
      toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'],
    });
    Object.assign(timersPromises, { setTimeout: sleep });
    syncBuiltinESMExports();
  }

  uninstall(): void {
    this.#clock.uninstall();
    syncBuiltinESMExports();
    if (VirtualTime.installed === this) VirtualTime.installed = undefined;
  }

  /**
   * Runs until the condition holds (true), or until `atMostMs` virtual milliseconds have passed (false; default: no limit).
   * Throws where nothing is left that could make the condition true.
   */
  async runUntil(condition: () => boolean, atMostMs = Number.POSITIVE_INFINITY): Promise<boolean> {
    const limit = this.#clock.now + atMostMs;
    const start: Moment = { real: performance.now(), virtual: this.#clock.now };
    for (;;) {
      await this.#settle();
      if (condition()) return true;
      const next = nextTimerAt(this.#clock);
      if (next === undefined || next > limit) {
        if (Number.isFinite(limit)) return this.#stopAt(limit, start);
        throw new Error(
          `Deadlock in virtual time at ${new Date().toISOString()}: no timer is set, nothing is in flight, ` +
            'and the condition waited for does not hold.',
        );
      }
      await this.#pace(next, start);
      this.#clock.next();
    }
  }

  /** Lets `ms` virtual milliseconds pass. */
  async runFor(ms: number): Promise<void> {
    await this.runUntil(() => false, ms);
  }

  /** Runs until the promise is settled, and returns what it resolves to, or throws what it rejects with. */
  async runUntilSettled<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const settle = () => {
      settled = true;
    };
    promise.then(settle, settle);
    await this.runUntil(() => settled);
    return await promise;
  }

  /** For activities: one more (or one less) of them is computing. */
  count(change: 1 | -1): void {
    this.#inFlight += change;
    if (this.#inFlight === 0) this.#onIdle?.();
  }

  async #stopAt(limit: number, start: Moment): Promise<false> {
    await this.#pace(limit, start);
    this.#clock.tick(limit - this.#clock.now);
    return false;
  }

  /** Idle is: nothing in flight, and a turn of the real event loop brought nothing new. */
  async #settle(): Promise<void> {
    do {
      if (this.#inFlight > 0) await this.#idle();
      await turnOfTheEventLoop();
    } while (this.#inFlight > 0);
  }

  #idle(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const seconds = this.#options.stuckAfterSeconds ?? 30;
    const watchdog = realSetTimeout(() => reject(stuck(this.#inFlight, seconds)), seconds * 1000);
    this.#onIdle = resolve;
    return promise.finally(() => {
      this.#onIdle = undefined;
      realClearTimeout(watchdog);
    });
  }

  async #pace(virtualTime: number, start: Moment): Promise<void> {
    const { speed } = this.#options;
    if (speed === undefined) return;
    const dueAt = start.real + (virtualTime - start.virtual) / speed;
    const ms = dueAt - performance.now();
    if (ms >= 1) await new Promise((resolve) => realSetTimeout(resolve, ms));
  }
}

/** One moment in milliseconds, as both clocks show it. */
interface Moment {
  readonly real: number;
  readonly virtual: number;
}

/** Something in flight. It holds time back while it computes, not while it only waits for a sleep or an inner activity. */
class Activity {
  readonly #engine: VirtualTime;
  readonly #resumeParent: (() => void) | undefined;
  #pauses = 0;
  #ended = false;

  constructor(engine: VirtualTime, parent: Activity | undefined) {
    this.#engine = engine;
    engine.count(1);
    this.#resumeParent = parent?.pause();
  }

  run<T>(work: () => T): T {
    return activities.run(this, work);
  }

  /** Marks that it only waits, until the function returned is called. */
  pause(): () => void {
    if (this.#ended) return () => {};
    this.#pauses += 1;
    if (this.#pauses === 1) this.#engine.count(-1);
    return () => {
      this.#pauses -= 1;
      if (this.#pauses === 0 && !this.#ended) this.#engine.count(1);
    };
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#resumeParent?.();
    if (this.#pauses === 0) this.#engine.count(-1);
  }
}

export type { Activity };

const activities = new AsyncLocalStorage<Activity>();
const realSetTimeout = globalThis.setTimeout;
const realClearTimeout = globalThis.clearTimeout;

function turnOfTheEventLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function nextTimerAt(clock: Clock): number | undefined {
  return clock.timerHeap?.peek()?.callAt;
}

function stuck(inFlight: number, seconds: number): Error {
  return new Error(
    `Stuck in virtual time at ${new Date().toISOString()}: ${inFlight} in flight without an end for ${seconds} real ` +
      'seconds. What only waits inside of busy() has to wait with sleep().',
  );
}
