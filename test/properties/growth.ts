import { groupWith, noticeWith, worldWith } from './known-worlds.ts';
import { runWorld } from './run-world.ts';
import { violationsOf } from './violations.ts';
import type { GroupPlan, World } from './world.ts';
import type { WorldLog } from './world-log.ts';

/** Storms of every size, and what each costs for each notice: `node test/properties/growth.ts`. */

export interface Cost {
  readonly notices: number;
  readonly groups: number;
  readonly callsPerNotice: number;
  readonly raises: number;
  /** Attempts to get a group's lease while another execution held it, for each notice. */
  readonly leaseWaitsPerNotice: number;
  /** How long before `detachBy` the last one left. */
  readonly leastSecondsLeft: number;
  readonly violations: number;
}

/** Every instance of every group, in the same moment. Default: a replacement serves after 40 s, and there is room for all. */
export function storm(groups: number, instancesEach: number, plan: Partial<GroupPlan> = {}): World {
  const group = groupWith({ instances: instancesEach, above: instancesEach, healthCheckSeconds: 10, ...plan });
  return worldWith({
    groups: Array.from({ length: groups }, () => group),
    notices: Array.from({ length: groups * instancesEach }, (_, index) => noticeWith({ group: index % groups })),
  });
}

export async function costOf(world: World): Promise<Cost> {
  const log = await runWorld(world);
  const notices = log.notices.length;
  const apiCalls = log.calls.filter((action) => action !== 'Invoke').length;
  return {
    notices,
    groups: log.groups.length,
    callsPerNotice: apiCalls / notices,
    raises: log.groups.flatMap(({ desiredChanges }) => desiredChanges.filter(({ from, to }) => to > from)).length,
    leaseWaitsPerNotice: leaseWaits(log) / notices,
    leastSecondsLeft: Math.min(...log.notices.map((notice) => secondsLeft(log, notice.instanceId))),
    violations: violationsOf(log).length,
  };
}

function leaseWaits({ histories }: WorldLog): number {
  return histories.flatMap((history) => history.filter(({ error }) => error === 'GroupBusy')).length;
}

function secondsLeft({ groups, notices }: WorldLog, instanceId: string): number {
  const detachBy = (notices.find((notice) => notice.instanceId === instanceId)?.reclaimAt ?? 0) - 30;
  const left = groups.flatMap(({ departures }) => departures).find((departure) => departure.instanceId === instanceId);
  return left ? detachBy - left.at : Number.NEGATIVE_INFINITY;
}

if (process.argv[1] === import.meta.filename) {
  const sizes = [
    [1, 1],
    [1, 10],
    [1, 100],
    [5, 20],
    [50, 20],
  ] as const;
  for (const launchSeconds of [30, 'never'] as const) {
    for (const [groups, instancesEach] of sizes) {
      const cost = await costOf(storm(groups, instancesEach, { launchSeconds: [launchSeconds] }));
      console.log(JSON.stringify({ launchSeconds, ...cost }));
    }
  }
}
