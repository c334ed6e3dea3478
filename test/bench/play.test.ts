import { expect, test } from 'vitest';
import { play } from '../../bench/play.ts';
import { strategyNamed } from '../../bench/strategies/index.ts';
import { scenarioWorlds } from '../../bench/worlds/scenario-worlds.ts';
import type { StrategyName } from '../../simulator/strategies/strategy.ts';

function playScenario(strategy: StrategyName, scenario: string) {
  const world = scenarioWorlds(0).find(({ name }) => name === scenario);
  if (!world) throw new Error(`There is no scenario ${scenario}.`);
  return play(world, strategyNamed(strategy), {}, 1);
}

test('measures how often the group is described, and what the table is asked for', async () => {
  const { load, apiCalls, usage } = await playScenario('ours', 'single');
  expect(load.peakDescribesPerGroup).toBeGreaterThan(0);
  expect(load.peakDescribesPerGroup).toBeLessThan(apiCalls.DescribeAutoScalingGroups ?? 0);
  expect(load.peakWriteUnits).toBeGreaterThan(0);
  expect(load.peakWriteUnits).toBeLessThan(usage.tableWrites);
});

test('measures no load where nobody calls anything', async () => {
  const { load } = await playScenario('do-nothing', 'single');
  expect(Object.values(load)).toEqual([0, 0, 0, 0]);
});

test('sends a group more than half of its instances can answer', async () => {
  const { requests } = await playScenario('detach-now', 'storm');
  // 40 instances answer 20 a second each, and are asked for 480; for 51 s no more than 20 of them serve.
  expect(requests.steady?.beyondCapacity).toBeGreaterThan(40 * 80);
  expect(requests.steady?.beyondCapacity).toBeLessThan(60 * 80);
});
