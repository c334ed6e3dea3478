import { DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import { describe, expect, test } from 'vitest';
import type { Change } from '../../../../simulator/aws/index.ts';
import { createGroup, createServedGroup, idOf, inWorld } from '../world.ts';

const terminateAtNotice = { capacityRebalance: 'terminate-at-notice' } as const;
const replaceFirst = { capacityRebalance: 'replace-first' } as const;

describe('a rebalance recommendation', () => {
  test('is announced in the shape of the sample event', async () => {
    await inWorld(async ({ aws }) => {
      const group = createGroup(aws, { instances: [{ id: 'i-1234567890abcdef0' }] });
      expect(aws.recommendRebalance(idOf(group))).toEqual({
        version: '0',
        id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/),
        'detail-type': 'EC2 Instance Rebalance Recommendation',
        source: 'aws.ec2',
        account: '123456789012',
        time: '2026-03-01T12:00:00Z',
        region: 'us-east-2',
        resources: ['arn:aws:ec2:us-east-2:123456789012:instance/i-1234567890abcdef0'],
        detail: { 'instance-id': 'i-1234567890abcdef0' },
      });
    });
  });

  test('leaves a group without Capacity Rebalancing as it is', async () => {
    await inWorld(async ({ aws, pass }) => {
      const group = createGroup(aws, { instances: 2 });
      aws.recommendRebalance(idOf(group));
      await pass(200);
      expect(group.snapshot()).toMatchObject({ inService: 2, pending: 0 });
    });
  });

  test('launches beyond the desired capacity, and leaves that as it is', async () => {
    await inWorld(async ({ aws, pass }) => {
      const group = createGroup(aws, { instances: 2, ...terminateAtNotice });
      aws.recommendRebalance(idOf(group));
      await pass(10);
      expect(group.snapshot()).toMatchObject({ desired: 2, inService: 2, pending: 1 });
    });
  });

  test('terminates the old instance once the target of the new one is healthy', async () => {
    await inWorld(async ({ aws, pass }) => {
      const { group } = createServedGroup(aws, { instances: 2, launchSeconds: 40, ...terminateAtNotice });
      const id = idOf(group);
      aws.recommendRebalance(id);
      await pass(60.9);
      expect(group.snapshot()).toMatchObject({ inService: 3, serving: 2 });
      await pass(1.2);
      expect(group.instances[0]?.lifecycleState).toBe('Terminating');
      await pass(40);
      expect(group.snapshot()).toMatchObject({ desired: 2, inService: 2, serving: 2 });
      expect(group.statistics).toMatchObject({ minServing: 2, peakDesired: 2 });
    });
  });

  test('exceeds MaxSize by no more than a tenth of the desired capacity', async () => {
    await inWorld(async ({ aws, pass }) => {
      const group = createGroup(aws, { instances: 20, maxSize: 20, ...terminateAtNotice });
      for (const { id } of group.instances) aws.recommendRebalance(id);
      await pass(10);
      expect(group.snapshot()).toMatchObject({ inService: 20, pending: 2 });
    });
  });

  test('at MaxSize, replaces one after another', async () => {
    await inWorld(async ({ aws, pass }) => {
      const group = createGroup(aws, { instances: 3, maxSize: 3, launchSeconds: 10, ...terminateAtNotice });
      const old = group.instances.map(({ id }) => id);
      for (const id of old) aws.recommendRebalance(id);
      await pass(60);
      expect(group.instances.filter(({ id }) => old.includes(id))).toEqual([]);
      expect(group.snapshot()).toMatchObject({ desired: 3, inService: 3, pending: 0 });
    });
  });

  test('does not replace an instance that is protected from scale-in', async () => {
    await inWorld(async ({ aws, pass }) => {
      const group = createGroup(aws, { instances: [{ protectedFromScaleIn: true }], ...terminateAtNotice });
      aws.recommendRebalance(idOf(group));
      await pass(10);
      expect(group.instances).toHaveLength(1);
    });
  });

  test('launches another replacement for one that EC2 takes', async () => {
    await inWorld(async ({ aws, pass }) => {
      const group = createGroup(aws, {
        instances: 1,
        launchSeconds: 20,
        unhealthyDetectionSeconds: 5,
        ...replaceFirst,
      });
      const old = idOf(group);
      aws.recommendRebalance(old);
      await pass(2);
      aws.interrupt(idOf(group, 1), { reclaimSeconds: 1 });
      await pass(60);
      expect(group.snapshot()).toMatchObject({ desired: 1, inService: 1 });
      expect(idOf(group)).not.toBe(old);
    });
  });
});

describe('a notice', () => {
  test('has the instance terminated at once, and replaced, where Capacity Rebalancing is read so', async () => {
    await inWorld(async ({ aws, pass }) => {
      const { group, targetGroup } = createServedGroup(aws, { instances: 2, ...terminateAtNotice });
      const id = idOf(group);
      aws.interrupt(id);
      expect([group.instances[0]?.lifecycleState, targetGroup.state(id)]).toEqual(['Terminating', 'draining']);
      await pass(1.1);
      expect(group.snapshot()).toMatchObject({ desired: 2, inService: 1, pending: 1 });
    });
  });

  test('takes no second replacement where the recommendation has brought one', async () => {
    await inWorld(async ({ aws, pass }) => {
      const group = createGroup(aws, { instances: 2, ...terminateAtNotice });
      aws.recommendRebalance(idOf(group));
      await pass(10);
      aws.interrupt(idOf(group));
      await pass(10);
      expect(group.snapshot()).toMatchObject({ desired: 2, inService: 1, pending: 1 });
    });
  });

  test('leaves no surplus behind that scale-in would spare', async () => {
    await inWorld(async ({ aws, pass }) => {
      const { group } = createServedGroup(aws, { instances: 3, ...terminateAtNotice });
      aws.recommendRebalance(idOf(group));
      await pass(2);
      aws.interrupt(idOf(group));
      group.setDesiredCapacity(2);
      await pass(2);
      expect(group.snapshot()).toMatchObject({ inService: 1, pending: 1 });
    });
  });

  test('keeps the instance serving until its replacement is healthy, in the kinder reading', async () => {
    await inWorld(async ({ aws, pass }) => {
      const { group } = createServedGroup(aws, { instances: 2, launchSeconds: 40, ...replaceFirst });
      aws.interrupt(idOf(group));
      await pass(60.9);
      expect(group.instances[0]?.lifecycleState).toBe('InService');
      await pass(1.2);
      expect(group.instances[0]?.lifecycleState).toBe('Terminating');
      expect(group.statistics.minServing).toBe(2);
    });
  });

  test('keeps the instance serving until EC2 takes it where the launch is late, in the kinder reading', async () => {
    await inWorld(async ({ aws, pass }) => {
      const group = createGroup(aws, { instances: 2, launchSeconds: 150, ...replaceFirst });
      aws.interrupt(idOf(group));
      await pass(119);
      expect(group.snapshot()).toMatchObject({ serving: 2, pending: 1 });
      await pass(40);
      expect(group.snapshot()).toMatchObject({ desired: 2, serving: 2, pending: 0 });
    });
  });
});

test('is told as done by CapacityRebalance', async () => {
  await inWorld(async ({ aws, pass }) => {
    const group = createGroup(aws, { instances: 1, launchSeconds: 10, ...replaceFirst });
    const changes: Change[] = [];
    aws.onChange((change) => changes.push(change));
    aws.recommendRebalance(idOf(group));
    await pass(20);
    const told = changes.flatMap((change) => (change.kind === 'lifecycle' ? [[change.to, change.by]] : []));
    expect(told).toEqual([
      ['Pending', 'CapacityRebalance'],
      ['InService', undefined],
      ['Terminating', 'CapacityRebalance'],
      [undefined, undefined],
    ]);
  });
});

test('is reported by DescribeAutoScalingGroups', async () => {
  await inWorld(async ({ aws, autoScaling, answered }) => {
    createGroup(aws, { name: 'a' });
    createGroup(aws, { name: 'b', ...replaceFirst });
    const { AutoScalingGroups } = await answered(() => autoScaling.send(new DescribeAutoScalingGroupsCommand({})));
    expect(AutoScalingGroups?.map(({ CapacityRebalance }) => CapacityRebalance)).toEqual([false, true]);
  });
});
