import {
  DescribeAutoScalingGroupsCommand,
  DescribeAutoScalingInstancesCommand,
  DescribePoliciesCommand,
  DescribeScalingActivitiesCommand,
  DescribeTagsCommand,
  DetachInstancesCommand,
  SetDesiredCapacityCommand,
} from '@aws-sdk/client-auto-scaling';
import { describe, expect, test } from 'vitest';
import { createGroup, createServedGroup, idOf, inWorld, startAt } from '../world.ts';

describe('DescribeAutoScalingGroups', () => {
  test('describes a group as it is', async () => {
    await inWorld(async ({ aws, autoScaling, answered }) => {
      const options = { tags: { team: 'a & <b>' }, suspendedProcesses: ['Launch'], minSize: 1 };
      const { group, targetGroup } = createServedGroup(aws, options);
      const answer = await answered(() => autoScaling.send(new DescribeAutoScalingGroupsCommand({})));
      expect(answer.AutoScalingGroups?.[0]).toMatchObject({
        AutoScalingGroupName: 'web',
        AutoScalingGroupARN: expect.stringMatching(
          /^arn:aws:autoscaling:us-east-2:123456789012:autoScalingGroup:[0-9a-f-]{36}:autoScalingGroupName\/web$/,
        ),
        MinSize: 1,
        MaxSize: 10,
        DesiredCapacity: 1,
        DefaultCooldown: 300,
        AvailabilityZones: ['us-east-2a', 'us-east-2b', 'us-east-2c'],
        LoadBalancerNames: [],
        TargetGroupARNs: [targetGroup.arn],
        CreatedTime: startAt,
        SuspendedProcesses: [{ ProcessName: 'Launch', SuspensionReason: 'User suspended' }],
        Tags: [{ Key: 'team', Value: 'a & <b>', ResourceId: 'web', PropagateAtLaunch: true }],
        Instances: [
          {
            InstanceId: idOf(group),
            AvailabilityZone: 'us-east-2a',
            LifecycleState: 'InService',
            HealthStatus: 'Healthy',
            ProtectedFromScaleIn: false,
          },
        ],
      });
    });
  });

  test('gives weights as text, and only in a weighted group', async () => {
    await inWorld(async ({ aws, autoScaling, answered }) => {
      createGroup(aws, { name: 'plain' });
      createGroup(aws, { name: 'weighted', weight: 2 });
      const { AutoScalingGroups } = await answered(() => autoScaling.send(new DescribeAutoScalingGroupsCommand({})));
      const weights = AutoScalingGroups?.map((group) => group.Instances?.[0]?.WeightedCapacity);
      expect(weights).toEqual([undefined, '2']);
    });
  });

  test('answers an unknown name with an empty list', async () => {
    await inWorld(async ({ autoScaling, answered }) => {
      const command = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: ['none'] });
      expect((await answered(() => autoScaling.send(command))).AutoScalingGroups).toEqual([]);
    });
  });

  test('leaves out the instances where asked to', async () => {
    await inWorld(async ({ aws, autoScaling, answered }) => {
      createGroup(aws);
      const command = new DescribeAutoScalingGroupsCommand({ IncludeInstances: false });
      expect((await answered(() => autoScaling.send(command))).AutoScalingGroups?.[0]?.Instances).toEqual([]);
    });
  });

  test.each([
    ['tag-key', ['managed'], ['a', 'b']],
    ['tag-value', ['yes'], ['a']],
    ['tag:managed', ['yes', 'no'], ['a', 'b']],
    ['tag:team', ['yes'], []],
  ])('filters by %s', async (name, values, expected) => {
    await inWorld(async ({ aws, autoScaling, answered }) => {
      createGroup(aws, { name: 'a', tags: { managed: 'yes' } });
      createGroup(aws, { name: 'b', tags: { managed: 'no' } });
      createGroup(aws, { name: 'c' });
      const command = new DescribeAutoScalingGroupsCommand({ Filters: [{ Name: name, Values: values }] });
      const { AutoScalingGroups } = await answered(() => autoScaling.send(command));
      expect(AutoScalingGroups?.map((group) => group.AutoScalingGroupName)).toEqual(expected);
    });
  });

  test('refuses a filter it does not know', async () => {
    await inWorld(async ({ autoScaling, refused }) => {
      const command = new DescribeAutoScalingGroupsCommand({ Filters: [{ Name: 'size', Values: ['1'] }] });
      expect((await refused(() => autoScaling.send(command))).message).toContain('Filter type size is not correct');
    });
  });

  test('pages', async () => {
    await inWorld(async ({ aws, autoScaling, answered }) => {
      for (const name of ['a', 'b', 'c']) createGroup(aws, { name });
      const pages: (string | undefined)[][] = [];
      let NextToken: string | undefined;
      do {
        const command = new DescribeAutoScalingGroupsCommand({ MaxRecords: 2, NextToken });
        const answer = await answered(() => autoScaling.send(command));
        pages.push(answer.AutoScalingGroups?.map((group) => group.AutoScalingGroupName) ?? []);
        NextToken = answer.NextToken;
      } while (NextToken !== undefined);
      expect(pages).toEqual([['a', 'b'], ['c']]);
    });
  });

  test('gives no token with a page that is full and the last', async () => {
    await inWorld(async ({ aws, autoScaling, answered }) => {
      for (const name of ['a', 'b']) createGroup(aws, { name });
      const answer = await answered(() => autoScaling.send(new DescribeAutoScalingGroupsCommand({ MaxRecords: 2 })));
      expect(answer.NextToken).toBeUndefined();
    });
  });

  test('refuses a token that another action gave', async () => {
    await inWorld(async ({ aws, autoScaling, answered, refused }) => {
      createGroup(aws, { instances: 2 });
      const { NextToken } = await answered(() =>
        autoScaling.send(new DescribeAutoScalingInstancesCommand({ MaxRecords: 1 })),
      );
      const error = await refused(() => autoScaling.send(new DescribeAutoScalingGroupsCommand({ NextToken })));
      expect(error.name).toMatch(/^InvalidNextToken/);
    });
  });

  test('refuses a token that nobody gave', async () => {
    await inWorld(async ({ autoScaling, refused }) => {
      const error = await refused(() => autoScaling.send(new DescribeAutoScalingGroupsCommand({ NextToken: 'mine' })));
      expect(error.name).toMatch(/^InvalidNextToken/);
    });
  });
});

describe('DescribeAutoScalingInstances', () => {
  test('leaves out an instance that is in no group', async () => {
    await inWorld(async ({ aws, autoScaling, answered }) => {
      const group = createGroup(aws, { instances: 2 });
      const InstanceIds = [idOf(group, 1), aws.createInstance()];
      const { AutoScalingInstances } = await answered(() =>
        autoScaling.send(new DescribeAutoScalingInstancesCommand({ InstanceIds })),
      );
      expect(AutoScalingInstances).toMatchObject([
        {
          InstanceId: idOf(group, 1),
          AutoScalingGroupName: 'web',
          LifecycleState: 'InService',
          HealthStatus: 'HEALTHY',
          ProtectedFromScaleIn: false,
        },
      ]);
    });
  });

  test('refuses more than 50 ids', async () => {
    await inWorld(async ({ autoScaling, refused }) => {
      const InstanceIds = Array.from({ length: 51 }, (_, index) => `i-${index}`);
      const error = await refused(() => autoScaling.send(new DescribeAutoScalingInstancesCommand({ InstanceIds })));
      expect(error).toMatchObject({
        name: 'ValidationError',
        message: 'The number of instance ids that may be passed in is limited to 50',
      });
    });
  });

  test('pages through all instances', async () => {
    await inWorld(async ({ aws, autoScaling, answered }) => {
      createGroup(aws, { instances: 60, maxSize: 60 });
      const first = await answered(() => autoScaling.send(new DescribeAutoScalingInstancesCommand({})));
      const { NextToken } = first;
      const second = await answered(() => autoScaling.send(new DescribeAutoScalingInstancesCommand({ NextToken })));
      const ids = [first, second].flatMap((page) => page.AutoScalingInstances?.map((one) => one.InstanceId));
      expect(new Set(ids).size).toBe(60);
    });
  });
});

describe('SetDesiredCapacity', () => {
  test('sets the desired capacity', async () => {
    await inWorld(async ({ aws, autoScaling, answered }) => {
      const group = createGroup(aws);
      await answered(() =>
        autoScaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: 'web', DesiredCapacity: 4 })),
      );
      expect(group.desiredCapacity).toBe(4);
    });
  });

  test.each([
    [5, 'New SetDesiredCapacity value 5 is above max value 4 for the AutoScalingGroup.'],
    [1, 'New SetDesiredCapacity value 1 is below min value 2 for the AutoScalingGroup.'],
  ])('refuses %i outside MinSize and MaxSize', async (DesiredCapacity, message) => {
    await inWorld(async ({ aws, autoScaling, refused }) => {
      const group = createGroup(aws, { instances: 3, minSize: 2, maxSize: 4 });
      const command = new SetDesiredCapacityCommand({ AutoScalingGroupName: 'web', DesiredCapacity });
      expect(await refused(() => autoScaling.send(command))).toMatchObject({ name: 'ValidationError', message });
      expect(group.desiredCapacity).toBe(3);
    });
  });

  test('refuses a group that does not exist', async () => {
    await inWorld(async ({ autoScaling, refused }) => {
      const command = new SetDesiredCapacityCommand({ AutoScalingGroupName: 'none', DesiredCapacity: 1 });
      expect(await refused(() => autoScaling.send(command))).toMatchObject({
        name: 'ValidationError',
        message: "AutoScalingGroup name not found - AutoScalingGroup 'none' not found",
      });
    });
  });

  test('honors a cooldown only where asked to', async () => {
    await inWorld(async ({ aws, autoScaling, answered, refused, pass }) => {
      const group = createGroup(aws, { defaultCooldownSeconds: 60, launchSeconds: 10 });
      const set = (DesiredCapacity: number, HonorCooldown: boolean) =>
        autoScaling.send(
          new SetDesiredCapacityCommand({ AutoScalingGroupName: 'web', DesiredCapacity, HonorCooldown }),
        );
      await answered(() => set(2, true));
      await pass(30);
      const error = await refused(() => set(3, true));
      expect(error.name).toMatch(/^ScalingActivityInProgress/);
      expect(error.message).toMatch(/^Scaling activity [0-9a-f-]{36} is in progress and blocks this action$/);
      await answered(() => set(3, false));
      await pass(80);
      await answered(() => set(4, true));
      expect(group.desiredCapacity).toBe(4);
    });
  });
});

describe('DetachInstances', () => {
  const detach = (InstanceIds: string[], ShouldDecrementDesiredCapacity: boolean) =>
    new DetachInstancesCommand({ AutoScalingGroupName: 'web', InstanceIds, ShouldDecrementDesiredCapacity });

  test('detaches, decrements, and answers with the activity', async () => {
    await inWorld(async ({ aws, autoScaling, answered }) => {
      const group = createGroup(aws, { instances: 2 });
      const id = idOf(group);
      const { Activities } = await answered(() => autoScaling.send(detach([id], true)));
      expect(Activities).toMatchObject([
        {
          AutoScalingGroupName: 'web',
          Description: `Detaching EC2 instance: ${id}`,
          Cause:
            `At 2026-03-01T12:00:00Z instance ${id} was detached in response to a user request, ` +
            'shrinking the capacity from 2 to 1.',
          StatusCode: 'InProgress',
        },
      ]);
      expect(group.snapshot()).toMatchObject({ desired: 1, inService: 1 });
    });
  });

  test('refuses an instance that is not part of the group', async () => {
    await inWorld(async ({ aws, autoScaling, refused }) => {
      createGroup(aws);
      expect(await refused(() => autoScaling.send(detach(['i-1234567890abcdef0'], true)))).toMatchObject({
        name: 'ValidationError',
        message: 'The instance i-1234567890abcdef0 is not part of Auto Scaling group web.',
      });
    });
  });

  test('refuses an instance that has left', async () => {
    await inWorld(async ({ aws, autoScaling, answered, refused, pass }) => {
      const group = createGroup(aws, { instances: 2 });
      const id = idOf(group);
      await answered(() => autoScaling.send(detach([id], true)));
      expect((await refused(() => autoScaling.send(detach([id], true)))).message).toContain(
        'is not in InService or Standby',
      );
      await pass(5);
      expect((await refused(() => autoScaling.send(detach([id], true)))).message).toContain(
        'is not part of Auto Scaling',
      );
    });
  });

  test.each(['Pending', 'Terminating', 'Detaching'] as const)('refuses an instance that is %s', async (state) => {
    await inWorld(async ({ aws, autoScaling, refused }) => {
      const group = createGroup(aws, { instances: [{ lifecycleState: state }] });
      expect(await refused(() => autoScaling.send(detach([idOf(group)], false)))).toMatchObject({
        name: 'ValidationError',
        message: `The instance ${idOf(group)} is not in InService or Standby.`,
      });
    });
  });

  test('refuses a decrement below MinSize', async () => {
    await inWorld(async ({ aws, autoScaling, refused }) => {
      const group = createGroup(aws, { instances: 1, minSize: 1, maxSize: 4 });
      expect(await refused(() => autoScaling.send(detach([idOf(group)], true)))).toMatchObject({
        name: 'ValidationError',
        message:
          'AutoScalingGroup web has min-size=1, max-size=4, and desired-size=1. ' +
          'To detach 1 instance, please update the AutoScalingGroup sizes appropriately.',
      });
      expect(group.snapshot()).toMatchObject({ desired: 1, inService: 1 });
    });
  });

  test('takes an instance below MinSize where nothing is decremented', async () => {
    await inWorld(async ({ aws, autoScaling, answered }) => {
      const group = createGroup(aws, { instances: 1, minSize: 1 });
      await answered(() => autoScaling.send(detach([idOf(group)], false)));
      expect(group.snapshot()).toMatchObject({ desired: 1, inService: 0 });
    });
  });

  test('refuses more than 20 instances', async () => {
    await inWorld(async ({ aws, autoScaling, refused }) => {
      const group = createGroup(aws, { instances: 21, maxSize: 21 });
      const ids = group.instances.map(({ id }) => id);
      expect(await refused(() => autoScaling.send(detach(ids, true)))).toMatchObject({
        name: 'ValidationError',
        message: expect.stringMatching(/^List exceeds the maximum number of instances to detach/),
      });
    });
  });

  test('refuses an empty list', async () => {
    await inWorld(async ({ aws, autoScaling, refused }) => {
      createGroup(aws);
      expect((await refused(() => autoScaling.send(detach([], true)))).name).toBe('ValidationError');
    });
  });
});

describe('DescribeScalingActivities', () => {
  const describeActivities = new DescribeScalingActivitiesCommand({ AutoScalingGroupName: 'web' });

  test('tells of a launch from its beginning to its end', async () => {
    await inWorld(async ({ aws, autoScaling, answered, pass }) => {
      const group = createGroup(aws, { launchSeconds: 10 });
      group.setDesiredCapacity(2);
      await pass(2);
      const launching = await answered(() => autoScaling.send(describeActivities));
      expect(launching.Activities).toMatchObject([{ StatusCode: 'PreInService', Progress: 30 }]);
      await pass(10);
      const launched = await answered(() => autoScaling.send(describeActivities));
      expect(launched.Activities).toMatchObject([
        {
          Description: `Launching a new EC2 instance: ${idOf(group, 1)}`,
          Cause:
            'At 2026-03-01T12:00:00Z a user request explicitly set group desired capacity changing the desired capacity ' +
            'from 1 to 2.  At 2026-03-01T12:00:01Z an instance was started in response to a difference between desired and actual ' +
            'capacity, increasing the capacity from 1 to 2.',
          StatusCode: 'Successful',
          Progress: 100,
          StartTime: new Date(startAt.getTime() + 1000),
          EndTime: new Date(startAt.getTime() + 11_000),
        },
      ]);
    });
  });

  test('tells of activities in progress first', async () => {
    await inWorld(async ({ aws, autoScaling, answered, pass }) => {
      const group = createGroup(aws, { launchSeconds: 20 });
      group.setDesiredCapacity(2);
      await pass(5);
      group.detachInstances([idOf(group)], { decrement: true });
      await pass(5);
      const { Activities } = await answered(() => autoScaling.send(describeActivities));
      expect(Activities?.map(({ StatusCode }) => StatusCode)).toEqual(['PreInService', 'Successful']);
    });
  });

  test('tells why a launch failed', async () => {
    await inWorld(async ({ aws, autoScaling, answered, pass }) => {
      const group = createGroup(aws, { launchSeconds: 'never' });
      group.setDesiredCapacity(2);
      await pass(2);
      const { Activities } = await answered(() => autoScaling.send(describeActivities));
      expect(Activities).toMatchObject([
        { StatusCode: 'Failed', StatusMessage: expect.stringContaining('InsufficientInstanceCapacity') },
      ]);
    });
  });

  test('refuses a group that does not exist', async () => {
    await inWorld(async ({ autoScaling, refused }) => {
      expect((await refused(() => autoScaling.send(describeActivities))).message).toContain("'web' not found");
    });
  });
});

test('DescribeTags filters tags', async () => {
  await inWorld(async ({ aws, autoScaling, answered }) => {
    createGroup(aws, { name: 'a', tags: { managed: 'yes', team: 'x' } });
    createGroup(aws, { name: 'b', tags: { managed: 'yes' } });
    const Filters = [
      { Name: 'auto-scaling-group', Values: ['a'] },
      { Name: 'key', Values: ['managed'] },
    ];
    const { Tags } = await answered(() => autoScaling.send(new DescribeTagsCommand({ Filters })));
    expect(Tags).toMatchObject([{ ResourceId: 'a', Key: 'managed', Value: 'yes' }]);
  });
});

test('refuses an action that is not simulated', async () => {
  await inWorld(async ({ autoScaling, refused }) => {
    expect(await refused(() => autoScaling.send(new DescribePoliciesCommand({})))).toMatchObject({
      name: 'InvalidAction',
      message: 'Could not find operation DescribePolicies for version 2011-01-01',
    });
  });
});
