import { describe, expect, test } from 'vitest';
import { type ActorPlan, startActor } from '../../../simulator/actors/index.ts';
import type { AutoScalingGroup } from '../../../simulator/aws/index.ts';
import { createGroup, createServedGroup, idOf, inWorld } from '../aws/world.ts';

describe('an instance refresh', () => {
  const refresh: ActorPlan = { kind: 'instance-refresh', afterSeconds: 5 };
  const replaced = (group: AutoScalingGroup, old: readonly string[]) =>
    group.instances.every(({ id, lifecycleState }) => !old.includes(id) && lifecycleState === 'InService');

  test('replaces every instance, and leaves the desired capacity as it is', async () => {
    await inWorld(async ({ aws, pass }) => {
      const { group } = createServedGroup(aws, { instances: 10, launchSeconds: 10 });
      const old = group.instances.map(({ id }) => id);
      startActor(aws, group, refresh);
      await pass(1000);
      expect([replaced(group, old), group.desiredCapacity, group.statistics.peakDesired]).toEqual([true, 10, 10]);
    });
  });

  test.each([
    [undefined, 9],
    [50, 5],
  ])('with a minimum healthy percentage of %s keeps %i of ten serving', async (minHealthyPercentage, serving) => {
    await inWorld(async ({ aws, pass }) => {
      const { group } = createServedGroup(aws, { instances: 10, launchSeconds: 10 });
      startActor(aws, group, { ...refresh, ...(minHealthyPercentage && { minHealthyPercentage }) });
      await pass(1000);
      expect(group.statistics.minServing).toBe(serving);
    });
  });

  test("takes the group's instance maintenance policy where nothing else is said", async () => {
    await inWorld(async ({ aws, pass }) => {
      const instanceMaintenancePolicy = { minHealthyPercentage: 70, maxHealthyPercentage: 120 };
      const { group } = createServedGroup(aws, { instances: 10, launchSeconds: 10, instanceMaintenancePolicy });
      startActor(aws, group, refresh);
      await pass(1000);
      expect(group.statistics.minServing).toBe(7);
    });
  });

  test('with 100 percent launches before it terminates', async () => {
    await inWorld(async ({ aws, pass }) => {
      const { group } = createServedGroup(aws, { instances: 3, maxSize: 4, launchSeconds: 10 });
      const old = group.instances.map(({ id }) => id);
      startActor(aws, group, { ...refresh, minHealthyPercentage: 100 });
      await pass(1000);
      expect([replaced(group, old), group.statistics.minServing]).toEqual([true, 3]);
    });
  });

  test('replaces the only instance of a group though nothing serves meanwhile', async () => {
    await inWorld(async ({ aws, pass }) => {
      const group = createGroup(aws, { instances: 1, launchSeconds: 10 });
      const old = [idOf(group)];
      startActor(aws, group, refresh);
      await pass(60);
      expect(replaced(group, old)).toBe(true);
    });
  });

  test('leaves instances alone that are protected from scale-in', async () => {
    await inWorld(async ({ aws, pass }) => {
      const group = createGroup(aws, { instances: [{ protectedFromScaleIn: true }, {}], launchSeconds: 10 });
      const id = idOf(group);
      startActor(aws, group, refresh);
      await pass(100);
      expect(idOf(group)).toBe(id);
    });
  });

  test('begins no further batch once it is cancelled', async () => {
    await inWorld(async ({ aws, pass }) => {
      const group = createGroup(aws, { instances: 10, launchSeconds: 10 });
      const old = group.instances.map(({ id }) => id);
      startActor(aws, group, { ...refresh, untilSeconds: 20 });
      await pass(600);
      expect(group.instances.filter(({ id }) => old.includes(id))).toHaveLength(9);
    });
  });
});
