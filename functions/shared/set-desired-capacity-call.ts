import { type AutoScalingClient, SetDesiredCapacityCommand } from '@aws-sdk/client-auto-scaling';

/** SetDesiredCapacity, whether or not the group is in a cooldown: an interruption cannot wait for that. */
export async function setDesiredCapacity(
  autoScaling: AutoScalingClient,
  autoScalingGroupName: string,
  desiredCapacity: number,
): Promise<{ readonly tookEffect: true }> {
  await autoScaling.send(
    new SetDesiredCapacityCommand({
      AutoScalingGroupName: autoScalingGroupName,
      DesiredCapacity: desiredCapacity,
      HonorCooldown: false,
    }),
  );
  return { tookEffect: true };
}
