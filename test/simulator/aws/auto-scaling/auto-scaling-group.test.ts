import { describe, expect, test } from 'vitest';
import type { Change, SimulatedAws } from '../../../../simulator/aws/index.ts';
import { createGroup, createServedGroup, idOf, inWorld } from '../world.ts';

describe('launches', () => {
  test('starts with its instances in service', async () => {
    await inWorld(async ({ aws }) => {
      const group = createGroup(aws, { instances: 3 });
      expect(group.snapshot()).toMatchObject({ desired: 3, inService: 3, pending: 0, serving: 3 });
    });
  });

  test('gives instances the ids of EC2, the same in every run', async () => {
    const ids: string[] = [];
    for (const _ of ['first', 'second']) {
      await inWorld(async ({ aws }) => {
        ids.push(idOf(createGroup(aws)));
      });
    }
    expect(ids[0]).toMatch(/^i-[0-9a-f]{17}$/);
    expect(ids[1]).toBe(ids[0]);
  });

  test('reacts to a raise after its reaction time with a Pending instance', async () => {
    await inWorld(async ({ aws, pass }) => {
      const group = createGroup(aws);
      await pass(10);
      group.setDesiredCapacity(2);
      await pass(0.9);
      expect(group.snapshot().pending).toBe(0);
      await pass(0.2);
      expect(group.snapshot().pending).toBe(1);
    });
  });

  test('puts an instance in service after the launch latency', async () => {
    await inWorld(async ({ aws, pass }) => {
      const group = createGroup(aws, { launchSeconds: 40 });
      group.setDesiredCapacity(2);
      await pass(40.9);
      expect(group.snapshot()).toMatchObject({ inService: 1, pending: 1 });
      await pass(0.2);
      expect(group.snapshot()).toMatchObject({ inService: 2, pending: 0 });
    });
  });

  test('asks for the latency of each launch by its number', async () => {
    await inWorld(async ({ aws, pass }) => {
      const launches: number[] = [];
      const launchSeconds = (launch: number) => {
        launches.push(launch);
        return launch * 10;
      };
      const group = createGroup(aws, { launchSeconds });
      group.setDesiredCapacity(3);
      await pass(12);
      expect(launches).toEqual([1, 2]);
      expect(group.snapshot()).toMatchObject({ inService: 2, pending: 1 });
    });
  });

  test('without capacity, no instance appears', async () => {
    await inWorld(async ({ aws, pass }) => {
      const group = createGroup(aws, { launchSeconds: 'never' });
      group.setDesiredCapacity(2);
      await pass(100);
      expect(group.instances).toHaveLength(1);
    });
  });

  test('retries a failed launch, at a steady pace for any number of instances', async () => {
    await inWorld(async ({ aws, pass }) => {
      const launchSeconds = (launch: number) => (launch <= 8 ? ('never' as const) : 5);
      const group = createGroup(aws, { launchSeconds, launchRetrySeconds: 15 });
      group.setDesiredCapacity(5);
      await pass(30);
      expect(group.snapshot()).toMatchObject({ inService: 1, pending: 0 });
      await pass(1.1 + 5);
      expect(group.snapshot()).toMatchObject({ inService: 5, pending: 0 });
    });
  });

  test('brings no instance while Launch is suspended, and brings it after that', async () => {
    await inWorld(async ({ aws, pass }) => {
      const group = createGroup(aws, { suspendedProcesses: ['Launch'] });
      group.setDesiredCapacity(2);
      await pass(60);
      expect(group.instances).toHaveLength(1);
      group.resumeProcess('Launch');
      await pass(2);
      expect(group.snapshot().pending).toBe(1);
    });
  });

  test('launches as many weighted instances as it takes to reach the desired units', async () => {
    await inWorld(async ({ aws, pass }) => {
      const group = createGroup(aws, { instances: 2, weight: 2, maxSize: 12 });
      expect(group.snapshot().desired).toBe(4);
      group.setDesiredCapacity(7);
      await pass(2);
      expect(group.snapshot().pending).toBe(2);
    });
  });

  test('spreads instances over its zones', async () => {
    await inWorld(async ({ aws }) => {
      const group = createGroup(aws, { instances: 4 });
      const zones = group.instances.map(({ availabilityZone }) => availabilityZone);
      expect(zones).toEqual(['us-east-2a', 'us-east-2b', 'us-east-2c', 'us-east-2a']);
    });
  });

  test('does not count an instance in Standby as capacity', async () => {
    await inWorld(async ({ aws, pass }) => {
      const instances = [{ lifecycleState: 'Standby' }, {}] as const;
      const group = createGroup(aws, { instances, desiredCapacity: 2 });
      await pass(2);
      expect(group.snapshot()).toMatchObject({ inService: 1, pending: 1 });
    });
  });

  test('puts an instance that begins Pending in service', async () => {
    await inWorld(async ({ aws, pass }) => {
      const group = createGroup(aws, { instances: [{ lifecycleState: 'Pending' }], launchSeconds: 7 });
      await pass(7.1);
      expect(group.snapshot()).toMatchObject({ desired: 1, inService: 1, pending: 0 });
    });
  });

  test.each([
    ['desiredCapacity outside the limits', { desiredCapacity: 11 }, /from minSize 0 to maxSize 10, not 11/],
    ['a negative time', { detachSeconds: -1 }, /detachSeconds must be a number of at least 0, not -1/],
    ['a weight of nothing', { weight: 0 }, /weight must be an integer from 1 to 999, not 0/],
    ['an endless retry', { launchRetrySeconds: 0 }, /launchRetrySeconds must be more than 0/],
  ])('refuses a group with %s', async (_, options, message) => {
    await inWorld(async ({ aws }) => {
      expect(() => createGroup(aws, options)).toThrow(message);
    });
  });
});

describe('scale-in', () => {
  test('terminates the oldest instance that has no notice', async () => {
    await inWorld(async ({ aws, pass }) => {
      const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);
      const instances = [1, 3, 2, 4].map((hours) => ({ launchedAt: hoursAgo(hours) }));
      const group = createGroup(aws, { instances });
      aws.interrupt(idOf(group, 3));
      group.setDesiredCapacity(3);
      await pass(2);
      expect(group.instances.map((one) => one.lifecycleState)).toEqual([
        'InService',
        'Terminating',
        'InService',
        'InService',
      ]);
    });
  });

  test('skips protected instances', async () => {
    await inWorld(async ({ aws, pass }) => {
      const group = createGroup(aws, { instances: [{ protectedFromScaleIn: true }, {}] });
      group.setDesiredCapacity(0);
      await pass(60);
      expect(group.instances.map((one) => one.protectedFromScaleIn)).toEqual([true]);
    });
  });

  test('does not undershoot the desired units of a weighted group', async () => {
    await inWorld(async ({ aws, pass }) => {
      const group = createGroup(aws, { instances: 2, weight: 2 });
      group.setDesiredCapacity(3);
      await pass(60);
      expect(group.snapshot().inService).toBe(2);
    });
  });

  test('terminates none while Terminate is suspended', async () => {
    await inWorld(async ({ aws, pass }) => {
      const group = createGroup(aws, { instances: 2, suspendedProcesses: ['Terminate'] });
      group.setDesiredCapacity(1);
      await pass(60);
      expect(group.snapshot().inService).toBe(2);
    });
  });

  test('drains a target before it ends the instance', async () => {
    await inWorld(async ({ aws, pass }) => {
      const { group, targetGroup } = createServedGroup(aws, { instances: 2 });
      const id = idOf(group);
      group.setDesiredCapacity(1);
      await pass(20);
      expect(targetGroup.state(id)).toBe('draining');
      expect(group.instances).toHaveLength(2);
      await pass(12);
      expect(group.instances).toHaveLength(1);
      expect(aws.requests().failed).toBe(0);
    });
  });
});

describe('termination', () => {
  test('replaces an instance that was terminated on request', async () => {
    await inWorld(async ({ aws, pass }) => {
      const group = createGroup(aws);
      group.terminateInstance(idOf(group));
      await pass(2);
      expect(group.instances.map((one) => one.lifecycleState)).toEqual(['Terminating', 'Pending']);
    });
  });

  test('ends the instance when it leaves the group', async () => {
    await inWorld(async ({ aws, pass }) => {
      const group = createGroup(aws, { terminateSeconds: 5 });
      const id = idOf(group);
      group.terminateInstance(id);
      await pass(6);
      expect(() => aws.interrupt(id)).toThrow('it does not run any more');
    });
  });
});

describe('detaching', () => {
  test('counts as leaving at once, and is gone after a moment', async () => {
    await inWorld(async ({ aws, pass }) => {
      const group = createGroup(aws, { instances: 2, detachSeconds: 2 });
      group.detachInstances([idOf(group)], { decrement: true });
      expect(group.instances[0]?.lifecycleState).toBe('Detaching');
      expect(group.snapshot()).toMatchObject({ desired: 1, inService: 1 });
      await pass(1.9);
      expect(group.instances).toHaveLength(2);
      await pass(0.2);
      expect(group.instances).toHaveLength(1);
    });
  });

  test('with a decrement, launches no replacement', async () => {
    await inWorld(async ({ aws, pass }) => {
      const group = createGroup(aws, { instances: 2 });
      group.detachInstances([idOf(group)], { decrement: true });
      await pass(60);
      expect(group.snapshot()).toMatchObject({ desired: 1, inService: 1, pending: 0 });
    });
  });

  test('without a decrement, launches a replacement', async () => {
    await inWorld(async ({ aws, pass }) => {
      const group = createGroup(aws, { instances: 2 });
      group.detachInstances([idOf(group)], { decrement: false });
      await pass(2);
      expect(group.snapshot()).toMatchObject({ desired: 2, inService: 1, pending: 1 });
    });
  });

  test("decrements a weighted group by the instance's own weight", async () => {
    await inWorld(async ({ aws }) => {
      const group = createGroup(aws, { instances: [{ weight: 3 }, { weight: 1 }], weight: 1 });
      group.detachInstances([idOf(group)], { decrement: true });
      expect(group.desiredCapacity).toBe(1);
    });
  });

  test('detaches none where one of them cannot be', async () => {
    await inWorld(async ({ aws }) => {
      const group = createGroup(aws, { instances: [{}, { lifecycleState: 'Pending' }] });
      const ids = group.instances.map(({ id }) => id);
      expect(() => group.detachInstances(ids, { decrement: true })).toThrow(
        `The instance ${ids[1]} is not in InService`,
      );
      expect(group.snapshot()).toMatchObject({ desired: 2, inService: 1 });
    });
  });

  test('detaches an instance in Standby', async () => {
    await inWorld(async ({ aws, pass }) => {
      const group = createGroup(aws, { instances: [{ lifecycleState: 'Standby' }, {}] });
      group.detachInstances([idOf(group)], { decrement: false });
      await pass(3);
      expect(group.instances).toHaveLength(1);
    });
  });

  test('leaves the instance running', async () => {
    await inWorld(async ({ aws, pass }) => {
      const { group } = createServedGroup(aws, { instances: 2 });
      await pass(5);
      group.detachInstances([idOf(group)], { decrement: true });
      await pass(40);
      expect(aws.requests().failed).toBe(0);
    });
  });
});

describe('Spot interruption', () => {
  test('announces the notice in the shape of the sample event', async () => {
    await inWorld(async ({ aws }) => {
      const group = createGroup(aws, { instances: [{ id: 'i-1234567890abcdef0' }] });
      expect(aws.interrupt(idOf(group), { action: 'stop' })).toEqual({
        version: '0',
        id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/),
        'detail-type': 'EC2 Spot Instance Interruption Warning',
        source: 'aws.ec2',
        account: '123456789012',
        time: '2026-03-01T12:00:00Z',
        region: 'us-east-2',
        resources: ['arn:aws:ec2:us-east-2:123456789012:instance/i-1234567890abcdef0'],
        detail: { 'instance-id': 'i-1234567890abcdef0', 'instance-action': 'stop' },
      });
    });
  });

  test('of a Capacity Reservation says when, and its group does not react to it by itself', async () => {
    await inWorld(async ({ aws, pass }) => {
      const rebalancing = { instances: 1, maxSize: 3, capacityRebalance: 'terminate-at-notice' } as const;
      const group = createGroup(aws, rebalancing);
      const event = aws.interruptReservation(idOf(group), { reclaimSeconds: 150 });
      expect(event).toMatchObject({
        'detail-type': 'EC2 Capacity Reservation Instance Interruption Warning',
        time: '2026-03-01T12:00:00Z',
        detail: { 'instance-id': idOf(group), 'instance-termination-time': '2026-03-01T12:02:30Z' },
      });
      await pass(149);
      expect(group.snapshot()).toMatchObject({ inService: 1, interrupted: 1 });
      await pass(2);
      expect(group.instances.some(({ id }) => id === idOf(group))).toBe(true);
    });
  });

  test('keeps an interrupted instance serving until the reclaim', async () => {
    await inWorld(async ({ aws, pass }) => {
      const { group } = createServedGroup(aws, { instances: 2 });
      aws.interrupt(idOf(group));
      await pass(119.9);
      expect(group.snapshot()).toMatchObject({ interrupted: 1, inService: 2, serving: 2 });
      await pass(0.2);
      expect(group.snapshot()).toMatchObject({ interrupted: 0, inService: 2, serving: 1 });
    });
  });

  test('gives a notice at the time asked for', async () => {
    await inWorld(async ({ aws, pass }) => {
      const group = createGroup(aws);
      aws.interrupt(idOf(group), { at: new Date(Date.now() + 10_000), reclaimSeconds: 60 });
      await pass(9.9);
      expect(group.snapshot().interrupted).toBe(0);
      await pass(0.2);
      expect(group.snapshot().interrupted).toBe(1);
      await pass(60);
      expect(group.snapshot().serving).toBe(0);
    });
  });

  test('takes a detached instance all the same', async () => {
    await inWorld(async ({ aws, pass }) => {
      const reclaimed: string[] = [];
      aws.onChange((change) => change.kind === 'reclaimed' && reclaimed.push(change.instanceId));
      const group = createGroup(aws);
      const id = idOf(group);
      aws.interrupt(id);
      group.detachInstances([id], { decrement: false });
      await pass(121);
      expect(reclaimed).toEqual([id]);
    });
  });

  test('gives notice to an instance in no group', async () => {
    await inWorld(async ({ aws }) => {
      const id = aws.createInstance();
      expect(aws.interrupt(id).detail['instance-id']).toBe(id);
    });
  });

  test.each([
    ['an unknown instance', () => {}, /there is no such instance/],
    ['an instance that has its notice', (again: () => void) => again(), /twice: for a duplicate notice, put its event/],
  ])('refuses to interrupt %s', async (_, before, message) => {
    await inWorld(async ({ aws }) => {
      const id = 'i-1234567890abcdef0';
      before(() => {
        aws.createInstance(id);
        aws.interrupt(id);
      });
      expect(() => aws.interrupt(id)).toThrow(message);
    });
  });

  test('replaces a reclaimed instance once its health check has failed', async () => {
    await inWorld(async ({ aws, pass }) => {
      const group = createGroup(aws, { unhealthyDetectionSeconds: 30 });
      const id = idOf(group);
      aws.interrupt(id);
      await pass(149.9);
      expect(group.instances[0]?.healthStatus).toBe('Healthy');
      await pass(0.2);
      expect(group.instances[0]?.healthStatus).toBe('Unhealthy');
      await pass(1.1);
      expect(group.instances.map((one) => one.lifecycleState)).toEqual(['Terminating', 'Pending']);
      await pass(50);
      expect(group.instances.map((one) => one.lifecycleState)).toEqual(['InService']);
      expect(idOf(group)).not.toBe(id);
    });
  });

  test.each(['HealthCheck', 'ReplaceUnhealthy'])(
    'keeps a reclaimed instance while %s is suspended',
    async (process) => {
      await inWorld(async ({ aws, pass }) => {
        const group = createGroup(aws, { suspendedProcesses: [process] });
        aws.interrupt(idOf(group));
        await pass(200);
        expect(group.instances.map((one) => one.lifecycleState)).toEqual(['InService']);
        group.resumeProcess(process);
        await pass(3);
        expect(group.instances.map((one) => one.lifecycleState)).toEqual(['Terminating', 'Pending']);
      });
    },
  );

  test('never puts a replacement in service that EC2 took while it was Pending', async () => {
    await inWorld(async ({ aws, pass }) => {
      const group = createGroup(aws, { instances: 0, desiredCapacity: 1, launchSeconds: 130 });
      await pass(2);
      aws.interrupt(idOf(group));
      await pass(140);
      expect(group.instances.map((one) => one.lifecycleState)).toEqual(['Pending']);
      await pass(180);
      expect(group.snapshot()).toMatchObject({ inService: 1, serving: 1 });
    });
  });
});

describe('timeline', () => {
  test('does not count an Unhealthy instance as serving', async () => {
    await inWorld(async ({ aws }) => {
      const group = createGroup(aws, { instances: [{ healthStatus: 'Unhealthy' }, {}] });
      expect(group.snapshot()).toMatchObject({ inService: 2, serving: 1 });
    });
  });

  test('keeps the extremes since the mark', async () => {
    await inWorld(async ({ aws, pass }) => {
      const group = createGroup(aws, { instances: 3 });
      group.setDesiredCapacity(5);
      await pass(50);
      group.detachInstances([idOf(group, 0), idOf(group, 1)], { decrement: true });
      expect(group.statistics).toEqual({ minInService: 3, minServing: 3, peakDesired: 5 });
      aws.mark();
      expect(group.statistics).toEqual({ minInService: 3, minServing: 3, peakDesired: 3 });
    });
  });

  test('counts a moment with nobody serving', async () => {
    await inWorld(async ({ aws, pass }) => {
      const { group } = createServedGroup(aws);
      group.detachInstances([idOf(group)], { decrement: false });
      await pass(120);
      expect(group.snapshot().serving).toBe(1);
      expect(group.statistics).toMatchObject({ minInService: 0, minServing: 0 });
    });
  });

  test('tells of each change once everything that changes with it has', async () => {
    await inWorld(async ({ aws }) => {
      const { group } = createServedGroup(aws, { instances: 2 });
      const seen: { kind: Change['kind']; desired: number; inService: number }[] = [];
      aws.onChange(({ kind }) => {
        const { desired, inService } = group.snapshot();
        seen.push({ kind, desired, inService });
      });
      group.detachInstances([idOf(group)], { decrement: true });
      expect(seen).toEqual(
        ['lifecycle', 'target', 'desired capacity'].map((kind) => ({ kind, desired: 1, inService: 1 })),
      );
    });
  });

  test('stops telling a listener that has unsubscribed', async () => {
    await inWorld(async ({ aws }) => {
      const seen: Change[] = [];
      const unsubscribe = aws.onChange((change) => seen.push(change));
      unsubscribe();
      createGroup(aws);
      expect(seen).toEqual([]);
    });
  });

  test.each([
    ['already set', (aws: SimulatedAws, raise: () => void) => [raise(), aws.stop()]],
    ['set later', (aws: SimulatedAws, raise: () => void) => [aws.stop(), raise()]],
  ])('once stopped, does nothing by itself about a capacity that was %s', async (_, act) => {
    await inWorld(async ({ aws, pass }) => {
      const group = createGroup(aws);
      await pass(10);
      act(aws, () => group.setDesiredCapacity(2));
      await pass(100);
      expect(group.instances).toHaveLength(1);
    });
  });
});
