import {
  type AutoScalingClient,
  type AutoScalingInstanceDetails,
  DescribeAutoScalingGroupsCommand,
  DescribeAutoScalingInstancesCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  type DescribeInstanceInput,
  type DescribeInstanceOutput,
  type Interruption,
  type NotManagedReason,
  reclaimSeconds,
} from '../shared/contract.ts';
import { phaseOf, weightOf } from '../shared/group-snapshot.ts';
import type { Settings } from '../shared/settings.ts';
import { timestamp } from '../shared/timestamps.ts';
import { type Notice, readNotice } from './notice.ts';

/** What a regular DetachInstances takes, one quick retry included: so much before `detachBy` the last decision falls. */
const detachSeconds = 4;

/** What a step of the loop takes at the worst, hanging until its timeouts: nothing is begun again after that. */
const outageSeconds = 15;

/** A duplicate can be as late as the rule's retries; an expired record can be taken over. */
const recordSeconds = 3600;

interface Services {
  readonly autoScaling: AutoScalingClient;
}

/**
 * Finds out whose the interrupted instance is and how much time there is, and so whether it is ours to handle (G7).
 * @throws InvalidEvent when the event names no instance; any error of the Auto Scaling API.
 */
export function createDescribeInstance({ autoScaling }: Services, settings: Settings) {
  return async (input: DescribeInstanceInput): Promise<DescribeInstanceOutput> => {
    const notice = readNotice(input);
    const instance = await describe(autoScaling, notice.instanceId);
    const reason = await reasonNotToManage(autoScaling, instance, settings);
    return reason === undefined && instance?.AutoScalingGroupName !== undefined
      ? interruption(notice, instance.AutoScalingGroupName, weightOf(instance.WeightedCapacity), settings.drainSeconds)
      : unmanaged(notice, reason ?? 'not in an Auto Scaling group', instance?.AutoScalingGroupName);
  };
}

async function describe(autoScaling: AutoScalingClient, instanceId: string) {
  const answer = await autoScaling.send(new DescribeAutoScalingInstancesCommand({ InstanceIds: [instanceId] }));
  return answer.AutoScalingInstances?.[0];
}

async function reasonNotToManage(
  autoScaling: AutoScalingClient,
  instance: AutoScalingInstanceDetails | undefined,
  { groupTag }: Settings,
): Promise<NotManagedReason | undefined> {
  if (!instance?.AutoScalingGroupName) return 'not in an Auto Scaling group';
  const phase = phaseOf(instance.LifecycleState ?? '');
  if (phase === 'detaching' || phase === 'terminating') return 'already leaving its Auto Scaling group';
  if (phase === 'warm') return 'in a warm pool, not in service';
  if (groupTag && !(await hasTag(autoScaling, instance.AutoScalingGroupName, groupTag))) {
    return 'group without the opt-in tag';
  }
  return undefined;
}

async function hasTag(autoScaling: AutoScalingClient, group: string, { key, value }: { key: string; value: string }) {
  const answer = await autoScaling.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [group] }));
  return (answer.AutoScalingGroups?.[0]?.Tags ?? []).some((tag) => tag.Key === key && tag.Value === value);
}

function interruption(notice: Notice, group: string, weight: number, drainSeconds: number): Interruption {
  const reclaimAt = notice.noticedAtMilliseconds + reclaimSeconds * 1000;
  const detachBy = reclaimAt - drainSeconds * 1000;
  return {
    managed: true,
    ...described(notice),
    autoScalingGroupName: group,
    weight,
    detachBy: timestamp(detachBy),
    decideBy: timestamp(detachBy - detachSeconds * 1000),
    retryUntil: timestamp(detachBy - outageSeconds * 1000),
    recordedAtSeconds: Math.floor(Date.now() / 1000),
    expiresAtSeconds: Math.ceil(reclaimAt / 1000) + recordSeconds,
  };
}

function unmanaged(notice: Notice, reason: NotManagedReason, group: string | undefined): DescribeInstanceOutput {
  return { managed: false, ...described(notice), reason, ...(group !== undefined && { autoScalingGroupName: group }) };
}

function described({ instanceId, instanceAction, executionArn, noticedAtMilliseconds }: Notice) {
  return {
    instanceId,
    instanceAction,
    executionArn,
    noticeAt: timestamp(noticedAtMilliseconds),
    reclaimAt: timestamp(noticedAtMilliseconds + reclaimSeconds * 1000),
  };
}
