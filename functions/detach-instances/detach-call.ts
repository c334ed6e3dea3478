import { type AutoScalingClient, DetachInstancesCommand } from '@aws-sdk/client-auto-scaling';

/** What came of DetachInstances. Where anything was refused, no instance was detached. */
export type DetachCall =
  | { readonly kind: 'detached' }
  /** It is no longer part of the group: by a call whose answer was lost, or by somebody else. */
  | { readonly kind: 'gone'; readonly instanceId: string }
  /** It is neither InService nor Standby. */
  | { readonly kind: 'not detachable'; readonly instanceId: string; readonly message: string }
  | { readonly kind: 'group is gone' }
  /** MinSize does not allow the decrement. */
  | { readonly kind: 'decrement refused' };

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
): Promise<DetachCall> {
  try {
    await autoScaling.send(
      new DetachInstancesCommand({
        AutoScalingGroupName: autoScalingGroupName,
        InstanceIds: [...instanceIds],
        ShouldDecrementDesiredCapacity: decrement,
      }),
    );
    return { kind: 'detached' };
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ValidationError') throw error;
    return refusalOf(error.message, decrement) ?? Promise.reject(error);
  }
}

function refusalOf(message: string, decrement: boolean): DetachCall | undefined {
  const instanceId = /instance (i-[0-9a-f]+)/i.exec(message)?.[1];
  if (instanceId !== undefined && /is not part of Auto Scaling group/i.test(message))
    return { kind: 'gone', instanceId };
  if (/group .*not found/i.test(message)) return { kind: 'group is gone' };
  if (instanceId !== undefined && /not in InService or Standby/i.test(message)) {
    return { kind: 'not detachable', instanceId, message };
  }
  return decrement ? { kind: 'decrement refused' } : undefined;
}
