import { baseAt, baselineOf } from './baseline.ts';
import type { GroupLog, RunLog } from './run-log.ts';

/**
 * How far what served was below the size that the group had, or a smaller one that somebody else set, over time, in
 * capacity units times seconds. What a larger one still has to launch is not lost.
 */
export function lostCapacity(log: RunLog, group: GroupLog): number {
  const baseline = baselineOf(log, group);
  let lost = 0;
  for (const [index, { alive, at }] of group.moments.entries()) {
    const until = group.moments[index + 1]?.at ?? log.endedAt;
    lost += Math.max(0, Math.min(group.desiredBefore, baseAt(baseline, at)) - alive) * (until - at);
  }
  return lost;
}
