import { type AutoScalingClient, DetachInstancesCommand } from '@aws-sdk/client-auto-scaling';
import { InstanceNotDetachable } from '../shared/errors.ts';

export interface DetachCall {
  /** DesiredCapacity was lowered by the instance's weight in the same step. */
  readonly decremented: boolean;
  /** It was no longer part of the group. */
  readonly wasGone: boolean;
}

/**
 * DetachInstances for one instance. "Not part of the group" means that it is done: by a call whose answer was lost, or
 * by somebody else. Where MinSize forbids the decrement the instance is detached without it.
 *
 * The service tells these apart by message only: all are `ValidationError`.
 * @see https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DetachInstances.html
 * @throws InstanceNotDetachable when the instance is neither InService nor Standby.
 */
export async function detachInstance(
  autoScaling: AutoScalingClient,
  autoScalingGroupName: string,
  instanceId: string,
  { decrement }: { readonly decrement: boolean },
): Promise<DetachCall> {
  try {
    await autoScaling.send(
      new DetachInstancesCommand({
        AutoScalingGroupName: autoScalingGroupName,
        InstanceIds: [instanceId],
        ShouldDecrementDesiredCapacity: decrement,
      }),
    );
    return { decremented: decrement, wasGone: false };
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ValidationError') throw error;
    if (isGone(error.message)) return { decremented: false, wasGone: true };
    if (/not in InService or Standby/i.test(error.message)) throw new InstanceNotDetachable(error.message);
    if (!decrement) throw error;
    return detachInstance(autoScaling, autoScalingGroupName, instanceId, { decrement: false });
  }
}

function isGone(message: string): boolean {
  return /is not part of Auto Scaling group|group .*not found/i.test(message);
}
