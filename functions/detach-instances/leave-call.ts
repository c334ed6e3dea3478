import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { WayToLeave } from '../shared/contract.ts';
import { detachInstances } from './detach-call.ts';
import { terminateInstances } from './terminate-call.ts';

/** What came of a call by which instances leave their group. Where anything was refused, none has left. */
export type LeaveCall =
  | { readonly kind: 'left' }
  /** It is no longer part of the group, or leaves it already: by a call whose answer was lost, or by somebody else. */
  | { readonly kind: 'gone'; readonly instanceId: string }
  /** It is neither InService nor Standby. */
  | { readonly kind: 'not detachable'; readonly instanceId: string; readonly message: string }
  | { readonly kind: 'group is gone' }
  /** MinSize does not allow the decrement. */
  | { readonly kind: 'decrement refused' };

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
