import { describe, expect, it } from 'vitest';
import type { GuaranteeId } from '../../simulator/judging/guarantees.ts';
import { groupWith, noticesWith, noticeWith, worldWith } from './known-worlds.ts';
import { runWorld, type Seams } from './run-world.ts';
import { violationsOf } from './violations.ts';
import * as without from './without.ts';
import type { World } from './world.ts';

interface Safeguard {
  readonly name: string;
  readonly without: Seams;
  readonly breaks: GuaranteeId;
  /** A world that is all right with the safeguard. */
  readonly world: World;
}

const diesWithItsRaiseMade = { functionName: 'set-desired-capacity', invocation: 1, afterCalls: 3 } as const;
const forGood = { share: 1, fromSeconds: 0 };
const never = [groupWith({ launchSeconds: ['never'] })];

const safeguards: readonly Safeguard[] = [
  {
    name: 'the lease',
    without: without.theLease,
    breaks: 'G4',
    world: worldWith({
      seed: 0,
      groups: [groupWith({ instances: 4, below: 4, above: 2, launchSeconds: [23] })],
      notices: [9.316, 8.776, 17.083, 55.745].map((atSeconds) => noticeWith({ atSeconds })),
      faults: [{ where: 'autoscaling', kind: 'slow', ...forGood }],
    }),
  },
  {
    name: 'the interrupted set',
    without: without.theInterruptedSet,
    breaks: 'G4',
    world: worldWith({ groups: [groupWith({ instances: 2, launchSeconds: [48] })], notices: noticesWith(2) }),
  },
  {
    name: 'the pending change',
    without: without.thePendingChange,
    breaks: 'G3',
    world: worldWith({ kills: [diesWithItsRaiseMade] }),
  },
  {
    name: 'voiding',
    without: without.voiding,
    breaks: 'G8',
    world: worldWith({
      groups: [
        groupWith({ instances: 3, below: 3, others: [{ kind: 'person', afterSeconds: 10, desiredCapacity: 3 }] }),
      ],
    }),
  },
  {
    name: 'the second look',
    without: without.theSecondLook,
    breaks: 'G8',
    world: worldWith({
      // Timed to the call: no hooks are asked for.
      leaveBy: 'detach',
      groups: [
        groupWith({ instances: 3, below: 2, others: [{ kind: 'person', afterSeconds: 1.24, desiredCapacity: 2 }] }),
      ],
      faults: [{ where: 'set-desired-capacity', kind: 'slow', ...forGood }],
    }),
  },
  {
    name: 'batches',
    without: without.batches,
    breaks: 'G4',
    world: worldWith({
      groups: [groupWith({ instances: 60, above: 60, launchSeconds: [20] })],
      notices: noticesWith(60),
    }),
  },
  {
    name: 'the order of leaving',
    without: without.theOrderOfLeaving,
    breaks: 'G4',
    world: worldWith({
      groups: [groupWith({ instances: 2, above: 1 })],
      notices: [noticeWith(), noticeWith({ atSeconds: 25 })],
    }),
  },
  {
    name: 'shared looks',
    without: without.sharedLooks,
    breaks: 'G9',
    world: worldWith({ groups: [groupWith({ instances: 30, above: 30 })], notices: noticesWith(30) }),
  },
  { name: 'the deadline rule', without: without.theDeadlineRule, breaks: 'G1', world: worldWith({ groups: never }) },
  {
    name: 'waves at MaxSize',
    without: without.waves,
    breaks: 'G5',
    world: worldWith({ groups: [groupWith({ instances: 4, above: 0 })], notices: noticesWith(4) }),
  },
  { name: 'taking back', without: without.takingBack, breaks: 'G3', world: worldWith() },
  {
    name: 'the conditional record',
    without: without.theConditionalRecord,
    breaks: 'G6',
    world: worldWith({ notices: [noticeWith({ deliveredAfterSeconds: [1, 1.5] })] }),
  },
  {
    name: 'the catch of RecordInterruption',
    without: without.theCatchOf('RecordInterruption'),
    breaks: 'G1',
    world: worldWith({ faults: [{ where: 'dynamodb', kind: 'internal', ...forGood }] }),
  },
  {
    name: 'the catch of CheckCapacity',
    without: without.theCatchOf('CheckCapacity'),
    breaks: 'G1',
    world: worldWith({
      faults: [{ where: 'DescribeAutoScalingGroups', kind: 'throttle', share: 1, fromSeconds: 1.2 }],
    }),
  },
  {
    name: 'the catch of SetDesiredCapacity',
    without: without.theCatchOf('SetDesiredCapacity'),
    breaks: 'G1',
    world: worldWith({ faults: [{ where: 'SetDesiredCapacity', kind: 'throttle', ...forGood }] }),
  },
  {
    name: 'the catch of DetachInstances',
    without: without.theCatchOf('DetachInstances'),
    breaks: 'G1',
    world: worldWith({
      groups: never,
      faults: [{ where: 'DetachInstances', kind: 'throttle', share: 1, fromSeconds: 87, toSeconds: 100 }],
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
