import { staleReadSeconds } from '../shared/timing.ts';
import type { Ledger, Settlement } from './interruption-table.ts';

/** What the ledger is in. docs/protocol.md draws how it gets from one to another. */
const ledgerStates = [
  /** Nothing is pending: what it says holds. */
  'settled',
  /** An execution has the lease: others wait. */
  'held',
  /** A change was begun, and its holder cannot act any more: its outcome shows in DesiredCapacity. */
  'open',
] as const;
export type LedgerState = (typeof ledgerStates)[number];

/** As it is for an execution: its own lease does not hold it up, since its earlier function has ended. */
export function ledgerStateOf(ledger: Ledger, execution: string, nowMilliseconds: number): LedgerState {
  const isHeld = ledger.holder !== undefined && ledger.heldUntilMilliseconds >= nowMilliseconds;
  if (isHeld && ledger.holder !== execution) return 'held';
  return ledger.pending ? 'open' : 'settled';
}

/** What a look at DesiredCapacity tells of the ledger. */
export type Seen =
  /** It holds as it is. */
  | { readonly kind: 'as known' }
  /** A pending change took effect or did not, or somebody else has set DesiredCapacity: to be noted. */
  | { readonly kind: 'changed'; readonly settlement: Settlement }
  /** The answer may be older than our own last change: it says nothing. */
  | { readonly kind: 'not shown yet' };

/**
 * Settles what a look can settle. DesiredCapacity = `to`: the pending change took effect; = `from`: it did not, once that
 * cannot be an old answer any more. Anything else, or other than `known` with nothing pending: somebody else has set it, and
 * our raise is void, since theirs is what the group is to have (G8).
 */
export function seen(
  ledger: Pick<Ledger, 'known' | 'pending' | 'raised' | 'changedAtMilliseconds'>,
  desiredCapacity: number,
  nowMilliseconds: number,
): Seen {
  const { known, pending, raised } = ledger;
  const isOld = nowMilliseconds - ledger.changedAtMilliseconds >= staleReadSeconds * 1000;
  if (pending && desiredCapacity === pending.to) {
    const raisedThen = Math.max(0, raised + pending.to - pending.from);
    return { kind: 'changed', settlement: { raised: raisedThen, known: pending.to } };
  }
  if (!pending && desiredCapacity === known) return { kind: 'as known' };
  if (!isOld) return { kind: 'not shown yet' };
  if (pending && desiredCapacity === pending.from)
    return { kind: 'changed', settlement: { raised, known: pending.from } };
  return { kind: 'changed', settlement: voided(ledger, desiredCapacity, nowMilliseconds) };
}

/** Somebody else's DesiredCapacity stands. */
export function voided(
  { pending, raised }: Pick<Ledger, 'pending' | 'raised'>,
  desiredCapacity: number,
  nowMilliseconds: number,
): Settlement {
  const hadRaise = raised > 0 || pending !== undefined;
  return { raised: 0, known: desiredCapacity, ...(hadRaise && { voidedAtMilliseconds: nowMilliseconds }) };
}

/** The ledger as a look leaves it. */
export function afterSeen(ledger: Ledger, seenNow: Seen): Ledger {
  if (seenNow.kind !== 'changed') return ledger;
  return { ...ledger, ...seenNow.settlement, version: ledger.version + 1, pending: undefined };
}
