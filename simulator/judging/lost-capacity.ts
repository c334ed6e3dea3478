import { baseAt, baselineOf } from './baseline.ts';
import type { GroupLog, RunLog } from './run-log.ts';

/** How far what served was below the group's usual size, over time, in capacity units times seconds. */
export function lostCapacity(log: RunLog, group: GroupLog): number {
  const baseline = baselineOf(log, group);
  let lost = 0;
  for (const [index, { alive, at }] of group.moments.entries()) {
    const until = group.moments[index + 1]?.at ?? log.endedAt;
    lost += Math.max(0, baseAt(baseline, at) - alive) * (until - at);
  }
  return lost;
}
