import { describe, expect, test } from 'vitest';
import { type ActorPlan, startActor } from '../../../simulator/actors/index.ts';
import { createGroup, inWorld } from '../aws/world.ts';
import { sizesSet } from './sizes.ts';

describe('a writer of absolute sizes', () => {
  test.each(['scheduled-action', 'person'] as const)('of kind %s sets a size at its time', async (kind) => {
    await inWorld(async (world) => {
      const plan = { kind, afterSeconds: 30, desiredCapacity: 4 };
      expect(await sizesSet(world, plan, 29)).toEqual([]);
      await world.pass(2);
      expect(world.aws.group('web').desiredCapacity).toBe(4);
    });
  });

  test.each(['scheduled-action', 'person'] as const)('of kind %s keeps within the limits', async (kind) => {
    await inWorld(async (world) => {
      expect(await sizesSet(world, { kind, afterSeconds: 1, desiredCapacity: 50 }, 2)).toEqual([20]);
    });
  });

  test('that read a moment before overwrites what was set in between', async () => {
    await inWorld(async ({ aws, pass }) => {
      const group = createGroup(aws, { instances: 5 });
      startActor(aws, group, { kind: 'cluster-autoscaler', afterSeconds: 10, change: -1, writesAfterSeconds: 3 });
      await pass(11);
      group.setDesiredCapacity(8);
      await pass(3);
      expect(group.desiredCapacity).toBe(4);
    });
  });

  test('can do so again and again, and end', async () => {
    await inWorld(async (world) => {
      const plan: ActorPlan = {
        kind: 'cluster-autoscaler',
        afterSeconds: 10,
        change: 1,
        everySeconds: 60,
        untilSeconds: 130,
      };
      expect(await sizesSet(world, plan, 600)).toEqual([11, 12, 13]);
    });
  });
});
