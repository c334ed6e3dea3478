import type { Ledger, SharedLook } from '../../functions/ledger/interruption-table.ts';
import type { CapacityReport, GroupNumbers, Left } from '../../functions/shared/contract.ts';
import { timestamp } from '../../functions/shared/timestamps.ts';

/** What looks, ledgers and departures say, but for what a test says about them; times are now. */

/** Of a group of two that both serve, one of them interrupted. */
export function groupNumbers(numbers: Partial<GroupNumbers> = {}): GroupNumbers {
  return {
    lookedAt: timestamp(Date.now()),
    lookedBy: 'another execution',
    desiredCapacity: 2,
    minSize: 0,
    maxSize: 10,
    usualSize: 2,
    floor: 2,
    floorFrom: 'configuration',
    serving: 2,
    servingBy: 'target health',
    interrupted: 1,
    raised: 0,
    noHeadroom: 0,
    ...numbers,
  };
}

/** With nothing to do. */
export function reportOf(report: Partial<CapacityReport> = {}): CapacityReport {
  const now = timestamp(Date.now());
  return {
    observedAt: now,
    firstObservedAt: now,
    nextCheckAt: now,
    attached: true,
    unsettled: 0,
    changeBy: 0,
    leaving: 0,
    leave: [],
    ...report,
  };
}

/** Of a group that nobody has looked at. */
export function ledgerOf(ledger: Partial<Ledger> = {}): Ledger {
  return {
    version: 0,
    raised: 0,
    changedAtMilliseconds: 0,
    heldUntilMilliseconds: 0,
    lookingUntilMilliseconds: 0,
    ...ledger,
  };
}

/** Fresh for four seconds. */
export function sharedLook(numbers: Partial<GroupNumbers> = {}, look: Partial<SharedLook> = {}): SharedLook {
  return {
    group: groupNumbers(numbers),
    freshUntilMilliseconds: Date.now() + 4_000,
    targetHealthFailures: 0,
    ...look,
  };
}

export function leftNow(left: Partial<Left> = {}): Left {
  const at = timestamp(Date.now());
  return { at, by: 'another execution', reason: 'the floor holds without it', decremented: true, ...left };
}
