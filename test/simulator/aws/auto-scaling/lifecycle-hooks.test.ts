import {
  CompleteLifecycleActionCommand,
  DescribeLifecycleHooksCommand,
  DescribeScalingActivitiesCommand,
} from '@aws-sdk/client-auto-scaling';
import { describe, expect, test } from 'vitest';
import type { AutoScalingGroup, LifecycleHookOptions, SimulatedAws } from '../../../../simulator/aws/index.ts';
import { createGroup, createServedGroup, idOf, inWorld } from '../world.ts';

const launching: LifecycleHookOptions = { name: 'prepare', transition: 'launching', heartbeatTimeoutSeconds: 60 };
const terminating: LifecycleHookOptions = { name: 'clean-up', transition: 'terminating', heartbeatTimeoutSeconds: 60 };

const states = (group: AutoScalingGroup) => group.instances.map(({ lifecycleState }) => lifecycleState);

/** A group that launches its second instance in 10 s, and waits for the hook then. */
async function launchingWith(aws: SimulatedAws, pass: (seconds: number) => Promise<void>, hook: LifecycleHookOptions) {
  const group = createGroup(aws, { launchSeconds: 10, lifecycleHooks: [hook] });
  group.setDesiredCapacity(2);
  await pass(11.1);
  return group;
}

describe('a launching hook', () => {
  test('holds an instance in Pending:Wait', async () => {
    await inWorld(async ({ aws, pass }) => {
      const group = await launchingWith(aws, pass, launching);
      await pass(59);
      expect(group.snapshot()).toMatchObject({ inService: 1, pending: 1 });
      expect(states(group)).toEqual(['InService', 'Pending:Wait']);
    });
  });

  test('that is completed lets it proceed, and then be InService', async () => {
    await inWorld(async ({ aws, pass }) => {
      const group = await launchingWith(aws, pass, { ...launching, completedAfterSeconds: 20 });
      await pass(20);
      expect(states(group)).toEqual(['InService', 'Pending:Proceed']);
      await pass(1);
      expect(states(group)).toEqual(['InService', 'InService']);
    });
  });

  test('that times out lets it proceed where its default result is CONTINUE', async () => {
    await inWorld(async ({ aws, pass }) => {
      const group = await launchingWith(aws, pass, { ...launching, defaultResult: 'CONTINUE' });
      await pass(61);
      expect(states(group)).toEqual(['InService', 'InService']);
    });
  });

  test('that is abandoned has the instance terminated, and another one launched', async () => {
    await inWorld(async ({ aws, pass }) => {
      const group = await launchingWith(aws, pass, {
        ...launching,
        completedAfterSeconds: 5,
        completedWith: 'ABANDON',
      });
      await pass(7);
      expect(states(group)).toEqual(['InService', 'Terminating', 'Pending']);
    });
  });

  test('that times out with ABANDON cancels the scaling activity, and says why', async () => {
    await inWorld(async ({ aws, autoScaling, answered, pass }) => {
      const group = await launchingWith(aws, pass, launching);
      await pass(60);
      const { Activities } = await answered(() =>
        autoScaling.send(new DescribeScalingActivitiesCommand({ AutoScalingGroupName: group.name })),
      );
      expect(Activities?.find(({ StatusCode }) => StatusCode === 'Cancelled')?.StatusMessage).toMatch(
        /^Instance failed to complete user's Lifecycle Action: Lifecycle Action with token [-0-9a-f]{36} was abandoned: Heartbeat Timeout$/,
      );
    });
  });

  test('has the instance wait for every other launching hook', async () => {
    await inWorld(async ({ aws, pass }) => {
      const hooks = [5, 15].map((seconds) => ({ ...launching, name: `${seconds}`, completedAfterSeconds: seconds }));
      const group = createGroup(aws, { launchSeconds: 10, lifecycleHooks: hooks });
      group.setDesiredCapacity(2);
      await pass(11 + 14);
      expect(states(group)).toEqual(['InService', 'Pending:Wait']);
      await pass(2.1);
      expect(states(group)).toEqual(['InService', 'InService']);
    });
  });

  test('does not hold an instance that is terminated meanwhile', async () => {
    await inWorld(async ({ aws, pass }) => {
      const group = await launchingWith(aws, pass, { ...launching, completedAfterSeconds: 3 });
      group.terminateInstance(idOf(group, 1));
      await pass(4);
      expect(states(group)).toEqual(['InService', 'Terminating', 'Pending']);
    });
  });
});

describe('a terminating hook', () => {
  test('begins to wait once the load balancer has deregistered the instance', async () => {
    await inWorld(async ({ aws, pass }) => {
      const { group, targetGroup } = createServedGroup(aws, { instances: 2, lifecycleHooks: [terminating] });
      const id = idOf(group);
      group.terminateInstance(id);
      await pass(29.9);
      expect([states(group)[0], targetGroup.state(id)]).toEqual(['Terminating', 'draining']);
      await pass(0.2);
      expect([states(group)[0], targetGroup.state(id)]).toEqual(['Terminating:Wait', 'unused']);
    });
  });

  test.each(['CONTINUE', 'ABANDON'] as const)('lets the termination proceed with %s', async (completedWith) => {
    await inWorld(async ({ aws, pass }) => {
      const hook = { ...terminating, completedAfterSeconds: 10, completedWith };
      const group = createGroup(aws, { instances: 1, lifecycleHooks: [hook], terminateSeconds: 5 });
      group.terminateInstance(idOf(group));
      await pass(10.1);
      expect(states(group)).toEqual(['Terminating:Proceed', 'Pending']);
      await pass(5);
      expect(states(group)).toEqual(['Pending']);
    });
  });

  test('does not hold up the replacement', async () => {
    await inWorld(async ({ aws, pass }) => {
      const group = createGroup(aws, { lifecycleHooks: [terminating], launchSeconds: 10 });
      group.terminateInstance(idOf(group));
      await pass(12);
      expect(states(group)).toEqual(['Terminating:Wait', 'InService']);
    });
  });

  test('is not run by detaching', async () => {
    await inWorld(async ({ aws, pass }) => {
      const group = createGroup(aws, { instances: 2, lifecycleHooks: [terminating] });
      const seen = new Set<string | undefined>();
      aws.onChange((change) => change.kind === 'lifecycle' && seen.add(change.to));
      group.detachInstances([idOf(group)], { decrement: true });
      await pass(10);
      expect([...seen]).toEqual(['Detaching', undefined]);
    });
  });
});

describe('CompleteLifecycleAction', () => {
  const complete = (InstanceId: string, LifecycleActionResult: string) =>
    new CompleteLifecycleActionCommand({
      AutoScalingGroupName: 'web',
      LifecycleHookName: 'prepare',
      InstanceId,
      LifecycleActionResult,
    });

  test('ends the wait of an instance', async () => {
    await inWorld(async ({ aws, autoScaling, answered, pass }) => {
      const group = await launchingWith(aws, pass, launching);
      await answered(() => autoScaling.send(complete(idOf(group, 1), 'CONTINUE')));
      expect(states(group)).toEqual(['InService', 'Pending:Proceed']);
    });
  });

  test('refuses an instance that does not wait', async () => {
    await inWorld(async ({ aws, autoScaling, refused, pass }) => {
      const group = await launchingWith(aws, pass, launching);
      expect(await refused(() => autoScaling.send(complete(idOf(group), 'CONTINUE')))).toMatchObject({
        name: 'ValidationError',
        message: `No active Lifecycle Action found with instance ID ${idOf(group)}`,
      });
    });
  });

  test('refuses a result that there is not', async () => {
    await inWorld(async ({ aws, autoScaling, refused, pass }) => {
      const group = await launchingWith(aws, pass, launching);
      const error = await refused(() => autoScaling.send(complete(idOf(group, 1), 'MAYBE')));
      expect(error.message).toBe('LifecycleActionResult must be CONTINUE or ABANDON, not MAYBE.');
    });
  });
});

test('DescribeLifecycleHooks describes the hooks of a group', async () => {
  await inWorld(async ({ aws, autoScaling, answered }) => {
    createGroup(aws, { lifecycleHooks: [launching, { name: 'clean-up', transition: 'terminating' }] });
    const command = new DescribeLifecycleHooksCommand({
      AutoScalingGroupName: 'web',
      LifecycleHookNames: ['clean-up'],
    });
    const { LifecycleHooks } = await answered(() => autoScaling.send(command));
    expect(LifecycleHooks).toEqual([
      {
        LifecycleHookName: 'clean-up',
        AutoScalingGroupName: 'web',
        LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
        HeartbeatTimeout: 3600,
        GlobalTimeout: 172_800,
        DefaultResult: 'ABANDON',
      },
    ]);
  });
});

test('refuses two hooks of one name', async () => {
  await inWorld(async ({ aws }) => {
    expect(() => createGroup(aws, { lifecycleHooks: [launching, launching] })).toThrow(/hook prepare exists twice/);
  });
});
