import { expect, test } from 'vitest';
import { measuredOf } from '../../../bench/measures/measured.ts';
import { play } from '../../../bench/play.ts';
import { strategyNamed } from '../../../bench/strategies/index.ts';
import { scenarioWorlds } from '../../../bench/worlds/scenario-worlds.ts';
import type { StrategyName } from '../../../simulator/strategies/strategy.ts';
import { smallWorld } from './small-world.ts';

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

test('in the kinder reading Capacity Rebalancing has an instance serve until its replacement does', async () => {
  const { detachSeconds, capacity } = await playScenario('capacity-rebalancing, serving', 'single');
  expect(capacity.lostInstanceSeconds).toBe(0);
  // Reaction 1 s, launch 40 s, health checks 10 s.
  expect(detachSeconds.median).toBeCloseTo(51, 6);
});

test('in the kinder reading Capacity Rebalancing has an instance serve until EC2 takes it', async () => {
  const { takenInService, capacity } = await playScenario('capacity-rebalancing, serving', 'slow-launch');
  expect(takenInService).toBe(1);
  expect(capacity.lostInstanceSeconds).toBeCloseTo(150 + 11 - 120, 6);
});

test('in the kinder reading a replacement is for an instance with a notice first, and the other gets another', async () => {
  const world = smallWorld({
    instances: 2,
    maxSize: 3,
    launches: [40, 40],
    recommendedAt: { 0: 0 },
    noticedAt: { 1: 10 },
  });
  const { secondsToLeave, capacity } = await play(world, strategyNamed('capacity-rebalancing, serving'), {}, 1);
  expect(secondsToLeave).toEqual([41]);
  // Two replacements, of 50 s each.
  expect(capacity.excessInstanceSeconds).toBeCloseTo(100, 6);
});

test('without a delay an instance does not leave for the replacement of another that has left', async () => {
  const world = smallWorld({
    instances: 3,
    maxSize: 6,
    launches: [100, 40, 200],
    noticedAt: { 0: 0, 1: 20, 2: 60 },
  });
  const { capacity } = await play(world, strategyNamed('without-delay'), {}, 1);
  // Arrivals after 71 s, 111 s and 271 s; deadlines at 90 s, 110 s and 150 s.
  expect(capacity.lostInstanceSeconds).toBeCloseTo(122, 6);
});

test.each(
  ['single', 'fleet', 'storm', 'weighted', 'fixed-size', 'slow-launch'].flatMap((scenario) =>
    (['capacity-rebalancing', 'capacity-rebalancing, serving'] as const).flatMap((strategy) =>
      [0, 60].map((before) => [strategy, scenario, before] as const),
    ),
  ),
)('%s leaves the desired capacity of %s as it was, recommended %i s before', async (strategy, scenario, before) => {
  expect((await playScenario(strategy, scenario, before)).drift.groups).toBe(0);
});
