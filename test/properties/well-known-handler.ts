import {
  type AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  DescribeAutoScalingInstancesCommand,
  DetachInstancesCommand,
  SetDesiredCapacityCommand,
} from '@aws-sdk/client-auto-scaling';
import type { LambdaFunction } from '../../simulator/aws/lambda/lambda-service.ts';
import { sleep } from '../../simulator/time/virtual-time.ts';
import { namesIn } from './fault-dice.ts';
import type { Seams } from './run-world.ts';

/**
 * The well-known handler as a reference: one Lambda, its four faults included.
 * 1. It counts the answer for one id, so "fewer than two" is always true, and it always sets DesiredCapacity to 2.
 * 2. It waits until the number of instances InService differs from DesiredCapacity.
 * 3. It sleeps inside the Lambda, ignores that the waiter gave up, and only logs errors.
 * 4. It leaves the group at the raised capacity, and knows nothing of MaxSize, other notices, or duplicates.
 */
export const theWellKnownHandler: Seams = {
  definition: {
    StartAt: 'Handled',
    States: {
      Handled: {
        Type: 'Task',
        Resource: 'arn:aws:lambda:us-east-2:123456789012:function:well-known-handler',
        Parameters: { 'event.$': '$' },
        TimeoutSeconds: 310,
        End: true,
      },
    },
  },
  functions: ({ autoScaling }) => {
    const handler: LambdaFunction['handler'] = (payload) => handle(autoScaling, namesIn(payload).instanceId ?? '');
    return { 'well-known-handler': { handler, timeoutSeconds: 300 } };
  },
};

const wantedInstances = 2;
const looks = 6;
const secondsBetweenLooks = 15;

async function handle(autoScaling: AutoScalingClient, instanceId: string): Promise<void> {
  const described = await logged(
    autoScaling.send(new DescribeAutoScalingInstancesCommand({ InstanceIds: [instanceId] })),
  );
  const instances = described?.AutoScalingInstances ?? [];
  const AutoScalingGroupName = instances[0]?.AutoScalingGroupName;
  if (AutoScalingGroupName === undefined) return;
  if (instances.length < wantedInstances) {
    const DesiredCapacity = wantedInstances;
    await logged(autoScaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName, DesiredCapacity })));
    await waitUntilInServiceDiffersFromDesired(autoScaling, AutoScalingGroupName);
  }
  const detach = { AutoScalingGroupName, InstanceIds: [instanceId], ShouldDecrementDesiredCapacity: false };
  await logged(autoScaling.send(new DetachInstancesCommand(detach)));
}

async function waitUntilInServiceDiffersFromDesired(autoScaling: AutoScalingClient, name: string): Promise<void> {
  for (let look = 1; look <= looks; look += 1) {
    const describe = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] });
    const group = (await logged(autoScaling.send(describe)))?.AutoScalingGroups?.[0];
    const inService = (group?.Instances ?? []).filter(({ LifecycleState }) => LifecycleState === 'InService').length;
    if (inService !== group?.DesiredCapacity) return;
    await sleep(secondsBetweenLooks * 1000);
  }
}

/** An error ends in the log. */
function logged<T>(answer: Promise<T>): Promise<T | undefined> {
  return answer.catch(() => undefined);
}
