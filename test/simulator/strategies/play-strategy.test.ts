import { expect, it } from 'vitest';
import { scenarioNamed } from '../../../simulator/scenarios/scenarios.ts';
import { strategies } from '../../../simulator/strategies/index.ts';
import { playStrategy } from '../../../simulator/strategies/play-strategy.ts';

it('plays the same notices with what else one could do, and sees who loses capacity', async () => {
  const lost: Record<string, number> = {};
  for (const strategy of strategies) {
    const run = await playStrategy(strategy, scenarioNamed('pair'), 1);
    lost[run.strategy] = run.figures.lostInstanceSeconds;
    expect(run.figures.noticed).toBe(2);
    expect(run.group[0]).toMatchObject({ atSeconds: 0, usual: 2, floor: 2 });
  }
  expect(lost.ours).toBe(0);
  expect(lost['detach-now']).toBeGreaterThan(80);
  expect(lost['do-nothing']).toBeGreaterThan(100);
});

it('takes the floor, the drain window and what others set from the scenario', async () => {
  const [ours] = strategies;
  if (!ours) throw new Error('There is no strategy.');
  const run = await playStrategy(ours, { ...scenarioNamed('scaled-in-meanwhile'), minServing: '50%' }, 1);
  expect(run.group[0]?.floor).toBe(5);
  expect(run.group.at(-1)).toMatchObject({ usual: 8, floor: 4 });
  expect(run.figures.drift).toBe(0);
});
