import { describe, expect, it } from 'vitest';
import { type Guarantee, violationsOf } from './guarantees.ts';
import { groupWith, noticesWith, noticeWith, worldWith } from './known-worlds.ts';
import { runWorld, type Seams } from './run-world.ts';
import * as without from './without.ts';
import type { World } from './world.ts';

interface Safeguard {
  readonly name: string;
  readonly without: Seams;
  readonly breaks: Guarantee;
  /** A world that is all right with the safeguard. */
  readonly world: World;
}

const twoTogether = { groups: [groupWith({ instances: 2 })], notices: noticesWith(2) };
const diesWithItsRaiseMade = { functionName: 'set-desired-capacity', invocation: 1, afterCalls: 5 } as const;
const forGood = { share: 1, fromSeconds: 0 };

const safeguards: readonly Safeguard[] = [
  {
    name: 'the lease',
    without: without.theLease,
    breaks: 'G2 never scale in',
    world: worldWith({
      minServingPeers: 2,
      groups: [groupWith({ instances: 2, below: 2, above: 1, launchSeconds: ['never'] })],
      notices: [
        noticeWith({ atSeconds: 1.634, deliveredAfterSeconds: [0.003] }),
        noticeWith({ atSeconds: 1.32, deliveredAfterSeconds: [0.279] }),
      ],
    }),
  },
  {
    name: 'the interrupted set',
    without: without.theInterruptedSet,
    breaks: 'G4 peers first',
    world: worldWith(twoTogether),
  },
  {
    name: 'the pending change',
    without: without.thePendingChange,
    breaks: 'G3 net zero',
    world: worldWith({ kills: [diesWithItsRaiseMade] }),
  },
  {
    name: 'settling by whoever comes next',
    without: without.settlingByWhoeverComesNext,
    breaks: 'G3 net zero',
    world: worldWith({
      minServingPeers: 2,
      groups: [groupWith({ instances: 2 })],
      notices: [noticeWith({ stoppedAfterSeconds: 1.28 }), noticeWith({ atSeconds: 1 })],
      kills: [diesWithItsRaiseMade],
    }),
  },
  {
    name: 'the deadline rule',
    without: without.theDeadlineRule,
    breaks: 'G1 out in time',
    world: worldWith({ groups: [groupWith({ launchSeconds: ['never'] })] }),
  },
  {
    name: 'giving way one at a time',
    without: without.givingWayOneAtATime,
    breaks: 'G5 within limits',
    world: worldWith({
      minServingPeers: 2,
      groups: [groupWith({ instances: 3, above: 0 })],
      notices: noticesWith(3),
    }),
  },
  {
    name: 'the decrement of a raise',
    without: without.theDecrementOfARaise,
    breaks: 'G3 net zero',
    world: worldWith(),
  },
  {
    name: 'the raise of a decrement',
    without: without.theRaiseOfADecrement,
    breaks: 'G2 never scale in',
    world: worldWith({ faults: [{ where: 'SetDesiredCapacity', kind: 'throttle', ...forGood }] }),
  },
  {
    name: 'the second look under the lease',
    without: without.theSecondLook,
    breaks: 'G6 once',
    world: worldWith({
      ...twoTogether,
      kills: [{ functionName: 'set-desired-capacity', invocation: 2, afterCalls: 0 }],
    }),
  },
  {
    name: 'the conditional record',
    without: without.theConditionalRecord,
    breaks: 'G6 once',
    world: worldWith({ notices: [noticeWith({ deliveredAfterSeconds: [1, 1.5] })] }),
  },
  {
    name: 'the catch of RecordInterruption',
    without: without.theCatchOf('RecordInterruption'),
    breaks: 'G1 out in time',
    world: worldWith({ faults: [{ where: 'dynamodb', kind: 'internal', ...forGood }] }),
  },
  {
    name: 'the catch of CheckCapacity',
    without: without.theCatchOf('CheckCapacity'),
    breaks: 'G1 out in time',
    world: worldWith({ faults: [{ where: 'DescribeAutoScalingGroups', kind: 'throttle', ...forGood }] }),
  },
  {
    name: 'the catch of SetDesiredCapacity',
    without: without.theCatchOf('SetDesiredCapacity'),
    breaks: 'G1 out in time',
    world: worldWith({ faults: [{ where: 'SetDesiredCapacity', kind: 'throttle', ...forGood }] }),
  },
  {
    name: 'the catch of GiveWay',
    without: without.theCatchOf('GiveWay'),
    breaks: 'G1 out in time',
    world: worldWith({
      groups: [groupWith({ above: 0 })],
      faults: [{ where: 'detach-instances', kind: 'throttle', share: 1, fromSeconds: 0, toSeconds: 20 }],
    }),
  },
  {
    name: 'the catch of DetachInstances',
    without: without.theCatchOf('DetachInstances'),
    breaks: 'G1 out in time',
    world: worldWith({
      groups: [groupWith({ instances: 2 })],
      faults: [{ where: 'DetachInstances', kind: 'throttle', share: 1, fromSeconds: 0, toSeconds: 20 }],
    }),
  },
];

describe.each(safeguards)('without $name', (safeguard) => {
  it(`${safeguard.breaks} is broken`, async () => {
    const violations = violationsOf(await runWorld(safeguard.world, safeguard.without));
    expect(violations.map(({ guarantee }) => guarantee)).toContain(safeguard.breaks);
  });

  it('what is broken holds with it', async () => {
    expect(violationsOf(await runWorld(safeguard.world))).toEqual([]);
  });
});
