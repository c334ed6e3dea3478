import {
  DescribeAutoScalingGroupsCommand,
  DescribeAutoScalingInstancesCommand,
  DescribeScalingActivitiesCommand,
  SetDesiredCapacityCommand,
} from '@aws-sdk/client-auto-scaling';
import { DescribeTargetHealthCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from 'vitest';
import type { ApiCall, Fault } from '../../../../simulator/aws/index.ts';
import { createGroup, createServedGroup, idOf, inWorld, startAt } from '../world.ts';

const raise = new SetDesiredCapacityCommand({ AutoScalingGroupName: 'web', DesiredCapacity: 2 });
const describeGroups = new DescribeAutoScalingGroupsCommand({});
const secondsPassed = () => (Date.now() - startAt.getTime()) / 1000;

test('a call takes 50 ms by default, and its effect is there halfway', async () => {
  await inWorld(async ({ aws, autoScaling, answered }) => {
    const group = createGroup(aws);
    const effectsAt: number[] = [];
    aws.onChange(() => effectsAt.push(secondsPassed()));
    await answered(() => autoScaling.send(raise));
    expect(group.desiredCapacity).toBe(2);
    expect(effectsAt).toEqual([0.025]);
    expect(secondsPassed()).toBe(0.05);
  });
});

test('a call takes as long as the intercept says', async () => {
  await inWorld(async ({ aws, autoScaling, answered }) => {
    aws.setIntercept(() => ({ kind: 'slow', latencyMs: 1500 }));
    await answered(() => autoScaling.send(describeGroups));
    expect(secondsPassed()).toBe(1.5);
  });
});

test('the intercept sees service, action and parameters of each call', async () => {
  const calls: ApiCall[] = [];
  const intercept = (call: ApiCall) => {
    calls.push(call);
    return undefined;
  };
  await inWorld(
    async ({ aws, autoScaling, loadBalancing, answered }) => {
      const { targetGroup } = createServedGroup(aws);
      await answered(() => autoScaling.send(raise));
      await answered(() => loadBalancing.send(new DescribeTargetHealthCommand({ TargetGroupArn: targetGroup.arn })));
      expect(calls).toMatchObject([
        { service: 'autoscaling', action: 'SetDesiredCapacity', parameters: { DesiredCapacity: '2' } },
        {
          service: 'elasticloadbalancing',
          action: 'DescribeTargetHealth',
          parameters: { TargetGroupArn: targetGroup.arn },
        },
      ]);
    },
    { intercept },
  );
});

test.each([
  [{ kind: 'throttle' }, 400, /^Throttling$/, 'Rate exceeded'],
  [{ kind: 'contention' }, 500, /^ResourceContention/, 'You already have a pending update to an Amazon EC2 Auto'],
  [{ kind: 'internal' }, 500, /^InternalFailure$/, 'We encountered an internal error. Please try again.'],
] as const satisfies readonly (readonly [Fault, number, RegExp, string])[])(
  '%o refuses a call without an effect',
  async (fault, httpStatusCode, name, message) => {
    await inWorld(async ({ aws, autoScaling, refused }) => {
      const group = createGroup(aws);
      aws.setIntercept(() => fault);
      const error = await refused(() => autoScaling.send(raise));
      expect(error.name).toMatch(name);
      expect(error.message).toContain(message);
      expect(error).toMatchObject({ $metadata: { httpStatusCode } });
      expect(group.desiredCapacity).toBe(1);
    });
  },
);

test.each([
  ['timeout-before', 1],
  ['timeout-after', 2],
] as const)('%s ends the connection without an answer, leaving desired capacity at %i', async (kind, desired) => {
  await inWorld(async ({ aws, autoScaling, refused }) => {
    const group = createGroup(aws);
    aws.setIntercept(() => ({ kind, seconds: 3 }));
    expect((await refused(() => autoScaling.send(raise))).name).toBe('TimeoutError');
    expect(secondsPassed()).toBe(3);
    expect(group.desiredCapacity).toBe(desired);
  });
});

test('a stale read shows the group, its instances and activities as they were', async () => {
  await inWorld(async ({ aws, autoScaling, answered, pass }) => {
    const group = createGroup(aws, { instances: 2 });
    const InstanceIds = [idOf(group)];
    await pass(10);
    group.setDesiredCapacity(3);
    group.detachInstances([idOf(group)], { decrement: true });
    aws.setIntercept(() => ({ kind: 'stale', seconds: 3 }));
    const groups = await answered(() => autoScaling.send(describeGroups));
    const instances = await answered(() => autoScaling.send(new DescribeAutoScalingInstancesCommand({ InstanceIds })));
    const activities = await answered(() => autoScaling.send(new DescribeScalingActivitiesCommand({})));
    expect(groups.AutoScalingGroups?.[0]).toMatchObject({ DesiredCapacity: 2 });
    expect(instances.AutoScalingInstances?.[0]?.LifecycleState).toBe('InService');
    expect(activities.Activities).toEqual([]);
    await pass(3);
    const later = await answered(() => autoScaling.send(new DescribeAutoScalingInstancesCommand({ InstanceIds })));
    expect(later.AutoScalingInstances?.[0]?.LifecycleState).toBe('Detaching');
  });
});

test('a stale read shows target health as it was', async () => {
  await inWorld(async ({ aws, loadBalancing, answered, pass }) => {
    const { group, targetGroup } = createServedGroup(aws, { instances: 2 });
    await pass(10);
    group.detachInstances([idOf(group)], { decrement: true });
    aws.setIntercept(() => ({ kind: 'stale', seconds: 3 }));
    const command = new DescribeTargetHealthCommand({ TargetGroupArn: targetGroup.arn });
    const { TargetHealthDescriptions } = await answered(() => loadBalancing.send(command));
    expect(TargetHealthDescriptions?.map(({ TargetHealth }) => TargetHealth?.State)).toEqual(['healthy', 'healthy']);
  });
});

test('a stale read many changes later still finds what was', async () => {
  await inWorld(async ({ aws, autoScaling, answered, pass }) => {
    const group = createGroup(aws, { launchSeconds: 'never' });
    for (const desired of [2, 3, 4, 5, 6]) {
      group.setDesiredCapacity(desired);
      await pass(1);
    }
    aws.setIntercept(() => ({ kind: 'stale', seconds: 3.5, latencyMs: 0 }));
    const { AutoScalingGroups } = await answered(() => autoScaling.send(describeGroups));
    expect(AutoScalingGroups?.[0]?.DesiredCapacity).toBe(3);
  });
});

test('refuses to look back further than is kept', async () => {
  await inWorld(async ({ aws, autoScaling, refused }) => {
    aws.setIntercept(() => ({ kind: 'stale', seconds: 11 }));
    expect((await refused(() => autoScaling.send(describeGroups))).message).toContain(
      'stale by at most 10 s, not 11 s',
    );
  });
});

test('counts calls by action, failed ones included', async () => {
  await inWorld(async ({ aws, autoScaling, answered, refused }) => {
    createGroup(aws);
    await answered(() => autoScaling.send(describeGroups));
    await answered(() => autoScaling.send(raise));
    aws.setIntercept(() => ({ kind: 'throttle' }));
    await refused(() => autoScaling.send(describeGroups));
    expect(aws.apiCalls).toEqual({ DescribeAutoScalingGroups: 2, SetDesiredCapacity: 1 });
  });
});

test('an aborted call has no effect', async () => {
  await inWorld(async ({ aws, autoScaling, refused }) => {
    const group = createGroup(aws);
    const abort = new AbortController();
    abort.abort();
    expect((await refused(() => autoScaling.send(raise, { abortSignal: abort.signal }))).name).toBe('AbortError');
    expect(group.desiredCapacity).toBe(1);
  });
});

test('a call aborted on its way takes effect, but is not answered', async () => {
  await inWorld(async ({ aws, autoScaling, refused }) => {
    const group = createGroup(aws);
    const abort = new AbortController();
    aws.onChange(() => abort.abort());
    expect((await refused(() => autoScaling.send(raise, { abortSignal: abort.signal }))).name).toBe('AbortError');
    expect(group.desiredCapacity).toBe(2);
  });
});
