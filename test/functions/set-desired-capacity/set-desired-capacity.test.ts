import { describe, expect, it, test } from 'vitest';
import type { HandlingState } from '../../../functions/shared/contract.ts';
import { staleReadSeconds } from '../../../functions/shared/timing.ts';
import type { Fault } from '../../../simulator/aws/index.ts';
import {
  type Functions,
  holdLease,
  ledgerNow,
  looked,
  recorded,
  recordedEach,
  withFunctions,
} from '../../support/functions.ts';
import { createWeb, failing, instanceId } from '../../support/handling.ts';

describe('a raise', () => {
  it('is made for all that are short, by one call', () =>
    withFunctions({}, async (functions) => {
      const group = createWeb(functions.app, { instances: 5 });
      const [first] = await recordedEach(functions, group, 3);
      const { setDesiredCapacity, settled } = functions;
      expect(await settled(setDesiredCapacity(await looked(functions, first)))).toEqual({ from: 5, to: 8 });
      expect([group.snapshot().desired, functions.app.aws.apiCalls.SetDesiredCapacity]).toEqual([8, 1]);
    }));

  it('is noted as ours, and leaves the lease free for others', () =>
    withFunctions({}, async (functions) => {
      await functions.settled(functions.setDesiredCapacity(await lookedAtOne(functions)));
      const ledger = await ledgerNow(functions);
      expect(ledger).toMatchObject({ raised: 1, known: 2 });
      expect(ledger.holder).toBeUndefined();
      expect(ledger.pending).toBeUndefined();
    }));

  it('does not wait for the end of a cooldown', () =>
    withFunctions({}, async (functions) => {
      const handling = await lookedAtOne(functions);
      const honored: unknown[] = [];
      functions.app.aws.setIntercept(({ action, parameters }) => {
        if (action === 'SetDesiredCapacity') honored.push(parameters.HonorCooldown);
        return undefined;
      });
      await functions.settled(functions.setDesiredCapacity(handling));
      expect(honored).toEqual(['false']);
    }));

  it('is not made twice for one look, by whomever', () =>
    withFunctions({}, async (functions) => {
      const handling = await lookedAtOne(functions);
      await functions.settled(functions.setDesiredCapacity(handling));
      await expect(functions.settled(functions.setDesiredCapacity(handling))).rejects.toMatchObject({
        name: 'GroupBusy',
      });
      expect(functions.app.aws.group('web').snapshot().desired).toBe(2);
    }));

  it('is not made without a look', () =>
    withFunctions({}, async (functions) => {
      const handling = await recorded(functions, createWeb(functions.app, {}));
      await expect(functions.settled(functions.setDesiredCapacity(handling))).rejects.toMatchObject({
        name: 'GroupBusy',
        message: 'Nobody has looked at the group yet: look first.',
      });
    }));

  it('is not made while another execution changes the group', () =>
    withFunctions({}, async (functions) => {
      const handling = await lookedAtOne(functions);
      await holdLease(functions);
      await expect(functions.settled(functions.setDesiredCapacity(handling))).rejects.toMatchObject({
        name: 'GroupBusy',
      });
    }));

  it('took effect even where that cannot be noted: the next look settles it', () =>
    withFunctions({}, async (functions) => {
      const { app, setDesiredCapacity, settled } = functions;
      const handling = await lookedAtOne(functions);
      app.dynamoDb.setIntercept(failing('UpdateItem', { kind: 'internal' }, (_, count) => count === 2));
      expect(await settled(setDesiredCapacity(handling))).toEqual({ from: 1, to: 2 });
      await app.time.runFor(4_000);
      await looked(functions, handling);
      expect(await ledgerNow(functions)).toMatchObject({ raised: 1, known: 2 });
    }));
});

describe('a raise that nobody needs any more', () => {
  it('is taken back', () =>
    withFunctions({}, async (functions) => {
      const handling = await raisedInVain(functions);
      expect(handling.capacity.changeBy).toBe(-1);
      expect(await functions.settled(functions.setDesiredCapacity(handling))).toEqual({ from: 2, to: 1 });
      expect(functions.app.aws.group('web').snapshot().desired).toBe(1);
      expect(await ledgerNow(functions)).toMatchObject({ raised: 0, known: 1 });
    }));

  it('is not taken back below what somebody else has set since', () =>
    withFunctions({}, async (functions) => {
      const handling = await raisedInVain(functions);
      functions.app.aws.group('web').setDesiredCapacity(1);
      await expect(functions.settled(functions.setDesiredCapacity(handling))).rejects.toMatchObject({
        name: 'GroupBusy',
      });
      expect(functions.app.aws.group('web').snapshot().desired).toBe(1);
    }));
});

describe("somebody else's change since the look", () => {
  test.each([
    ['lower', 1],
    ['higher', 6],
  ])('stands: %s', (_, theirs) =>
    withFunctions({}, async (functions) => {
      const group = createWeb(functions.app, { instances: 3 });
      const handling = await looked(functions, await recorded(functions, group));
      group.setDesiredCapacity(theirs);
      await expect(functions.settled(functions.setDesiredCapacity(handling))).rejects.toMatchObject({
        name: 'GroupBusy',
        message: 'DesiredCapacity has changed since the look: look again.',
      });
      expect(functions.app.aws.apiCalls).not.toHaveProperty('SetDesiredCapacity');
      expect(group.snapshot().desired).toBe(theirs);
    }),
  );

  it('is known from then on', () =>
    withFunctions({}, async (functions) => {
      const group = createWeb(functions.app, { instances: 3 });
      const handling = await looked(functions, await recorded(functions, group));
      group.setDesiredCapacity(6);
      await functions.settled(functions.setDesiredCapacity(handling).catch(() => undefined));
      expect(await ledgerNow(functions)).toMatchObject({ raised: 0, known: 6 });
    }));
});

describe('a raise that the service refuses', () => {
  test.each<[string, string, (functions: Functions) => void]>([
    [
      'meets another update',
      'ResourceContentionFault',
      ({ app }) => app.aws.setIntercept(failing('SetDesiredCapacity', { kind: 'contention' })),
    ],
    [
      'is throttled',
      'Throttling',
      ({ app }) => app.aws.setIntercept(failing('SetDesiredCapacity', { kind: 'throttle' })),
    ],
  ])('leaves nothing pending, and the lease free: it %s', (_, name, refuse) =>
    withFunctions({}, async (functions) => {
      const handling = await lookedAtOne(functions);
      refuse(functions);
      await expect(functions.settled(functions.setDesiredCapacity(handling))).rejects.toMatchObject({ name });
      const ledger = await ledgerNow(functions);
      expect(ledger).toMatchObject({ raised: 0, known: 1, changedAtMilliseconds: 0 });
      expect(ledger.pending).toBeUndefined();
      expect(ledger.holder).toBeUndefined();
    }),
  );

  it('leaves nothing pending: MaxSize is lower by now', () =>
    withFunctions({}, async (functions) => {
      const handling = await lookedAtOne(functions);
      const capacity = { ...handling.capacity, changeBy: 1000 };
      await expect(functions.settled(functions.setDesiredCapacity({ ...handling, capacity }))).rejects.toMatchObject({
        name: 'ValidationError',
      });
      expect((await ledgerNow(functions)).pending).toBeUndefined();
    }));
});

describe('a raise whose outcome is open', () => {
  const once = (fault: Fault) => failing('SetDesiredCapacity', fault, (_, count) => count === 1);

  test.each<[string, Fault, object]>([
    ['is found to have taken effect', { kind: 'timeout-after', seconds: 1 }, { raised: 1, known: 2 }],
    ['is found not to have taken effect', { kind: 'timeout-before', seconds: 1 }, { raised: 0, known: 1 }],
  ])('%s', (_, fault, settled) =>
    withFunctions({}, async (functions) => {
      const handling = await lookedAtOne(functions);
      functions.app.aws.setIntercept(once(fault));
      await functions.settled(functions.setDesiredCapacity(handling).catch(() => undefined));
      expect(await ledgerNow(functions)).toMatchObject({ pending: { from: 1, to: 2 } });
      await functions.app.time.runFor(staleReadSeconds * 1000);
      await looked(functions, handling);
      const ledger = await ledgerNow(functions);
      expect(ledger).toMatchObject(settled);
      expect(ledger.pending).toBeUndefined();
    }),
  );

  it('is not made again while its outcome may not show yet', () =>
    withFunctions({}, async (functions) => {
      const handling = await lookedAtOne(functions);
      functions.app.aws.setIntercept(once({ kind: 'timeout-before', seconds: 1 }));
      await functions.settled(functions.setDesiredCapacity(handling).catch(() => undefined));
      await functions.app.time.runFor(2_000);
      const { capacity } = await looked(functions, handling);
      expect([capacity.changeBy, capacity.ledger]).toEqual([0, undefined]);
    }));
});

it('in a dry run says what it would have done, and does and notes nothing', () =>
  withFunctions({ settings: { dryRun: true } }, async (functions) => {
    const handling = await lookedAtOne(functions);
    const tableCalls = { ...functions.app.dynamoDb.apiCalls };
    expect(await functions.settled(functions.setDesiredCapacity(handling))).toEqual({ from: 1, to: 2, dryRun: true });
    expect(functions.app.aws.apiCalls).not.toHaveProperty('SetDesiredCapacity');
    expect(functions.app.dynamoDb.apiCalls).toEqual(tableCalls);
  }));

/** Of the only instance of a group, which is interrupted. */
async function lookedAtOne(functions: Functions) {
  return looked(functions, await recorded(functions, createWeb(functions.app, {})));
}

/** The only instance of a group was raised for, and taken away by somebody else; its execution has seen that. */
async function raisedInVain(functions: Functions) {
  const handling: HandlingState = await lookedAtOne(functions);
  await functions.settled(functions.setDesiredCapacity(handling));
  await functions.app.time.runFor(30_000);
  const group = functions.app.aws.group('web');
  group.detachInstances([instanceId(group)], { decrement: false });
  await functions.app.time.runFor(60_000);
  return looked(functions, handling);
}
