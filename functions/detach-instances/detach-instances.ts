import type { Settings } from '../configuration/settings.ts';
import { GroupLease, type LeaseServices, wasRefused } from '../ledger/group-lease.ts';
import type { InterruptionTable, Then } from '../ledger/interruption-table.ts';
import type {
  Detachment,
  HandlingState,
  Interruption,
  LeaveReason,
  Leaving,
  Left,
  WayToLeave,
} from '../shared/contract.ts';
import { withNotes } from '../shared/departure-notes.ts';
import { GroupBusy, InstanceNotDetachable, NoAnswerInTime } from '../shared/errors.ts';
import { secondsUntil, timestamp } from '../shared/timestamps.ts';
import {
  aloneSeconds,
  batchesSeconds,
  decrementLookSeconds,
  freshSeconds,
  mostInstancesACall,
} from '../shared/timing.ts';
import { totalWeight } from '../shared/total-weight.ts';
import { withinSeconds } from '../shared/within-seconds.ts';
import type { LeaveCall } from './leave-call.ts';
import { leaveGroup } from './leave-group.ts';
import type { TargetRegistrations } from './target-registrations.ts';

export interface DetachServices extends LeaseServices {
  /** Where instances that give way serve on. */
  readonly targets?: TargetRegistrations;
}

/**
 * Takes out of the group what the last look found to leave, whoever's execution it is, by the way that the group wants; and
 * takes back raises in the same calls. Those that give way are registered with their target groups again, where that is
 * configured, and deregistered when the last look found that to be due. An instance whose time is up leaves on its own where that does not work. In a dry run nothing leaves, and nothing is
 * noted: it says what would have left.
 *
 * @throws GroupBusy, InterruptionTableUnavailable and NoAnswerInTime, but only while there is time to look again;
 * InstanceNotDetachable; any error of the Auto Scaling API.
 */
export function createDetachInstances(services: DetachServices, { dryRun }: Pick<Settings, 'dryRun'>) {
  return async (handling: HandlingState): Promise<Detachment> => {
    const { how, ...detachment } = await takeOut(handling);
    return { ...detachment, ...(how && { how: dryRun ? how : withNotes(how, handling.interruption) }) };
  };

  async function takeOut(handling: HandlingState): Promise<Detachment> {
    if (dryRun) return wouldLeave(handling);
    const isRecommendation = handling.interruption.recommended === 1;
    const how = howItLeft(handling);
    if (how) return await seeToOthers(services, handling, how);
    if (!isPlanned(handling)) {
      if (isRecommendation) throw new GroupBusy('The look is too old to leave by: look again.');
      return leaveAlone(services, handling);
    }
    try {
      return await withinSeconds(patienceSeconds(handling), new Departures(services, handling).leave());
    } catch (error) {
      if (isRecommendation || !isDue(handling) || (error instanceof GroupBusy && canComeBack(handling))) throw error;
      return leaveAlone(services, handling);
    }
  }
}

/** Where its own instance has left, and it lets some serve on. */
function howItLeft({ capacity, detachment }: HandlingState): Left | undefined {
  const isForOthers = capacity !== undefined && !capacity.attached && (capacity.servingOn?.due ?? 0) > 0;
  return isForOthers ? (detachment?.how ?? capacity.left) : undefined;
}

/** What the last look found to be due. What fails is found to be due again. */
async function seeToOthers(services: DetachServices, handling: HandlingState, how: Left): Promise<Detachment> {
  const { leaving = 0, servingOn } = handling.capacity ?? {};
  const { end = [], register = [], targetGroupArns = [] } = servingOn ?? {};
  const { targets } = services;
  await Promise.allSettled([targets?.deregister(targetGroupArns, end), targets?.register(targetGroupArns, register)]);
  const isPlannedFor = leaving > 0 && isPlanned(handling);
  const instanceIds = isPlannedFor ? (await new Departures(services, handling).leave()).instanceIds : [];
  return { left: true, how, instanceIds, unsettled: 1 };
}

/** A look that is older than any one step of the workflow says nothing of the present. */
function isPlanned({ capacity }: HandlingState): boolean {
  const isFresh = capacity !== undefined && -secondsUntil(capacity.observedAt, Date.now()) < freshSeconds;
  return isFresh && capacity.leaving > 0 && capacity.ledger !== undefined;
}

function isDue({ interruption }: HandlingState): boolean {
  return secondsUntil(interruption.decideBy, Date.now()) <= 0;
}

/** Another execution holds the lease, and probably takes this instance out, too. */
function canComeBack({ interruption }: HandlingState): boolean {
  return secondsUntil(interruption.detachBy, Date.now()) > aloneSeconds;
}

/** So that a service that hangs does not keep the instance past `detachBy`. */
function patienceSeconds({ interruption }: HandlingState): number {
  const secondsLeft = secondsUntil(interruption.detachBy, Date.now());
  return secondsLeft <= 0 ? aloneSeconds : Math.max(aloneSeconds, secondsLeft - aloneSeconds);
}

// Together, under the lease --------------------------------------------------------------------------------------------

interface Batch {
  readonly leaving: readonly Leaving[];
  readonly decrement: boolean;
}

/** One run: batch after batch, while there is time and the look at DesiredCapacity is recent. The rest waits for the next look. */
class Departures {
  readonly #services: DetachServices;
  readonly #handling: HandlingState;
  readonly #begunAt = Date.now();
  readonly #endsAt: number;
  readonly #left = new Map<string, Left>();
  #leftWeight = 0;
  #confirmedAt: number | undefined;

  constructor(services: DetachServices, handling: HandlingState) {
    this.#services = services;
    this.#handling = handling;
    this.#endsAt = this.#begunAt + Math.min(batchesSeconds, patienceSeconds(handling)) * 1000;
  }

  async leave(): Promise<Detachment> {
    const batches = batchesOf(this.#handling.capacity?.leave ?? []);
    const lease = await GroupLease.take(this.#services, this.#handling, pendingOf(batches, knownOf(this.#handling)));
    try {
      await this.#leaveInTurn(lease, batches);
    } catch (error) {
      // What has left has left; the outcome of the last call is open, and is settled by the next look.
      if (this.#left.size === 0) throw error;
      return this.#detachment(1);
    }
    const { interrupted = 0 } = this.#handling.capacity?.group ?? {};
    const isRaiseLeftOver = lease.numbers.raised > 0 && interrupted <= this.#leftWeight;
    const doesAnybodyServeOn = [...this.#left.values()].some(({ servesOn }) => servesOn !== undefined);
    return this.#detachment(isRaiseLeftOver || doesAnybodyServeOn ? 1 : 0);
  }

  async #leaveInTurn(lease: GroupLease, batches: readonly Batch[]): Promise<void> {
    for (let queue = batches; queue.length > 0; ) {
      const [batch, ...others] = queue;
      if (!batch) return;
      if (batch.decrement && !(await this.#isConfirmed(lease))) {
        if (this.#left.size > 0) return;
        throw new GroupBusy('DesiredCapacity has changed since the look: look again.');
      }
      const call = await this.#call(lease, batch);
      const lowered = call.kind === 'left' && batch.decrement ? totalWeight(batch.leaving) : 0;
      await this.#note(batch, call);
      queue = this.#mayGoOn() ? [...remainderOf(batch, call), ...others] : [];
      await lease.changed(-lowered, thenFor(queue, lease.numbers.known - lowered));
    }
  }

  async #isConfirmed(lease: GroupLease): Promise<boolean> {
    if (this.#confirmedAt !== undefined) return true;
    this.#confirmedAt = Date.now();
    return lease.confirm();
  }

  #mayGoOn(): boolean {
    const now = Date.now();
    return now < this.#endsAt && now - (this.#confirmedAt ?? now) < decrementLookSeconds * 1000;
  }

  async #call(lease: GroupLease, { leaving, decrement }: Batch): Promise<LeaveCall> {
    const { autoScaling } = this.#services;
    const { autoScalingGroupName, leaveBy } = this.#handling.interruption;
    const ids = leaving.map(({ instanceId }) => instanceId);
    // Nobody waits for it any more: Lambda may have frozen it meanwhile, and the lease may be that of another execution.
    if (Date.now() >= this.#endsAt) {
      await lease.release();
      throw new NoAnswerInTime('The lease took all the time that there was to leave in.');
    }
    try {
      return await leaveGroup(autoScaling, leaveBy, autoScalingGroupName, ids, decrement);
    } catch (error) {
      if (decrement && !wasRefused(error)) throw error;
      await lease.release();
      // The same call could only be made on the ledger as it was: a retry of it would be in vain.
      throw isDue(this.#handling) ? error : new GroupBusy(`It failed, look again: ${error}`, { cause: error });
    }
  }

  async #note({ leaving, decrement }: Batch, call: LeaveCall): Promise<void> {
    const { leaveBy } = this.#handling.interruption;
    const gone = (instanceId: string) =>
      call.kind === 'group is gone' || (call.kind === 'gone' && call.instanceId === instanceId);
    const left = leaving.flatMap(({ instanceId, reason, weight }): [string, Left][] => {
      if (call.kind === 'left') this.#leftWeight += weight;
      else if (!gone(instanceId)) return [];
      const servesOn = this.#mayServeOn(reason) && { servesOn: weight };
      const how = call.kind === 'left' ? { reason, decremented: decrement, way: leaveBy, ...servesOn } : wasGone;
      return [[instanceId, leftNow(this.#handling, how)]];
    });
    for (const [instanceId, how] of left) this.#left.set(instanceId, how);
    await Promise.all([noteLeft(this.#services.table, this.#handling, new Map(left)), this.#register(left)]);
  }

  /** One that is being terminated does not; nor do those that nobody waits for. */
  #mayServeOn(reason: LeaveReason): boolean {
    const { capacity, interruption } = this.#handling;
    const isWanted = this.#services.targets !== undefined && capacity?.servingOn !== undefined;
    return isWanted && interruption.leaveBy === 'detach' && reason === 'gave way at MaxSize';
  }

  /** It is noted that they serve on, so that the next look registers those whose registration has failed. */
  async #register(left: readonly [string, Left][]): Promise<void> {
    const ids = left.filter(([, { servesOn }]) => servesOn !== undefined).map(([instanceId]) => instanceId);
    const { targetGroupArns = [] } = this.#handling.capacity?.servingOn ?? {};
    await this.#services.targets?.register(targetGroupArns, ids).catch(() => undefined);
  }

  #detachment(unsettled: 0 | 1): Detachment {
    const how = this.#left.get(this.#handling.interruption.instanceId);
    return { left: how !== undefined, ...(how && { how }), instanceIds: [...this.#left.keys()], unsettled };
  }
}

/** First those without a decrement, so that DesiredCapacity is looked at right before the others. */
function batchesOf(leave: readonly Leaving[]): readonly Batch[] {
  return [false, true].flatMap((decrement) => {
    const leaving = leave.filter((one) => one.decrement === decrement);
    const count = Math.ceil(leaving.length / mostInstancesACall);
    return Array.from({ length: count }, (_, index): Batch => {
      return { decrement, leaving: leaving.slice(index * mostInstancesACall, (index + 1) * mostInstancesACall) };
    });
  });
}

/** What of a refused batch is tried again. */
function remainderOf({ leaving, decrement }: Batch, call: LeaveCall): readonly Batch[] {
  if (call.kind === 'decrement refused') return [{ leaving, decrement: false }];
  if (call.kind !== 'gone' && call.kind !== 'not detachable') return [];
  const others = leaving.filter(({ instanceId }) => instanceId !== call.instanceId);
  return others.length > 0 && others.length < leaving.length ? [{ leaving: others, decrement }] : [];
}

function pendingOf([first]: readonly Batch[], known: number) {
  return first?.decrement ? { from: known, to: known - totalWeight(first.leaving) } : undefined;
}

function thenFor(queue: readonly Batch[], known: number): Then {
  return queue.length === 0 ? 'release' : (pendingOf(queue, known) ?? 'keep');
}

function knownOf({ capacity }: HandlingState): number {
  return capacity?.ledger?.known ?? 0;
}

// Alone ----------------------------------------------------------------------------------------------------------------

/**
 * Without lease, ledger or decrement: DesiredCapacity stays too high by its raise until the next look takes that back, and
 * never gets too low.
 */
async function leaveAlone({ autoScaling, table }: LeaseServices, handling: HandlingState): Promise<Detachment> {
  const { instanceId } = handling.interruption;
  const { call, way } = await callAlone(autoScaling, handling.interruption);
  if (call.kind === 'not detachable') throw new InstanceNotDetachable(call.message);
  const how =
    call.kind === 'left'
      ? leftNow(handling, { reason: reasonAlone(handling), decremented: false, way })
      : ((await noted(table, handling)) ?? leftNow(handling, wasGone));
  await noteLeft(table, handling, new Map([[instanceId, how]]));
  return { left: true, how, instanceIds: [instanceId], unsettled: 1 };
}

/** What is refused to be terminated is detached: leaving in time (G1) comes before the group's hooks. */
async function callAlone(
  autoScaling: LeaseServices['autoScaling'],
  { autoScalingGroupName, instanceId, leaveBy }: Interruption,
): Promise<{ readonly call: LeaveCall; readonly way: WayToLeave }> {
  const callBy = async (way: WayToLeave) => {
    return { call: await leaveGroup(autoScaling, way, autoScalingGroupName, [instanceId], false), way };
  };
  try {
    return await callBy(leaveBy);
  } catch (error) {
    if (leaveBy === 'detach' || !wasRefused(error)) throw error;
    return callBy('detach');
  }
}

/** How it left, where another execution has just taken it along. */
async function noted(table: InterruptionTable, { interruption }: HandlingState): Promise<Left | undefined> {
  const { autoScalingGroupName, instanceId, noticeAt } = interruption;
  const { left } = await table.glance(autoScalingGroupName, instanceId, noticeAt).catch(() => ({ left: undefined }));
  return left;
}

function reasonAlone({ capacity, interruption }: HandlingState): LeaveReason {
  const planned = capacity?.leave.find(({ instanceId }) => instanceId === interruption.instanceId);
  return planned?.reason ?? 'capacity unknown';
}

/** For the others to see; nothing depends on it, since they can also see that it is gone. */
async function noteLeft(table: InterruptionTable, { interruption }: HandlingState, left: ReadonlyMap<string, Left>) {
  await table.noteLeft(interruption.autoScalingGroupName, left).catch(() => undefined);
}

const wasGone = { reason: 'was gone already', decremented: false } as const;

function leftNow({ interruption }: HandlingState, how: Omit<Left, 'at' | 'by'>): Left {
  return { at: timestamp(Date.now()), by: interruption.executionArn, ...how };
}

function wouldLeave(handling: HandlingState): Detachment {
  const { instanceId, leaveBy } = handling.interruption;
  const planned = handling.capacity?.leave.find((one) => one.instanceId === instanceId);
  const { decrement = false, reason = reasonAlone(handling) } = planned ?? {};
  return {
    left: true,
    how: leftNow(handling, { reason, decremented: decrement, way: leaveBy }),
    instanceIds: [instanceId],
    unsettled: 0,
    dryRun: true,
  };
}
