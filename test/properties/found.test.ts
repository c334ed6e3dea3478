import { describe, expect, it } from 'vitest';
import { groupWith, noticeWith, worldWith } from './known-worlds.ts';
import { runWorld } from './run-world.ts';
import { violationsOf } from './violations.ts';
import type { FaultPlan, World } from './world.ts';

/** Worlds that broke a guarantee once, shrunk and named for what holds in them now. */

const never = [groupWith({ launchSeconds: ['never'] })];
const terminatedAfter = (afterSeconds: number) => noticeWith({ vanishes: { how: 'terminated', afterSeconds } });
const hanging = (where: FaultPlan['where'], fromSeconds: number): FaultPlan => ({
  where,
  kind: 'timeout-before',
  share: 1,
  fromSeconds,
});

const worlds: Readonly<Record<string, World>> = {
  'an instance is detached in time though the table hangs at its last look': worldWith({
    groups: never,
    faults: [hanging('dynamodb', 85)],
  }),
  'an instance is detached in time though the group cannot be described at its last look': worldWith({
    groups: never,
    faults: [hanging('DescribeAutoScalingGroups', 86)],
  }),
  'an instance is detached in time though its raise hangs shortly before': worldWith({
    groups: never,
    faults: [{ where: 'SetDesiredCapacity', kind: 'throttle', share: 1, fromSeconds: 0 }, hanging('UpdateItem', 80)],
  }),
  'a decrement outside of the lease, whose answer was lost, is not made again': worldWith({
    groups: never,
    faults: [
      { where: 'dynamodb', kind: 'internal', share: 1, fromSeconds: 80, toSeconds: 89 },
      { where: 'DetachInstances', kind: 'timeout-after', share: 1, fromSeconds: 80, toSeconds: 91 },
    ],
  }),
  'a raise is taken back though its instance is terminated between the last look and the detach': worldWith({
    groups: never,
    notices: [terminatedAfter(86.1)],
  }),
  'both raises are taken back where two have the same deadline, and one is gone already': worldWith({
    groups: [groupWith({ instances: 2, above: 2, launchSeconds: ['never'] })],
    notices: [noticeWith({ atSeconds: 1.849 }), { ...terminatedAfter(77.699), atSeconds: 1.571 }],
  }),
  'a peer that is being terminated with its raise does not make the others ask for one peer more': worldWith({
    groups: [groupWith({ instances: 2, below: 0, above: 1, launchSeconds: [47], healthCheckSeconds: 10 })],
    notices: [terminatedAfter(59.742), noticeWith({ atSeconds: 81.285 })],
  }),
  'those that serve on are deregistered in time, each by its own deadline': worldWith({
    seed: 0,
    leaveBy: 'auto',
    serveOnAtMaxSize: true,
    minServing: '67%',
    groups: [groupWith({ instances: 3, below: 0, above: 0, launchSeconds: [40], healthCheckSeconds: 15 })],
    notices: [
      noticeWith({ instance: 11, atSeconds: 0.019, deliveredAfterSeconds: [1.397] }),
      noticeWith({ instance: 10, atSeconds: 1.096, deliveredAfterSeconds: [0.084] }),
      noticeWith({ atSeconds: 0, deliveredAfterSeconds: [41.949, 48.854] }),
    ],
    rebalance: { budget: '50%', timeoutMinutes: 3 },
    recommendations: [
      { group: 0, instance: 1, atSeconds: 1.273, deliveredAfterSeconds: [1.318] },
      { group: 0, instance: 9, atSeconds: 3.989, deliveredAfterSeconds: [1.057] },
      { group: 0, instance: 2, atSeconds: 0.72, deliveredAfterSeconds: [0.944] },
      { group: 0, instance: 8, atSeconds: 29.071, deliveredAfterSeconds: [1.184] },
    ],
  }),
};

describe('what random worlds found', () => {
  it.each(Object.entries(worlds))('%s', async (_, world) => {
    expect(violationsOf(await runWorld(world))).toEqual([]);
  });

  it('takes the raise of a terminated instance back once all that is launched serves, so that nothing that serves is scaled in', async () => {
    const world = worldWith({ groups: [groupWith({ healthCheckSeconds: 10 })], notices: [terminatedAfter(20)] });
    const [group] = (await runWorld(world)).groups;
    const takenBack = group?.desiredChanges.at(-1);
    expect(takenBack).toMatchObject({ from: 2, to: 1 });
    expect(group?.moments.findLast(({ at }) => at < (takenBack?.at ?? 0))?.serving).toBe(2);
  });
});
