import { beforeAll, expect, test } from 'vitest';
import type { Observed } from '../../../bench/measures/measured.ts';
import { median } from '../../../bench/measures/order-statistics.ts';
import { play } from '../../../bench/play.ts';
import { strategyNamed } from '../../../bench/strategies/index.ts';
import { groupsAtMaxSize, launchTimes, monthWorld } from '../../../bench/worlds/month.ts';
import { randomStream } from '../../../bench/worlds/random.ts';
import type { StrategyName } from '../../../simulator/strategies/strategy.ts';
import { inWorld } from '../../simulator/aws/world.ts';

const days = 10;

let undisturbed: Observed;
let detached: Observed;
beforeAll(async () => {
  undisturbed = await playMonth('do-nothing', 1);
  detached = await playMonth('detach-now', 1);
}, 60_000);

test('the same seed gives the same month', async () => {
  expect(await playMonth('detach-now', 1)).toEqual(detached);
});

test('another seed gives another month', async () => {
  const other = await playMonth('do-nothing', 2);
  expect(other.secondsToLeave.length).not.toBe(undisturbed.secondsToLeave.length);
});

test('whoever keeps the groups at their size has the same instances noticed', () => {
  expect(detached.secondsToLeave).toHaveLength(undisturbed.secondsToLeave.length);
});

test('bursty traffic sends more than steady traffic does', () => {
  const { requests } = undisturbed;
  expect(requests.bursty?.sent).toBeGreaterThan(requests.steady?.sent ?? 0);
});

test('knows how many of its groups are at their MaxSize', async () => {
  await inWorld(async ({ aws }) => {
    const { groups } = monthWorld(2, { days: 1 }).build(aws, 0);
    const atMaxSize = groups.filter(({ group }) => group.desiredCapacity === group.state().maxSize);
    expect(groupsAtMaxSize(2)).toBe(atMaxSize.length);
    expect(atMaxSize.length).toBeGreaterThan(0);
  });
});

test('launches have the median that they are asked to have', () => {
  const launch = launchTimes(randomStream(1, 'test'), 110);
  const seconds = Array.from({ length: 5000 }, launch).filter((one) => one !== 'never');
  expect(Math.abs((median(seconds) ?? 0) - 110)).toBeLessThan(3);
});

function playMonth(strategy: StrategyName, seed: number): Promise<Observed> {
  return play(monthWorld(seed, { days }), strategyNamed(strategy), {}, seed);
}
