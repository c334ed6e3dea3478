import { staleReadSeconds } from '../../functions/shared/timing.ts';
import type { DesiredChange, GroupLog, RunLog } from './run-log.ts';

/** DesiredCapacity as it would be without us, from a time on. */
interface Base {
  readonly from: number;
  readonly desired: number;
}

export interface Baseline {
  /** In order; the first is how the group was. */
  readonly bases: readonly Base[];
  /** Ours that lowered DesiredCapacity below it. */
  readonly loweredBelow: readonly { readonly at: number; readonly to: number; readonly base: number }[];
  readonly changesByOthers: readonly DesiredChange[];
  /** A change of somebody else which fell between a look of ours and the call that followed from it. */
  readonly overlaps: readonly DesiredChange[];
}

/** From the look just before a change until the change, where calls take as long as usual, or go wrong. */
export const callSeconds = 0.1;
const faultyCallSeconds = 6;

/**
 * Follows whose DesiredCapacity is whose. What somebody else sets is theirs from then on, and ours is void; unless it goes back
 * to what it was before any of our looks could tell it from an old answer.
 */
export function baselineOf(log: RunLog, { name, desiredBefore, desiredChanges }: GroupLog): Baseline {
  const bases: Base[] = [{ from: 0, desired: desiredBefore }];
  const loweredBelow: { at: number; to: number; base: number }[] = [];
  let known = desiredBefore;
  let changedAt = Number.NEGATIVE_INFINITY;
  let deviation: { readonly at: number; readonly base: number } | undefined;
  const current = () => bases.at(-1)?.desired ?? desiredBefore;
  for (const { at, by, from, to } of desiredChanges) {
    if (by === undefined) {
      if (to < from && to < current()) loweredBelow.push({ at, to, base: current() });
      known = to;
      changedAt = at;
      deviation = undefined;
      continue;
    }
    deviation ??= { at, base: current() };
    const since = Math.max(deviation.at, changedAt + staleReadSeconds);
    const wasSeen = log.looks.some((look) => look.group === name && look.compares && look.at > since && look.at < at);
    bases.push({ from: at, desired: to === known && !wasSeen ? deviation.base : to });
  }
  const changesByOthers = desiredChanges.filter(({ by }) => by !== undefined);
  return { bases, loweredBelow, changesByOthers, overlaps: overlapsIn(log, desiredChanges) };
}

/** The lowest that it was in a time. */
export function lowestBase({ bases }: Baseline, from: number, to: number): number {
  const before = bases.findLast((base) => base.from <= from)?.desired ?? Number.POSITIVE_INFINITY;
  return Math.min(before, ...bases.filter((base) => base.from > from && base.from <= to).map(({ desired }) => desired));
}

export function baseAt(baseline: Baseline, at: number): number {
  return lowestBase(baseline, at, at);
}

function overlapsIn({ faults }: RunLog, changes: readonly DesiredChange[]): readonly DesiredChange[] {
  const ours = changes.filter(({ by }) => by === undefined);
  const isNearFault = (at: number) =>
    faults.some((fault) => Math.abs(fault.at - at) < settlingSeconds && fault.kind !== 'slow');
  return changes.filter(({ at, by }) => {
    if (by === undefined) return false;
    if (isNearFault(at)) return true;
    const seconds = faults.some(({ service }) => service === 'autoscaling') ? faultyCallSeconds : callSeconds;
    return ours.some((change) => change.at >= at && change.at - at <= seconds);
  });
}

/** How long a lost answer or a killed function leaves a change open; what others set in that time cannot be told from it. */
const settlingSeconds = 30;
