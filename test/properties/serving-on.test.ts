import { expect, it } from 'vitest';
import { lostCapacity } from '../../simulator/judging/lost-capacity.ts';
import { groupWith, noticesWith, worldWith } from './known-worlds.ts';
import { runWorld } from './run-world.ts';
import { violationsOf } from './violations.ts';
import type { GroupPlan } from './world.ts';

const healthCheckSeconds = 10;

it.each([1, 3])('%s at MaxSize lose hardly more than their health checks take', async (instances) => {
  const log = await atMax({ instances });
  const [group] = log.groups;
  expect(group && lostCapacity(log, group)).toBeLessThan(instances * (healthCheckSeconds + 2));
  expect(violationsOf(log)).toEqual([]);
});

it('nobody serves on past its time, where no replacement comes', async () => {
  const log = await atMax({ instances: 2, launchSeconds: ['never'] });
  const untils = log.groups.flatMap(({ registrations }) => registrations.map(({ until = log.endedAt }) => until));
  expect(untils).toHaveLength(2);
  expect(Math.max(...untils)).toBeLessThan(90);
  expect(Math.min(...untils)).toBeGreaterThan(86);
  expect(violationsOf(log)).toEqual([]);
});

function atMax(group: Partial<GroupPlan> & Pick<GroupPlan, 'instances'>) {
  return runWorld(
    worldWith({
      groups: [groupWith({ above: 0, below: 0, healthCheckSeconds, ...group })],
      notices: noticesWith(group.instances),
      serveOnAtMaxSize: true,
    }),
  );
}
