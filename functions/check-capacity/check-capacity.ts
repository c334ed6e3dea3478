import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { CapacityReport, HandlingState, Interruption } from '../shared/contract.ts';
import { describeGroup } from '../shared/group-snapshot.ts';
import type { InterruptionTable } from '../shared/interruption-table.ts';
import { isShort, reckon } from '../shared/reckoning.ts';
import type { Settings } from '../shared/settings.ts';
import { secondsUntil, timestamp } from '../shared/timestamps.ts';
import { withinSeconds } from '../shared/within-seconds.ts';
import { healthyTargets } from './target-health.ts';

/** After so many failures of DescribeTargetHealth in a row, being InService has to do for serving. */
const targetHealthPatience = 3;

/** The last look must not take the time that DetachInstances needs, even if a service hangs. */
const secondsToDetach = 3;
const shortestLookSeconds = 1;
const longestLookSeconds = 4.5;

/** Looking more often would not help any more: EC2 has taken the instance, and the group has yet to notice. */
const pollSecondsAfterReclaim = 15;

/** So many polls' time passes between two looks while the missing peers are still being launched. */
const launchingPolls = 3;

interface Services {
  readonly autoScaling: AutoScalingClient;
  readonly loadBalancing: ElasticLoadBalancingV2Client;
  readonly table: InterruptionTable;
}

/**
 * Looks at the group once and reports numbers; what follows from them is the workflow's to decide.
 * @throws InterruptionTableUnavailable; NoAnswerInTime; any error of DescribeAutoScalingGroups.
 */
export function createCheckCapacity({ autoScaling, loadBalancing, table }: Services, settings: Settings) {
  return (handling: HandlingState): Promise<CapacityReport> =>
    withinSeconds(longestLook(handling.interruption), look(handling));

  async function look({ interruption, capacity: previous }: HandlingState): Promise<CapacityReport> {
    const { autoScalingGroupName, instanceId } = interruption;
    const [group, records] = await Promise.all([
      describeGroup(autoScaling, autoScalingGroupName),
      table.read(autoScalingGroupName),
    ]);
    const { inServicePeerIds, ...reckoning } = reckon(group, records, instanceId, settings.minServingPeers);
    const serving = await servingPeers(
      loadBalancing,
      group?.targetGroupArns ?? [],
      inServicePeerIds,
      reckoning.requiredPeers,
      previous?.targetHealthFailures ?? 0,
    );
    const now = Date.now();
    return {
      ...reckoning,
      ...serving,
      inServicePeers: inServicePeerIds.length,
      observedAt: timestamp(now),
      nextCheckAt: nextCheckAt(interruption, now, pollSecondsFor(reckoning, inServicePeerIds.length, settings)),
    };
  }
}

/** In seconds. */
function longestLook({ detachBy }: Interruption): number {
  const secondsLeft = secondsUntil(detachBy, Date.now());
  if (secondsLeft <= 0) return longestLookSeconds;
  return Math.max(shortestLookSeconds, Math.min(longestLookSeconds, secondsLeft - secondsToDetach));
}

/**
 * Asks for target health only when enough peers are InService for the answer to matter. While the answer cannot be had,
 * nobody counts as serving, until patience ends.
 */
async function servingPeers(
  loadBalancing: ElasticLoadBalancingV2Client,
  targetGroupArns: readonly string[],
  inServicePeerIds: readonly string[],
  requiredPeers: number,
  failuresBefore: number,
): Promise<Pick<CapacityReport, 'servingPeers' | 'targetHealthFailures'>> {
  const inService = inServicePeerIds.length;
  const matters = targetGroupArns.length > 0 && requiredPeers > 0 && inService >= requiredPeers;
  if (!matters) return { servingPeers: inService, targetHealthFailures: 0 };
  try {
    const healthy = await healthyTargets(loadBalancing, targetGroupArns, inServicePeerIds);
    return { servingPeers: healthy.length, targetHealthFailures: 0 };
  } catch {
    const failures = failuresBefore + 1;
    return { servingPeers: failures >= targetHealthPatience ? inService : 0, targetHealthFailures: failures };
  }
}

/**
 * More slowly while the missing peers are still being launched: once InService they have yet to become healthy, which
 * takes them about as long. No later detach comes of it, and almost half of the transitions are saved (docs/benchmarks.md).
 */
export function pollSecondsFor(
  reckoning: Pick<CapacityReport, 'expectedPeers' | 'requiredPeers'>,
  inServicePeers: number,
  { pollSeconds }: Pick<Settings, 'pollSeconds'>,
): number {
  const areOnTheirWay = inServicePeers < reckoning.requiredPeers && !isShort(reckoning);
  return areOnTheirWay ? launchingPolls * pollSeconds : pollSeconds;
}

/** After the seconds given, and exactly when the last decision is due. */
export function nextCheckAt(
  { decideBy, reclaimAt }: Pick<Interruption, 'decideBy' | 'reclaimAt'>,
  nowMilliseconds: number,
  pollSeconds: number,
): string {
  if (nowMilliseconds >= Date.parse(reclaimAt)) return timestamp(nowMilliseconds + pollSecondsAfterReclaim * 1000);
  const nextPoll = nowMilliseconds + pollSeconds * 1000;
  const decision = Date.parse(decideBy);
  return timestamp(nowMilliseconds < decision ? Math.min(nextPoll, decision) : nextPoll);
}
