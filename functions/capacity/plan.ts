import type { MinServing } from '../configuration/values.ts';
import type { GroupNumbers, LeaveReason, Leaving } from '../shared/contract.ts';
import {
  decideSeconds,
  departuresPerSecond,
  detachCallSeconds,
  jitterSeconds,
  mostInstancesACall,
  outageSeconds,
  reclaimSeconds,
} from '../shared/timing.ts';
import { totalWeight } from '../shared/total-weight.ts';
import { floorOf } from './floor.ts';
import type { GroupInstance, GroupSnapshot } from './group-snapshot.ts';
import type { InterruptionRecord } from './interruption-record.ts';
import { isWaiting, replaced, withinBudget, withRecommended } from './recommended.ts';

/** What is known of a group at one moment. */
export interface Situation {
  readonly group: GroupSnapshot;
  /** By instance id. */
  readonly interruptions: ReadonlyMap<string, InterruptionRecord>;
  /** Settled: nothing is pending, and `known` is the group's DesiredCapacity. */
  readonly ledger: { readonly raised: number; readonly voidedAtMilliseconds?: number | undefined };
  readonly minServing: MinServing;
  /** How many are replaced at a time on a recommendation; undefined: recommendations are ignored. */
  readonly rebalanceBudget?: MinServing;
  /** Instances that serve; undefined while that is not known. */
  readonly serving: ReadonlySet<string> | undefined;
  /** In capacity units: instances that gave way before, and serve outside of the group until their replacements do. Default 0. */
  readonly formerServing?: number;
  readonly nowMilliseconds: number;
  /** What this look has taken: as long will the next calls take. */
  readonly lookSeconds: number;
}

/** What is to be done about the whole group, now and next. Capacities are in the group's own units. */
export interface Plan extends Pick<GroupNumbers, 'usualSize' | 'floor' | 'serving' | 'interrupted' | 'noHeadroom'> {
  /** Above 0: the raise for all that are short. Below 0: a raise that nobody needs any more. */
  readonly changeBy: number;
  /** Of what is raised: what is still to be taken back, now that nobody is left who needs it. */
  readonly surplus: number;
  /** Those whose deadline is first leave first. */
  readonly leave: readonly Leaving[];
  /** Recorded as interrupted, and no longer members of the group: somebody else took them away. */
  readonly gone: readonly string[];
  /** What has to come next decides how soon it is worth looking again. */
  readonly waitsFor: 'launches' | 'health checks' | 'room to raise';
  /** When the first of those that wait has to leave, in epoch milliseconds; undefined where nobody waits. */
  readonly dueAtMilliseconds: number | undefined;
}

/**
 * Decides for the whole group: how far to raise, which instances leave now and how, which give way. Pure: the heart of the
 * handler. docs/guarantees.md says what it keeps.
 */
export function planFor(situation: Situation): Plan {
  const { group, ledger, minServing } = situation;
  const members = membersOf(situation);
  const usualSize = Math.max(0, group.desiredCapacity - ledger.raised);
  const floor = floorOf(minServing, usualSize);
  const serving = totalWeight(members.filter(({ serves }) => serves));
  const interrupted = interruptedOf(members, situation);
  const due = leaversOf(interrupted, serving - floor, situation);
  const recommended = recommendedOf(members, usualSize, situation);
  const leavers = [...due, ...replacedOf(recommended, due, serving, usualSize, situation)];
  const leaving = new Set<Member>(leavers.map(({ member }) => member));
  const staying = interrupted.filter((member) => isCounted(member) && !leaving.has(member));
  const waiting = recommended.filter((member) => !leaving.has(member));
  const capacity = withWaiting(capacityFor(staying, usualSize, floor, situation), waiting, situation);
  const giveWay = leavers.length > 0 ? [] : waveOf(staying, members, capacity, situation);
  const leave = withDecrements([...leavers, ...giveWay], capacity.surplus, group);
  const isSomebodyLeft = staying.length > 0 || waiting.length > 0;
  return {
    usualSize,
    floor,
    serving,
    interrupted: totalWeight(interrupted) + totalWeight(recommended),
    noHeadroom: capacity.noHeadroom,
    changeBy: capacity.raiseBy > 0 ? capacity.raiseBy : 0 - takeBack(isSomebodyLeft, leave, serving, capacity, group),
    surplus: !isSomebodyLeft && leave.length === 0 ? capacity.surplus : 0,
    leave,
    gone: goneOf(situation),
    waitsFor: waitsFor(staying, members, capacity, situation),
    dueAtMilliseconds: firstDue(interrupted, leave, situation.nowMilliseconds),
  };
}

/**
 * When an instance has to leave at the latest. Where one call is enough, as late as calls take at the time; in a storm the later
 * ones have to wait for the calls of the earlier.
 */
export function dueAt(detachByMilliseconds: number, rank: number, interrupted: number, lookSeconds: number): number {
  const oneCallSeconds = Math.min(longestDecisionSeconds, detachCallSeconds + looksBeforeLeaving * lookSeconds);
  const seconds =
    interrupted <= mostInstancesACall ? oneCallSeconds : longestDecisionSeconds + rank / departuresPerSecond;
  return detachByMilliseconds - seconds * 1000;
}

/** Those that are, or were just now, interrupted together: those that have left have executions, too. */
function stormOf({ interruptions, nowMilliseconds }: Situation): readonly InterruptionRecord[] {
  const isOfNow = ({ detachByMilliseconds, recommended }: InterruptionRecord) =>
    !recommended && Math.abs(detachByMilliseconds - nowMilliseconds) < reclaimSeconds * 1000;
  return [...interruptions.values()].filter(isOfNow);
}

const longestDecisionSeconds = decideSeconds + jitterSeconds;

/** The last look, and the call and its notes, which take about as long; with as much again to spare. */
const looksBeforeLeaving = 3;

// The group's members --------------------------------------------------------------------------------------------------

interface Member extends GroupInstance {
  readonly serves: boolean;
  /** Undefined for those that stay. */
  readonly record: InterruptionRecord | undefined;
}

interface RecordedMember extends Member {
  readonly record: InterruptionRecord;
}

interface InterruptedMember extends RecordedMember {
  readonly dueAtMilliseconds: number;
}

/** One that left is gone, even if the snapshot still shows it: records are read consistently, groups are not. */
function membersOf({ group, interruptions, serving }: Situation): readonly Member[] {
  return group.instances
    .filter(({ instanceId }) => interruptions.get(instanceId)?.left === undefined)
    .filter(({ phase }) => phase === 'pending' || phase === 'in service' || phase === 'standby')
    .map((instance) => ({
      ...instance,
      serves: instance.phase === 'in service' && instance.healthy && (serving?.has(instance.instanceId) ?? false),
      record: interruptions.get(instance.instanceId),
    }));
}

/** In the order in which they have to leave. */
function interruptedOf(members: readonly Member[], situation: Situation): readonly InterruptedMember[] {
  const storm = stormOf(situation).length;
  const recorded = members.filter(isInterrupted).toSorted(byDeadline);
  return recorded.map((member, rank) => {
    const { detachByMilliseconds } = member.record;
    return { ...member, dueAtMilliseconds: dueAt(detachByMilliseconds, rank, storm, situation.lookSeconds) };
  });
}

function isInterrupted(member: Member): member is RecordedMember {
  return isRecorded(member) && !member.record.recommended;
}

function isRecorded(member: Member): member is RecordedMember {
  return member.record !== undefined;
}

function byDeadline(a: RecordedMember, b: RecordedMember): number {
  const sooner = a.record.detachByMilliseconds - b.record.detachByMilliseconds;
  return sooner === 0 ? a.instanceId.localeCompare(b.instanceId) : sooner;
}

/** What the group compares with DesiredCapacity: Standby instances are not in it. */
function isCounted({ phase }: GroupInstance): boolean {
  return phase !== 'standby';
}

function goneOf({ group, interruptions }: Situation): readonly string[] {
  const present = new Set(group.instances.filter(({ phase }) => isPresent(phase)).map(({ instanceId }) => instanceId));
  return [...interruptions].filter(([id, { left }]) => !left && !present.has(id)).map(([id]) => id);
}

function isPresent(phase: GroupInstance['phase']): boolean {
  return phase !== 'detaching' && phase !== 'terminating' && phase !== 'warm';
}

// Leaving --------------------------------------------------------------------------------------------------------------

interface Leaver {
  readonly member: Member;
  readonly reason: LeaveReason;
}

/** As many as serve beyond the floor, and whoever's time is up. One that does not serve leaves no gap. */
function leaversOf(
  interrupted: readonly InterruptedMember[],
  beyondFloor: number,
  { nowMilliseconds, serving }: Situation,
): readonly Leaver[] {
  let free = beyondFloor;
  return interrupted.flatMap((member): Leaver[] => {
    if (!member.detachable) return [];
    const holds = serving !== undefined && (!member.serves || free >= member.weight);
    const isDue = nowMilliseconds >= member.dueAtMilliseconds;
    if (!holds && !isDue) return [];
    if (member.serves) free -= member.weight;
    if (holds) return [{ member, reason: 'the floor holds without it' }];
    return [{ member, reason: serving === undefined ? 'capacity unknown' : 'deadline' }];
  });
}

/** In service, to be replaced on a recommendation, and within the budget. */
function recommendedOf(
  members: readonly Member[],
  usualSize: number,
  { nowMilliseconds, rebalanceBudget }: Situation,
): readonly RecordedMember[] {
  if (!rebalanceBudget) return [];
  const waiting = members
    .filter(isRecorded)
    .filter(({ phase, record }) => phase === 'in service' && isWaiting(record, nowMilliseconds));
  return withinBudget(waiting, rebalanceBudget, usualSize);
}

function replacedOf(
  recommended: readonly RecordedMember[],
  due: readonly Leaver[],
  serving: number,
  usualSize: number,
  situation: Situation,
): readonly Leaver[] {
  if (situation.serving === undefined) return [];
  const servingThen = serving - totalWeight(due.map(({ member }) => member).filter(({ serves }) => serves));
  return replaced(recommended, servingThen, usualSize).map((member) => {
    return { member, reason: 'replaced on a recommendation' };
  });
}

/**
 * Where there is no room to raise, half of those that have no replacement on its way leave without a decrement, so that the
 * group launches in their place. The next wave leaves when the replacements serve, or those that gave way serve on for them.
 */
function waveOf(
  staying: readonly InterruptedMember[],
  members: readonly Member[],
  { raiseBy, uncovered }: Capacity,
  situation: Situation,
): readonly Leaver[] {
  const { group, ledger, serving } = situation;
  if (uncovered <= 0 || raiseBy > 0 || !group.canLaunch || serving === undefined) return [];
  if (awaited(staying, members, situation) > (situation.formerServing ?? 0)) return [];
  let wanted = Math.ceil(uncovered / 2);
  return staying
    .filter(({ detachable }) => detachable)
    .flatMap((member): Leaver[] => {
      if (wanted <= 0) return [];
      wanted -= member.weight;
      return [{ member, reason: isVoid(member, ledger) ? 'gave way, its raise was void' : 'gave way at MaxSize' }];
    });
}

/**
 * What is on its way and does not serve yet: of those that stay when the interrupted have left. One that is in service without
 * serving may never serve: it is waited for only where it can be a replacement of ours.
 */
function awaited(staying: readonly InterruptedMember[], members: readonly Member[], situation: Situation): number {
  const { group } = situation;
  const hasArrived = ({ phase, serves }: Member) => serves || (phase === 'in service' && !hasReplaced(situation));
  const arrived = members.filter((member) => hasArrived(member) && !isInterrupted(member));
  return group.desiredCapacity - totalWeight(staying) - totalWeight(arrived);
}

/** Of those interrupted together one has left, or was raised for. */
function hasReplaced(situation: Situation): boolean {
  const { raised, voidedAtMilliseconds = 0 } = situation.ledger;
  const isVoidOfNow = situation.nowMilliseconds - voidedAtMilliseconds < reclaimSeconds * 1000;
  return raised > 0 || isVoidOfNow || stormOf(situation).some(({ left }) => left !== undefined);
}

/** Raises are taken back in the same step in which instances leave, as far as they are not needed for others. */
function withDecrements(leavers: readonly Leaver[], surplus: number, group: GroupSnapshot): readonly Leaving[] {
  let left = Math.min(surplus, group.desiredCapacity - group.minSize);
  return leavers.map(({ member, reason }) => {
    const { instanceId, weight } = member;
    const decrement = isCounted(member) && weight <= left;
    if (decrement) left -= weight;
    return { instanceId, weight, decrement, reason };
  });
}

// Raising and taking back ----------------------------------------------------------------------------------------------

interface Capacity {
  /** Up to MaxSize. */
  readonly raiseBy: number;
  /** Of what is raised: what nobody needs who stays. */
  readonly surplus: number;
  /** Without a replacement on its way, for want of room or because somebody else's change has voided the raise. */
  readonly uncovered: number;
  readonly noHeadroom: number;
}

/** For those that stay: each needs its own weight on top of the floor, which has to hold when it has left. */
function capacityFor(
  staying: readonly InterruptedMember[],
  usualSize: number,
  floor: number,
  { group, ledger, nowMilliseconds }: Situation,
): Capacity {
  const toCover = staying.filter((member) => !isVoid(member, ledger));
  const inTime = toCover.filter(({ record }) => nowMilliseconds < raiseUntil(record.detachByMilliseconds));
  const room = Math.max(0, group.maxSize - group.desiredCapacity);
  const wanted = raiseFor(toCover, usualSize, floor);
  const short = Math.max(0, Math.min(totalWeight(inTime), wanted - ledger.raised));
  const noHeadroom = Math.max(0, wanted - ledger.raised - room);
  return {
    raiseBy: group.canLaunch ? Math.min(short, room) : 0,
    surplus: Math.max(0, ledger.raised - wanted),
    uncovered: noHeadroom + raiseFor(staying, usualSize, floor) - wanted,
    noHeadroom,
  };
}

/** For those that wait to be replaced, a raise on top: whatever room the interrupted leave. */
function withWaiting(capacity: Capacity, waiting: readonly RecordedMember[], { group, ledger }: Situation): Capacity {
  const toCover = waiting.filter(({ record }) => !isVoid({ record }, ledger));
  const room = group.canLaunch ? Math.max(0, group.maxSize - group.desiredCapacity) : 0;
  return { ...capacity, ...withRecommended(capacity, toCover, room) };
}

/** Somebody else has set DesiredCapacity since its notice: it is not raised for again. */
function isVoid(
  { record }: Pick<RecordedMember, 'record'>,
  { voidedAtMilliseconds = 0 }: Situation['ledger'],
): boolean {
  return record.noticeAtMilliseconds <= voidedAtMilliseconds;
}

/**
 * A raise that nobody needs any more. While others have yet to leave, it goes with them; and while something is being
 * launched, the group would terminate what serves.
 */
function takeBack(
  isSomebodyLeft: boolean,
  leave: readonly Leaving[],
  serving: number,
  { surplus }: Capacity,
  { desiredCapacity, minSize }: GroupSnapshot,
): number {
  if (isSomebodyLeft || leave.length > 0 || serving < desiredCapacity) return 0;
  return Math.max(0, Math.min(surplus, desiredCapacity - minSize));
}

/** So much above the usual size lets them leave with the floor held: whole instances, since each takes its raise along. */
function raiseFor(interrupted: readonly InterruptedMember[], usualSize: number, floor: number): number {
  const short = floor + totalWeight(interrupted) - usualSize;
  let raise = 0;
  for (const { weight } of interrupted) if (raise < short) raise += weight;
  return raise;
}

/** After that a raise could hold up the instance until it has to leave. */
function raiseUntil(detachByMilliseconds: number): number {
  return detachByMilliseconds - outageSeconds * 1000;
}

// Looking again --------------------------------------------------------------------------------------------------------

function waitsFor(
  staying: readonly InterruptedMember[],
  members: readonly Member[],
  { raiseBy, uncovered }: Capacity,
  { group, ledger }: Situation,
): Plan['waitsFor'] {
  // Where only some could be raised for, each replacement that serves makes room for the next: it is worth looking.
  if (uncovered > 0 && raiseBy === 0 && ledger.raised > 0) return 'room to raise';
  // Recommendations for which there is no room yet, or no budget: nothing is on its way.
  if (staying.length === 0 && raiseBy === 0 && ledger.raised === 0) return 'launches';
  const arrived = totalWeight(members.filter((member) => member.phase === 'in service' && !isInterrupted(member)));
  return group.desiredCapacity + raiseBy - totalWeight(staying) > arrived ? 'launches' : 'health checks';
}

function firstDue(
  interrupted: readonly InterruptedMember[],
  leave: readonly Leaving[],
  nowMilliseconds: number,
): number | undefined {
  const leaving = new Set(leave.map(({ instanceId }) => instanceId));
  const due = interrupted
    .filter(({ instanceId, dueAtMilliseconds: at }) => !leaving.has(instanceId) && at > nowMilliseconds)
    .map(({ dueAtMilliseconds }) => dueAtMilliseconds);
  return due.length > 0 ? Math.min(...due) : undefined;
}
