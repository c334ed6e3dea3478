import { describe, expect, test } from 'vitest';
import { createGroup, createServedGroup, idOf, inWorld, startAt } from '../world.ts';

describe('target states', () => {
  test('begins a new target as initial when its instance is InService, and makes it healthy after its checks', async () => {
    await inWorld(async ({ aws, pass }) => {
      const { group, targetGroup } = createServedGroup(aws, { launchSeconds: 40 });
      group.setDesiredCapacity(2);
      await pass(40.9);
      const id = idOf(group, 1);
      expect(targetGroup.state(id)).toBe('unused');
      await pass(0.2);
      expect(targetGroup.state(id)).toBe('initial');
      expect(group.snapshot()).toMatchObject({ inService: 2, serving: 1 });
      await pass(20);
      expect(targetGroup.state(id)).toBe('healthy');
      expect(group.snapshot().serving).toBe(2);
    });
  });

  test('drains a detached target for the deregistration delay', async () => {
    await inWorld(async ({ aws, pass }) => {
      const { group, targetGroup } = createServedGroup(aws, { instances: 2 });
      const id = idOf(group);
      group.detachInstances([id], { decrement: true });
      expect(targetGroup.state(id)).toBe('draining');
      await pass(29.9);
      expect(targetGroup.state(id)).toBe('draining');
      await pass(0.2);
      expect(targetGroup.state(id)).toBe('unused');
    });
  });

  test('checks a draining target anew that is registered again, for as long as that takes', async () => {
    await inWorld(async ({ aws, pass }) => {
      const { group, targetGroup } = createServedGroup(aws, { instances: 2 });
      const id = idOf(group);
      group.detachInstances([id], { decrement: true });
      await pass(15);
      targetGroup.registerAgain(id);
      expect(targetGroup.state(id)).toBe('initial');
      expect(targetGroup.targets().get(id)?.started).toBe(true);
      await pass(16);
      expect(targetGroup.state(id)).toBe('initial');
      await pass(4.1);
      expect(targetGroup.state(id)).toBe('healthy');
      expect(group.servingDetachedInstances.map((instance) => instance.id)).toEqual([id]);
      expect(group.snapshot().serving).toBe(2);
    });
  });

  test('finds a reclaimed target unhealthy after failed checks', async () => {
    await inWorld(async ({ aws, pass }) => {
      const { group, targetGroup } = createServedGroup(aws);
      const id = idOf(group);
      aws.interrupt(id);
      await pass(129.9);
      expect(targetGroup.state(id)).toBe('healthy');
      await pass(0.2);
      expect(targetGroup.state(id)).toBe('unhealthy');
    });
  });

  test('keeps a reclaimed target draining once it was detached', async () => {
    await inWorld(async ({ aws, pass }) => {
      const { group, targetGroup } = createServedGroup(aws);
      const id = idOf(group);
      aws.interrupt(id);
      await pass(121);
      group.detachInstances([id], { decrement: false });
      await pass(15);
      expect(targetGroup.state(id)).toBe('draining');
    });
  });

  test('never makes a target healthy that was reclaimed while it was initial', async () => {
    await inWorld(async ({ aws, pass }) => {
      const targetGroup = aws.createTargetGroup({ name: 'web', healthCheckSeconds: 20, unhealthyAfterSeconds: 60 });
      const group = createGroup(aws, { targetGroups: [targetGroup], launchSeconds: 5 });
      group.setDesiredCapacity(2);
      await pass(5);
      const id = idOf(group, 1);
      aws.interrupt(id, { reclaimSeconds: 10 });
      await pass(25);
      expect(targetGroup.state(id)).toBe('unhealthy');
    });
  });

  test('serves only where every target group has a healthy target', async () => {
    await inWorld(async ({ aws, pass }) => {
      const fast = aws.createTargetGroup({ name: 'fast', healthCheckSeconds: 1 });
      const slow = aws.createTargetGroup({ name: 'slow', healthCheckSeconds: 50 });
      const group = createGroup(aws, { targetGroups: [fast, slow], launchSeconds: 10 });
      group.setDesiredCapacity(2);
      await pass(40);
      expect(fast.state(idOf(group, 1))).toBe('healthy');
      expect(group.snapshot().serving).toBe(1);
    });
  });

  test('registers no target while AddToLoadBalancer is suspended', async () => {
    await inWorld(async ({ aws, pass }) => {
      const { group, targetGroup } = createServedGroup(aws, { launchSeconds: 5 });
      group.suspendProcess('AddToLoadBalancer');
      group.setDesiredCapacity(2);
      await pass(10);
      expect(targetGroup.state(idOf(group, 1))).toBe('unused');
    });
  });

  test('refuses an application that starts after its health checks have passed', async () => {
    await inWorld(async ({ aws }) => {
      expect(() => aws.createTargetGroup({ name: 'web', applicationStartSeconds: 30 })).toThrow(
        'applicationStartSeconds 30 must be at most healthCheckSeconds 20',
      );
    });
  });

  test('refuses a rate that is no number of requests', async () => {
    await inWorld(async ({ aws }) => {
      expect(() => aws.createTargetGroup({ name: 'web', requestsPerSecond: Number.NaN })).toThrow(
        'requestsPerSecond must be a number of at least 0, not NaN',
      );
    });
  });
});

describe('request traffic', () => {
  test('sends requests at a steady rate', async () => {
    await inWorld(async ({ aws, pass }) => {
      createServedGroup(aws);
      await pass(9.95);
      expect(aws.requests()).toEqual({ sent: 100, failed: 0, beyondCapacity: 0 });
    });
  });

  test('fails no request while a drained instance is replaced in time', async () => {
    await inWorld(async ({ aws, pass }) => {
      const { group } = createServedGroup(aws);
      const id = idOf(group);
      aws.interrupt(id);
      group.setDesiredCapacity(2);
      await pass(70);
      group.detachInstances([id], { decrement: true });
      await pass(100);
      expect(aws.requests().failed).toBe(0);
    });
  });

  test('fails what is in flight, and what is sent, when a healthy target is reclaimed', async () => {
    await inWorld(async ({ aws, pass }) => {
      const targetGroup = aws.createTargetGroup({ name: 'web', requestsPerSecond: 10, requestSeconds: 2 });
      const group = createGroup(aws, { instances: 2, targetGroups: [targetGroup] });
      aws.interrupt(idOf(group), { reclaimSeconds: 20.05 });
      await pass(20.04);
      expect(aws.requests().failed).toBe(0);
      await pass(0.02);
      // Half of the 20 requests of the last two seconds.
      expect(aws.requests().failed).toBe(10);
      await pass(60);
      // And half of those sent until the target is found unhealthy 10 s later.
      expect(aws.requests().failed).toBe(10 + 50);
    });
  });

  test('lets requests in flight on a draining target finish', async () => {
    await inWorld(async ({ aws, pass }) => {
      const targetGroup = aws.createTargetGroup({ name: 'web', requestSeconds: 5 });
      const group = createGroup(aws, { instances: 2, targetGroups: [targetGroup] });
      aws.interrupt(idOf(group), { reclaimSeconds: 16 });
      await pass(10);
      group.detachInstances([idOf(group)], { decrement: true });
      await pass(30);
      expect(aws.requests().failed).toBe(0);
    });
  });

  test('fails every request while no target is registered', async () => {
    await inWorld(async ({ aws, pass }) => {
      const { group } = createServedGroup(aws);
      await pass(0.05);
      group.detachInstances([idOf(group)], { decrement: true });
      aws.mark();
      await pass(10);
      expect(aws.requests()).toEqual({ sent: 100, failed: 100, beyondCapacity: 0 });
    });
  });

  test('without a healthy target, fails open to targets whose application has not started', async () => {
    await inWorld(async ({ aws, pass }) => {
      const { group, targetGroup } = createServedGroup(aws, { launchSeconds: 5 });
      group.detachInstances([idOf(group)], { decrement: false });
      await pass(7);
      expect(targetGroup.state(idOf(group))).toBe('initial');
      aws.mark();
      await pass(10);
      expect(aws.requests()).toEqual({ sent: 100, failed: 100, beyondCapacity: 0 });
    });
  });

  test('without a healthy target, an initial one whose application has started serves', async () => {
    await inWorld(async ({ aws, pass }) => {
      const targetGroup = aws.createTargetGroup({ name: 'web', applicationStartSeconds: 8, healthCheckSeconds: 20 });
      const group = createGroup(aws, { targetGroups: [targetGroup], launchSeconds: 5 });
      group.detachInstances([idOf(group)], { decrement: false });
      await pass(6 + 7.95);
      aws.mark();
      await pass(10);
      expect(targetGroup.state(idOf(group))).toBe('initial');
      expect(aws.requests()).toEqual({ sent: 100, failed: 1, beyondCapacity: 0 });
    });
  });

  test('does not route to an initial target while another is healthy', async () => {
    await inWorld(async ({ aws, pass }) => {
      const { group } = createServedGroup(aws, { launchSeconds: 5 });
      group.setDesiredCapacity(2);
      await pass(15);
      expect(group.snapshot()).toMatchObject({ inService: 2, serving: 1 });
      expect(aws.requests().failed).toBe(0);
    });
  });

  test('tells sent and failed requests second by second', async () => {
    await inWorld(async ({ aws, pass }) => {
      const { group, targetGroup } = createServedGroup(aws);
      await pass(1.95);
      group.detachInstances([idOf(group)], { decrement: true });
      await pass(1);
      expect(targetGroup.requestHistory()).toEqual([
        { at: startAt, sent: 10, failed: 0, beyondCapacity: 0 },
        { at: new Date(startAt.getTime() + 1000), sent: 10, failed: 0, beyondCapacity: 0 },
        { at: new Date(startAt.getTime() + 2000), sent: 10, failed: 10, beyondCapacity: 0 },
      ]);
    });
  });

  test('counts what is beyond what its instances can answer, apart from what fails', async () => {
    await inWorld(async ({ aws, pass }) => {
      const targetGroup = aws.createTargetGroup({ name: 'web', requestsPerSecond: 12, requestsPerInstanceSecond: 10 });
      createGroup(aws, { instances: 1, targetGroups: [targetGroup] });
      await pass(9.99);
      expect(aws.requests()).toEqual({ sent: 120, failed: 0, beyondCapacity: 20 });
    });
  });

  test('a new instance answers a share of its rate while it warms up', async () => {
    await inWorld(async ({ aws, pass }) => {
      const targetGroup = aws.createTargetGroup({
        name: 'web',
        requestsPerSecond: 10,
        requestsPerInstanceSecond: 10,
        warmupSeconds: 5,
        warmupShare: 0.6,
      });
      createGroup(aws, { instances: 0, desiredCapacity: 1, launchSeconds: 0, targetGroups: [targetGroup] });
      // The group reacts after 1 s; the target is healthy 20 s later.
      await pass(30.99);
      const beyond = targetGroup.requestHistory().map(({ beyondCapacity }) => beyondCapacity);
      // Traffic began with the registration, 20 s before; the first request of second 20 came just before the last check.
      expect(beyond.slice(19, 27)).toEqual([0, 3, 4, 4, 4, 4, 0, 0]);
    });
  });

  test('an instance that was there before is warm', async () => {
    await inWorld(async ({ aws, pass }) => {
      const rates = { requestsPerSecond: 10, requestsPerInstanceSecond: 10 };
      const targetGroup = aws.createTargetGroup({ name: 'web', ...rates, warmupSeconds: 60 });
      createGroup(aws, { instances: 1, targetGroups: [targetGroup] });
      await pass(9.99);
      expect(aws.requests()).toEqual({ sent: 100, failed: 0, beyondCapacity: 0 });
    });
  });

  test('refuses a share of more than all', async () => {
    await inWorld(async ({ aws }) => {
      expect(() => aws.createTargetGroup({ name: 'web', warmupShare: 1.5 })).toThrow(
        'Target group web: warmupShare must be a share from 0 to 1, not 1.5.',
      );
    });
  });

  test('sends none at a rate of 0', async () => {
    await inWorld(async ({ aws, pass }) => {
      const targetGroup = aws.createTargetGroup({ name: 'web', requestsPerSecond: 0 });
      createGroup(aws, { targetGroups: [targetGroup] });
      await pass(10);
      expect(aws.requests()).toEqual({ sent: 0, failed: 0, beyondCapacity: 0 });
    });
  });
});
