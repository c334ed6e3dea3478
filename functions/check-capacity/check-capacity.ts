import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { floorFor } from '../capacity/floor.ts';
import { describeGroup, type GroupSnapshot } from '../capacity/group-snapshot.ts';
import { type Plan, planFor, type Situation } from '../capacity/plan.ts';
import { inServiceIn, type Serving, servingIn } from '../capacity/serving.ts';
import { type FormersPlan, formerServing, formersOf, planForFormers } from '../capacity/serving-on.ts';
import type { Settings } from '../configuration/settings.ts';
import type { GroupRecords, InterruptionTable, Ledger, SharedLook } from '../ledger/interruption-table.ts';
import { afterSeen, ledgerStateOf, seen } from '../ledger/settling.ts';
import type {
  CapacityReport,
  GroupNumbers,
  HandlingState,
  Interruption,
  Leaving,
  LedgerNumbers,
  Left,
  ServingOn,
} from '../shared/contract.ts';
import { withNotes } from '../shared/departure-notes.ts';
import { secondsUntil, timestamp } from '../shared/timestamps.ts';
import {
  aloneSeconds,
  longestLookSeconds,
  mostInstancesACall,
  settlingSeconds,
  shortestLookSeconds,
} from '../shared/timing.ts';
import { withinSeconds } from '../shared/within-seconds.ts';
import { freshUntil, nextLookAt, sharedUntil, shortlyAfter, withoutHurry } from './look-again.ts';

/** The most that one run of DetachInstances can take out, and that fit into an execution's state. */
const mostLeavingAtOnce = 200;

interface Services {
  readonly autoScaling: AutoScalingClient;
  readonly loadBalancing: ElasticLoadBalancingV2Client;
  readonly table: InterruptionTable;
}

/**
 * Looks at the group once, for all of its executions: one that comes while another's look is fresh reads that from the ledger
 * (G9). Reports numbers; what follows from them is the workflow's to decide.
 * @throws InterruptionTableUnavailable; NoAnswerInTime; any error of DescribeAutoScalingGroups.
 */
export function createCheckCapacity({ autoScaling, loadBalancing, table }: Services, settings: Settings) {
  return async (handling: HandlingState): Promise<CapacityReport> => {
    const observed = await withinSeconds(longestLook(handling), lookOrShare(handling));
    const hasShutdownFailed = handling.shutdownCommand !== undefined && 'Error' in handling.shutdownCommand;
    const { left } = observed;
    return {
      ...observed,
      ...(left && { left: withNotes(left, handling.interruption) }),
      firstObservedAt: handling.capacity?.firstObservedAt ?? observed.observedAt,
      ...(hasShutdownFailed && { shutdownFailureCounted: true }),
    };
  };

  async function lookOrShare(handling: HandlingState): Promise<Observation> {
    const { autoScalingGroupName, executionArn, instanceId, noticeAt } = handling.interruption;
    if (settings.dryRun) return look(handling);
    const isRecommendation = handling.interruption.recommended === 1;
    const glance = await table.glance(autoScalingGroupName, instanceId, noticeAt, isRecommendation);
    const { by, ledger, left = handling.detachment?.how } = glance;
    if (isRecommendation && !left && by !== undefined && by !== executionArn) return takenOver(ledger);
    const isSeenTo = isRecommendation || left?.reason !== 'replaced on a recommendation';
    if (left && left.by !== executionArn && isSeenTo) return hasLeft(left, ledger);
    // Whoever took its own instance out also sees that the ledger is settled, unless a notice has taken over from it.
    const until = left ? undefined : sharedUntil(handling, ledger, settings, Date.now());
    if (until !== undefined) return waiting(until, ledger);
    // The one that looked last goes on; others have to be the only one that takes its place.
    const isNext = ledger.look?.group.lookedBy === executionArn || (await table.claimLook(autoScalingGroupName));
    return isNext ? look(handling) : inTheWay(handling, ledger, left);
  }

  async function look(handling: HandlingState): Promise<Observation> {
    const { autoScalingGroupName: name, executionArn, instanceId } = handling.interruption;
    const lookedAt = timestamp(Date.now());
    const [group, records] = await Promise.all([describeGroup(autoScaling, name), table.read(name)]);
    const { ledger } = records;
    if (!group) return hasLeft(undefined, ledger);
    const seenNow = seen(ledger, group.desiredCapacity, Date.now());
    const isHeld = ledgerStateOf(ledger, executionArn, Date.now()) === 'held';
    const left = records.interruptions.get(instanceId)?.left ?? handling.detachment?.how;
    const isRecommendation = handling.interruption.recommended === 1;
    if (isRecommendation && !left && !records.interruptions.get(instanceId)?.recommended) {
      if (!settings.dryRun) await table.endLook(name);
      return takenOver(ledger);
    }
    if (isHeld || seenNow.kind === 'not shown yet') return inVain(handling, ledger, left);

    const ledgerNow = afterSeen(ledger, seenNow);
    const recordsNow = { ...records, ledger: ledgerNow };
    const planned = await plannedFor(group, recordsNow, handling.interruption, Date.parse(lookedAt));
    const { formers, plan, serving, floorFrom } = planned;
    const isGone = left !== undefined || plan.gone.includes(instanceId);
    const mayChange = !isGone && Date.now() < Date.parse(handling.interruption.retryUntil);
    const numbers: GroupNumbers = {
      lookedAt,
      lookedBy: executionArn,
      desiredCapacity: group.desiredCapacity,
      minSize: group.minSize,
      maxSize: group.maxSize,
      usualSize: plan.usualSize,
      floor: plan.floor,
      floorFrom,
      serving: plan.serving,
      servingBy: serving.by,
      interrupted: plan.interrupted,
      raised: ledgerNow.raised,
      noHeadroom: plan.noHeadroom,
    };
    const shared: SharedLook = {
      group: numbers,
      freshUntilMilliseconds: freshUntil(plan, mayChange, settings, Date.parse(lookedAt)),
      targetHealthFailures: serving.targetHealthFailures,
    };
    const settlement = seenNow.kind === 'changed' ? seenNow.settlement : undefined;
    const isNoted = settings.dryRun || (await table.noteLook(name, ledger.version, shared, settlement));
    if (!isNoted) return inVain(handling, ledger, left);
    if (!settings.dryRun) await noteGone(handling, plan);
    if (isGone) {
      const isOpen = formers?.open.some(({ by }) => by === executionArn) ?? false;
      const lookingOn = hasLeftLookingOn(handling, plan, isOpen, shared, ledgerNow, left);
      if (!formers || !isOpen) return lookingOn;
      const leave = plan.leave.slice(0, mostLeavingAtOnce);
      const due = formers.register.length + formers.end.length + leave.length;
      return { ...lookingOn, leave, leaving: leave.length, ...servingOnOf(group, serving, formers, due) };
    }
    if (isRecommendation && Date.now() >= Date.parse(handling.interruption.detachBy)) {
      return givenUp(handling, plan, shared, ledgerNow);
    }
    const isOwn = (one: Leaving) => one.instanceId === instanceId;
    const leave = settings.dryRun ? plan.leave.filter(isOwn) : plan.leave.slice(0, mostLeavingAtOnce);
    // In its last seconds an execution leaves changes to others: a call that hangs would keep its own instance.
    const changeBy = mayChange ? plan.changeBy : 0;
    return { ...looked(handling, { changeBy, leave }, shared, ledgerNow), ...servingOnOf(group, serving, formers, 0) };
  }

  /** Lets others look at once: they would wait for this look until its claim lapses. */
  async function inVain(handling: HandlingState, ledger: Ledger, left: Left | undefined): Promise<Observation> {
    if (!settings.dryRun) await table.endLook(handling.interruption.autoScalingGroupName);
    return inTheWay(handling, ledger, left);
  }

  /** Asks for target health only where it matters: where somebody could leave if InService were enough. */
  async function plannedFor(
    group: GroupSnapshot,
    { interruptions, ledger }: GroupRecords,
    { drainSeconds }: Interruption,
    begunAtMilliseconds: number,
  ) {
    const formers = settings.serveOnAtMaxSize ? formersOf(interruptions, drainSeconds, Date.now()) : [];
    const { minServing, from: floorFrom } = floorFor(group, settings.minServing);
    const planWith = (serving: Serving): Plan => {
      const situation: Situation = {
        group,
        interruptions,
        ledger,
        minServing,
        ...(settings.rebalance && { rebalanceBudget: settings.rebalance.budget }),
        serving: serving.instanceIds,
        formerServing: formerServing(formers, serving),
        nowMilliseconds: Date.now(),
        lookSeconds: (Date.now() - begunAtMilliseconds) / 1000,
      };
      return planFor(situation);
    };
    const assumed = inServiceIn(group, 'InService: nobody could leave yet');
    const atMost = planWith(assumed);
    if (atMost.leave.length === 0 && formers.length === 0) return { plan: atMost, serving: assumed, floorFrom };
    const serving = await servingIn(loadBalancing, group, ledger.look?.targetHealthFailures ?? 0);
    const plan = planWith(serving);
    if (!settings.serveOnAtMaxSize) return { plan, serving, floorFrom };
    const now = Date.now();
    const times = { nowMilliseconds: now, lookSeconds: (now - begunAtMilliseconds) / 1000 };
    const formersPlan = planForFormers(formers, plan.usualSize - plan.serving, serving, times);
    return { plan: withFormers(plan, formersPlan, serving), serving, floorFrom, formers: formersPlan };
  }

  /** For the executions of those that somebody else took away: some at a time. */
  async function noteGone({ interruption }: HandlingState, { gone }: Plan): Promise<void> {
    const how: Left = {
      at: timestamp(Date.now()),
      by: interruption.executionArn,
      reason: 'was gone already',
      decremented: false,
    };
    const left = new Map(gone.slice(0, mostInstancesACall).map((instanceId) => [instanceId, how]));
    await table.noteLeft(interruption.autoScalingGroupName, left);
  }
}

/** In seconds. */
function longestLook({ interruption }: HandlingState): number {
  const secondsLeft = secondsUntil(interruption.detachBy, Date.now());
  if (secondsLeft <= 0 || interruption.recommended === 1) return longestLookSeconds;
  return Math.max(shortestLookSeconds, Math.min(longestLookSeconds, secondsLeft - aloneSeconds));
}

function numbersOf({ version, raised, changedAtMilliseconds }: Ledger, known: number): LedgerNumbers {
  return { version, raised, known, changedAtMilliseconds };
}

// What is reported -----------------------------------------------------------------------------------------------------

type Observation = Omit<CapacityReport, 'firstObservedAt'>;

/** For an execution that looked itself. In a dry run each decides for its own instance only. */
function looked(
  { interruption }: HandlingState,
  { changeBy, leave }: Pick<Plan, 'changeBy' | 'leave'>,
  { freshUntilMilliseconds, group }: SharedLook,
  ledger: Ledger,
): Observation {
  const now = Date.now();
  return {
    ...nothingToDo(now, group),
    nextCheckAt: timestamp(nextLookAt(interruption, freshUntilMilliseconds, now)),
    changeBy,
    leaving: leave.length,
    leave,
    ledger: numbersOf(ledger, group.desiredCapacity),
  };
}

/**
 * Of a look after the instance has left: only for a raise that is to be taken back, at the reclaim, or when a recommendation is given up, at the latest, and for
 * instances that it has let serve on (`isOpen`).
 */
function hasLeftLookingOn(
  { interruption }: HandlingState,
  { changeBy, surplus }: Plan,
  isOpen: boolean,
  { freshUntilMilliseconds, group }: SharedLook,
  ledger: Ledger,
  left: Left | undefined,
): Observation {
  const now = Date.now();
  const { detachBy, reclaimAt, recommended } = interruption;
  const secondsLeft = secondsUntil(recommended === 1 ? detachBy : reclaimAt, now);
  const { desiredCapacity, minSize } = group;
  const takeBackNow = secondsLeft > 0 ? Math.min(0, changeBy) : Math.max(-surplus, minSize - desiredCapacity);
  const isDone = surplus === 0 || isOver(interruption, now);
  const isSettled = isDone || takeBackNow < 0;
  return {
    ...nothingToDo(now, group),
    nextCheckAt: timestamp(nextLookAt(interruption, freshUntilMilliseconds, now)),
    ...gone(left),
    unsettled: isSettled && !isOpen ? 0 : 1,
    changeBy: isDone ? 0 : takeBackNow,
    ledger: numbersOf(ledger, desiredCapacity),
  };
}

/** Of a recommendation whose time is up: the instance stays, and a raise that nobody needs is taken back. */
function givenUp(handling: HandlingState, plan: Plan, shared: SharedLook, ledger: Ledger): Observation {
  const lookingOn = hasLeftLookingOn(handling, plan, false, shared, ledger, undefined);
  return { ...lookingOn, attached: true, recommendation: 'given up' };
}

/** The notice's execution handles the instance, and its raise. */
function takenOver({ look }: Ledger): Observation {
  return { ...nothingToDo(Date.now(), look?.group), recommendation: 'taken over by a notice' };
}

/** Absent where nobody can serve on: that is not configured, or health is not checked. */
function servingOnOf(
  { targetGroupArns }: GroupSnapshot,
  serving: Serving,
  formers: FormersPlan | undefined,
  due: number,
): { servingOn?: ServingOn } {
  if (!formers || (serving.by !== 'target health' && formers.open.length === 0)) return {};
  const { end, open, register } = formers;
  return { servingOn: { targetGroupArns, serving: formerServing(open, serving), register, end, due } };
}

/** The next wave waits for those that gave way before it to be healthy again, and nobody serves on past its time. */
function withFormers(plan: Plan, { dueAtMilliseconds, open }: FormersPlan, { instanceIds }: Serving): Plan {
  const due = Math.min(
    plan.dueAtMilliseconds ?? Number.POSITIVE_INFINITY,
    dueAtMilliseconds ?? Number.POSITIVE_INFINITY,
  );
  const isChecked = plan.interrupted > 0 && open.some(({ instanceId }) => !instanceIds?.has(instanceId));
  return {
    ...plan,
    waitsFor: isChecked ? 'health checks' : plan.waitsFor,
    dueAtMilliseconds: Number.isFinite(due) ? due : undefined,
  };
}

/** For an instance that has left, with nothing left to do. */
function hasLeft(left: Left | undefined, { look }: Ledger): Observation {
  return { ...nothingToDo(Date.now(), look?.group), ...gone(left) };
}

/** Taken out by one of our executions where `left` says so. */
function gone(left: Left | undefined): Pick<Observation, 'attached' | 'left'> {
  const wasTakenOut = left !== undefined && left.reason !== 'was gone already';
  return { attached: false, ...(wasTakenOut && { left }) };
}

function waiting(until: number, { look }: Ledger): Observation {
  return { ...nothingToDo(Date.now(), look?.group), nextCheckAt: timestamp(until) };
}

/** Something is in the way of a look. When there is no time left to come back, the instance leaves on its own. */
function inTheWay({ interruption }: HandlingState, ledger: Ledger, left: Left | undefined): Observation {
  const { detachBy, instanceId, recommended, weight } = interruption;
  const now = Date.now();
  if (left) {
    const waits = waiting(withoutHurry(interruption, now), ledger);
    return { ...waits, ...gone(left), unsettled: isOver(interruption, now) ? 0 : 1 };
  }
  const waits = waiting(shortlyAfter(interruption, now), ledger);
  if (recommended === 1) return isOver(interruption, now) ? { ...waits, recommendation: 'given up' } : waits;
  if (secondsUntil(detachBy, now) > aloneSeconds) return waits;
  const leave: Leaving[] = [{ instanceId, weight, decrement: false, reason: 'capacity unknown' }];
  return { ...waits, leaving: leave.length, leave };
}

/** After that nobody waits any more for a ledger that cannot be settled. */
function isOver({ reclaimAt }: Interruption, now: number): boolean {
  return now > Date.parse(reclaimAt) + settlingSeconds * 1000;
}

function nothingToDo(now: number, group?: GroupNumbers): Observation {
  return {
    observedAt: timestamp(now),
    nextCheckAt: timestamp(now),
    attached: true,
    unsettled: 0,
    changeBy: 0,
    leaving: 0,
    leave: [],
    ...(group && { group }),
  };
}
