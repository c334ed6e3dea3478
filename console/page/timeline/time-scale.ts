import { reclaimSeconds } from '../../../functions/shared/timing.ts';
import type { RunModel } from '../../shared/run-model.ts';

/** Seconds since the first notice, from the left edge to the right. */
export interface TimeScale {
  readonly from: number;
  readonly to: number;
}

const secondsBefore = 3;
const secondsAfterReclaim = 12;

/** Wide enough for the reclaims, and for all that has happened. */
export function timeScaleOf(latest: RunModel): TimeScale {
  const reclaim = latest.reclaimAtSeconds ?? reclaimSeconds;
  return { from: -secondsBefore, to: Math.max(reclaim + secondsAfterReclaim, latest.atSeconds) };
}

/** From 0 to 1. */
export function shareOf({ from, to }: TimeScale, seconds: number): number {
  return Math.min(1, Math.max(0, (seconds - from) / (to - from)));
}

export function percentOf(scale: TimeScale, seconds: number): string {
  return `${(100 * shareOf(scale, seconds)).toFixed(3)}%`;
}

export function secondsAt({ from, to }: TimeScale, share: number): number {
  return from + Math.min(1, Math.max(0, share)) * (to - from);
}

/** Round times for an axis. */
export function ticksOf({ from, to }: TimeScale, most: number): number[] {
  const step = [5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600].find((one) => (to - from) / one <= most) ?? 7200;
  const first = Math.ceil(from / step);
  return Array.from({ length: Math.max(0, Math.floor(to / step) - first + 1) }, (_, index) => (first + index) * step);
}
