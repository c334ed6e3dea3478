import { describe, expect, test } from 'vitest';
import { type ActorPlan, startActor } from '../../../simulator/actors/index.ts';
import { createGroup, idOf, inWorld } from '../aws/world.ts';

describe('somebody who terminates instances', () => {
  const terminating = (instances: number[], decrement: boolean): ActorPlan => ({
    kind: 'terminations',
    afterSeconds: 10,
    instances,
    decrement,
  });

  test('takes those which are asked for, for the group to replace', async () => {
    await inWorld(async ({ aws, pass }) => {
      const group = createGroup(aws, { instances: 3 });
      startActor(aws, group, terminating([1, 5], false));
      await pass(10.1);
      const states = group.instances.map(({ lifecycleState }) => lifecycleState);
      expect([group.desiredCapacity, states]).toEqual([3, ['InService', 'Terminating', 'Terminating']]);
    });
  });

  test('decrements as far as MinSize allows', async () => {
    await inWorld(async ({ aws, pass }) => {
      const group = createGroup(aws, { instances: 3, minSize: 2 });
      startActor(aws, group, terminating([0, 1, 2], true));
      await pass(10.1);
      expect(group.snapshot()).toMatchObject({ desired: 2, inService: 2 });
    });
  });

  test('skips what has left', async () => {
    await inWorld(async ({ aws, pass }) => {
      const group = createGroup(aws, { instances: 3 });
      startActor(aws, group, terminating([0, 1], true));
      await pass(9);
      group.detachInstances([idOf(group)], { decrement: true });
      await pass(1.1);
      expect(group.snapshot()).toMatchObject({ desired: 1, inService: 1 });
    });
  });
});
