import { type AutoScalingClient, SetDesiredCapacityCommand } from '@aws-sdk/client-auto-scaling';
import type { Settings } from '../configuration/settings.ts';
import { GroupLease, type LeaseServices, wasRefused } from '../ledger/group-lease.ts';
import type { HandlingState, ScaleOut } from '../shared/contract.ts';
import { GroupBusy } from '../shared/errors.ts';

/**
 * Changes DesiredCapacity by what the last look found: raises it for all that are short, or takes back a raise that nobody
 * needs any more. A second look, just before the call, finds what others have set meanwhile. In a dry run it changes and notes
 * nothing: it says what it would have done.
 *
 * @throws GroupBusy; InterruptionTableUnavailable; any error of the Auto Scaling API. After an error of SetDesiredCapacity
 * itself it is open whether it took effect, until the next look settles it.
 */
export function createSetDesiredCapacity(services: LeaseServices, { dryRun }: Pick<Settings, 'dryRun'>) {
  return async (handling: HandlingState): Promise<ScaleOut> => {
    const { capacity, interruption } = handling;
    if (!capacity?.ledger) throw new GroupBusy('Nobody has looked at the group yet: look first.');
    const from = capacity.ledger.known;
    const to = from + capacity.changeBy;
    if (dryRun) return { from, to, dryRun };
    const lease = await GroupLease.take(services, handling, { from, to });
    if (!(await lease.confirm())) throw new GroupBusy('DesiredCapacity has changed since the look: look again.');
    try {
      await setDesiredCapacity(services.autoScaling, interruption.autoScalingGroupName, to);
    } catch (error) {
      if (wasRefused(error)) await lease.release();
      throw error;
    }
    // What cannot be noted now stays pending, and is settled by the next look.
    await lease.changed(capacity.changeBy, 'release').catch(() => undefined);
    return { from, to };
  };
}

/** Whether or not the group is in a cooldown: an interruption cannot wait for that. */
async function setDesiredCapacity(autoScaling: AutoScalingClient, group: string, desiredCapacity: number) {
  await autoScaling.send(
    new SetDesiredCapacityCommand({
      AutoScalingGroupName: group,
      DesiredCapacity: desiredCapacity,
      HonorCooldown: false,
    }),
  );
}
