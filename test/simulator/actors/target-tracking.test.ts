import { describe, expect, test } from 'vitest';
import { type ActorPlan, startActor } from '../../../simulator/actors/index.ts';
import { createGroup, inWorld } from '../aws/world.ts';
import { sizesSet } from './sizes.ts';

describe('a target-tracking policy', () => {
  const tracking = (share: number, more: object = {}): ActorPlan => ({
    kind: 'target-tracking',
    load: [{ fromSeconds: 0, share }],
    ...more,
  });

  test('leaves a group alone whose load is at its target', async () => {
    await inWorld(async (world) => expect(await sizesSet(world, tracking(0.6), 3600)).toEqual([]));
  });

  test('scales out at the next minute to the size at which the load meets the target', async () => {
    await inWorld(async (world) => {
      expect(await sizesSet(world, tracking(0.9), 59)).toEqual([]);
      await world.pass(2);
      expect(world.aws.group('web').desiredCapacity).toBe(15);
    });
  });

  test('scales in to that size, too', async () => {
    await inWorld(async (world) => expect(await sizesSet(world, tracking(0.3), 61)).toEqual([5]));
  });

  test('bears a load of up to a tenth below the target', async () => {
    await inWorld(async (world) => {
      expect(await sizesSet(world, tracking(0.55), 3600, { instances: 20 })).toEqual([]);
    });
  });

  test('waits for its cooldown before it scales in', async () => {
    await inWorld(async (world) => {
      const load = [
        { fromSeconds: 0, share: 0.9 },
        { fromSeconds: 100, share: 0.3 },
      ];
      const plan: ActorPlan = { kind: 'target-tracking', load, scaleInCooldownSeconds: 300 };
      expect(await sizesSet(world, plan, 359)).toEqual([15]);
      await world.pass(2);
      expect(world.aws.group('web').desiredCapacity).toBe(5);
    });
  });

  test('takes a raise of somebody else for capacity that the load does not need', async () => {
    await inWorld(async ({ aws, pass }) => {
      const group = createGroup(aws, { instances: 10, maxSize: 20, launchSeconds: 10 });
      startActor(aws, group, tracking(0.6));
      group.setDesiredCapacity(14);
      await pass(61);
      expect(group.desiredCapacity).toBe(10);
    });
  });

  test('computes from what is InService, and never scales in on a high alarm', async () => {
    await inWorld(async ({ aws, pass }) => {
      const group = createGroup(aws, { instances: 10, maxSize: 20, launchSeconds: 'never' });
      startActor(aws, group, tracking(0.6));
      const half = group.instances.slice(0, 5).map(({ id }) => id);
      group.detachInstances(half, { decrement: false });
      await pass(61);
      expect(group.desiredCapacity).toBe(10);
    });
  });

  test('takes instances which are all fully busy for no more than that', async () => {
    await inWorld(async ({ aws, pass }) => {
      const group = createGroup(aws, { instances: 10, maxSize: 20, launchSeconds: 'never' });
      startActor(aws, group, tracking(0.9));
      const half = group.instances.slice(0, 5).map(({ id }) => id);
      group.detachInstances(half, { decrement: false });
      await pass(61);
      expect(group.desiredCapacity).toBe(10);
    });
  });

  test('scales out on a high alarm only, however low the desired capacity is', async () => {
    await inWorld(async ({ aws, pass }) => {
      const group = createGroup(aws, { instances: 10, maxSize: 20, suspendedProcesses: ['Terminate'] });
      startActor(aws, group, tracking(0.6));
      group.setDesiredCapacity(5);
      await pass(61);
      expect(group.desiredCapacity).toBe(5);
    });
  });

  test('does nothing where nothing is InService', async () => {
    await inWorld(async (world) => {
      const options = { instances: [], desiredCapacity: 3, launchSeconds: 'never' as const };
      expect(await sizesSet(world, tracking(0), 600, options)).toEqual([]);
    });
  });

  test('keeps within MinSize and MaxSize', async () => {
    await inWorld(async (world) => {
      const load = [
        { fromSeconds: 0, share: 5 },
        { fromSeconds: 100, share: 0 },
      ];
      const options = { minSize: 8, maxSize: 12 };
      expect(await sizesSet(world, { kind: 'target-tracking', load }, 600, options)).toEqual([12, 8]);
    });
  });

  test('counts in capacity units', async () => {
    await inWorld(async (world) => {
      const options = { instances: 4, weight: 2, maxSize: 20 };
      expect(await sizesSet(world, tracking(0.9), 61, options)).toEqual([12]);
    });
  });

  test('ends when it is said to', async () => {
    await inWorld(async (world) => {
      expect(await sizesSet(world, tracking(0.9, { firstAfterSeconds: 90, untilSeconds: 60 }), 600)).toEqual([]);
    });
  });
});
