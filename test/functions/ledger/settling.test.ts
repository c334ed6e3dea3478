import { describe, expect, it, test } from 'vitest';
import type { Ledger, Settlement } from '../../../functions/ledger/interruption-table.ts';
import { afterSeen, ledgerStateOf, seen, voided } from '../../../functions/ledger/settling.ts';
import { staleReadSeconds } from '../../../functions/shared/timing.ts';
import { ledgerOf } from '../../support/reports.ts';

const changedAtMilliseconds = Date.parse('2026-01-01T00:00:00Z');
/** An answer of DescribeAutoScalingGroups may still be older than the change; a little later none is. */
const soon = changedAtMilliseconds + staleReadSeconds * 1000 - 1;
const later = changedAtMilliseconds + staleReadSeconds * 1000;

const raised = { raised: 1, known: 3, changedAtMilliseconds };
/** Of a group that is raised from 3 to 5, where 1 of the 3 is an earlier raise. */
const raising = { ...raised, pending: { from: 3, to: 5 } };
/** Of a group that is lowered from 3 to 2. */
const lowering = { ...raised, pending: { from: 3, to: 2 } };

describe('a pending change', () => {
  test.each<[string, typeof raising, number, number, Settlement]>([
    ['took effect where DesiredCapacity shows it', raising, 5, soon, { raised: 3, known: 5 }],
    ['took effect where DesiredCapacity shows it much later', raising, 5, later, { raised: 3, known: 5 }],
    ['that lowers took effect where DesiredCapacity shows it', lowering, 2, soon, { raised: 0, known: 2 }],
    ['did not take effect where DesiredCapacity is as before', raising, 3, later, { raised: 1, known: 3 }],
    ['that lowers did not take effect where it is as before', lowering, 3, later, { raised: 1, known: 3 }],
    ['is void where it is neither', raising, 4, later, { raised: 0, known: 4, voidedAtMilliseconds: later }],
  ])('%s', (_, ledger, desiredCapacity, now, settlement) => {
    expect(seen(ledger, desiredCapacity, now)).toEqual({ kind: 'changed', settlement });
  });

  test.each([
    ['as before', 3],
    ['neither', 4],
  ])('may not show yet where DesiredCapacity is %s', (_, desiredCapacity) => {
    expect(seen(raising, desiredCapacity, soon)).toEqual({ kind: 'not shown yet' });
  });

  it('never lowers what is raised below nothing', () => {
    const ledger = { ...lowering, raised: 0 };
    expect(seen(ledger, 2, later)).toMatchObject({ settlement: { raised: 0 } });
  });
});

describe('with nothing pending', () => {
  it('DesiredCapacity as it is known is nothing new', () => {
    expect(seen(raised, 3, soon)).toEqual({ kind: 'as known' });
  });

  it("another DesiredCapacity is somebody else's, and the raise is void", () => {
    const settlement = { raised: 0, known: 2, voidedAtMilliseconds: later };
    expect(seen(raised, 2, later)).toEqual({ kind: 'changed', settlement });
  });

  it('a higher one, too', () => {
    expect(seen(raised, 7, later)).toMatchObject({ settlement: { raised: 0, known: 7 } });
  });

  it('another DesiredCapacity says nothing right after a change of ours', () => {
    expect(seen(raised, 2, soon)).toEqual({ kind: 'not shown yet' });
  });

  it('nothing is void where nothing was raised', () => {
    const ledger = { ...raised, raised: 0 };
    expect(seen(ledger, 2, later)).toEqual({ kind: 'changed', settlement: { raised: 0, known: 2 } });
  });

  it('a group that nobody has looked at becomes known', () => {
    const settlement = { raised: 0, known: 4 };
    expect(seen({ raised: 0, changedAtMilliseconds: 0 }, 4, later)).toEqual({ kind: 'changed', settlement });
  });
});

it("somebody else's change during a pending one of ours voids what it would have raised", () => {
  expect(voided({ raised: 0, pending: { from: 3, to: 4 } }, 2, later)).toHaveProperty('voidedAtMilliseconds', later);
});

describe('the numbers after a look', () => {
  it('are those that it settled', () => {
    const settlement = { raised: 0, known: 2, voidedAtMilliseconds: later };
    expect(afterSeen(ledgerOf(raised), { kind: 'changed', settlement })).toMatchObject(settlement);
  });

  it('are as before where it settled nothing', () => {
    expect(afterSeen(ledgerOf(raised), { kind: 'as known' })).toMatchObject(raised);
  });

  it('keep when a raise was voided before', () => {
    const ledger = ledgerOf({ ...raised, voidedAtMilliseconds: soon });
    const settlement = { raised: 0, known: 4 };
    expect(afterSeen(ledger, { kind: 'changed', settlement })).toMatchObject({ voidedAtMilliseconds: soon });
  });
});

describe('the ledger', () => {
  const held = { holder: 'another', heldUntilMilliseconds: soon };
  const pending = { from: 3, to: 5 };

  test.each<[string, Partial<Ledger>, number, string]>([
    ['settled, with nothing pending', {}, soon, 'settled'],
    ['held, while another execution has the lease', held, soon, 'held'],
    ['held, whatever is pending', { ...held, pending }, soon, 'held'],
    ['settled, once the lease has lapsed', held, later, 'settled'],
    ['open, once the lease has lapsed on a change', { ...held, pending }, later, 'open'],
    ['open, where a change is pending that nobody makes', { pending }, soon, 'open'],
    ['settled, for the one that has the lease', { ...held, holder: 'me' }, soon, 'settled'],
    ['open, for the one that has the lease and died in a change', { ...held, holder: 'me', pending }, soon, 'open'],
  ])('is %s', (_, ledger, now, state) => {
    expect(ledgerStateOf(ledgerOf(ledger), 'me', now)).toBe(state);
  });
});
