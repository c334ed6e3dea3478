import { DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import { expect, test } from 'vitest';
import { DescribeMeter } from '../../../bench/measures/describe-meter.ts';
import { inWorld, startAt } from '../../simulator/aws/world.ts';

/** Describes groups at their seconds. */
async function meterOf(calls: readonly (readonly [atSeconds: number, groups: string[]])[]) {
  const meter = new DescribeMeter();
  const intercept = (call: Parameters<DescribeMeter['called']>[0]) => {
    meter.called(call);
    return undefined;
  };
  await inWorld(
    async ({ autoScaling, answered, pass }) => {
      for (const [atSeconds, AutoScalingGroupNames] of calls) {
        await pass(Math.max(0, atSeconds - (Date.now() - startAt.getTime()) / 1000));
        await answered(() => autoScaling.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames })));
      }
    },
    { intercept },
  );
  return meter;
}

const at = (seconds: number) => startAt.getTime() + seconds * 1000;

test('knows the most that one group was described in any one second', async () => {
  const meter = await meterOf([
    [0, ['web']],
    [0.6, ['web', 'api']],
    [1.2, ['web']],
    [1.3, ['web']],
  ]);
  expect(meter.mostInOneSecond).toBe(3);
});

test('knows how often each group was described on average', async () => {
  const meter = await meterOf([
    [0, ['web', 'api']],
    [2, ['web']],
    [4, ['api']],
    [9, ['api']],
  ]);
  expect(meter.averagePerSecond(at(0), at(4))).toBe(0.5);
});

test('takes less than a second for one', async () => {
  expect((await meterOf([[0, ['web']]])).averagePerSecond(at(0), at(0.1))).toBe(1);
});
