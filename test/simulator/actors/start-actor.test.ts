import { DescribeScalingActivitiesCommand } from '@aws-sdk/client-auto-scaling';
import { describe, expect, test } from 'vitest';
import { type ActorPlan, startActor } from '../../../simulator/actors/index.ts';
import type { Change, SimulatedAws } from '../../../simulator/aws/index.ts';
import { createGroup, inWorld } from '../aws/world.ts';
import { desiredChanges } from './sizes.ts';

const noLoad = [{ fromSeconds: 0, share: 0 }];

describe('what actors do', () => {
  test.each([
    ['target-tracking', { kind: 'target-tracking', load: noLoad }],
    [
      'step-scaling',
      { kind: 'step-scaling', load: noLoad, steps: [{ beyond: 'below', utilization: 0.5, change: -1 }] },
    ],
    ['scheduled-action', { kind: 'scheduled-action', afterSeconds: 1, desiredCapacity: 2 }],
    ['person', { kind: 'person', afterSeconds: 1, desiredCapacity: 2 }],
    ['cluster-autoscaler', { kind: 'cluster-autoscaler', afterSeconds: 1, change: -1 }],
    ['terminations', { kind: 'terminations', afterSeconds: 1, instances: [0], decrement: true }],
  ] satisfies [string, ActorPlan][])('is told as done by %s', async (kind, plan) => {
    await inWorld(async ({ aws, pass }) => {
      const group = createGroup(aws, { instances: 3 });
      const changes = desiredChanges(aws);
      startActor(aws, group, plan);
      await pass(61);
      expect(changes.map(([, by]) => by)).toEqual([kind]);
    });
  });

  test.each([90, 100])('is told as done by instance-refresh at %i percent', async (minHealthyPercentage) => {
    await inWorld(async ({ aws, pass }) => {
      const group = createGroup(aws, { instances: 1, launchSeconds: 10 });
      const changes: Change[] = [];
      aws.onChange((change) => changes.push(change));
      startActor(aws, group, { kind: 'instance-refresh', afterSeconds: 1, minHealthyPercentage });
      await pass(60);
      const terminated = changes.filter((change) => change.kind === 'lifecycle' && change.to === 'Terminating');
      expect(terminated.map(({ by }) => by)).toEqual(['instance-refresh']);
    });
  });

  test('is not told of what a listener does about it', async () => {
    await inWorld(async ({ aws, pass }) => {
      const group = createGroup(aws, { instances: 3 });
      const changes = desiredChanges(aws);
      aws.onChange(({ by }) => by === 'person' && group.setDesiredCapacity(3));
      startActor(aws, group, { kind: 'person', afterSeconds: 1, desiredCapacity: 2 });
      await pass(2);
      expect(changes).toEqual([
        [2, 'person'],
        [3, undefined],
      ]);
    });
  });

  test.each([
    [
      { kind: 'target-tracking', load: noLoad },
      'a monitor alarm TargetTracking-web-AlarmLow in state ALARM triggered policy web-target-tracking changing the ' +
        'desired capacity from 3 to 0.',
    ],
    [
      { kind: 'step-scaling', load: noLoad, steps: [{ beyond: 'below', utilization: 0.5, change: -1 }] },
      'a monitor alarm web-low in state ALARM triggered policy web-step-scaling changing the desired capacity from 3 to 2.',
    ],
    [
      { kind: 'scheduled-action', afterSeconds: 60, desiredCapacity: 2 },
      'a scheduled action update of AutoScalingGroup constraints to min: 0, max: 10, desired: 2 changing the desired ' +
        'capacity from 3 to 2.',
    ],
    [
      { kind: 'person', afterSeconds: 60, desiredCapacity: 2 },
      'a user request explicitly set group desired capacity changing the desired capacity from 3 to 2.',
    ],
    [
      { kind: 'instance-refresh', afterSeconds: 60 },
      'an instance was taken out of service in response to an instance refresh.',
    ],
  ] satisfies [ActorPlan, string][])('stands in the scaling activities: %o', async (plan, words) => {
    await inWorld(async ({ aws, autoScaling, answered, pass }) => {
      startActor(aws, createGroup(aws, { instances: 3 }), plan);
      await pass(62);
      const command = new DescribeScalingActivitiesCommand({ AutoScalingGroupName: 'web' });
      const { Activities } = await answered(() => autoScaling.send(command));
      expect(Activities?.at(-1)?.Cause).toContain(`At 2026-03-01T12:01:00Z ${words}`);
    });
  });

  test.each([
    ['it is stopped', (stopActor: () => void) => stopActor()],
    ['the account is', (_: () => void, aws: SimulatedAws) => aws.stop()],
  ])('ends once %s', async (_, stop) => {
    await inWorld(async ({ aws, pass }) => {
      const group = createGroup(aws, { instances: 3 });
      const actor = startActor(aws, group, {
        kind: 'cluster-autoscaler',
        afterSeconds: 10,
        change: 1,
        everySeconds: 10,
      });
      await pass(15);
      stop(() => actor.stop(), aws);
      await pass(100);
      expect(group.desiredCapacity).toBe(4);
    });
  });

  test('is the same in every run', async () => {
    const runs: string[][] = [];
    for (const _ of ['first', 'second']) {
      await inWorld(async ({ aws, pass }) => {
        const changes: string[] = [];
        aws.onChange((change) => changes.push(JSON.stringify(change)));
        const group = createGroup(aws, { instances: 10, launchSeconds: 10 });
        startActor(aws, group, { kind: 'instance-refresh', afterSeconds: 5 });
        startActor(aws, group, { kind: 'cluster-autoscaler', afterSeconds: 7, change: -1, everySeconds: 50 });
        await pass(600);
        runs.push(changes);
      });
    }
    expect(runs[0]?.length).toBeGreaterThan(50);
    expect(runs[1]).toEqual(runs[0]);
  });

  test.each([
    [{ kind: 'person', afterSeconds: -1, desiredCapacity: 1 }, /Actor person: afterSeconds must be at least 0, not -1/],
    [
      { kind: 'cluster-autoscaler', afterSeconds: 1, change: 1, everySeconds: 0 },
      /Actor cluster-autoscaler: everySeconds must be more than 0, not 0/,
    ],
  ] satisfies [ActorPlan, RegExp][])('is refused where it cannot be: %o', async (plan, message) => {
    await inWorld(async ({ aws }) => {
      expect(() => startActor(aws, createGroup(aws), plan)).toThrow(message);
    });
  });
});
