import { DescribeScalingActivitiesCommand } from '@aws-sdk/client-auto-scaling';
import { expect, test } from 'vitest';
import type { AutoScalingGroup, Change, InstanceOptions } from '../../../../simulator/aws/index.ts';
import { createGroup, createServedGroup, idOf, inWorld } from '../world.ts';

const zones = ['a', 'b', 'c'].map((zone) => `us-east-2${zone}`);
const inZones = (text: string): InstanceOptions[] =>
  [...text].map((zone) => ({ availabilityZone: `us-east-2${zone}` }));
const balanced = { availabilityZoneRebalancing: true, launchSeconds: 10 } as const;

/** How many are Pending or InService in each of the three zones. */
function inEachZone(group: AutoScalingGroup): number[] {
  return zones.map(
    (zone) =>
      group.instances.filter(
        ({ availabilityZone, lifecycleState }) =>
          availabilityZone === zone && ['Pending', 'InService'].includes(lifecycleState),
      ).length,
  );
}

test('leaves a group as it is unless asked to', async () => {
  await inWorld(async ({ aws, pass }) => {
    const group = createGroup(aws, { instances: inZones('aaa') });
    await pass(100);
    expect(inEachZone(group)).toEqual([3, 0, 0]);
  });
});

test('launches in the emptier zones first', async () => {
  await inWorld(async ({ aws, pass }) => {
    const group = createGroup(aws, { instances: inZones('aaa'), ...balanced });
    await pass(5);
    expect(inEachZone(group)).toEqual([3, 1, 1]);
    expect(group.snapshot()).toMatchObject({ desired: 3, inService: 3, pending: 2 });
  });
});

test('terminates in the fullest zone then, so that the group has as many as are desired', async () => {
  await inWorld(async ({ aws, pass }) => {
    const group = createGroup(aws, { instances: inZones('aaaaaab'), ...balanced });
    await pass(60);
    expect(inEachZone(group).toSorted()).toEqual([2, 2, 3]);
    expect(group.statistics).toMatchObject({ minInService: 7, peakDesired: 7 });
  });
});

test('terminates none in the zones that it launched in, though one there is the oldest', async () => {
  await inWorld(async ({ aws, pass }) => {
    const group = createGroup(aws, { instances: inZones('baaa'), availabilityZones: zones.slice(0, 2), ...balanced });
    await pass(12.5);
    expect(group.instances.find(({ lifecycleState }) => lifecycleState === 'Terminating')?.availabilityZone).toBe(
      zones[0],
    );
  });
});

test('terminates nothing before the target of the new instance is healthy', async () => {
  await inWorld(async ({ aws, pass }) => {
    const two = zones.slice(0, 2);
    const { group } = createServedGroup(aws, { instances: inZones('aaa'), availabilityZones: two, ...balanced });
    await pass(25);
    expect(group.snapshot()).toMatchObject({ inService: 4, serving: 3 });
    await pass(60);
    expect(inEachZone(group)).toEqual([2, 1, 0]);
    expect(group.statistics.minServing).toBe(3);
  });
});

test('terminates nothing for a new instance which EC2 has taken', async () => {
  await inWorld(async ({ aws, pass }) => {
    const two = zones.slice(0, 2);
    const { group } = createServedGroup(aws, { instances: inZones('aaa'), availabilityZones: two, ...balanced });
    await pass(12);
    aws.interrupt(idOf(group, 3), { reclaimSeconds: 1 });
    await pass(30);
    expect(group.snapshot()).toMatchObject({ desired: 3, serving: 3 });
  });
});

test('leaves a difference of one as it is', async () => {
  await inWorld(async ({ aws, pass }) => {
    const group = createGroup(aws, { instances: inZones('aab'), availabilityZones: zones.slice(0, 2), ...balanced });
    await pass(60);
    expect(inEachZone(group)).toEqual([2, 1, 0]);
  });
});

test.each([
  ['one instance', 'aaaa', 4, 1],
  ['a tenth', 'a'.repeat(30), 30, 3],
])('exceeds MaxSize by %s', async (_, instances, maxSize, pending) => {
  await inWorld(async ({ aws, pass }) => {
    const group = createGroup(aws, { instances: inZones(instances), maxSize, ...balanced });
    await pass(5);
    expect(group.snapshot().pending).toBe(pending);
  });
});

test('keeps zones balanced in a scale-in', async () => {
  await inWorld(async ({ aws, pass }) => {
    const group = createGroup(aws, { instances: inZones('aabbcc'), ...balanced });
    group.setDesiredCapacity(3);
    await pass(1.1);
    expect(inEachZone(group)).toEqual([1, 1, 1]);
  });
});

test('balances what was unbalanced by those who left', async () => {
  await inWorld(async ({ aws, pass }) => {
    const group = createGroup(aws, { instances: inZones('aabbcc'), ...balanced });
    group.detachInstances([idOf(group, 4), idOf(group, 5)], { decrement: true });
    await pass(60);
    expect(inEachZone(group).toSorted()).toEqual([1, 1, 2]);
  });
});

test('puts the replacement of an instance that leaves where the instance was', async () => {
  await inWorld(async ({ aws, pass }) => {
    const group = createGroup(aws, { instances: inZones('aabbcc'), ...balanced });
    group.detachInstances([idOf(group, 5)], { decrement: false });
    await pass(1.1);
    expect(inEachZone(group)).toEqual([2, 2, 2]);
  });
});

test.each(['AZRebalance', 'Launch', 'Terminate'])('begins nothing while %s is suspended', async (process) => {
  await inWorld(async ({ aws, pass }) => {
    const group = createGroup(aws, { instances: inZones('aaa'), suspendedProcesses: [process], ...balanced });
    await pass(60);
    expect(inEachZone(group)).toEqual([3, 0, 0]);
  });
});

test('terminates nothing for an instance that has left meanwhile', async () => {
  await inWorld(async ({ aws, pass }) => {
    const group = createGroup(aws, { instances: inZones('aaab'), availabilityZones: zones.slice(0, 2), ...balanced });
    await pass(5);
    group.detachInstances([idOf(group)], { decrement: false });
    await pass(60);
    expect(group.statistics.minInService).toBe(3);
    expect(inEachZone(group)).toEqual([2, 2, 0]);
  });
});

test('terminates nothing for one that is still Pending', async () => {
  await inWorld(async ({ aws, pass }) => {
    const launchSeconds = (launch: number) => (launch === 1 ? 10 : 30);
    const group = createGroup(aws, { instances: inZones('aaaa'), ...balanced, launchSeconds });
    await pass(5);
    group.detachInstances([idOf(group)], { decrement: false });
    await pass(10);
    expect(group.snapshot()).toMatchObject({ desired: 4, inService: 4, pending: 1 });
  });
});

test('is told as done by AZRebalance', async () => {
  await inWorld(async ({ aws, pass }) => {
    const changes: Change[] = [];
    aws.onChange((change) => changes.push(change));
    createGroup(aws, { instances: inZones('aaa'), availabilityZones: zones.slice(0, 2), ...balanced });
    await pass(30);
    const told = changes.flatMap((change) =>
      change.kind === 'lifecycle' && change.by ? [[change.to, change.by]] : [],
    );
    expect(told).toEqual([
      ['Pending', 'AZRebalance'],
      ['Terminating', 'AZRebalance'],
    ]);
  });
});

test('says in the scaling activities why', async () => {
  await inWorld(async ({ aws, autoScaling, answered, pass }) => {
    const group = createGroup(aws, { instances: inZones('aaa'), availabilityZones: zones.slice(0, 2), ...balanced });
    const id = idOf(group);
    await pass(12.5);
    const command = new DescribeScalingActivitiesCommand({ AutoScalingGroupName: 'web' });
    const { Activities } = await answered(() => autoScaling.send(command));
    expect(Activities?.find(({ Description }) => Description?.startsWith('Terminating'))?.Cause).toBe(
      'At 2026-03-01T12:00:12Z instances were launched to balance instances in zones us-east-2b with other zones ' +
        'resulting in more than desired number of instances in the group.  At 2026-03-01T12:00:12Z an instance was taken ' +
        'out of service in response to a difference between desired and actual capacity, shrinking the capacity from 4 ' +
        `to 3.  At 2026-03-01T12:00:12Z instance ${id} was selected for termination.`,
    );
  });
});
