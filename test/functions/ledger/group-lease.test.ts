import { AutoScalingServiceException, ResourceContentionFault } from '@aws-sdk/client-auto-scaling';
import { describe, expect, it, test } from 'vitest';
import { GroupLease, wasRefused } from '../../../functions/ledger/group-lease.ts';
import type { PendingChange } from '../../../functions/ledger/interruption-table.ts';
import type { HandlingState } from '../../../functions/shared/contract.ts';
import { leaseSeconds, staleReadSeconds } from '../../../functions/shared/timing.ts';
import { busy } from '../../../simulator/time/virtual-time.ts';
import { type Functions, holdLease, ledgerNow, looked, recorded, withFunctions } from '../../support/functions.ts';
import { createWeb, failing } from '../../support/handling.ts';

const raise: PendingChange = { from: 2, to: 3 };

describe('a lease', () => {
  it('is not taken by an execution that has not looked', () =>
    withFunctions({}, async (functions) => {
      const handling = await recorded(functions, createWeb(functions.app, {}));
      await expect(taken(functions, handling)).rejects.toMatchObject({
        name: 'GroupBusy',
        message: 'Nobody has looked at the group yet: look first.',
      });
    }));

  it('is not taken while another execution has it', () =>
    withFunctions({}, async (functions) => {
      const handling = await lookedAtPair(functions);
      await holdLease(functions);
      await expect(taken(functions, handling)).rejects.toMatchObject({ name: 'GroupBusy' });
    }));

  it('is not taken for what was decided before somebody else changed something', () =>
    withFunctions({}, async (functions) => {
      const handling = await lookedAtPair(functions);
      const other = await taken(functions, handling);
      await working(functions, () => other.changed(0, 'release'));
      await expect(taken(functions, handling)).rejects.toMatchObject({ name: 'GroupBusy' });
    }));
});

describe('a second look', () => {
  it('lets the change be made where DesiredCapacity is as the first one saw it', () =>
    withFunctions({}, async (functions) => {
      const lease = await taken(functions, await lookedAtPair(functions), raise);
      expect(await working(functions, () => lease.confirm())).toBe(true);
      expect(await ledgerNow(functions)).toMatchObject({ pending: raise });
    }));

  it('finds what somebody else has set meanwhile: it is known, and the lease is released', () =>
    withFunctions({}, async (functions) => {
      const lease = await taken(functions, await lookedAtPair(functions), raise);
      functions.app.aws.group('web').setDesiredCapacity(5);
      expect(await working(functions, () => lease.confirm())).toBe(false);
      const ledger = await ledgerNow(functions);
      expect(ledger).toMatchObject({ raised: 0, known: 5 });
      expect(ledger.holder).toBeUndefined();
      expect(ledger.pending).toBeUndefined();
    }));

  it('finds our own raise void where somebody else has set another size', () =>
    withFunctions({}, async (functions) => {
      const handling = await raisedPair(functions);
      await functions.app.time.runFor(staleReadSeconds * 1000);
      const lease = await taken(functions, handling, { from: 3, to: 2 });
      functions.app.aws.group('web').setDesiredCapacity(2);
      await working(functions, () => lease.confirm());
      expect(await ledgerNow(functions)).toMatchObject({
        raised: 0,
        known: 2,
        voidedAtMilliseconds: expect.any(Number),
      });
    }));

  it('that may be too old to show our last change voids nothing', () =>
    withFunctions({}, async (functions) => {
      const handling = await raisedPair(functions);
      functions.app.aws.setIntercept(failing('DescribeAutoScalingGroups', { kind: 'stale', seconds: 3 }));
      const lease = await taken(functions, handling, { from: 3, to: 2 });
      expect(await working(functions, () => lease.confirm())).toBe(false);
      expect(await ledgerNow(functions)).toMatchObject({ raised: 1, known: 3 });
    }));

  it('that fails releases the lease with nothing pending: nothing was called', () =>
    withFunctions({}, async (functions) => {
      const lease = await taken(functions, await lookedAtPair(functions), raise);
      functions.app.aws.setIntercept(failing('DescribeAutoScalingGroups', { kind: 'internal' }));
      await expect(working(functions, () => lease.confirm())).rejects.toMatchObject({ name: 'InternalFailure' });
      const ledger = await ledgerNow(functions);
      expect(ledger.pending).toBeUndefined();
      expect(ledger.holder).toBeUndefined();
      expect(ledger.changedAtMilliseconds).toBe(0);
    }));
});

describe('what was changed', () => {
  it('is noted: DesiredCapacity as it is now, and what of it is ours', () =>
    withFunctions({}, async (functions) => {
      const lease = await taken(functions, await lookedAtPair(functions), raise);
      await working(functions, () => lease.changed(1, 'release'));
      expect(await ledgerNow(functions)).toMatchObject({ raised: 1, known: 3 });
      expect(lease.numbers).toMatchObject({ raised: 1, known: 3 });
    }));

  it('one after another, adds up', () =>
    withFunctions({}, async (functions) => {
      const lease = await taken(functions, await lookedAtPair(functions), raise);
      await working(functions, () => lease.changed(1, { from: 3, to: 2 }));
      await working(functions, () => lease.changed(-1, 'release'));
      expect(await ledgerNow(functions)).toMatchObject({ raised: 0, known: 2 });
    }));

  it('is left as it was where a change was refused', () =>
    withFunctions({}, async (functions) => {
      const lease = await taken(functions, await lookedAtPair(functions), raise);
      await working(functions, () => lease.release());
      const ledger = await ledgerNow(functions);
      expect(ledger).toMatchObject({ raised: 0, known: 2, changedAtMilliseconds: 0 });
      expect(ledger.pending).toBeUndefined();
    }));

  it('is not made to seem older by a change that is refused after it', () =>
    withFunctions({}, async (functions) => {
      const lease = await taken(functions, await lookedAtPair(functions), raise);
      await working(functions, () => lease.changed(1, { from: 3, to: 2 }));
      const changedAt = Date.now();
      await functions.app.time.runFor(100);
      await working(functions, () => lease.release());
      expect(await ledgerNow(functions)).toMatchObject({ known: 3, changedAtMilliseconds: changedAt });
    }));

  it('is not noted by a holder that was too slow', () =>
    withFunctions({}, async (functions) => {
      const lease = await taken(functions, await lookedAtPair(functions));
      await functions.app.time.runFor(leaseSeconds * 1000 + 1);
      await holdLease(functions);
      await expect(working(functions, () => lease.changed(1, 'release'))).rejects.toMatchObject({
        name: 'GroupBusy',
        message: 'The lease of web was lost: look again.',
      });
    }));
});

const meta = { $metadata: {}, message: '' };

test.each<[string, unknown, boolean]>([
  ['a ValidationError', new AutoScalingServiceException({ ...meta, name: 'ValidationError', $fault: 'client' }), true],
  ['ResourceContention, though it comes as a fault of the server', new ResourceContentionFault(meta), true],
  [
    'an internal failure',
    new AutoScalingServiceException({ ...meta, name: 'InternalFailure', $fault: 'server' }),
    false,
  ],
  ['a lost answer', Object.assign(new Error('no answer'), { name: 'TimeoutError' }), false],
])('%s says that nothing was done: %s', (_, error, refused) => {
  expect(wasRefused(error)).toBe(refused);
});

/** Of two, one interrupted; its execution has just looked. */
async function lookedAtPair(functions: Functions) {
  return looked(functions, await recorded(functions, createWeb(functions.app, { instances: 2 })));
}

/** The same, raised from 2 to 3, as a look of the same moment would report it. */
async function raisedPair(functions: Functions): Promise<HandlingState> {
  const { capacity, interruption } = await lookedAtPair(functions);
  await functions.settled(functions.setDesiredCapacity({ capacity, interruption }));
  const { changedAtMilliseconds, known = 0, raised, version } = await ledgerNow(functions);
  return { interruption, capacity: { ...capacity, ledger: { changedAtMilliseconds, known, raised, version } } };
}

function taken({ app, settled, table }: Functions, handling: HandlingState, pending?: PendingChange) {
  const services = { autoScaling: app.clients.autoScaling, table };
  return settled(busy(() => GroupLease.take(services, handling, pending)));
}

function working<T>({ settled }: Functions, work: () => Promise<T>): Promise<T> {
  return settled(busy(work));
}
