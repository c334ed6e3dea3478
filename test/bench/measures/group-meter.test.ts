import { expect, test } from 'vitest';
import { GroupMeter } from '../../../bench/measures/group-meter.ts';
import type { GroupOptions, LaunchSeconds } from '../../../simulator/aws/index.ts';
import { createGroup, idOf, inWorld, type World } from '../../simulator/aws/world.ts';

test('counts the seconds in which too few serve', async () => {
  await inWorld(async (world) => {
    const { group, meter } = metered(world, 1);
    group.detachInstances([idOf(group)], { decrement: false });
    await world.pass(100);
    // A launch takes 40 s, which the group begins after 1 s.
    expect(meter.measures().secondsBelowMinimum).toBeCloseTo(41, 6);
  });
});

test('counts the instances that do not serve, second by second', async () => {
  await inWorld(async (world) => {
    const { group, meter } = metered(world, 3);
    group.detachInstances([idOf(group, 0), idOf(group, 1)], { decrement: false });
    await world.pass(100);
    expect(meter.measures().lostInstanceSeconds).toBeCloseTo(82, 6);
  });
});

test('counts the instances that are too many', async () => {
  await inWorld(async (world) => {
    const { group, meter } = metered(world, 1);
    group.setDesiredCapacity(3);
    await world.pass(11);
    expect(meter.measures()).toMatchObject({ excessInstanceSeconds: 20, peakExcessInstances: 2, drift: 2 });
  });
});

test.each([
  ['a replacement that serves within the notice', { launchSeconds: 40, maxSize: 3 }, 0],
  ['a replacement that takes longer than the notice', { launchSeconds: 100, maxSize: 3 }, 101],
  ['a launch that fails at first', { launchSeconds: failingAtFirst, maxSize: 3 }, 43],
  ['the only instance of a group at its MaxSize', { launchSeconds: 40, maxSize: 1 }, 41],
])('calls unpreventable what is missing for %s', async (_, options, seconds) => {
  await inWorld(async (world) => {
    const group = createGroup(world.aws, { instances: 1, ...options });
    const meter = new GroupMeter(group, 1, 40);
    world.aws.onChange((change) => meter.changed(change));
    group.detachInstances([idOf(group)], { decrement: false });
    await world.pass(200);
    expect(meter.measures().unpreventableSecondsBelowMinimum).toBeCloseTo(seconds, 6);
  });
});

test('knows how few served', async () => {
  await inWorld(async (world) => {
    const { group, meter } = metered(world, 3);
    group.detachInstances([idOf(group, 0), idOf(group, 1)], { decrement: false });
    await world.pass(100);
    expect(meter.measures().leastServing).toBe(1);
  });
});

test.each([
  ['nothing, where replacements can serve first', { maxSize: 10 }, 0],
  ['a launch for each, at MaxSize', { maxSize: 3 }, 80],
  // A launch is begun where any part of a weight is missing.
  ['what one launch cannot cover, where one has room', { maxSize: 7, weight: 2 }, 0],
  ['what is late', { maxSize: 10, launchSeconds: 100 }, 22],
])('computes that two interruptions cost at least %s', async (_, options, seconds) => {
  await inWorld(async (world) => {
    const { group, meter } = metered(world, 3, options);
    for (const number of [0, 1]) world.aws.interrupt(idOf(group, number));
    await world.pass(300);
    expect(meter.measures().leastPossibleInstanceSeconds).toBeCloseTo(seconds, 6);
  });
});

test('computes what less is lost at least, where nobody has to drain', async () => {
  await inWorld(async (world) => {
    const { group, meter } = metered(world, 1, { launchSeconds: 130 });
    world.aws.interrupt(idOf(group));
    await world.pass(300);
    const { leastPossibleInstanceSeconds, leastPossibleWithoutDrainInstanceSeconds } = meter.measures();
    expect([leastPossibleInstanceSeconds, leastPossibleWithoutDrainInstanceSeconds]).toEqual([41, 11]);
  });
});

test('counts no interruption of an instance that was leaving already', async () => {
  await inWorld(async (world) => {
    const { group, meter } = metered(world, 1, { launchSeconds: 130 });
    const id = idOf(group);
    group.terminateInstance(id);
    world.aws.interrupt(id);
    await world.pass(300);
    expect(meter.measures().leastPossibleInstanceSeconds).toBe(0);
  });
});

test('counts the instances that are moved between zones, and no others', async () => {
  await inWorld(async (world) => {
    const instances = ['a', 'a', 'a', 'b'].map((zone) => ({ availabilityZone: `us-east-2${zone}` }));
    const availabilityZones = ['us-east-2a', 'us-east-2b'];
    const group = createGroup(world.aws, { instances, availabilityZones, availabilityZoneRebalancing: true });
    const meter = new GroupMeter(group, 1);
    world.aws.onChange((change) => meter.changed(change));
    await world.pass(100);
    group.detachInstances([idOf(group)], { decrement: false });
    await world.pass(100);
    expect(meter.measures().movedBetweenZones).toBe(1);
  });
});

test('wants launches that differ to be given', async () => {
  await inWorld(async ({ aws }) => {
    const group = createGroup(aws, { launchSeconds: () => 40 });
    expect(() => new GroupMeter(group, 1)).toThrow('The launches of group web differ');
  });
});

function failingAtFirst(launch: number): LaunchSeconds {
  return launch === 1 ? 'never' : 40;
}

function metered({ aws }: World, instances: number, options: Partial<GroupOptions> = {}) {
  const group = createGroup(aws, { instances, ...options });
  const meter = new GroupMeter(group, 1);
  aws.onChange((change) => meter.changed(change));
  return { group, meter };
}
