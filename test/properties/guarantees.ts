import { objectAt } from '../../simulator/json.ts';
import type {
  Departure,
  DesiredChange,
  ExecutionLog,
  GroupLog,
  GroupSnapshot,
  NoticeLog,
  WorldLog,
} from './world-log.ts';

export interface Violation {
  readonly guarantee: Guarantee;
  readonly at: number;
  readonly what: string;
}

export const guarantees = [
  'G1 out in time',
  'G2 never scale in',
  'G3 net zero',
  'G4 peers first',
  'G5 within limits',
  'G6 once',
  'G7 only ours',
  'G8 ends well',
] as const;

export type Guarantee = (typeof guarantees)[number];

const drainSeconds = 30;
/** `retryUntil` and `decideBy`, before `detachBy`. */
const outageSeconds = 15;

/** What a fault just before `retryUntil` can hold up: a function's whole timeout. */
const functionSeconds = 10;

/** Until a group that a function died in can be changed again: its lease has to lapse, and its last change to show. */
const settlingSeconds = 35;

/** Every guarantee, held against everything that happened. No entry: all hold. */
export function violationsOf(log: WorldLog): readonly Violation[] {
  return [
    ...log.notices.flatMap((notice) => outInTime(log, notice)),
    ...log.groups.flatMap(neverScaledIn),
    ...log.groups.flatMap((group) => netZero(log, group)),
    ...log.groups.flatMap((group) => peersFirst(log, group)),
    ...log.groups.flatMap((group) => neverWithoutPeers(log, group)),
    ...log.groups.flatMap(withinLimits),
    ...log.groups.flatMap((group) => gaveWayInNeed(log, group)),
    ...log.groups.flatMap((group) => pairs(log, group)),
    ...log.notices.flatMap((notice) => handledOnce(log, notice)),
    ...log.groups.flatMap((group) => untouched(log, group)),
    ...log.notices.flatMap((notice) => explained(log, notice)),
    ...log.executions.flatMap((execution) => endedWell(log, execution)),
  ].toSorted((a, b) => a.at - b.at);
}

// G1 ------------------------------------------------------------------------------------------------------------------

/**
 * By `detachBy`, unless what detaches was made to fail from `retryUntil` on: DetachInstances, its function, or the steps
 * without which nothing is known of the instance; or the execution was stopped.
 */
function outInTime(log: WorldLog, notice: NoticeLog): Violation[] {
  const group = groupOf(log, notice);
  if (!group?.managed || notice.lifecycleState !== 'InService') return [];
  const detachBy = notice.reclaimAt - drainSeconds;
  const left = group.departures.find(({ instanceId }) => instanceId === notice.instanceId);
  if (left && left.at <= detachBy) return [];
  if (!deliveredBefore(log, notice, detachBy - outageSeconds - functionSeconds)) return [];
  if (detachingFailed(log, notice, detachBy)) return [];
  return [
    {
      guarantee: 'G1 out in time',
      at: detachBy,
      what: left
        ? `${notice.instanceId} left at ${s(left.at)}, after ${s(detachBy)}`
        : `${notice.instanceId} never left`,
    },
  ];
}

function deliveredBefore(log: WorldLog, { instanceId }: NoticeLog, before: number): boolean {
  return log.executions.some((execution) => execution.instanceId === instanceId && execution.startedAt < before);
}

function detachingFailed(log: WorldLog, notice: NoticeLog, detachBy: number): boolean {
  const from = detachBy - outageSeconds - functionSeconds;
  return log.injected.some(
    ({ at, kind, service, action, instanceId, functionName }) =>
      kind !== 'slow' &&
      kind !== 'stale' &&
      instanceId === notice.instanceId &&
      at >= from &&
      at <= detachBy &&
      (service === 'lambda' ||
        service === 'states' ||
        action === 'DetachInstances' ||
        functionName === 'describe-instance'),
  );
}

// G2, G5 --------------------------------------------------------------------------------------------------------------

function neverScaledIn({ name, desiredBefore, desiredChanges }: GroupLog): Violation[] {
  return desiredChanges
    .filter(({ to }) => to < desiredBefore)
    .map(({ at, to }) => ({
      guarantee: 'G2 never scale in',
      at,
      what: `${name} was lowered to ${to}; it was ${desiredBefore}`,
    }));
}

function withinLimits({ name, minSize, maxSize, desiredChanges }: GroupLog): Violation[] {
  return desiredChanges
    .filter(({ to }) => to < minSize || to > maxSize)
    .map(({ at, to }) => ({
      guarantee: 'G5 within limits',
      at,
      what: `${name} was set to ${to}, outside ${minSize} to ${maxSize}`,
    }));
}

/** Who gave way before its time was missed: fewer peers were on their way than have to serve. */
function gaveWayInNeed(log: WorldLog, group: GroupLog): Violation[] {
  return group.departures
    .filter(({ how, by }) => how === 'detached' && by?.giveWay === true)
    .flatMap((departure): Violation[] => {
      const interrupted = interruptedBy(log, departure.at);
      const required = requiredPeers(log, group) + raisesOfTheTerminated(group, departure.at);
      const before = group.snapshots.slice(0, departure.snapshotsBefore);
      const seen = [...seenBetween(before, secondLookAt(log, departure) - staleSeconds(log)), ...before.slice(-1)];
      const inNeed = seen.some((snapshot) => expectedPeers(group, snapshot, departure, interrupted) < required);
      if (inNeed) return [];
      const what = `${departure.instanceId} gave way although ${required} peers were in service or on their way`;
      return [{ guarantee: 'G5 within limits', at: departure.at, what }];
    });
}

/** The raise of an instance that somebody else took away asks for one peer more until it is taken back. */
function raisesOfTheTerminated({ desiredChanges, departures }: GroupLog, now: number): number {
  const terminated = departures.filter(({ how, at }) => how === 'terminated' && at <= now);
  const balances = terminated.map(({ instanceId }) => {
    const own = desiredChanges.filter(({ at, by }) => at <= now && by?.instanceId === instanceId);
    return own.reduce((sum, { from, to }) => sum + Math.sign(to - from), 0);
  });
  return balances.filter((balance) => balance > 0).length;
}

/** When who gave way looked at the group under its lease. */
function secondLookAt({ calls }: WorldLog, { at, by }: Departure): number {
  const look = calls.findLast((call) => call.action === 'DescribeAutoScalingGroups' && call.by === by && call.at <= at);
  return look?.at ?? Number.POSITIVE_INFINITY;
}

function expectedPeers(
  { weight }: GroupLog,
  { present, desired, capacity }: GroupSnapshot,
  { instanceId }: Departure,
  interrupted: ReadonlySet<string>,
): number {
  const peers = present.filter((id) => id !== instanceId && !interrupted.has(id)).length;
  return peers + Math.ceil(Math.max(0, desired - capacity) / weight);
}

// G3 ------------------------------------------------------------------------------------------------------------------

/**
 * Exactly, or too high by one weight for each instance whose raise was not settled in time: around its end, or from
 * `retryUntil` on, something was still going wrong.
 */
function netZero(log: WorldLog, group: GroupLog): Violation[] {
  if (!log.allEnded) return [];
  const after = group.desiredChanges.at(-1)?.to ?? group.desiredBefore;
  const unsettled = log.notices.filter((notice) => notice.group === group.name && isDisturbed(log, notice));
  const most = group.desiredBefore + unsettled.reduce((sum, { weight }) => sum + weight, 0);
  if (after >= group.desiredBefore && after <= most) return [];
  const what = `${group.name} is left at ${after}; it was ${group.desiredBefore}`;
  return [{ guarantee: 'G3 net zero', at: log.endedAt, what }];
}

/** Something went wrong that its execution had no time left to get over. */
function isDisturbed(log: WorldLog, notice: NoticeLog): boolean {
  const retryUntil = notice.reclaimAt - drainSeconds - outageSeconds;
  const executions = log.executions.filter(({ instanceId }) => instanceId === notice.instanceId);
  const ended = Math.max(notice.at, ...executions.map(({ endedAt }) => endedAt ?? log.endedAt));
  const from = retryUntil - settlingSeconds;
  return log.injected.some(
    ({ at, kind, autoScalingGroupName }) =>
      kind !== 'slow' &&
      at >= from &&
      at <= ended &&
      (autoScalingGroupName === undefined || autoScalingGroupName === notice.group),
  );
}

// G4 ------------------------------------------------------------------------------------------------------------------

/** Nobody leaves before `retryUntil` unless, when it looked last, enough peers served. Giving way is another matter. */
function peersFirst(log: WorldLog, group: GroupLog): Violation[] {
  return group.departures
    .filter(({ how, by }) => how === 'detached' && by !== undefined && !by.giveWay)
    .flatMap((departure): Violation[] => {
      const notice = log.notices.find(({ instanceId }) => instanceId === departure.instanceId);
      if (!notice) return [];
      const detachBy = notice.reclaimAt - drainSeconds;
      if (departure.at >= detachBy - outageSeconds) return [];
      const look = lastLook(log, departure);
      if (!look) return [];
      const interrupted = recordedBy(log, look.from);
      const required = requiredPeers(log, group);
      const seen = seenBetween(group.snapshots, look.from - staleSeconds(log), look.to);
      const healthUnknown = log.injected.some(({ at, service }) => service === 'elasticloadbalancing' && at <= look.to);
      const enough = seen.some(({ serving, inService }) => {
        const counted = healthUnknown ? inService : serving;
        return counted.filter((id) => id !== departure.instanceId && !interrupted.has(id)).length >= required;
      });
      if (enough) return [];
      const what = `${departure.instanceId} was detached before ${required} peers served`;
      return [{ guarantee: 'G4 peers first', at: departure.at, what }];
    });
}

/** Where nothing goes wrong and every replacement arrives in time, there are always enough that serve. */
function neverWithoutPeers(log: WorldLog, group: GroupLog): Violation[] {
  const notices = log.notices.filter((notice) => notice.group === group.name);
  if (!group.managed || notices.length === 0 || log.injected.length > 0) return [];
  const required = requiredPeers(log, group);
  if (!replacementsArrive(log, group, required)) return [];
  const worst = group.snapshots.reduce((least, snapshot) => (snapshot.alive < least.alive ? snapshot : least));
  if (worst.alive >= required) return [];
  const what = `only ${worst.alive} of ${required} instances of ${group.name} served`;
  return [{ guarantee: 'G4 peers first', at: worst.at, what }];
}

/** From a notice until it is acted upon, the lease waited for, and from a replacement serving until that is seen. */
const handlingSeconds = 12;

function replacementsArrive(log: WorldLog, group: GroupLog, required: number): boolean {
  const plan = log.world.groups[log.groups.indexOf(group)];
  if (!plan) return false;
  const launchSeconds = Math.max(
    ...plan.launchSeconds.map((one) => (one === 'never' ? Number.POSITIVE_INFINITY : one)),
  );
  const inTime = launchSeconds + plan.healthCheckSeconds + handlingSeconds < 120 - drainSeconds;
  const undisturbed = plan.interruptedLaunches.length === 0;
  const regular = log.world.notices.every(
    ({ vanishes, deliveredAfterSeconds }) => !vanishes && Math.min(...deliveredAfterSeconds) <= 3,
  );
  const together = Math.max(...log.notices.map(({ at }) => at)) - Math.min(...log.notices.map(({ at }) => at)) <= 3;
  return inTime && undisturbed && regular && together && plan.above >= required;
}

/** Of peers that an execution looked for, when it looked for the last time before an act. */
function lastLook(log: WorldLog, departure: Departure): { from: number; to: number } | undefined {
  const execution = log.executions.find(({ arn }) => arn === departure.by?.executionArn);
  const events = execution?.history.filter(({ at, state }) => state === 'CheckCapacity' && at <= departure.at) ?? [];
  const to = events.findLast(({ type }) => type === 'TaskStateExited')?.at;
  const from = events.findLast(({ type }) => type === 'TaskStateEntered')?.at;
  return from === undefined || to === undefined ? undefined : { from: Math.min(from, to), to };
}

function requiredPeers({ world }: WorldLog, { instancesBefore }: GroupLog): number {
  return Math.min(world.minServingPeers, instancesBefore);
}

// G6 ------------------------------------------------------------------------------------------------------------------

/** Of one instance: at most one raise, by its own weight; a lowering only after a raise, and by as much. */
function pairs(log: WorldLog, { name, desiredChanges }: GroupLog): Violation[] {
  const violations: Violation[] = [];
  const balance = new Map<string, { raises: number; lowerings: number }>();
  for (const change of desiredChanges) {
    const instanceId = change.by?.instanceId ?? 'nobody';
    const { raises, lowerings } = balance.get(instanceId) ?? { raises: 0, lowerings: 0 };
    const isRaise = change.to > change.from;
    const now = { raises: raises + (isRaise ? 1 : 0), lowerings: lowerings + (isRaise ? 0 : 1) };
    balance.set(instanceId, now);
    const what = problemOf(change, now, weightOf(log, instanceId));
    if (what) violations.push({ guarantee: 'G6 once', at: change.at, what: `${name}: ${instanceId} ${what}` });
  }
  return violations;
}

function problemOf(
  { from, to }: DesiredChange,
  { raises, lowerings }: { readonly raises: number; readonly lowerings: number },
  weight: number,
): string | undefined {
  if (Math.abs(to - from) !== weight) return `changed ${from} to ${to}, though it weighs ${weight}`;
  if (raises > 1) return `raised ${raises} times`;
  return lowerings > raises ? `lowered ${lowerings} times, and raised ${raises} times` : undefined;
}

function weightOf(log: WorldLog, instanceId: string): number {
  return log.notices.find((notice) => notice.instanceId === instanceId)?.weight ?? 0;
}

/** Only where the record could be written, and nobody gave up, is it certain that one execution is the only one. */
function handledOnce(log: WorldLog, notice: NoticeLog): Violation[] {
  const executions = log.executions.filter(({ instanceId }) => instanceId === notice.instanceId);
  const recordFailed = log.injected.some(({ service }) => service === 'dynamodb');
  const gaveUp = executions.some(({ status }) => status !== 'SUCCEEDED');
  const handled = executions.filter(({ finalState }) => finalState === 'Handled' || finalState === 'AlreadyDetached');
  if (handled.length <= 1 || recordFailed || gaveUp) return [];
  const what = `${handled.length} executions handled ${notice.instanceId}`;
  return [{ guarantee: 'G6 once', at: handled.at(-1)?.endedAt ?? log.endedAt, what }];
}

// G7 ------------------------------------------------------------------------------------------------------------------

function untouched(log: WorldLog, group: GroupLog): Violation[] {
  const ours = new Set(group.managed ? log.notices.map(({ instanceId }) => instanceId) : []);
  const detached = group.departures
    .filter(({ how, by, instanceId }) => how === 'detached' && by !== undefined && !ours.has(instanceId))
    .map(({ at, instanceId }) => ({ at, what: `${instanceId} was detached, but is not ours` }));
  const changed = group.desiredChanges
    .filter(() => !group.managed)
    .map(({ at, to }) => ({ at, what: `${group.name} was set to ${to}, but is not ours` }));
  return [...detached, ...changed].map((one) => ({ guarantee: 'G7 only ours', ...one }));
}

/** Instances in no group, leaving, or in a group without the tag end in NotManaged, which says why. */
function explained(log: WorldLog, notice: NoticeLog): Violation[] {
  const group = groupOf(log, notice);
  if (group?.managed) return [];
  return log.executions
    .filter(({ instanceId, status }) => instanceId === notice.instanceId && status === 'SUCCEEDED')
    .filter(({ finalState, output }) => finalState !== 'NotManaged' || !objectAt(output, 'interruption').reason)
    .map(({ endedAt = log.endedAt, name, finalState }) => ({
      guarantee: 'G7 only ours',
      at: endedAt,
      what: `${name} ended in ${finalState}, without a reason why its instance is left alone`,
    }));
}

// G8 ------------------------------------------------------------------------------------------------------------------

/** Executions end, and fail only in HandlingFailed, where detaching or describing failed to the end. */
function endedWell(log: WorldLog, execution: ExecutionLog): Violation[] {
  const { name, status, finalState, error, instanceId, endedAt } = execution;
  if (status === 'SUCCEEDED') return [];
  const failedToTheEnd = log.injected.some(
    (injected) => injected.instanceId === instanceId && injected.kind !== 'slow' && injected.kind !== 'stale',
  );
  if (status === 'FAILED' && finalState === 'HandlingFailed' && failedToTheEnd) return [];
  const what = `${name} is ${status} in ${finalState}: ${error ?? 'no error'}`;
  return [{ guarantee: 'G8 ends well', at: endedAt ?? log.endedAt, what }];
}

// What was known, and when ---------------------------------------------------------------------------------------------

function groupOf(log: WorldLog, notice: NoticeLog): GroupLog | undefined {
  return log.groups.find(({ name }) => name === notice.group);
}

/** Noticed by then: as many as could be known to be interrupted. */
function interruptedBy(log: WorldLog, at: number): ReadonlySet<string> {
  return new Set(log.notices.filter((notice) => notice.at <= at).map(({ instanceId }) => instanceId));
}

/** Recorded by then: those who are certainly known to be interrupted. */
function recordedBy(log: WorldLog, at: number): ReadonlySet<string> {
  const recorded = log.executions.filter(({ history }) =>
    history.some(
      ({ state, type, at: exitedAt }, index) =>
        state === 'RecordInterruption' &&
        type === 'TaskStateExited' &&
        exitedAt < at &&
        history[index - 1]?.type !== 'TaskCaught',
    ),
  );
  return new Set(recorded.map(({ instanceId }) => instanceId));
}

function staleSeconds(log: WorldLog): number {
  return log.injected.some(({ kind }) => kind === 'stale') ? 3.1 : 0;
}

/** How the group was at any time in between. */
function seenBetween(
  snapshots: readonly GroupSnapshot[],
  from: number,
  to = Number.POSITIVE_INFINITY,
): readonly GroupSnapshot[] {
  const first = Number.isFinite(from) ? snapshots.findLast(({ at }) => at < from) : undefined;
  return [...(first ? [first] : []), ...snapshots.filter(({ at }) => at >= from && at <= to)];
}

function s(seconds: number): string {
  return `${seconds.toFixed(1)} s`;
}
