import {
  DescribeAutoScalingGroupsCommand,
  DescribeAutoScalingInstancesCommand,
  DescribeScalingActivitiesCommand,
} from '@aws-sdk/client-auto-scaling';
import { expect, test } from 'vitest';
import type { AutoScalingGroup } from '../../../../simulator/aws/index.ts';
import { createGroup, idOf, inWorld } from '../world.ts';

/** One in service, two in the pool. */
const pooled = { instances: 1, maxSize: 3, launchSeconds: 60, warmPool: { launchSeconds: 10 } } as const;

const states = (group: AutoScalingGroup) => group.instances.map(({ lifecycleState }) => lifecycleState).toSorted();

test('holds what MaxSize is beyond the desired capacity, from the start', async () => {
  await inWorld(async ({ aws }) => {
    const group = createGroup(aws, pooled);
    expect(states(group)).toEqual(['InService', 'Warmed:Stopped', 'Warmed:Stopped']);
    expect(group.snapshot()).toMatchObject({ desired: 1, inService: 1, pending: 0, serving: 1 });
  });
});

test.each([
  ['the prepared capacity is beyond the desired one', { maxGroupPreparedCapacity: 2 }, 1],
  ['its MinSize says', { maxGroupPreparedCapacity: 1, minSize: 2 }, 2],
])('holds what %s', async (_, warmPool, size) => {
  await inWorld(async ({ aws }) => {
    const group = createGroup(aws, { ...pooled, maxSize: 10, warmPool: { poolState: 'Running', ...warmPool } });
    expect(states(group).slice(1)).toEqual(Array.from({ length: size }, () => 'Warmed:Running'));
  });
});

test('gives a launch one of its instances, in its own shorter time', async () => {
  await inWorld(async ({ aws, pass }) => {
    const group = createGroup(aws, pooled);
    group.setDesiredCapacity(2);
    await pass(10.9);
    expect(states(group)).toEqual(['InService', 'Pending', 'Warmed:Stopped']);
    await pass(0.2);
    expect(states(group)).toEqual(['InService', 'InService', 'Warmed:Stopped']);
  });
});

test('is filled again after it gave a replacement', async () => {
  await inWorld(async ({ aws, pass }) => {
    const group = createGroup(aws, pooled);
    group.detachInstances([idOf(group)], { decrement: false });
    await pass(5);
    expect(states(group)).toEqual(['Pending', 'Warmed:Pending', 'Warmed:Stopped']);
    await pass(60);
    expect(states(group)).toEqual(['InService', 'Warmed:Stopped', 'Warmed:Stopped']);
  });
});

test('lets the group launch in the usual way once it is empty', async () => {
  await inWorld(async ({ aws, pass }) => {
    const group = createGroup(aws, { ...pooled, maxSize: 10, warmPool: { minSize: 1, maxGroupPreparedCapacity: 1 } });
    group.setDesiredCapacity(3);
    await pass(20);
    expect(group.snapshot()).toMatchObject({ inService: 2, pending: 1 });
    await pass(42);
    expect(group.snapshot()).toMatchObject({ inService: 3, pending: 0 });
  });
});

test('terminates what it has too much', async () => {
  await inWorld(async ({ aws, pass }) => {
    const group = createGroup(aws, { ...pooled, launchSeconds: 30 });
    group.detachInstances([idOf(group)], { decrement: false });
    await pass(2);
    group.setDesiredCapacity(3);
    await pass(60);
    expect(states(group)).toEqual(['InService', 'InService', 'InService']);
  });
});

test('replaces an instance of its own that EC2 takes', async () => {
  await inWorld(async ({ aws, pass }) => {
    const group = createGroup(aws, pooled);
    const id = idOf(group, 1);
    aws.interrupt(id, { reclaimSeconds: 1 });
    await pass(120);
    expect(states(group)).toEqual(['InService', 'Warmed:Stopped', 'Warmed:Stopped']);
    expect(group.instances.map((one) => one.id)).not.toContain(id);
  });
});

test('is reported with its size, and its instances by DescribeAutoScalingInstances only', async () => {
  await inWorld(async ({ aws, autoScaling, answered }) => {
    createGroup(aws, { ...pooled, warmPool: { maxGroupPreparedCapacity: 3 } });
    const { AutoScalingGroups } = await answered(() => autoScaling.send(new DescribeAutoScalingGroupsCommand({})));
    expect(AutoScalingGroups).toMatchObject([
      {
        Instances: [{ LifecycleState: 'InService' }],
        WarmPoolConfiguration: { MinSize: 0, MaxGroupPreparedCapacity: 3, PoolState: 'Stopped' },
        WarmPoolSize: 2,
      },
    ]);
    const answer = await answered(() => autoScaling.send(new DescribeAutoScalingInstancesCommand({})));
    expect(answer.AutoScalingInstances?.map(({ LifecycleState }) => LifecycleState)).toEqual([
      'InService',
      'Warmed:Stopped',
      'Warmed:Stopped',
    ]);
  });
});

test('says in the scaling activity where the instance comes from', async () => {
  await inWorld(async ({ aws, autoScaling, answered, pass }) => {
    createGroup(aws, pooled).setDesiredCapacity(2);
    await pass(5);
    const command = new DescribeScalingActivitiesCommand({ AutoScalingGroupName: 'web' });
    const { Activities } = await answered(() => autoScaling.send(command));
    expect(Activities).toMatchObject([
      {
        Description: expect.stringMatching(/^Launching a new EC2 instance from warm pool: i-0/),
        StatusCode: 'PreInService',
      },
    ]);
  });
});

test('does not let one of its instances be terminated by call', async () => {
  await inWorld(async ({ aws }) => {
    const group = createGroup(aws, pooled);
    expect(() => group.terminateInstances([idOf(group, 1)], { decrement: false })).toThrow(/No managed instance found/);
  });
});
