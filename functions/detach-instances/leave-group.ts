import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { WayToLeave } from '../shared/contract.ts';
import { detachInstances } from './detach-call.ts';
import type { LeaveCall } from './leave-call.ts';
import { terminateInstances } from './terminate-call.ts';

const calls = { detach: detachInstances, terminate: terminateInstances };

/**
 * Takes instances out of their group: at most 20, which both calls take.
 * @throws any error of the API which leaves open what happened, or which does not come of the instances.
 */
export function leaveGroup(
  autoScaling: AutoScalingClient,
  way: WayToLeave,
  autoScalingGroupName: string,
  instanceIds: readonly string[],
  decrement: boolean,
): Promise<LeaveCall> {
  return calls[way](autoScaling, autoScalingGroupName, instanceIds, decrement);
}
