import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { Detached, DetachInstancesInput, Detachment, DetachReason, HandlingState } from '../shared/contract.ts';
import { GroupBusy, InstanceNotDetachable } from '../shared/errors.ts';
import { type LeasedGroup, type LeaseServices, withGroupLease } from '../shared/group-lease.ts';
import type { GroupSnapshot } from '../shared/group-snapshot.ts';
import { isShort, reckon } from '../shared/reckoning.ts';
import { setDesiredCapacity } from '../shared/set-desired-capacity-call.ts';
import type { Settings } from '../shared/settings.ts';
import { secondsUntil, timestamp } from '../shared/timestamps.ts';
import { type DetachCall, detachInstance } from './detach-call.ts';

/**
 * Detaches the instance, and takes back its raise of DesiredCapacity where it has one; or, told to give way, detaches it
 * for the group to launch another in its place, if that is still needed. In a dry run it neither detaches nor notes
 * anything: it says what it would have done.
 *
 * @throws GroupBusy and InterruptionTableUnavailable, but only while there is time to try again;
 * InstanceNotDetachable; any error of the Auto Scaling API.
 */
export function createDetachInstances(services: LeaseServices, settings: Settings) {
  return ({ giveWay, handling }: DetachInstancesInput): Promise<Detachment> => {
    if (giveWay) return giveWayUnderLease(services, handling, settings);
    if (settings.dryRun) return Promise.resolve(wouldDetach(handling));
    if (mayHaveRaised(handling)) return detachWithItsRaise(services, handling);
    return detachWith(services.autoScaling, handling, { decrement: false });
  };
}

/** Only if the group is still short, and has no room above: one instance gives way at a time (G5). */
function giveWayUnderLease(services: LeaseServices, handling: HandlingState, settings: Settings) {
  const { autoScalingGroupName, executionArn, instanceId, weight } = handling.interruption;
  return withGroupLease(services, autoScalingGroupName, executionArn, async (group): Promise<Detachment> => {
    const reckoning = reckon(group.snapshot, group.records, instanceId, settings.minServingPeers);
    const canRaise = reckoning.raised || !reckoning.canLaunch || reckoning.headroom >= weight;
    if (!reckoning.detachable || !isShort(reckoning) || canRaise) {
      return { detached: false, reason: 'another instance gave way' };
    }
    if (settings.dryRun) return { ...wouldDetach(handling), reason: 'gave way at MaxSize' };
    // Noted first: whoever looks next knows that a place is free, even if its snapshot does not show it yet.
    await group.noteGivingWay(instanceId);
    const detached = await detachWith(services.autoScaling, handling, { decrement: false });
    return { ...detached, reason: 'gave way at MaxSize' };
  });
}

/** False only where it is certain: then neither lease nor table is needed. */
function mayHaveRaised({ capacity, scaleOut }: HandlingState): boolean {
  const outcomeIsOpen = scaleOut !== undefined && 'Error' in scaleOut;
  return outcomeIsOpen || scaleOut?.raised === true || capacity?.raised === true || capacity?.raisePending === true;
}

async function detachWithItsRaise(services: LeaseServices, handling: HandlingState): Promise<Detachment> {
  const { autoScalingGroupName, executionArn, retryUntil, detachBy } = handling.interruption;
  const takeBack = (group: LeasedGroup) => takeBackRaise(services.autoScaling, group, handling);
  try {
    return await withGroupLease(services, autoScalingGroupName, executionArn, takeBack, patienceSeconds(detachBy));
  } catch (error) {
    if (secondsUntil(retryUntil, Date.now()) > 0 || isWorthWaitingFor(error, detachBy)) throw error;
    // Too late to wait for whatever is missing. A decrement outside the lease can get lost in another's
    // SetDesiredCapacity, which leaves DesiredCapacity too high, never too low.
    return detachWith(services.autoScaling, handling, { decrement: handling.capacity?.raised === true });
  }
}

/** Others give the lease back within a second, and who raised at the same time has the same deadline. */
function isWorthWaitingFor(error: unknown, detachBy: string): boolean {
  return error instanceof GroupBusy && secondsUntil(detachBy, Date.now()) > 2.5;
}

/** For the lease and what is done under it, so that a service that hangs does not keep the instance past `detachBy`. */
function patienceSeconds(detachBy: string): number {
  const secondsLeft = secondsUntil(detachBy, Date.now());
  return secondsLeft <= 0 ? 4 : Math.max(1, secondsLeft - 1);
}

async function takeBackRaise(
  autoScaling: AutoScalingClient,
  group: LeasedGroup,
  handling: HandlingState,
): Promise<Detached> {
  const { autoScalingGroupName, instanceId, weight } = handling.interruption;
  const record = group.records.interruptions.get(instanceId);
  if (record?.takenBack) return detachTakenBack(autoScaling, handling);
  if (record?.raisedTo === undefined || !group.snapshot) return detachWith(autoScaling, handling, { decrement: false });

  const from = group.snapshot.desiredCapacity;
  const change = { instanceId, from, to: from - weight };
  const terminating = isTerminating(group.snapshot, instanceId);
  if (!terminating) {
    const { decremented, wasGone } = await group.changeDesiredCapacity(change, async () => {
      const call = await detachInstance(autoScaling, autoScalingGroupName, instanceId, { decrement: true });
      return { ...call, tookEffect: call.decremented };
    });
    if (!wasGone) return detachment(handling, { decremented, wasGone });
  }

  // Somebody else took the instance away, so that its raise has to be taken back by itself.
  const wasGone = true;
  const isOwed = terminating || !mayHaveDecrementedOutsideOfTheLease(handling);
  if (!isOwed || change.to < group.snapshot.minSize) return detachment(handling, { decremented: false, wasGone });
  await group.changeDesiredCapacity(change, () => setDesiredCapacity(autoScaling, autoScalingGroupName, change.to));
  return detachment(handling, { decremented: true, wasGone });
}

/** DetachInstances would refuse it, for as long as that takes. */
function isTerminating({ instances }: GroupSnapshot, instanceId: string): boolean {
  return instances.find((instance) => instance.instanceId === instanceId)?.phase === 'terminating';
}

/**
 * An earlier call did it, whose answer was lost; or it was taken for done because another instance left outside of the
 * lease meanwhile. So it is made sure of.
 */
async function detachTakenBack(autoScaling: AutoScalingClient, handling: HandlingState): Promise<Detached> {
  const { autoScalingGroupName, instanceId } = handling.interruption;
  try {
    await detachInstance(autoScaling, autoScalingGroupName, instanceId, { decrement: false });
  } catch (error) {
    const isLeaving = error instanceof InstanceNotDetachable;
    if (!isLeaving) throw error;
  }
  return detachment(handling, { decremented: true, wasGone: false });
}

/** After `retryUntil` an earlier attempt may have, and its answer was lost. Taking back twice would leave it too low. */
function mayHaveDecrementedOutsideOfTheLease({ capacity, interruption }: HandlingState): boolean {
  return capacity?.attached === true && secondsUntil(interruption.retryUntil, Date.now()) <= 0;
}

async function detachWith(
  autoScaling: AutoScalingClient,
  handling: HandlingState,
  { decrement }: { readonly decrement: boolean },
): Promise<Detached> {
  const { autoScalingGroupName, instanceId } = handling.interruption;
  return detachment(handling, await detachInstance(autoScaling, autoScalingGroupName, instanceId, { decrement }));
}

function wouldDetach(handling: HandlingState): Detached {
  const decremented = handling.capacity?.raised === true;
  return { ...detachment(handling, { decremented, wasGone: false }), dryRun: true };
}

function detachment(handling: HandlingState, { decremented, wasGone }: DetachCall): Detached {
  const now = Date.now();
  return {
    detached: true,
    detachedAt: timestamp(now),
    secondsBeforeReclaim: secondsUntil(handling.interruption.reclaimAt, now),
    decremented,
    reason: wasGone ? 'was gone already' : reasonFor(handling, now),
  };
}

/** An observation that is older than any one step of the workflow says nothing of the present. */
const freshSeconds = 15;

function reasonFor({ capacity, interruption }: HandlingState, now: number): DetachReason {
  if (!capacity || -secondsUntil(capacity.observedAt, now) > freshSeconds) return 'capacity unknown';
  if (capacity.servingPeers >= capacity.requiredPeers) return 'peers serve';
  return secondsUntil(interruption.decideBy, now) <= 0 ? 'deadline' : 'capacity unknown';
}
