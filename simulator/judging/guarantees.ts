import { floorOf } from '../../functions/capacity/floor.ts';
import { type LeaveReason, leaveReasons } from '../../functions/shared/contract.ts';
import {
  decideSeconds,
  departuresPerSecond,
  functionTimeoutSeconds,
  jitterSeconds,
  outageSeconds,
} from '../../functions/shared/timing.ts';
import { totalWeight } from '../../functions/shared/total-weight.ts';
import { objectAt } from '../json.ts';
import { type Baseline, baseAt, baselineOf, lowestBase } from './baseline.ts';
import {
  type Departure,
  type ExecutionLog,
  type FaultLog,
  type GroupLog,
  isOfRecommendation,
  type NoticeLog,
  type RunLog,
} from './run-log.ts';

export type GuaranteeId = 'G1' | 'G2' | 'G3' | 'G4' | 'G5' | 'G6' | 'G7' | 'G8' | 'G9';

/** What was found about one guarantee in one run. */
export interface Findings {
  /** What broke it. */
  readonly broken: readonly Finding[];
  /** What could not be had, whoever handles the notices, or because of faults that excuse it. */
  readonly excused: readonly string[];
  /** Why there was nothing to judge; undefined where something was judged. */
  readonly notJudged?: string | undefined;
}

export interface Finding {
  readonly at: number;
  readonly what: string;
}

export interface Guarantee {
  readonly guarantee: GuaranteeId;
  readonly title: string;
  readonly meaning: string;
  readonly findingsIn: (log: RunLog) => Findings;
}

/** What a run is held against. docs/guarantees.md has the exact conditions. */
export const guarantees: readonly Guarantee[] = [
  {
    guarantee: 'G1',
    title: 'Out in time',
    meaning: 'every interrupted instance leaves before its drain window',
    findingsIn: outInTime,
  },
  {
    guarantee: 'G2',
    title: 'Never scale in',
    meaning: 'DesiredCapacity is never lowered below what it would be without us',
    findingsIn: neverScaledIn,
  },
  { guarantee: 'G3', title: 'Net zero', meaning: 'our changes add up to zero', findingsIn: netZero },
  {
    guarantee: 'G4',
    title: 'Capacity first',
    meaning: 'the floor serves as long as it can, and nobody waits for nothing',
    findingsIn: capacityFirst,
  },
  {
    guarantee: 'G5',
    title: 'Within limits',
    meaning: 'MinSize and MaxSize hold; at MaxSize instances give way in waves',
    findingsIn: withinLimits,
  },
  { guarantee: 'G6', title: 'Once', meaning: 'duplicates and retries change nothing', findingsIn: once },
  { guarantee: 'G7', title: 'Only ours', meaning: 'others are left alone, and it says why', findingsIn: onlyOurs },
  {
    guarantee: 'G8',
    title: "Others' changes stand",
    meaning: 'what somebody else sets is neither lowered nor overwritten',
    findingsIn: othersStand,
  },
  {
    guarantee: 'G9',
    title: 'Bounded load',
    meaning: 'looks at a group do not grow with the number of its notices',
    findingsIn: boundedLoad,
  },
];

const noNotice = 'no InService instance of a managed group was interrupted';

// G1 ------------------------------------------------------------------------------------------------------------------

/**
 * By `detachBy`, unless what detaches was made to fail from `retryUntil` on, or the execution was stopped. And executions end
 * well, or fail only where detaching or describing failed to the end.
 */
function outInTime(log: RunLog): Findings {
  const notices = managedNotices(log);
  const late = notices.filter(({ group, notice }) => !leftInTime(group, notice));
  const excused = late.filter(({ group, notice }) => wasKeptFromLeaving(log, group, notice));
  const broken = late
    .filter((one) => !excused.includes(one))
    .map(({ group, notice }) => {
      const left = departureOf(group, notice);
      const detachBy = detachByOf(group, notice);
      const what = left ? `left at ${s(left.at)}, after ${s(detachBy)}` : 'never left';
      return { at: detachBy, what: `${notice.instanceId} ${what}` };
    });
  return {
    broken: [
      ...broken,
      ...notices.flatMap(({ group, notice }) => servedOnTooLong(log, group, notice)),
      ...log.executions.flatMap((execution) => endedBadly(log, execution)),
    ],
    excused: excused.map(
      ({ notice }) => `${notice.instanceId} was kept by faults until its deadline, or came too late`,
    ),
    notJudged: notices.length === 0 ? noNotice : undefined,
  };
}

/** One that was registered again is out of its load balancer by then, too; unless anything goes wrong in its group. */
function servedOnTooLong(log: RunLog, group: GroupLog, notice: NoticeLog): Finding[] {
  const detachBy = detachByOf(group, notice);
  const { takenAt = Number.POSITIVE_INFINITY } = notice;
  if (faultsOf(log, group).length > 0) return [];
  return group.registrations
    .filter(({ instanceId, until = log.endedAt }) => instanceId === notice.instanceId && until > detachBy)
    .filter(() => takenAt > detachBy)
    .map(({ instanceId }) => ({ at: detachBy, what: `${instanceId} was still registered with its load balancer` }));
}

function leftInTime(group: GroupLog, notice: NoticeLog): boolean {
  const left = departureOf(group, notice);
  return left !== undefined && left.at <= detachByOf(group, notice);
}

function wasKeptFromLeaving(log: RunLog, group: GroupLog, notice: NoticeLog): boolean {
  const detachBy = detachByOf(group, notice);
  const from = detachBy - outageSeconds - functionTimeoutSeconds['detach-instances'];
  const started = executionsOf(log, notice);
  const isDeliveredLate = !started.some(({ startedAt }) => startedAt < from);
  const inTime = log.faults.filter(({ at, kind }) => isFailure(kind) && at >= from && at <= detachBy);
  const detachingFailed = inTime.some(
    ({ service, action, instanceId, functionName }) =>
      instanceId === notice.instanceId &&
      (service === 'lambda' ||
        service === 'states' ||
        leavingActions.has(action) ||
        functionName === 'describe-instance'),
  );
  // Without the group's tags it is not known whether the instance is ours (G7); one execution reads them for all.
  const tagsUnknown = inTime.some(
    ({ autoScalingGroupName, functionName }) =>
      functionName === 'describe-instance' && autoScalingGroupName === group.name,
  );
  // One execution detaches what is due of its group, so a call for its neighbours may be the one that never came through.
  const noneDetached = !ourDepartures(group).some(({ at }) => at >= from && at <= detachBy);
  const cannotDetach =
    noneDetached &&
    inTime.some(
      ({ action, autoScalingGroupName }) => leavingActions.has(action) && autoScalingGroupName === group.name,
    );
  return isDeliveredLate || detachingFailed || tagsUnknown || cannotDetach || wasHeldUpAtTheEnd(log, group, notice);
}

/** The calls by which instances leave. */
const leavingActions: ReadonlySet<string> = new Set(['DetachInstances', 'TerminateInstanceInAutoScalingGroup']);

/** A call that hangs or is slow at the last look costs a moment of the drain window: that call, and an invocation that is slow as well. */
function wasHeldUpAtTheEnd(log: RunLog, group: GroupLog, notice: NoticeLog): boolean {
  const detachBy = detachByOf(group, notice);
  const left = departureOf(group, notice);
  const isLastMoment = left !== undefined && left.at <= detachBy + heldUpSeconds;
  return isLastMoment && faultsOf(log, group).some(({ at }) => at >= detachBy - decideSeconds - 1 && at <= detachBy);
}

const heldUpSeconds = 1.75;

function endedBadly(log: RunLog, { endedAt, error, finalState, instanceId, name, status }: ExecutionLog): Finding[] {
  if (status === 'SUCCEEDED') return [];
  const failedToTheEnd = log.faults.some((fault) => fault.instanceId === instanceId && isFailure(fault.kind));
  if (status === 'FAILED' && finalState === 'HandlingFailed' && failedToTheEnd) return [];
  return [{ at: endedAt ?? log.endedAt, what: `${name} is ${status} in ${finalState}: ${error ?? 'no error'}` }];
}

// G2, G3, G8 ----------------------------------------------------------------------------------------------------------

function neverScaledIn(log: RunLog): Findings {
  const groups = log.groups.map((group) => ({ group, baseline: baselineOf(log, group) }));
  const lowered = groups.flatMap(({ group, baseline }) =>
    baseline.loweredBelow.map((one) => ({ ...one, group, baseline })),
  );
  const [excused, broken] = parted(lowered, ({ baseline }) => baseline.overlaps.length > 0);
  return {
    broken: broken.map(({ at, base, group, to }) => ({
      at,
      what: `${group.name} was lowered to ${to}; without us it would be ${base}`,
    })),
    excused: excused.map(({ group }) => `${group.name}: ${overlapText}`),
    notJudged: isAnySignal(log) ? undefined : noNotice,
  };
}

function netZero(log: RunLog): Findings {
  const groups = log.groups.filter((group) => baselineOf(log, group).changesByOthers.length === 0);
  if (!isAnySignal(log)) return { broken: [], excused: [], notJudged: noNotice };
  if (groups.length === 0) return { broken: [], excused: [], notJudged: 'somebody else changed the group: see G8' };
  return settledAgain(log, groups);
}

function othersStand(log: RunLog): Findings {
  const groups = log.groups.filter((group) => baselineOf(log, group).changesByOthers.length > 0);
  if (groups.length === 0) return { broken: [], excused: [], notJudged: 'nobody else changed the group' };
  return settledAgain(log, groups);
}

/** In the end DesiredCapacity is what it would be without us, or too high by what faults kept from being settled in time. */
function settledAgain(log: RunLog, groups: readonly GroupLog[]): Findings {
  const drifts = groups.flatMap((group) => {
    const baseline = baselineOf(log, group);
    const after = group.desiredChanges.at(-1)?.to ?? group.desiredBefore;
    const drift = after - baseAt(baseline, Number.POSITIVE_INFINITY);
    return drift === 0 ? [] : [{ group, drift, after, baseline }];
  });
  const [excused, broken] = parted(log.allEnded ? drifts : [], ({ baseline, drift, group }) => {
    return baseline.overlaps.length > 0 || (drift > 0 && drift <= unsettledWeight(log, group));
  });
  return {
    broken: broken.map(({ after, drift, group }) => {
      return { at: log.endedAt, what: `${group.name} is left at ${after}; without us it would be ${after - drift}` };
    }),
    excused: excused.map(({ baseline, drift, group }) =>
      baseline.overlaps.length > 0
        ? `${group.name}: ${overlapText}`
        : `${group.name} ends ${drift} too high: faults lasted until the deadline`,
    ),
  };
}

const overlapText = 'a change of somebody else fell between a look of ours and the call that followed';

/** The raises of one storm are settled together: what disturbs one execution at its end can leave all of them. */
function unsettledWeight(log: RunLog, group: GroupLog): number {
  const recommendations = log.recommendations.filter((one) => one.group === group.name);
  const notices = [...noticesOf(log, group), ...recommendations];
  const isDisturbed = notices.some((notice) => {
    const executions = log.executions.filter(({ instanceId }) => instanceId === notice.instanceId);
    const ended = Math.max(notice.at, ...executions.map(({ endedAt }) => endedAt ?? log.endedAt));
    const from = recommendations.includes(notice)
      ? notice.at
      : detachByOf(group, notice) - outageSeconds - settlingSeconds;
    return faultsOf(log, group).some(({ at, kind }) => kind !== 'slow' && at >= from && at <= ended);
  });
  return isDisturbed ? totalWeight(notices) : 0;
}

/** Until a group that a function died in can be changed again: its lease has to lapse, and its last change to show. */
const settlingSeconds = 35;

// G4 ------------------------------------------------------------------------------------------------------------------

/** From a notice until it is acted upon, and from a replacement serving until that is seen, at the worst. */
const handlingSeconds = 8;

/** The longest time between two looks at a group by somebody who still waits. */
const longestBetweenLooksSeconds = 45;

function capacityFirst(log: RunLog): Findings {
  const groups = log.groups.filter((group) => managedNotices(log).some((one) => one.group === group));
  const early = [
    ...groups.flatMap((group) => leftTooEarly(log, group)),
    ...log.groups.flatMap((group) => leftUnreplaced(log, group)),
  ];
  const idle = groups.flatMap((group) => waitedForNothing(log, group));
  const gaps = groups.flatMap((group) => gapIn(log, group));
  return {
    broken: [...early, ...idle, ...gaps.filter(({ excuse }) => excuse === undefined)],
    excused: gaps.flatMap(({ excuse, what }) => (excuse === undefined ? [] : [`${what}: ${excuse}`])),
    notJudged: isAnySignal(log) ? undefined : noNotice,
  };
}

/** It had to leave by then in any case; that it is late is judged by G1. */
function isPastItsTime(log: RunLog, group: GroupLog, { at, instanceId }: Departure): boolean {
  const notice = log.notices.find((one) => one.instanceId === instanceId);
  return notice !== undefined && at >= detachByOf(group, notice);
}

/** Who left because the floor held without it: when it was looked, as much served. */
function leftTooEarly(log: RunLog, group: GroupLog): Finding[] {
  const baseline = baselineOf(log, group);
  // What a fault kept from being known at the time is judged by G8.
  if (baseline.overlaps.length > 0) return [];
  const healthUnknown = log.faults.some(({ service }) => service === 'elasticloadbalancing');
  const stale = staleSeconds(log);
  const leftAsTheFloorHeld = ourDepartures(group).filter(({ instanceId }) => {
    const reason = reasonOf(log, instanceId);
    return reason === 'the floor holds without it' || reason === 'replaced on a recommendation';
  });
  return ourDepartures(group).flatMap((departure) => {
    const reason = reasonOf(log, departure.instanceId);
    const from = departure.at - lookToLeaveSeconds(log) - stale;
    if (reason === 'deadline' || reason === 'capacity unknown') return leftBeforeItsTime(log, group, departure);
    if (reason !== 'the floor holds without it' || !departure.served) return [];
    if (isPastItsTime(log, group, departure)) return [];
    const floor = floorOf(group.minServing, lowestBase(baseline, from, departure.at));
    const seen = momentsBetween(group, from, departure.at);
    const held = seen.some(({ at, inService, serving }) => {
      const gone = leftAsTheFloorHeld.filter((one) => one.served && one.at > at && one.at <= departure.at);
      return (healthUnknown ? inService : serving) - totalWeight(gone) >= floor;
    });
    if (held) return leftOutOfTurn(log, group, departure);
    return [
      { at: departure.at, what: `${departure.instanceId} left although the floor of ${floor} did not hold without it` },
    ];
  });
}

/** Who left on a recommendation: as many as is usual served without it when it was looked. */
function leftUnreplaced(log: RunLog, group: GroupLog): Finding[] {
  const baseline = baselineOf(log, group);
  if (baseline.overlaps.length > 0) return [];
  const healthUnknown = log.faults.some(({ service }) => service === 'elasticloadbalancing');
  const onRecommendation = ourDepartures(group).filter(
    ({ instanceId }) => reasonOf(log, instanceId) === 'replaced on a recommendation',
  );
  return onRecommendation.flatMap(({ at, instanceId, served }) => {
    const from = at - lookToLeaveSeconds(log) - staleSeconds(log);
    const usual = lowestBase(baseline, from, at);
    const held = momentsBetween(group, from, at).some((moment) => {
      const gone = onRecommendation.filter((one) => one.served && one.at > moment.at && one.at <= at);
      return (healthUnknown ? moment.inService : moment.serving) - totalWeight(gone) >= usual;
    });
    if (held || !served) return [];
    return [{ at, what: `${instanceId} left on a recommendation, without a replacement that serves` }];
  });
}

/** Another one that serves, and has to leave before it, stays. */
function leftOutOfTurn(log: RunLog, group: GroupLog, departure: Departure): Finding[] {
  const notices = noticesOf(log, group);
  const own = notices.find(({ instanceId }) => instanceId === departure.instanceId);
  if (!own || log.faults.length > 0) return [];
  const passedOver = notices.find((notice) => {
    const left = departureOf(group, notice);
    const stayed = left === undefined || left.at > departure.at + 0.5;
    const isKnown = executionsOf(log, notice).some(
      ({ startedAt }) => startedAt < departure.at - lookToLeaveSeconds(log),
    );
    return (
      isKnown &&
      stayed &&
      left?.served !== false &&
      notice.lifecycleState === 'InService' &&
      notice.reclaimAt < own.reclaimAt - 1
    );
  });
  if (!passedOver) return [];
  return [
    { at: departure.at, what: `${departure.instanceId} left before ${passedOver.instanceId}, which has less time` },
  ];
}

/** From a look until what follows from it has been done. */
function lookToLeaveSeconds({ faults }: RunLog): number {
  return faults.length > 0 ? 12 : 4;
}

function leftBeforeItsTime(log: RunLog, group: GroupLog, departure: Departure): Finding[] {
  const notice = log.notices.find(({ instanceId }) => instanceId === departure.instanceId);
  const interrupted = log.notices.filter((one) => one.group === group.name).length;
  if (!notice || faultsOf(log, group).length > 0) return [];
  const earliest = detachByOf(group, notice) - decideSeconds - jitterSeconds - interrupted / departuresPerSecond - 0.1;
  if (departure.at >= earliest) return [];
  return [{ at: departure.at, what: `${departure.instanceId} left for its deadline, but before ${s(earliest)}` }];
}

/** Nothing goes wrong, the floor holds without it for longer than anybody goes without a look, and it stays. */
function waitedForNothing(log: RunLog, group: GroupLog): Finding[] {
  if (faultsOf(log, group).length > 0) return [];
  const baseline = baselineOf(log, group);
  return noticesOf(log, group).flatMap((notice) => {
    const started = executionsOf(log, notice)[0]?.startedAt;
    const leftAt = departureOf(group, notice)?.at ?? notice.reclaimAt;
    if (started === undefined || notice.lifecycleState !== 'InService') return [];
    let heldSince: number | undefined;
    for (const { at, serving } of [...momentsBetween(group, started, leftAt), { at: leftAt, serving: 0 }]) {
      const longest = heldSince === undefined ? 0 : at - heldSince;
      if (longest > longestBetweenLooksSeconds) {
        return [{ at, what: `${notice.instanceId} waited for ${s(longest)} although the floor held without it` }];
      }
      const holds = serving - notice.weight >= floorOf(group.minServing, baseAt(baseline, at));
      heldSince = holds ? (heldSince ?? Math.max(at, started)) : undefined;
    }
    return [];
  });
}

/** Fewer served than the floor, at the worst, and why that could not be helped. */
function gapIn(log: RunLog, group: GroupLog): { at: number; what: string; excuse: string | undefined }[] {
  const baseline = baselineOf(log, group);
  const first = Math.min(...noticesOf(log, group).map(({ at }) => at));
  const floorAt = (at: number) => floorOf(group.minServing, baseAt(baseline, at));
  const worst = group.moments
    .filter(({ at }) => at >= first)
    .reduce((one, two) => (two.alive - floorAt(two.at) < one.alive - floorAt(one.at) ? two : one), {
      at: first,
      alive: Number.POSITIVE_INFINITY,
    });
  const floor = floorAt(worst.at);
  if (worst.alive >= floor) return [];
  const what = `${worst.alive} of a floor of ${floor} served at ${s(worst.at)}`;
  return [{ at: worst.at, what, excuse: reasonForGap(log, group, baseline) }];
}

function reasonForGap(log: RunLog, group: GroupLog, baseline: Baseline): string | undefined {
  const notices = noticesOf(log, group);
  if (log.faults.length > 0) return 'API calls were made to fail';
  if (baseline.changesByOthers.length > 0) return 'somebody else changed the group';
  const isNoticed = (id: string) => notices.some(({ instanceId }) => instanceId === id);
  const isTakenAway = ({ by, how, instanceId }: Departure) =>
    (how !== 'detached' && by !== undefined) || (how === 'terminated' && isNoticed(instanceId));
  if (group.departures.some(isTakenAway)) return 'somebody else terminated instances';
  if (notices.some(({ reclaimAt, takenAt = reclaimAt }) => takenAt < reclaimAt - 2)) {
    return 'EC2 took an instance before its time';
  }
  if (group.replacementSeconds === Number.POSITIVE_INFINITY) return 'launches were refused for want of capacity';
  const room = group.maxSize - group.desiredBefore;
  const spare = group.desiredBefore - floorOf(group.minServing, group.desiredBefore);
  if (room + spare < totalWeight(notices)) return roomText(group.maxSize, room, totalWeight(notices));
  const ranks = notices.length / departuresPerSecond;
  if (group.replacementSeconds + handlingSeconds + ranks >= reclaimedAfterSeconds(notices) - group.drainSeconds) {
    return `a replacement takes ${s(group.replacementSeconds)} until it serves`;
  }
  const isLate = (notice: NoticeLog) => !executionsOf(log, notice).some(({ startedAt }) => startedAt <= notice.at + 3);
  if (notices.some(isLate)) return 'a notice was delivered late';
  if (notices.some(({ serving }) => !serving)) return 'a replacement was interrupted, too';
  const last = Math.max(...notices.map(({ at }) => at));
  const served = group.moments.findLast(({ at }) => at <= Math.min(...notices.map((one) => one.at)))?.alive ?? 0;
  if (served < floorOf(group.minServing, group.desiredBefore)) return 'fewer served before the first notice';
  return last - Math.min(...notices.map(({ at }) => at)) > 60 ? 'a later notice took a replacement' : undefined;
}

function roomText(maxSize: number, room: number, needed: number): string {
  return room <= 0
    ? `MaxSize ${maxSize} leaves no room to raise`
    : `MaxSize ${maxSize} leaves room to raise by ${room} for the ${needed} interrupted`;
}

function reclaimedAfterSeconds(notices: readonly NoticeLog[]): number {
  return Math.min(...notices.map(({ at, reclaimAt }) => reclaimAt - at));
}

// G5 ------------------------------------------------------------------------------------------------------------------

function withinLimits(log: RunLog): Findings {
  const outside = log.groups.flatMap(({ desiredChanges, maxSize, minSize, name }) =>
    desiredChanges
      .filter(({ by, to }) => by === undefined && (to < minSize || to > maxSize))
      .map(({ at, to }) => ({ at, what: `${name} was set to ${to}, outside ${minSize} to ${maxSize}` })),
  );
  const waves = log.groups.flatMap((group) => wavesOf(log, group));
  return {
    broken: [...outside, ...waves],
    excused: [],
    notJudged: isAnySignal(log) ? undefined : noNotice,
  };
}

/** Those that give way together are at most half of the interrupted that were there. */
function wavesOf(log: RunLog, group: GroupLog): Finding[] {
  const gaveWay = ourDepartures(group).filter(({ instanceId }) => reasonOf(log, instanceId)?.startsWith('gave way'));
  const waves = Map.groupBy(gaveWay, ({ at }) => gaveWay.find((one) => at - one.at < waveSeconds)?.at ?? at);
  return [...waves].flatMap(([at, wave]) => {
    const there = noticesOf(log, group).filter(
      (notice) => notice.at <= at && (departureOf(group, notice)?.at ?? Infinity) >= at,
    );
    const most = Math.ceil(totalWeight(there) / 2) + Math.max(...there.map(({ weight }) => weight)) - 1;
    if (totalWeight(wave) <= most) return [];
    const what = `${wave.length} of ${there.length} interrupted instances of ${group.name} gave way at once`;
    return [{ at, what }];
  });
}

const waveSeconds = 2;

// G6 ------------------------------------------------------------------------------------------------------------------

/** Only where the record could be written, and nobody gave up, is it certain that one execution is the only one. */
function once(log: RunLog): Findings {
  const recordFailed = log.faults.some(({ service }) => service === 'dynamodb');
  const notices = managedNotices(log);
  const broken = notices.flatMap(({ notice }) => {
    const executions = executionsOf(log, notice);
    const gaveUp = executions.some(({ status }) => status !== 'SUCCEEDED');
    const handled = executions.filter(({ finalState }) => finalState === 'Handled' || finalState === 'AlreadyDetached');
    if (handled.length <= 1 || recordFailed || gaveUp) return [];
    return [
      { at: handled.at(-1)?.endedAt ?? log.endedAt, what: `${handled.length} executions handled ${notice.instanceId}` },
    ];
  });
  return { broken, excused: [], notJudged: notices.length === 0 ? noNotice : undefined };
}

// G7 ------------------------------------------------------------------------------------------------------------------

function onlyOurs(log: RunLog): Findings {
  const touched = log.groups.flatMap((group) => {
    const signals = [...noticesOf(log, group), ...log.recommendations.filter((one) => one.group === group.name)];
    const ours = new Set(group.managed ? signals.map(({ instanceId }) => instanceId) : []);
    const detached = ourDepartures(group)
      .filter(({ instanceId }) => !ours.has(instanceId))
      .map(({ at, how, instanceId }) => ({ at, what: `${instanceId} was ${how}, but is not ours` }));
    const changed = group.desiredChanges
      .filter(({ by }) => !group.managed && by === undefined)
      .map(({ at, to }) => ({ at, what: `${group.name} was set to ${to}, but is not ours` }));
    return [...detached, ...changed];
  });
  const others = log.notices.filter((notice) => !groupOf(log, notice)?.managed);
  const unexplained = others.flatMap((notice) => unexplainedEnds(log, notice));
  return { broken: [...touched, ...unexplained], excused: [] };
}

function unexplainedEnds(log: RunLog, notice: NoticeLog): Finding[] {
  return executionsOf(log, notice)
    .filter(({ status }) => status === 'SUCCEEDED')
    .filter(({ finalState, output }) => finalState !== 'NotManaged' || !objectAt(output, 'interruption').reason)
    .map(({ endedAt = log.endedAt, finalState, name }) => {
      return { at: endedAt, what: `${name} ended in ${finalState}, without a reason why its instance is left alone` };
    });
}

// G9 ------------------------------------------------------------------------------------------------------------------

/** Of DescribeAutoScalingGroups: a look a second at the most, and a second look before each change. */
const windowSeconds = 10;
export const mostLooksInWindow = 20;

function boundedLoad(log: RunLog): Findings {
  if (log.looks.length === 0) return { broken: [], excused: [], notJudged: 'no group was looked at' };
  if (log.faults.length > 0)
    return { broken: [], excused: [], notJudged: 'calls were made to fail, and were repeated' };
  const broken = log.groups.flatMap(({ name }) => {
    const looks = log.looks.filter(({ group }) => group === name).map(({ at }) => at);
    const worst = looks.map((at) => ({
      at,
      count: looks.filter((one) => one >= at && one < at + windowSeconds).length,
    }));
    return worst
      .filter(({ count }) => count > mostLooksInWindow)
      .slice(0, 1)
      .map(({ at, count }) => ({ at, what: `${name} was looked at ${count} times within ${windowSeconds} s` }));
  });
  return { broken, excused: [] };
}

// What was known, and when ---------------------------------------------------------------------------------------------

interface ManagedNotice {
  readonly group: GroupLog;
  readonly notice: NoticeLog;
}

/** Of InService instances of managed groups. */
function managedNotices(log: RunLog): readonly ManagedNotice[] {
  return log.notices.flatMap((notice) => {
    const group = groupOf(log, notice);
    return group?.managed && notice.lifecycleState === 'InService' ? [{ group, notice }] : [];
  });
}

/** Of the notice: a recommendation for the same instance has its own. */
function executionsOf(log: RunLog, { instanceId }: NoticeLog): readonly ExecutionLog[] {
  return log.executions.filter((execution) => execution.instanceId === instanceId && !isOfRecommendation(execution));
}

/** A notice or a recommendation that there was something to be done about. */
function isAnySignal(log: RunLog): boolean {
  return managedNotices(log).length > 0 || log.recommendations.some((one) => groupOf(log, one)?.managed);
}

function groupOf(log: RunLog, notice: NoticeLog): GroupLog | undefined {
  return log.groups.find(({ name }) => name === notice.group);
}

function noticesOf(log: RunLog, group: GroupLog): readonly NoticeLog[] {
  return log.notices.filter((notice) => notice.group === group.name);
}

function departureOf(group: GroupLog, { instanceId }: NoticeLog): Departure | undefined {
  return group.departures.find((departure) => departure.instanceId === instanceId);
}

function ourDepartures({ departures }: GroupLog): readonly Departure[] {
  return departures.filter(({ by, how }) => how !== 'terminated' && by === undefined);
}

function detachByOf({ drainSeconds }: GroupLog, { reclaimAt }: NoticeLog): number {
  return reclaimAt - drainSeconds;
}

/** What its execution says; undefined where it did not come to an end. */
function reasonOf(log: RunLog, instanceId: string): LeaveReason | undefined {
  for (const { output } of log.executions.filter((execution) => execution.instanceId === instanceId)) {
    const { reason } = objectAt(objectAt(output, 'detachment'), 'how');
    const taken = objectAt(objectAt(output, 'capacity'), 'left').reason;
    const found = leaveReasons.find((one) => one === reason || one === taken);
    if (found) return found;
  }
  return undefined;
}

function momentsBetween(group: GroupLog, from: number, to: number) {
  const before = group.moments.findLast(({ at }) => at < from);
  return [...(before ? [before] : []), ...group.moments.filter(({ at }) => at >= from && at <= to)];
}

function faultsOf({ faults }: RunLog, { name }: GroupLog): readonly FaultLog[] {
  return faults.filter(
    ({ autoScalingGroupName }) => autoScalingGroupName === undefined || autoScalingGroupName === name,
  );
}

function isFailure(kind: FaultLog['kind']): boolean {
  return kind !== 'slow' && kind !== 'stale';
}

function staleSeconds({ faults }: RunLog): number {
  return faults.some(({ kind }) => kind === 'stale') ? 3.1 : 0;
}

function parted<T>(items: readonly T[], isFirst: (item: T) => boolean): [T[], T[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}

function s(seconds: number): string {
  return `${seconds.toFixed(1)} s`;
}
