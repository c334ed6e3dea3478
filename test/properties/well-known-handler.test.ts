import { describe, expect, it } from 'vitest';
import type { GuaranteeId } from '../../simulator/judging/guarantees.ts';
import { groupWith, noticeWith, worldWith } from './known-worlds.ts';
import { runWorld } from './run-world.ts';
import { violationsOf } from './violations.ts';
import { theWellKnownHandler } from './well-known-handler.ts';
import type { World } from './world.ts';

const broken: readonly [what: string, GuaranteeId, World][] = [
  ['scales a group of ten in to two', 'G2', worldWith({ groups: [groupWith({ instances: 10, below: 9 })] })],
  ['leaves a group of one at two', 'G3', worldWith()],
  [
    'does not try again to detach',
    'G1',
    worldWith({ faults: [{ where: 'autoscaling', kind: 'throttle', share: 1, fromSeconds: 0, toSeconds: 20 }] }),
  ],
  [
    'detaches from a group that has not opted in',
    'G7',
    worldWith({ onlyTagged: true, groups: [groupWith({ tagged: false })] }),
  ],
  ['handles a duplicate, too', 'G6', worldWith({ notices: [noticeWith({ deliveredAfterSeconds: [1, 1.5] })] })],
];

describe('the well-known handler', () => {
  it.each(broken)('%s (%s)', async (_, guarantee, world) => {
    const violations = violationsOf(await runWorld(world, theWellKnownHandler));
    expect(violations.map((violation) => violation.guarantee)).toContain(guarantee);
  });

  it.each(broken)('is outdone where it %s', async (_what, _guarantee, world) => {
    expect(violationsOf(await runWorld(world))).toEqual([]);
  });
});
