import type { HandlingState, ScaleOut, ScaleOutReason } from '../shared/contract.ts';
import { type LeaseServices, withGroupLease } from '../shared/group-lease.ts';
import { isShort, type Reckoning, reckon } from '../shared/reckoning.ts';
import { setDesiredCapacity } from '../shared/set-desired-capacity-call.ts';
import type { Settings } from '../shared/settings.ts';

/**
 * Raises DesiredCapacity by the instance's own weight, unless a second look under the group's lease finds that it is no
 * longer needed or not possible. It never raises more than once for one instance. In a dry run it neither raises nor notes
 * anything: it says what it would have done.
 *
 * @throws GroupBusy; InterruptionTableUnavailable; any error of the Auto Scaling API. After an error of
 * SetDesiredCapacity itself it is open whether the raise took effect, until the next look under the lease.
 */
export function createSetDesiredCapacity(services: LeaseServices, settings: Settings) {
  return ({ interruption }: HandlingState): Promise<ScaleOut> => {
    const { autoScalingGroupName, executionArn, instanceId, weight } = interruption;
    return withGroupLease(services, autoScalingGroupName, executionArn, async (group) => {
      const reckoning = reckon(group.snapshot, group.records, instanceId, settings.minServingPeers);
      const from = reckoning.desiredCapacity;
      const obstacle = reasonNotToRaise(reckoning, weight);
      if (obstacle) return { raised: reckoning.raised, reason: obstacle, desiredCapacity: from };
      const to = from + weight;
      if (settings.dryRun) return { raised: true, reason: 'raised', desiredCapacity: to, dryRun: true };
      await group.changeDesiredCapacity({ instanceId, from, to }, () =>
        setDesiredCapacity(services.autoScaling, autoScalingGroupName, to),
      );
      return { raised: true, reason: 'raised', desiredCapacity: to };
    });
  };
}

function reasonNotToRaise(reckoning: Reckoning, weight: number): ScaleOutReason | undefined {
  if (reckoning.raised) return 'already raised';
  if (!reckoning.attached) return 'no longer attached';
  if (!isShort(reckoning)) return 'no longer short';
  if (!reckoning.canLaunch) return 'Launch is suspended';
  return reckoning.headroom < weight ? 'at MaxSize' : undefined;
}
