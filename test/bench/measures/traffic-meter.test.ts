import { expect, test } from 'vitest';
import { steadyTraffic, TrafficMeter } from '../../../bench/measures/traffic-meter.ts';
import { createGroup, idOf, inWorld } from '../../simulator/aws/world.ts';

/** The simulator counts single requests; the meter has to come to the same as a stream. */
test.each([
  ['one instance, taken while it serves', 1, 1],
  ['one instance of three', 3, 1],
  ['all of three', 3, 3],
])('counts as the simulator does: %s', async (_, instances, interrupted) => {
  await inWorld(async ({ aws, pass }) => {
    const targetGroup = aws.createTargetGroup({ name: 'web', requestsPerSecond: 50 });
    const group = createGroup(aws, { instances, targetGroups: [targetGroup] });
    const down = new Set<string>();
    const meter = new TrafficMeter({
      targetGroup,
      traffic: steadyTraffic(50),
      requestsPerInstance: 1000,
      isDown: (instanceId) => down.has(instanceId),
    });
    aws.onChange((change) => {
      if (change.kind === 'reclaimed') {
        down.add(change.instanceId);
        meter.taken(change.instanceId);
      }
      meter.changed();
    });
    aws.mark();
    for (let index = 0; index < interrupted; index += 1) aws.interrupt(idOf(group, index));
    await pass(300);
    const { sent, failed } = aws.requests();
    const counts = meter.counts();
    expect(Math.abs(counts.sent - sent)).toBeLessThan(2);
    expect(Math.abs(counts.failed - failed)).toBeLessThan(instances + 2);
  });
});

test('counts what no instance has the capacity for', async () => {
  await inWorld(async ({ aws, pass }) => {
    const targetGroup = aws.createTargetGroup({ name: 'web', requestsPerSecond: 0 });
    createGroup(aws, { instances: 2, targetGroups: [targetGroup] });
    const meter = new TrafficMeter({
      targetGroup,
      traffic: steadyTraffic(50),
      requestsPerInstance: 20,
      isDown: () => false,
    });
    await pass(10);
    expect(meter.counts()).toEqual({ sent: 500, failed: 0, beyondCapacity: 100 });
  });
});
