import { TerminateInstanceInAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import { expect, test } from 'vitest';
import { createGroup, idOf, inWorld } from '../world.ts';

const terminate = (
  which: { InstanceId?: string; InstanceIds?: string[]; AutoScalingGroupName?: string },
  ShouldDecrementDesiredCapacity = false,
) => new TerminateInstanceInAutoScalingGroupCommand({ ...which, ShouldDecrementDesiredCapacity });

test('terminates one instance by its id, and answers with the activity', async () => {
  await inWorld(async ({ aws, autoScaling, answered }) => {
    const group = createGroup(aws, { instances: 4 });
    const InstanceId = idOf(group);
    const answer = await answered(() => autoScaling.send(terminate({ InstanceId }, true)));
    expect(answer.Activity).toMatchObject({
      AutoScalingGroupName: 'web',
      Description: `Terminating EC2 instance: ${InstanceId}`,
      Cause:
        `At 2026-03-01T12:00:00Z instance ${InstanceId} was taken out of service in response to a user request, ` +
        'shrinking the capacity from 4 to 3.',
      StatusCode: 'InProgress',
    });
    expect(group.snapshot()).toMatchObject({ desired: 3, inService: 3 });
  });
});

test('terminates several of a group, and answers with their activities', async () => {
  await inWorld(async ({ aws, autoScaling, answered }) => {
    const group = createGroup(aws, { instances: 3 });
    const InstanceIds = [idOf(group, 0), idOf(group, 1)];
    const answer = await answered(() => autoScaling.send(terminate({ InstanceIds, AutoScalingGroupName: 'web' })));
    expect([answer.Activity, answer.Activities?.length]).toEqual([undefined, 2]);
    expect(group.snapshot()).toMatchObject({ desired: 3, inService: 1 });
  });
});

test('has the group replace what it terminates without a decrement', async () => {
  await inWorld(async ({ aws, autoScaling, answered, pass }) => {
    const group = createGroup(aws, { instances: 2 });
    await answered(() => autoScaling.send(terminate({ InstanceId: idOf(group) })));
    await pass(2);
    expect(group.snapshot()).toMatchObject({ desired: 2, inService: 1, pending: 1 });
  });
});

test('refuses a decrement below MinSize, and terminates nothing', async () => {
  await inWorld(async ({ aws, autoScaling, refused }) => {
    const group = createGroup(aws, { instances: 3, minSize: 2 });
    const InstanceIds = [idOf(group, 0), idOf(group, 1)];
    const error = await refused(() => autoScaling.send(terminate({ InstanceIds, AutoScalingGroupName: 'web' }, true)));
    expect(error).toMatchObject({
      name: 'ValidationError',
      message:
        "Currently, desiredSize equals minSize (2). Terminating instance without replacement will violate group's min " +
        "size constraint. Either set shouldDecrementDesiredCapacity flag to false or lower group's min size.",
    });
    expect(group.snapshot()).toMatchObject({ desired: 3, inService: 3 });
  });
});

test.each([
  [
    'an instance in no group',
    { InstanceId: 'i-1234567890abcdef0' },
    /^Instance Id not found - No managed instance found/,
  ],
  [
    'ids without the name of their group',
    { InstanceIds: ['i-1234567890abcdef0'] },
    /^AutoScalingGroupName is required/,
  ],
  ['neither an id nor ids', { AutoScalingGroupName: 'web' }, /^Exactly one of InstanceId and InstanceIds/],
  [
    'more than 100 ids',
    { InstanceIds: Array.from({ length: 101 }, (_, index) => `i-${index}`), AutoScalingGroupName: 'web' },
    /limited to 100$/,
  ],
])('refuses %s', async (_, which, message) => {
  await inWorld(async ({ aws, autoScaling, refused }) => {
    createGroup(aws);
    expect(await refused(() => autoScaling.send(terminate(which)))).toMatchObject({
      name: 'ValidationError',
      message: expect.stringMatching(message),
    });
  });
});

test.each(['Pending', 'Terminating'] as const)('refuses an instance that is %s', async (lifecycleState) => {
  await inWorld(async ({ aws, autoScaling, refused }) => {
    const group = createGroup(aws, { instances: [{ lifecycleState }] });
    const error = await refused(() => autoScaling.send(terminate({ InstanceId: idOf(group) })));
    expect(error.name).toMatch(/^ScalingActivityInProgress/);
  });
});
