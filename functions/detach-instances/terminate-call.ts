import {
  type AutoScalingClient,
  ScalingActivityInProgressFault,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { describeGroup } from '../capacity/group-snapshot.ts';
import type { LeaveCall } from './leave-call.ts';

/**
 * TerminateInstanceInAutoScalingGroup for several instances of one group: the load balancers deregister them, then the group
 * runs its termination lifecycle hooks. Refusals are told apart by message.
 * @see https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_TerminateInstanceInAutoScalingGroup.html
 * @throws any error of the API which leaves open what happened, or which does not come of the instances.
 */
export async function terminateInstances(
  autoScaling: AutoScalingClient,
  autoScalingGroupName: string,
  instanceIds: readonly string[],
  decrement: boolean,
): Promise<LeaveCall> {
  try {
    await autoScaling.send(
      new TerminateInstanceInAutoScalingGroupCommand({
        AutoScalingGroupName: autoScalingGroupName,
        InstanceIds: [...instanceIds],
        ShouldDecrementDesiredCapacity: decrement,
      }),
    );
    return { kind: 'left' };
  } catch (error) {
    const refusal =
      error instanceof ScalingActivityInProgressFault
        ? await whoeverLeaves(autoScaling, autoScalingGroupName, instanceIds)
        : refusalOf(error, instanceIds, decrement);
    return refusal ?? Promise.reject(error);
  }
}

/** The answer does not say whose activity is in progress: a hook may keep an instance Terminating:Wait for long. */
async function whoeverLeaves(
  autoScaling: AutoScalingClient,
  autoScalingGroupName: string,
  instanceIds: readonly string[],
): Promise<LeaveCall | undefined> {
  const group = await describeGroup(autoScaling, autoScalingGroupName);
  if (!group) return { kind: 'group is gone' };
  const instances = new Map(group.instances.map((instance) => [instance.instanceId, instance]));
  const phaseOf = (id: string) => instances.get(id)?.phase ?? 'terminating';
  const gone = instanceIds.find((id) => phaseOf(id) === 'terminating' || phaseOf(id) === 'detaching');
  if (gone !== undefined) return { kind: 'gone', instanceId: gone };
  const instanceId = instanceIds.find((id) => instances.get(id)?.detachable === false);
  return instanceId === undefined
    ? undefined
    : { kind: 'not detachable', instanceId, message: `The instance ${instanceId} is ${phaseOf(instanceId)}.` };
}

function refusalOf(error: unknown, instanceIds: readonly string[], decrement: boolean): LeaveCall | undefined {
  if (!(error instanceof Error) || error.name !== 'ValidationError') return undefined;
  const { message } = error;
  if (/group .*not found/i.test(message)) return { kind: 'group is gone' };
  const instanceId = instanceIds.find((id) => message.includes(id));
  if (instanceId !== undefined && /not found|no managed instance|not part of/i.test(message)) {
    return { kind: 'gone', instanceId };
  }
  return decrement ? { kind: 'decrement refused' } : undefined;
}
