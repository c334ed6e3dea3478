import type { DetachmentRecord, NoticeRecord, RunRecord } from './run-record.ts';

export interface Verdict {
  readonly guarantee: 'G1' | 'G2' | 'G3' | 'G4' | 'G5' | 'G6' | 'G7';
  readonly title: string;
  /** What broke it, one line each. */
  readonly violations: readonly string[];
}

export interface Guarantee extends Pick<Verdict, 'guarantee' | 'title'> {
  readonly meaning: string;
  /** One line each. */
  violationsIn(run: RunRecord): string[];
}

/** How long before the end of its time an instance is decided upon for the last time, with what DetachInstances takes. */
const lastDecisionSeconds = 5;

/** From a notice until the group is raised, and from a new instance serving until that is seen, at the worst. */
const handlingSeconds = 10;

/** What a run is held against. */
export const guarantees: readonly Guarantee[] = [
  {
    guarantee: 'G1',
    title: 'Out in time',
    meaning: 'detached before its drain window',
    violationsIn: notOutInTime,
  },
  {
    guarantee: 'G2',
    title: 'Never scale in',
    meaning: 'desired capacity never below what it was',
    violationsIn: scaledIn,
  },
  { guarantee: 'G3', title: 'Net zero', meaning: 'desired capacity ends as it was', violationsIn: notNetZero },
  {
    guarantee: 'G4',
    title: 'Peers first',
    meaning: 'leaves once its peers serve, if they can in time',
    violationsIn: leftBeforePeers,
  },
  { guarantee: 'G5', title: 'Within limits', meaning: 'MinSize and MaxSize hold', violationsIn: outsideLimits },
  { guarantee: 'G6', title: 'Once', meaning: 'duplicates and retries change nothing', violationsIn: handledTwice },
  { guarantee: 'G7', title: 'Only ours', meaning: 'others are left alone', violationsIn: touchedOthers },
];

/** Holds a run against the guarantees of the design. */
export function judge(run: RunRecord): Verdict[] {
  return guarantees.map(({ guarantee, title, violationsIn }) => ({ guarantee, title, violations: violationsIn(run) }));
}

function notOutInTime(run: RunRecord): string[] {
  const late = managed(run).flatMap((notice) => {
    const left = detachmentOf(run, notice.instanceId);
    const detachBy = detachByOf(run, notice);
    if (!left) return [`${notice.instanceId} was not detached`];
    return left.atSeconds > detachBy ? [`${notice.instanceId} was detached at ${s(left)}, after ${s(detachBy)}`] : [];
  });
  const failed = run.executions.filter(
    ({ instanceId, status }) => isManaged(run, instanceId) && status !== 'SUCCEEDED',
  );
  return [...late, ...failed.map((one) => `the execution for ${one.instanceId} ${one.status}: ${one.reason}`)];
}

function scaledIn(run: RunRecord): string[] {
  const { desiredBefore } = run.group;
  return run.desiredChanges
    .filter(({ to }) => to < desiredBefore)
    .map(({ atSeconds, to }) => `DesiredCapacity was lowered to ${to} at ${s(atSeconds)}; it was ${desiredBefore}`);
}

/** Exactly, or too high by the raises that faults kept from being taken back. */
function notNetZero(run: RunRecord): string[] {
  const { desiredBefore, desiredAfter, weight } = run.group;
  const unsettled = run.faults ? run.executions.filter((one) => one.scaledOut && !one.decremented).length : 0;
  const most = desiredBefore + unsettled * weight;
  if (desiredAfter >= desiredBefore && desiredAfter <= most) return [];
  return [`DesiredCapacity is ${desiredAfter}; it was ${desiredBefore}`];
}

/** Where faults hide what serves, or no replacement can serve in time, an instance may leave before its peers serve. */
function leftBeforePeers(run: RunRecord): string[] {
  if (run.faults) return [];
  const required = requiredPeers(run);
  const tooEarly = managed(run).flatMap((notice) => {
    const left = detachmentOf(run, notice.instanceId);
    if (!left || left.servingPeers >= required || gaveWay(run, left)) return [];
    const wasLastDecision = left.atSeconds >= detachByOf(run, notice) - lastDecisionSeconds;
    if (wasLastDecision && !replacementCouldServe(run, notice)) return [];
    return [`${notice.instanceId} was detached at ${s(left)} while ${left.servingPeers} of ${required} peers served`];
  });
  const { minServing } = run.group;
  const gap = managed(run).length > 0 && mayExpectNoGap(run) && minServing < required;
  return gap ? [...tooEarly, `only ${minServing} of ${required} instances served at the worst`] : tooEarly;
}

function outsideLimits(run: RunRecord): string[] {
  const { minSize, maxSize } = run.group;
  const outside = run.desiredChanges
    .filter(({ to }) => to < minSize || to > maxSize)
    .map(
      ({ atSeconds, to }) => `DesiredCapacity was set to ${to} at ${s(atSeconds)}, outside ${minSize} to ${maxSize}`,
    );
  const required = requiredPeers(run);
  const needless = run.detachments
    .filter((left) => isAtMaxSize(run, left) && left.servingPeers < required && left.expectedPeers >= required)
    .filter(({ atSeconds, instanceId }) => {
      const notice = run.notices.find((one) => one.instanceId === instanceId);
      return notice !== undefined && atSeconds < detachByOf(run, notice) - lastDecisionSeconds;
    })
    .map((left) => `${left.instanceId} gave way at ${s(left)} although ${left.expectedPeers} peers were on their way`);
  return run.faults ? outside : [...outside, ...needless];
}

function handledTwice(run: RunRecord): string[] {
  return run.notices.flatMap(({ instanceId }) => {
    const executions = run.executions.filter((one) => one.instanceId === instanceId);
    const handled = executions.filter(({ finalState }) => finalState === 'Handled');
    const detached = run.detachments.filter((one) => one.instanceId === instanceId);
    const raised = executions.filter(({ scaledOut }) => scaledOut);
    const twice: string[] = [];
    if (handled.length > 1) twice.push(`${handled.length} executions handled ${instanceId}`);
    if (detached.length > 1) twice.push(`${instanceId} was detached ${detached.length} times`);
    if (raised.length > 1) twice.push(`the group was raised ${raised.length} times for ${instanceId}`);
    return twice;
  });
}

function touchedOthers(run: RunRecord): string[] {
  const others = run.notices.filter((notice) => !notice.managed).map(({ instanceId }) => instanceId);
  const detached = run.detachments
    .filter(({ instanceId }) => !isManaged(run, instanceId))
    .map((left) => `${left.instanceId} was detached at ${s(left)}`);
  const unexplained = run.executions
    .filter(({ instanceId }) => others.includes(instanceId))
    .filter((one) => one.finalState !== 'NotManaged' || !one.reason)
    .map(
      (one) => `the execution for ${one.instanceId} ended in ${one.finalState}, with no reason why it is left alone`,
    );
  const onlyOthers = others.length > 0 && managed(run).length === 0;
  const changed = onlyOthers ? run.desiredChanges.map(({ to }) => `DesiredCapacity was set to ${to}`) : [];
  return [...detached, ...unexplained, ...changed];
}

/** Never more peers than the group had instances. */
export function requiredPeersOf(minServingPeers: number, desiredBefore: number, weight: number): number {
  return Math.min(minServingPeers, desiredBefore / weight);
}

function requiredPeers({ settings, group }: RunRecord): number {
  return requiredPeersOf(settings.minServingPeers, group.desiredBefore, group.weight);
}

function gaveWay(run: RunRecord, left: DetachmentRecord): boolean {
  return isAtMaxSize(run, left) && left.expectedPeers < requiredPeers(run);
}

function isAtMaxSize({ group }: RunRecord, left: DetachmentRecord): boolean {
  return group.maxSize - left.desired < group.weight;
}

function replacementCouldServe(run: RunRecord, notice: NoticeRecord): boolean {
  const { maxSize, desiredBefore, weight } = run.group;
  const inTime = run.replacementSeconds + handlingSeconds <= detachByOf(run, notice) - notice.atSeconds;
  return inTime && maxSize - desiredBefore >= weight;
}

/** At MaxSize somebody has to give way first, which only leaves no gap where others serve meanwhile. */
function mayExpectNoGap(run: RunRecord): boolean {
  if (managed(run).every((notice) => replacementCouldServe(run, notice))) return true;
  const inTime = managed(run).every(
    (notice) => run.replacementSeconds + handlingSeconds <= detachByOf(run, notice) - notice.atSeconds,
  );
  return inTime && run.group.instancesBefore > requiredPeers(run);
}

function managed(run: RunRecord): NoticeRecord[] {
  return run.notices.filter((notice) => notice.managed);
}

function isManaged(run: RunRecord, instanceId: string): boolean {
  return managed(run).some((notice) => notice.instanceId === instanceId);
}

function detachmentOf(run: RunRecord, instanceId: string): DetachmentRecord | undefined {
  return run.detachments.find((one) => one.instanceId === instanceId);
}

function detachByOf({ settings }: RunRecord, { reclaimAtSeconds }: NoticeRecord): number {
  return reclaimAtSeconds - settings.drainSeconds;
}

function s(at: number | DetachmentRecord): string {
  return `${(typeof at === 'number' ? at : at.atSeconds).toFixed(1)} s`;
}
