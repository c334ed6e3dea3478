import { setTimeout as wait } from 'node:timers/promises';
import {
  type AutoScalingClient,
  type AutoScalingInstanceDetails,
  DescribeAutoScalingInstancesCommand,
} from '@aws-sdk/client-auto-scaling';
import { taggedDrainSeconds, unreadableTags } from '../capacity/floor.ts';
import { reasonNotToManage } from '../capacity/group-management.ts';
import { describeGroup, type GroupSnapshot, phaseOf, weightOf } from '../capacity/group-snapshot.ts';
import { leaveByFor, leaveByTag } from '../capacity/leave-by.ts';
import { shutdownDocumentTag, taggedShutdownDocument } from '../capacity/shutdown-document.ts';
import type { RebalanceSettings, Settings } from '../configuration/settings.ts';
import type { InterruptionTable, SharedFacts } from '../ledger/interruption-table.ts';
import type {
  DescribeInstanceInput,
  DescribeInstanceOutput,
  Interruption,
  NotManagedReason,
} from '../shared/contract.ts';
import { GroupBusy, InterruptionTableUnavailable } from '../shared/errors.ts';
import { timestamp } from '../shared/timestamps.ts';
import {
  claimSpreadSeconds,
  decideSeconds,
  groupFactsSeconds,
  hooksPatienceSeconds,
  jitterSeconds,
  keptSeconds,
  longestRetrySeconds,
  outageSeconds,
  recordSpreadSeconds,
  settlingSeconds,
  shortestRetrySeconds,
} from '../shared/timing.ts';
import { type Notice, readNotice } from './notice.ts';
import { longestTerminationHookSeconds } from './termination-hooks.ts';

interface Services {
  readonly autoScaling: AutoScalingClient;
  readonly table: InterruptionTable;
}

/**
 * Finds out whose the interrupted instance is and how much time there is, and so whether it is ours to handle (G7), and how it
 * is to leave. What the group's tags and hooks say is read once for all executions of a storm.
 * @throws InvalidEvent when the event names no instance; GroupBusy while another execution reads the group's tags; any error
 * of the Auto Scaling API.
 */
export function createDescribeInstance({ autoScaling, table }: Services, settings: Settings) {
  return async (input: DescribeInstanceInput): Promise<DescribeInstanceOutput> => {
    const notice = readNotice(input);
    const instance = await describe(autoScaling, notice.instanceId);
    const group = instance?.AutoScalingGroupName;
    const reason = reasonNotToTake(instance) ?? reasonNotToReplace(notice, instance, settings);
    if (reason !== undefined || group === undefined) {
      return unmanaged(notice, reason ?? 'not in an Auto Scaling group', group);
    }
    const facts = await factsOf(group, notice);
    if (facts.notManaged) return unmanaged(notice, facts.notManaged, group);
    const { drainSeconds = settings.drainSeconds, leaveBy = 'detach', hookSeconds, hooksUnknown } = facts;
    const shutdownDocument = facts.shutdownDocument ?? settings.shutdownDocument;
    return {
      ...interruption(notice, group, weightOf(instance?.WeightedCapacity), drainSeconds),
      ...(isRecommendation(notice) && settings.rebalance && untilGivenUp(notice, settings.rebalance)),
      leaveBy,
      ...(shutdownDocument !== undefined && { shutdownDocument }),
      ...(hookSeconds !== undefined && { hookSeconds }),
      ...(hooksUnknown && { hooksUnknown }),
      ...(facts.unreadableTags && { unreadableTags: facts.unreadableTags }),
    };
  };

  /** Without the table each execution reads for itself. */
  async function factsOf(group: string, notice: Notice): Promise<Facts> {
    // The executions of a storm are started in the same moment: the first one keeps the others from claiming the look, too.
    await upTo(claimSpreadSeconds);
    try {
      const { facts, lookingUntilMilliseconds } = (await table.glance(group, notice.instanceId)).ledger;
      const ageSeconds = (Date.now() - (facts?.readAtMilliseconds ?? 0)) / 1000;
      // They all record their instances next, in one partition of the table.
      if (facts && ageSeconds < longestRetrySeconds) await upTo(recordSpreadSeconds);
      if (facts && ageSeconds < groupFactsSeconds) return facts;
      const isMine = lookingUntilMilliseconds < Date.now() && (await table.claimLook(group));
      if (!isMine) throw new GroupBusy(`Another execution looks at ${group} right now.`);
      const read = await readFacts(group, notice).catch(async (error: unknown) => {
        // So that the others need not wait until the claim lapses.
        await table.endLook(group);
        throw error;
      });
      const { unreadableTags: _, ...shared } = read;
      await table.noteFacts(group, shared);
      return read;
    } catch (error) {
      if (!(error instanceof InterruptionTableUnavailable)) throw error;
      return readFacts(group, notice);
    }
  }

  async function readFacts(group: string, notice: Notice): Promise<Facts> {
    const snapshot = await describeGroup(autoScaling, group);
    const readAtMilliseconds = Date.now();
    if (!snapshot) return { readAtMilliseconds, notManaged: 'not in an Auto Scaling group' };
    const notManaged = reasonNotToManage(snapshot, settings);
    if (notManaged) return { readAtMilliseconds, notManaged };
    const drainSeconds = taggedDrainSeconds(snapshot);
    const shutdownDocument = taggedShutdownDocument(snapshot, settings);
    const isDocumentWrong = snapshot.tags.has(shutdownDocumentTag) && shutdownDocument === undefined;
    const { isTagIgnored, ...leaving } = await leavingOf(group, snapshot, notice);
    const unreadable = [
      ...unreadableTags(snapshot),
      ...(isDocumentWrong ? [shutdownDocumentTag] : []),
      ...(isTagIgnored ? [leaveByTag] : []),
    ];
    return {
      readAtMilliseconds,
      ...leaving,
      ...(drainSeconds !== undefined && { drainSeconds }),
      ...(shutdownDocument !== undefined && { shutdownDocument }),
      ...(unreadable.length > 0 && { unreadableTags: unreadable }),
    };
  }

  /** Hooks are read where they decide, or may be cut off. A failure is tried again for a while: detaching would skip them. */
  async function leavingOf(group: string, snapshot: GroupSnapshot, { noticedAtMilliseconds }: Notice) {
    const { isTagIgnored, leaveBy } = leaveByFor(snapshot, settings.leaveBy ?? 'auto');
    if (leaveBy === 'detach') return { isTagIgnored, leaveBy };
    try {
      const hookSeconds = await longestTerminationHookSeconds(autoScaling, group);
      if (hookSeconds !== undefined) return { isTagIgnored, leaveBy: 'terminate', hookSeconds } as const;
      return { isTagIgnored, leaveBy: leaveBy === 'auto' ? 'detach' : leaveBy } as const;
    } catch (error) {
      if (leaveBy === 'terminate') return { isTagIgnored, leaveBy };
      if (Date.now() - noticedAtMilliseconds < hooksPatienceSeconds * 1000) throw error;
      return { isTagIgnored, leaveBy: 'detach', hooksUnknown: true } as const;
    }
  }
}

/** Unreadable tags are told by whoever read them, and so once for a storm. */
interface Facts extends SharedFacts {
  readonly unreadableTags?: readonly string[];
}

/** Waits for a random time. */
function upTo(seconds: number): Promise<void> {
  return wait(Math.random() * seconds * 1000);
}

async function describe(autoScaling: AutoScalingClient, instanceId: string) {
  const answer = await autoScaling.send(new DescribeAutoScalingInstancesCommand({ InstanceIds: [instanceId] }));
  return answer.AutoScalingInstances?.[0];
}

function reasonNotToTake(instance: AutoScalingInstanceDetails | undefined): NotManagedReason | undefined {
  if (!instance?.AutoScalingGroupName) return 'not in an Auto Scaling group';
  const phase = phaseOf(instance.LifecycleState ?? '');
  if (phase === 'detaching' || phase === 'terminating') return 'already leaving its Auto Scaling group';
  return phase === 'warm' ? 'in a warm pool, not in service' : undefined;
}

/** Capacity Rebalancing does not replace protected instances either. */
function reasonNotToReplace(
  notice: Notice,
  instance: AutoScalingInstanceDetails | undefined,
  { rebalance }: Settings,
): NotManagedReason | undefined {
  if (!isRecommendation(notice)) return undefined;
  if (!rebalance) return 'rebalance recommendations are ignored';
  return instance?.ProtectedFromScaleIn
    ? 'protected from scale-in, and so not replaced on a recommendation'
    : undefined;
}

function isRecommendation({ signal }: Notice): boolean {
  return signal === 'rebalance recommendation';
}

/** There is no reclaim: nothing becomes due but giving up. After that there is time for the raise to be taken back. */
function untilGivenUp({ noticedAtMilliseconds }: Notice, { timeoutMinutes }: RebalanceSettings) {
  const milliseconds = noticedAtMilliseconds + timeoutMinutes * 60_000;
  const settledBy = timestamp(milliseconds + settlingSeconds * 1000);
  return {
    recommended: 1,
    reclaimAt: settledBy,
    detachBy: timestamp(milliseconds),
    decideBy: settledBy,
    retryUntil: settledBy,
    expiresAtSeconds: Math.ceil(milliseconds / 1000) + keptSeconds,
  } as const;
}

function interruption(
  notice: Notice,
  group: string,
  weight: number,
  drainSeconds: number,
): Omit<Interruption, 'leaveBy'> {
  const reclaimAt = notice.reclaimAtMilliseconds;
  const detachBy = reclaimAt - drainSeconds * 1000;
  return {
    managed: true,
    recommended: 0,
    ...described(notice),
    autoScalingGroupName: group,
    weight,
    drainSeconds,
    detachBy: timestamp(detachBy),
    decideBy: timestamp(detachBy - (decideSeconds + Math.random() * jitterSeconds) * 1000),
    retryUntil: timestamp(detachBy - outageSeconds * 1000),
    retrySeconds: Math.round(shortestRetrySeconds + Math.random() * (longestRetrySeconds - shortestRetrySeconds)),
    recordedAtSeconds: Math.floor(Date.now() / 1000),
    expiresAtSeconds: Math.ceil(reclaimAt / 1000) + keptSeconds,
  };
}

function unmanaged(notice: Notice, reason: NotManagedReason, group: string | undefined): DescribeInstanceOutput {
  return { managed: false, ...described(notice), reason, ...(group !== undefined && { autoScalingGroupName: group }) };
}

function described(notice: Notice) {
  const { executionArn, instanceAction, instanceId, noticedAtMilliseconds, reclaimAtMilliseconds, signal } = notice;
  return {
    instanceId,
    signal,
    instanceAction,
    executionArn,
    noticeAt: timestamp(noticedAtMilliseconds),
    reclaimAt: timestamp(reclaimAtMilliseconds),
  };
}
