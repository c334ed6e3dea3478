import {
  DescribeAutoScalingGroupsCommand,
  DescribeAutoScalingInstancesCommand,
  DetachInstancesCommand,
  SetDesiredCapacityCommand,
} from '@aws-sdk/client-auto-scaling';
import { invokePython, type PythonRuntime } from './python-function.ts';
import type { Strategy, Surroundings } from './strategy.ts';

/** What the scale-out is meant to reach: two instances, one of which may go. */
const wantedInstances = 2;

/** Of the waiter. That it ends before the reclaim is in its favour: a longer one would not detach at all. */
export const secondsBetweenLooks = 15;
export const looks = 6;

/**
 * The well-known single Lambda, its four faults included:
 * 1. it counts the answer of DescribeAutoScalingInstances for one id, so "fewer than two" is always true, and it always
 *    sets DesiredCapacity to 2;
 * 2. its waiter is satisfied when the number of instances InService differs from DesiredCapacity;
 * 3. it sleeps inside the Lambda, ignores that the waiter gave up, and logs every error instead of raising it, so that
 *    neither it nor Lambda tries again (boto3's own retries of throttled calls it has);
 * 4. it leaves the group at the raised capacity, and knows nothing of MaxSize, of other notices, or of duplicates.
 */
export const blog2020: Strategy = {
  name: 'blog-2020',
  source: 'a single Lambda function, as published in a blog post of 2020',
  does: 'Sets DesiredCapacity to 2, waits inside the function, and detaches the instance without a decrement.',
  start: (surroundings) => ({
    noticed(event) {
      void invokePython(surroundings.bill, (python) => handle(python, surroundings, event.detail['instance-id']));
    },
  }),
};

async function handle(python: PythonRuntime, { app }: Surroundings, instanceId: string): Promise<void> {
  const { autoScaling } = app.clients;
  const described = await logged(() =>
    python.call(() => autoScaling.send(new DescribeAutoScalingInstancesCommand({ InstanceIds: [instanceId] }))),
  );
  const instances = described?.AutoScalingInstances ?? [];
  const group = instances[0]?.AutoScalingGroupName;
  if (group === undefined) return;

  if (instances.length < wantedInstances) {
    const command = new SetDesiredCapacityCommand({ AutoScalingGroupName: group, DesiredCapacity: wantedInstances });
    await logged(() => python.call(() => autoScaling.send(command)));
    await waitUntilInServiceDiffersFromDesired(python, app.clients.autoScaling, group);
  }

  const command = new DetachInstancesCommand({
    AutoScalingGroupName: group,
    InstanceIds: [instanceId],
    ShouldDecrementDesiredCapacity: false,
  });
  await logged(() => python.call(() => autoScaling.send(command)));
}

async function waitUntilInServiceDiffersFromDesired(
  python: PythonRuntime,
  autoScaling: Surroundings['app']['clients']['autoScaling'],
  group: string,
): Promise<void> {
  for (let look = 1; look <= looks; look += 1) {
    const command = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [group] });
    const answer = await logged(() => python.call(() => autoScaling.send(command)));
    const { DesiredCapacity, Instances = [] } = answer?.AutoScalingGroups?.[0] ?? {};
    const inService = Instances.filter(({ LifecycleState }) => LifecycleState === 'InService').length;
    if (inService !== DesiredCapacity) return;
    await python.sleep(secondsBetweenLooks);
  }
}

/** An error ends in the log. */
async function logged<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch {
    return undefined;
  }
}
