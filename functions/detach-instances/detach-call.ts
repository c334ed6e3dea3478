import { type AutoScalingClient, DetachInstancesCommand } from '@aws-sdk/client-auto-scaling';
import type { LeaveCall } from './leave-call.ts';

/**
 * DetachInstances. The service tells its refusals apart by message only: all are `ValidationError`.
 * @see https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DetachInstances.html
 * @throws any error of the API which leaves open what happened, or which does not come of the instances.
 */
export async function detachInstances(
  autoScaling: AutoScalingClient,
  autoScalingGroupName: string,
  instanceIds: readonly string[],
  decrement: boolean,
): Promise<LeaveCall> {
  try {
    await autoScaling.send(
      new DetachInstancesCommand({
        AutoScalingGroupName: autoScalingGroupName,
        InstanceIds: [...instanceIds],
        ShouldDecrementDesiredCapacity: decrement,
      }),
    );
    return { kind: 'left' };
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ValidationError') throw error;
    return refusalOf(error.message, decrement) ?? Promise.reject(error);
  }
}

function refusalOf(message: string, decrement: boolean): LeaveCall | undefined {
  const instanceId = /instance (i-[0-9a-f]+)/i.exec(message)?.[1];
  if (instanceId !== undefined && /is not part of Auto Scaling group/i.test(message))
    return { kind: 'gone', instanceId };
  if (/group .*not found/i.test(message)) return { kind: 'group is gone' };
  if (instanceId !== undefined && /not in InService or Standby/i.test(message)) {
    return { kind: 'not detachable', instanceId, message };
  }
  return decrement ? { kind: 'decrement refused' } : undefined;
}
