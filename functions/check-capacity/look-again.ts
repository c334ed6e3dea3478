import type { Plan } from '../capacity/plan.ts';
import type { Settings } from '../configuration/settings.ts';
import type { Ledger, SharedLook } from '../ledger/interruption-table.ts';
import { ledgerStateOf } from '../ledger/settling.ts';
import type { HandlingState, Interruption } from '../shared/contract.ts';
import {
  actingSeconds,
  afterReclaimSeconds,
  aloneSeconds,
  dueJitterSeconds,
  dueShareSeconds,
  firstLaunchPolls,
  jitterSeconds,
  launchingPolls,
  longestSpreadSeconds,
  newcomerShareSeconds,
  roomPolls,
  shortWaitSeconds,
} from '../shared/timing.ts';

/** Times are epoch milliseconds; every one that several executions may share gets a random part. */

/**
 * As late as costs nothing, and exactly when the next instance has to leave. A raise that the execution which looked does not
 * make itself (`mayChange`) is for others to make soon.
 */
export function freshUntil(
  plan: Plan,
  mayChange: boolean,
  { pollSeconds }: Pick<Settings, 'pollSeconds'>,
  now: number,
): number {
  const seconds = secondsUntilNextLook(plan, mayChange, pollSeconds);
  return Math.min(now + seconds * 1000, plan.dueAtMilliseconds ?? Infinity);
}

function secondsUntilNextLook({ changeBy, leave, waitsFor }: Plan, mayChange: boolean, pollSeconds: number): number {
  if (leave.length > 0 || changeBy < 0 || (changeBy > 0 && !mayChange)) return actingSeconds;
  if (changeBy > 0 && waitsFor === 'launches') return pollSeconds * firstLaunchPolls;
  return pollSeconds * { launches: launchingPolls, 'health checks': 1, 'room to raise': roomPolls }[waitsFor];
}

/** When the one that looked looks again: before the others. Where nobody has to leave before its own decision, when it is due. */
export function nextLookAt(interruption: Interruption, freshUntilMilliseconds: number, now: number): number {
  if (now >= Date.parse(interruption.reclaimAt)) return now + afterReclaimSeconds * 1000;
  const at = Math.max(freshUntilMilliseconds, now);
  if (interruption.recommended === 1) return beforeDecision(interruption, at + jitter(jitterSeconds), now);
  const decision = Date.parse(interruption.decideBy);
  if (now >= decision) return at;
  return at >= decision ? Math.min(at, lastMoment(interruption)) : Math.min(at + jitter(jitterSeconds), decision);
}

/** After something was in the way: another's change, or its look. */
export function shortlyAfter(interruption: Interruption, now: number): number {
  const isUrgent = now >= Date.parse(interruption.decideBy);
  const [least, random] = isUrgent ? [dueJitterSeconds, dueJitterSeconds] : [shortWaitSeconds, 2 * shortWaitSeconds];
  return beforeDecision(interruption, now + least * 1000 + jitter(random), now);
}

/** After its own instance has left, an execution has time: it only waits for the group's ledger to be settled. */
export function withoutHurry({ reclaimAt, retrySeconds }: Interruption, now: number): number {
  return now + (now < Date.parse(reclaimAt) ? retrySeconds : afterReclaimSeconds) * 1000;
}

/**
 * Until when the look of another execution will do, for one that has come to look; undefined where it will not. Executions
 * of a storm spread out, so that somebody looks often enough, and nobody needlessly.
 */
export function sharedUntil(
  handling: HandlingState,
  ledger: Ledger,
  { pollSeconds }: Pick<Settings, 'pollSeconds'>,
  now: number,
): number | undefined {
  const { interruption } = handling;
  const isDue = now >= Date.parse(interruption.decideBy);
  const isHeld = ledgerStateOf(ledger, interruption.executionArn, now) === 'held';
  if (!isDue && (isHeld || ledger.lookingUntilMilliseconds >= now)) return shortlyAfter(interruption, now);
  if (isDue) return sharedWhenDue(handling, ledger, now);
  const { look } = ledger;
  if (!look) return undefined;
  if (!knowsOf(handling, look)) {
    const until = Date.parse(look.group.lookedAt) + newcomerShareSeconds * 1000;
    return now < until ? beforeDecision(interruption, until + jitter(jitterSeconds), now) : undefined;
  }
  if (now >= look.freshUntilMilliseconds) return undefined;
  // The next look comes when the next instance has to leave.
  if (look.freshUntilMilliseconds >= Date.parse(interruption.decideBy)) return whenDue(interruption, look);
  const spreadSeconds = Math.min(longestSpreadSeconds, pollSeconds * look.group.interrupted);
  return beforeDecision(interruption, look.freshUntilMilliseconds + jitter(spreadSeconds), now);
}

/** Several can be due together: the first one to look takes the others along. In the last moment each execution looks for its own instance. */
function sharedWhenDue(handling: HandlingState, ledger: Ledger, now: number): number | undefined {
  const { look, lookingUntilMilliseconds } = ledger;
  const { executionArn } = handling.interruption;
  if (now >= lastMoment(handling.interruption)) return undefined;
  const isFresh = look !== undefined && knowsOf(handling, look) && now < look.freshUntilMilliseconds;
  if (isFresh) return whenDue(handling.interruption, look);
  const isBusy = lookingUntilMilliseconds >= now || ledgerStateOf(ledger, executionArn, now) === 'held';
  const isOthers = look !== undefined && look.group.lookedBy !== executionArn;
  const isActedUpon = isOthers && now - Date.parse(look.group.lookedAt) < dueShareSeconds * 1000;
  return isBusy || isActedUpon ? now + dueJitterSeconds * 1000 + jitter(dueJitterSeconds) : undefined;
}

/** A moment after the one that looked last, which looks exactly then and takes the others along. */
function whenDue(interruption: Interruption, { freshUntilMilliseconds }: SharedLook): number {
  const isActedUponAt = freshUntilMilliseconds + dueJitterSeconds * 1000;
  return Math.min(isActedUponAt, lastMoment(interruption)) + jitter(dueJitterSeconds);
}

function lastMoment({ detachBy }: Interruption): number {
  return Date.parse(detachBy) - aloneSeconds * 1000;
}

/** Whether the execution had looked before it, and so its instance was recorded: only then is the look fresh for it, too. */
function knowsOf({ capacity }: HandlingState, { group }: SharedLook): boolean {
  return capacity !== undefined && Date.parse(group.lookedAt) >= Date.parse(capacity.firstObservedAt);
}

/** Not later than the next thing that becomes due: the last regular look, or giving a recommendation up. */
function beforeDecision({ decideBy, detachBy, recommended }: Interruption, at: number, now: number): number {
  const decision = Date.parse(recommended === 1 ? detachBy : decideBy);
  return now < decision ? Math.min(at, decision) : at;
}

function jitter(seconds: number): number {
  return Math.random() * seconds * 1000;
}
