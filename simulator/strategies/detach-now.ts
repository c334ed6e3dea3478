import { DescribeAutoScalingInstancesCommand, DetachInstancesCommand } from '@aws-sdk/client-auto-scaling';
import { invokePython, type PythonRuntime } from './python-function.ts';
import type { Strategy, Surroundings } from './strategy.ts';

/**
 * The sample handler of the EC2 Spot labs, with its calls in their order: describe the instance (it asks EC2 for the
 * instance's tags, where we ask Auto Scaling for its group), detach it without a decrement, look for commands to be run
 * on it in Parameter Store (there are none). Errors are raised, so that Lambda retries. Its opt-in tag is honoured.
 */
export const detachNow: Strategy = {
  name: 'detach-now',
  source: 'awslabs/ec2-spot-labs, ec2-spot-interruption-handler (2020)',
  does: 'Detaches the instance at once without a decrement, so that the group launches another.',
  start: (surroundings) => ({
    noticed(event) {
      void invokePython(surroundings.bill, (python) => handle(python, surroundings, event.detail['instance-id']));
    },
  }),
};

async function handle(python: PythonRuntime, { app, groupTag }: Surroundings, instanceId: string): Promise<void> {
  const { autoScaling } = app.clients;
  const described = await python.call(() =>
    autoScaling.send(new DescribeAutoScalingInstancesCommand({ InstanceIds: [instanceId] })),
  );
  const group = described.AutoScalingInstances?.[0]?.AutoScalingGroupName;
  if (group === undefined || groupTag !== undefined) return;
  await python.call(() =>
    autoScaling.send(
      new DetachInstancesCommand({
        AutoScalingGroupName: group,
        InstanceIds: [instanceId],
        ShouldDecrementDesiredCapacity: false,
      }),
    ),
  );
  await python.otherCall('GetParameter');
}
