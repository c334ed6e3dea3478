import { describe, expect, test } from 'vitest';
import { type ActorPlan, startActor } from '../../../simulator/actors/index.ts';
import { createGroup, inWorld } from '../aws/world.ts';
import { sizesSet } from './sizes.ts';

const noLoad = [{ fromSeconds: 0, share: 0 }];

describe('a step policy', () => {
  const plan: ActorPlan = {
    kind: 'step-scaling',
    load: [{ fromSeconds: 0, share: 0.9 }],
    steps: [
      { beyond: 'above', utilization: 0.7, change: 1 },
      { beyond: 'above', utilization: 0.85, change: 3 },
      { beyond: 'below', utilization: 0.3, change: -2 },
      { beyond: 'below', utilization: 0.1, change: -5 },
    ],
  };

  test('adds what the furthest breached step says', async () => {
    await inWorld(async (world) => expect(await sizesSet(world, plan, 61)).toEqual([13]));
  });

  test('waits for the warm-up, and goes on then', async () => {
    await inWorld(async (world) => {
      expect(await sizesSet(world, { ...plan, warmupSeconds: 120 }, 190, { launchSeconds: 'never' })).toEqual([13, 16]);
    });
  });

  test('takes away as well', async () => {
    await inWorld(async (world) => expect(await sizesSet(world, { ...plan, load: noLoad }, 61)).toEqual([5]));
  });

  test('adds to what somebody else has set', async () => {
    await inWorld(async ({ aws, pass }) => {
      const group = createGroup(aws, { instances: 10, maxSize: 20, launchSeconds: 'never' });
      startActor(aws, group, plan);
      group.setDesiredCapacity(14);
      await pass(61);
      expect(group.desiredCapacity).toBe(17);
    });
  });

  test('does nothing between its bounds', async () => {
    await inWorld(async (world) => {
      expect(await sizesSet(world, { ...plan, load: [{ fromSeconds: 0, share: 0.5 }] }, 3600)).toEqual([]);
    });
  });
});
