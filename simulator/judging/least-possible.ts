import type { LaunchSeconds } from '../aws/index.ts';

/** One group's interruptions, and what replacing an instance takes in it. Seconds since any beginning, or of length. */
export interface Interruptions {
  /** When the notices came, in their order: one for each instance that served. */
  readonly noticedAtSeconds: readonly number[];
  /** How many instances MaxSize lets the group have beyond those that it had before: 0 at its MaxSize. */
  readonly room: number;
  /** From a change until the group looks at what it has to launch. */
  readonly reactionSeconds: number;
  /** From InService until an instance serves. */
  readonly healthCheckSeconds: number;
  /** What the group's launches take, in the order in which they begin: at least one for each notice. */
  readonly launchSeconds: readonly number[];
  /** The end of what is measured: what has not come by then is lost until then. */
  readonly untilSeconds: number;
}

/** A notice that comes this long after the one before it finds nothing of the earlier one still under way. */
export const restSeconds = 600;

/**
 * The least capacity, in instance-seconds, that a group can lose to interruptions, whoever acts on their notices and however.
 *
 * What binds everybody:
 * 1. Nobody acts before the notice, and there is one launch for each interrupted instance: launch number j begins after
 *    notice number j.
 * 2. Pending instances count against MaxSize: launch number j begins after j − `room` of the interrupted have left.
 * 3. A group that has had no notice for `restSeconds` looks at what it has to launch `reactionSeconds` after the first one.
 *    Later in the same storm it may be about to look when something comes: its reaction is not counted any more.
 * 4. Launches take what they take in this world, in the order in which they begin, and health checks after them. A launch
 *    that failed is skipped, as if its retry took no time.
 * 5. An instance has left `serveSeconds` after its notice: the i-th to leave has left by the i-th deadline.
 *
 * Everything else is granted: acting without any delay, and knowing every launch before it begins. So the figure is a
 * lower bound. Lost is, for each i, the time from the i-th leaving until the i-th arrival of a replacement.
 *
 * The schedule that loses least: everybody leaves when a replacement serves, and at the deadline where none does. To leave
 * s seconds earlier than that costs s seconds. It brings one launch forward by at most s seconds, and so one arrival; an
 * instance that leaves earlier for it loses nothing by that, and brings forward one launch more, by at most s again. At the
 * end of the chain one arrival is at most s seconds earlier: nothing is gained.
 *
 * @param serveSeconds From the notice until an instance has to have left.
 */
export function leastLostInstanceSeconds(interruptions: Interruptions, serveSeconds: number): number {
  const { noticedAtSeconds, room, healthCheckSeconds, launchSeconds, untilSeconds } = interruptions;
  const looksAtSeconds = firstLooks(interruptions);
  const leaves: number[] = [];
  const arrivals: number[] = [];
  const launchUpTo = (count: number) => {
    for (let launch = arrivals.length; launch < count; launch += 1) {
      const begins = Math.max(looksAtSeconds[launch] ?? 0, leaves[launch - room] ?? 0);
      insert(arrivals, begins + (launchSeconds[launch] ?? Number.POSITIVE_INFINITY) + healthCheckSeconds);
    }
  };
  for (const [index, noticedAt] of noticedAtSeconds.entries()) {
    // The launches that do not wait for this instance to leave: one that does cannot be what it leaves for.
    launchUpTo(Math.min(index + room, noticedAtSeconds.length));
    leaves.push(Math.min(noticedAt + serveSeconds, arrivals[index] ?? Number.POSITIVE_INFINITY));
  }
  launchUpTo(noticedAtSeconds.length);
  const lost = (leave: number, index: number) =>
    Math.max(0, Math.min(arrivals[index] ?? untilSeconds, untilSeconds) - leave);
  return leaves.map(lost).reduce((sum, seconds) => sum + seconds, 0);
}

/** For each notice, when the group can look at the earliest at what it has to launch for it. */
function firstLooks({ noticedAtSeconds, reactionSeconds }: Interruptions): number[] {
  let stormLookAt = 0;
  return noticedAtSeconds.map((noticedAt, index) => {
    const atRestSince = (noticedAtSeconds[index - 1] ?? Number.NEGATIVE_INFINITY) + restSeconds;
    if (noticedAt >= atRestSince) stormLookAt = noticedAt + reactionSeconds;
    return Math.max(noticedAt, stormLookAt);
  });
}

/** More failures than this in a row are a group that cannot launch. */
const mostFailures = 100;

/** The next launch that does not fail, in seconds; Infinity where none comes. */
export function nextSuccessfulLaunch(launches: LaunchSeconds | (() => LaunchSeconds)): number {
  for (let failures = 0; failures <= mostFailures; failures += 1) {
    const seconds = typeof launches === 'function' ? launches() : launches;
    if (seconds !== 'never') return seconds;
  }
  return Number.POSITIVE_INFINITY;
}

/** Into an ascending list. */
function insert(values: number[], value: number): void {
  const larger = values.findLastIndex((one) => one <= value) + 1;
  values.splice(larger, 0, value);
}
