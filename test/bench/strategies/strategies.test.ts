import { expect, test } from 'vitest';
import { measuredOf } from '../../../bench/measures/measured.ts';
import { play } from '../../../bench/play.ts';
import { strategyNamed } from '../../../bench/strategies/index.ts';
import type { StrategyName } from '../../../bench/strategies/strategy.ts';
import { scenarioWorlds } from '../../../bench/worlds/scenario-worlds.ts';

async function playScenario(strategy: StrategyName, scenario: string, recommendedSecondsBefore = 0) {
  const world = scenarioWorlds(recommendedSecondsBefore).find(({ name }) => name === scenario);
  if (!world) throw new Error(`There is no scenario ${scenario}.`);
  return measuredOf(await play(world, strategyNamed(strategy), {}, 1));
}

test('ours loses no request while the only instance is replaced', async () => {
  const { requests, capacity } = await playScenario('ours', 'single');
  expect([requests.steady?.failed, capacity.secondsBelowMinimum]).toEqual([0, 0]);
});

test('blog-2020 scales a fleet of ten in to two', async () => {
  expect((await playScenario('blog-2020', 'fleet')).drift).toEqual({ tooLow: 8, tooHigh: 0, groups: 1 });
});

test('blog-2020 leaves a single instance raised to two', async () => {
  expect((await playScenario('blog-2020', 'single')).drift).toEqual({ tooLow: 0, tooHigh: 1, groups: 1 });
});

test('blog-2020 does not wait for the replacement that it asked for', async () => {
  expect((await playScenario('blog-2020', 'single')).detachSeconds.median).toBeLessThan(1);
});

test('blog-2020 waits in vain where as many are in service as desired', async () => {
  expect((await playScenario('blog-2020', 'pair')).detachSeconds.median).toBeCloseTo(90, 0);
});

test('detach-now is gone at once, and nobody serves until the replacement does', async () => {
  const { detachSeconds, capacity } = await playScenario('detach-now', 'single');
  expect(detachSeconds.median).toBeLessThan(1);
  expect(capacity.secondsBelowMinimum).toBeCloseTo(51, 0);
});

test('detach-now tries a throttled call again', async () => {
  expect((await playScenario('detach-now', 'throttled')).takenInService).toBe(0);
});

test('detach-now leaves alone what did not opt in', async () => {
  expect((await playScenario('detach-now', 'not-opted-in')).apiCalls.DetachInstances).toBeUndefined();
});

test('do-nothing keeps an instance in service until EC2 takes it', async () => {
  const { takenInService, apiCalls } = await playScenario('do-nothing', 'single');
  expect([takenInService, apiCalls]).toEqual([1, {}]);
});

test('Capacity Rebalancing loses nothing where its recommendation comes early', async () => {
  const { requests, capacity } = await playScenario('capacity-rebalancing', 'wipeout', 300);
  expect([requests.steady?.failed, capacity.lostInstanceSeconds]).toEqual([0, 0]);
});

test('Capacity Rebalancing that is recommended with the notice begins to terminate the instance at once', async () => {
  const { detachSeconds, capacity } = await playScenario('capacity-rebalancing', 'single');
  expect(detachSeconds.median).toBe(0);
  expect(capacity.secondsBelowMinimum).toBeCloseTo(51, 0);
});

test('Capacity Rebalancing exceeds MaxSize by no more than a tenth', async () => {
  const { capacity } = await playScenario('capacity-rebalancing', 'fixed-size', 300);
  expect(capacity.peakExcessInstances).toBe(1);
});

test('Capacity Rebalancing replaces all of a group that is at its MaxSize, one after another', async () => {
  expect((await playScenario('capacity-rebalancing', 'fixed-size', 300)).notices).toBe(0);
});

test.each(['single', 'fleet', 'storm', 'weighted', 'fixed-size'])(
  'Capacity Rebalancing leaves the desired capacity of %s as it was',
  async (scenario) => {
    expect((await playScenario('capacity-rebalancing', scenario, 60)).drift.groups).toBe(0);
  },
);
