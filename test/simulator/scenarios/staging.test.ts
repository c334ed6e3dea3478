import { expect, test } from 'vitest';
import { scenarioNamed, scenarios } from '../../../simulator/scenarios/scenarios.ts';
import { stage } from '../../../simulator/scenarios/staging.ts';
import { inWorld } from '../aws/world.ts';

test.each(scenarios)('the requests of $name fit what serves at the beginning', async (scenario) => {
  await inWorld(async ({ aws }) => {
    const { group } = stage(scenario, aws, 'i-1234567890abcdef0');
    const [{ requestsPerSecond = 0, requestsPerInstanceSecond = 0 } = {}] = aws.targetGroups.map(
      ({ settings }) => settings,
    );
    expect(requestsPerSecond).toBeCloseTo(0.6 * requestsPerInstanceSecond * group.servingInstances.length, 6);
  });
});

test('new instances warm up where the scenario says so, and else do not', async () => {
  await inWorld(async ({ aws }) => {
    stage({ ...scenarioNamed('single'), warmup: { seconds: 30, share: 0.4 } }, aws, 'i-1234567890abcdef0');
    expect(aws.targetGroups[0]?.settings).toMatchObject({ warmupSeconds: 30, warmupShare: 0.4 });
  });
  await inWorld(async ({ aws }) => {
    stage(scenarioNamed('single'), aws, 'i-1234567890abcdef0');
    expect(aws.targetGroups[0]?.settings.warmupSeconds).toBe(0);
  });
});
