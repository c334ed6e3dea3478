import { describe, expect, test } from 'vitest';
import { measuredOf } from '../../../bench/measures/measured.ts';
import { play } from '../../../bench/play.ts';
import { actsBeforeTheNotice, beatsTheBound } from '../../../bench/report/least-possible.ts';
import { strategiesAndYardstick, strategyNamed } from '../../../bench/strategies/index.ts';
import { monthWorld } from '../../../bench/worlds/month.ts';
import { scenarioWorlds } from '../../../bench/worlds/scenario-worlds.ts';
import type { World } from '../../../bench/worlds/world.ts';
import type { StrategyName } from '../../../simulator/strategies/strategy.ts';

const scenarios = [
  'single',
  'pair',
  'storm',
  'at-max',
  'fixed-size',
  'slow-launch',
  'no-capacity',
  'throttled',
  'weighted',
];
const worlds = [
  ...scenarioWorlds(0).filter(({ name }) => scenarios.includes(name)),
  monthWorld(1, { days: 10 }),
  monthWorld(1, { days: 10, launchMedianSeconds: 70 }),
  // A seed with groups at their MaxSize.
  monthWorld(2, { days: 10 }),
];

async function played(world: World, strategy: StrategyName) {
  return { strategy, world: world.name, ...measuredOf(await play(world, strategyNamed(strategy), {}, 1)) };
}

describe('the least capacity that can be lost', () => {
  const onTheNotice = strategiesAndYardstick.filter((strategy) => !actsBeforeTheNotice({ strategy: strategy.name }));
  // What takes seconds to play a month is looked at by the bench itself.
  const quick = ['detach-now', 'do-nothing', 'without-delay'];
  const all = onTheNotice.flatMap(({ name }) =>
    worlds
      .filter((world) => quick.includes(name) || scenarios.includes(world.name))
      .map((world) => [name, world.name, world] as const),
  );

  test.each(all)('is not more than what %s loses in %s', async (strategy, _, world) => {
    expect(beatsTheBound(await played(world, strategy))).toBe(false);
  });

  test.each(worlds.filter(({ name }) => !name.startsWith('month')).map((world) => [world.name, world] as const))(
    'is what one loses who acts without a delay in %s',
    async (_, world) => {
      const { capacity, notices } = await played(world, 'without-delay');
      // The group's reaction, which is not counted in the midst of a storm.
      expect(capacity.lostInstanceSeconds - capacity.leastPossibleInstanceSeconds).toBeLessThanOrEqual(notices * 1.001);
    },
  );

  test('is nearly what one loses who acts without a delay in a month', async () => {
    const { capacity } = await played(monthWorld(1, { days: 10, launchMedianSeconds: 70 }), 'without-delay');
    expect(capacity.lostInstanceSeconds / capacity.leastPossibleInstanceSeconds).toBeLessThan(1.05);
  });
});
