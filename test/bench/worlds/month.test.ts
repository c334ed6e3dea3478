import { expect, test } from 'vitest';
import { play } from '../../../bench/play.ts';
import { strategyNamed } from '../../../bench/strategies/index.ts';
import type { StrategyName } from '../../../bench/strategies/strategy.ts';
import { monthWorld } from '../../../bench/worlds/month.ts';

const days = 10;

function playMonth(strategy: StrategyName, seed: number) {
  return play(monthWorld(seed, days), strategyNamed(strategy), {}, seed);
}

test('the same seed gives the same month', async () => {
  expect(await playMonth('detach-now', 1)).toEqual(await playMonth('detach-now', 1));
});

test('another seed gives another month', async () => {
  const [one, other] = [await playMonth('do-nothing', 1), await playMonth('do-nothing', 2)];
  expect(one.secondsToLeave.length).not.toBe(other.secondsToLeave.length);
});

test('whoever keeps the groups at their size has the same instances noticed', async () => {
  const notices = await Promise.resolve(playMonth('do-nothing', 1)).then((month) => month.secondsToLeave.length);
  expect((await playMonth('detach-now', 1)).secondsToLeave).toHaveLength(notices);
});

test('bursty traffic sends more than steady traffic does', async () => {
  const { requests } = await playMonth('do-nothing', 1);
  expect(requests.bursty?.sent).toBeGreaterThan(requests.steady?.sent ?? 0);
});
