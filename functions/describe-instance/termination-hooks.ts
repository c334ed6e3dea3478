import { type AutoScalingClient, DescribeLifecycleHooksCommand } from '@aws-sdk/client-auto-scaling';

/** Auto Scaling's default where a hook does not say it. */
const defaultHeartbeatSeconds = 3600;

/**
 * The longest HeartbeatTimeout of the hooks that a group runs when it terminates an instance; undefined where it has none.
 * Hooks of one transition run at the same time.
 * @see https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeLifecycleHooks.html
 * @throws any error of DescribeLifecycleHooks.
 */
export async function longestTerminationHookSeconds(
  autoScaling: AutoScalingClient,
  autoScalingGroupName: string,
): Promise<number | undefined> {
  const answer = await autoScaling.send(
    new DescribeLifecycleHooksCommand({ AutoScalingGroupName: autoScalingGroupName }),
  );
  const seconds = (answer.LifecycleHooks ?? [])
    .filter(({ LifecycleTransition }) => LifecycleTransition === 'autoscaling:EC2_INSTANCE_TERMINATING')
    .map(({ HeartbeatTimeout }) => HeartbeatTimeout ?? defaultHeartbeatSeconds);
  return seconds.length > 0 ? Math.max(...seconds) : undefined;
}
