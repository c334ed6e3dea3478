import { describe, expect, it, test } from 'vitest';
import type {
  InterruptionTable,
  Ledger,
  PendingChange,
  Settlement,
  Then,
} from '../../../functions/ledger/interruption-table.ts';
import { keptSeconds, leaseSeconds, lookClaimSeconds } from '../../../functions/shared/timing.ts';
import {
  type Functions,
  ledgerNow,
  ofTable,
  recorded,
  recordedEach,
  released,
  withFunctions,
} from '../../support/functions.ts';
import { createWeb, instanceId } from '../../support/handling.ts';
import { ledgerOf, leftNow, sharedLook } from '../../support/reports.ts';

const raise: PendingChange = { from: 2, to: 3 };

describe('the records of a group', () => {
  it('are its interrupted instances, with what the workflow noted of each', () =>
    withFunctions({}, async (functions) => {
      const group = createWeb(functions.app, { instances: 2 });
      const { interruption } = await recorded(functions, group);
      const { interruptions } = await ofTable(functions, (table) => table.read('web'));
      expect([...interruptions]).toEqual([
        [
          instanceId(group),
          {
            noticeAtMilliseconds: Date.parse(interruption.noticeAt),
            detachByMilliseconds: Date.parse(interruption.detachBy),
            by: interruption.executionArn,
          },
        ],
      ]);
    }));

  it('are those of this group only', () =>
    withFunctions({}, async (functions) => {
      await recorded(functions, createWeb(functions.app, {}), 0, { autoScalingGroupName: 'another' });
      expect((await ofTable(functions, (table) => table.read('web'))).interruptions.size).toBe(0);
    }));

  it('are all there, even where they are more than DynamoDB answers at once', () =>
    withFunctions({}, async (functions) => {
      const group = createWeb(functions.app, { instances: 20 });
      await recordedEach(functions, group, 20);
      // 20 items of 60 KB: a page of a Query has 1 MB.
      const by = 'x'.repeat(60_000);
      const left = new Map(group.instances.map(({ id }) => [id, leftNow({ by })]));
      await ofTable(functions, (table) => table.noteLeft('web', left));
      const { interruptions } = await ofTable(functions, (table) => table.read('web'));
      expect([...interruptions.values()].filter((record) => record.left?.by === by)).toHaveLength(20);
      expect(functions.app.dynamoDb.apiCalls.Query).toBeGreaterThan(1);
    }));

  it('are read as they are, not as they were a moment ago: the set of the interrupted has to be complete', () =>
    withFunctions({}, async (functions) => {
      const consistent: unknown[] = [];
      functions.app.dynamoDb.setIntercept(({ action, parameters }) => {
        if (action === 'Query') consistent.push(parameters.ConsistentRead);
        return undefined;
      });
      await ofTable(functions, (table) => table.read('web'));
      expect(consistent).toEqual([true]);
    }));

  it('leave out what has expired, though DynamoDB has not deleted it yet', () =>
    withFunctions({}, async (functions) => {
      await recorded(functions, createWeb(functions.app, {}));
      await functions.app.time.runFor((keptSeconds + 121) * 1000);
      expect((await ofTable(functions, (table) => table.read('web'))).interruptions.size).toBe(0);
    }));
});

describe('how an instance left', () => {
  it('is on its record', () =>
    withFunctions({}, async (functions) => {
      const group = createWeb(functions.app, {});
      await recorded(functions, group);
      const how = leftNow();
      await ofTable(functions, (table) => table.noteLeft('web', new Map([[instanceId(group), how]])));
      const { interruptions } = await ofTable(functions, (table) => table.read('web'));
      expect(interruptions.get(instanceId(group))?.left).toEqual(how);
    }));

  it('is seen at a glance, by the execution of that instance only', () =>
    withFunctions({}, async (functions) => {
      const how = leftNow();
      await ofTable(functions, (table) => table.noteLeft('web', new Map([['i-1', how]])));
      expect((await ofTable(functions, (table) => table.glance('web', 'i-1'))).left).toEqual(how);
      expect(await ofTable(functions, (table) => table.glance('web', 'i-2'))).not.toHaveProperty('left');
    }));

  it('is not that of an earlier interruption of the same instance', () =>
    withFunctions({}, async (functions) => {
      const group = createWeb(functions.app, {});
      await ofTable(functions, (table) => table.noteLeft('web', new Map([[instanceId(group), leftNow()]])));
      await functions.app.time.runFor(1_000);
      await recorded(functions, group);
      const { interruptions } = await ofTable(functions, (table) => table.read('web'));
      expect(interruptions.get(instanceId(group))).not.toHaveProperty('left');
    }));

  it('is noted of nobody without a call', () =>
    withFunctions({}, async (functions) => {
      await ofTable(functions, (table) => table.noteLeft('web', new Map()));
      expect(functions.app.dynamoDb.apiCalls).not.toHaveProperty('BatchWriteItem');
    }));
});

describe('the record of an interruption', () => {
  it('is refused to another execution', () =>
    withFunctions({}, async (functions) => {
      const group = createWeb(functions.app, {});
      await recorded(functions, group);
      await expect(recorded(functions, group, 0, { executionArn: 'another' })).rejects.toMatchObject({
        name: 'ConditionalCheckFailedException',
      });
    }));

  it('is written again by its own execution, and keeps that the instance left', () =>
    withFunctions({}, async (functions) => {
      const group = createWeb(functions.app, {});
      const { interruption } = await recorded(functions, group);
      await ofTable(functions, (table) => table.noteLeft('web', new Map([[instanceId(group), leftNow()]])));
      await recorded(functions, group, 0, interruption);
      const { interruptions } = await ofTable(functions, (table) => table.read('web'));
      expect(interruptions.get(instanceId(group))).toHaveProperty('left');
    }));

  it('is taken over once it was released, by one other execution', () =>
    withFunctions({}, async (functions) => {
      const group = createWeb(functions.app, {});
      await released(functions, await recorded(functions, group));
      await recorded(functions, group, 0, { executionArn: 'second' });
      await expect(recorded(functions, group, 0, { executionArn: 'third' })).rejects.toMatchObject({
        name: 'ConditionalCheckFailedException',
      });
    }));

  it('is released by its own execution only', () =>
    withFunctions({}, async (functions) => {
      const { interruption } = await recorded(functions, createWeb(functions.app, {}));
      const another = { interruption: { ...interruption, executionArn: 'another' } };
      await expect(released(functions, another)).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
    }));

  it('is taken over once it has expired', () =>
    withFunctions({}, async (functions) => {
      const group = createWeb(functions.app, {});
      await recorded(functions, group);
      await functions.app.time.runFor((keptSeconds + 122) * 1000);
      await expect(recorded(functions, group, 0, { executionArn: 'another' })).resolves.toBeDefined();
    }));
});

describe('a look at the group', () => {
  it('is claimed by one execution', () =>
    withFunctions({}, async (functions) => {
      const claims = [await claimed(functions), await claimed(functions)];
      expect(claims).toEqual([true, false]);
    }));

  it('is seen at a glance to be claimed', () =>
    withFunctions({}, async (functions) => {
      await claimed(functions);
      expect((await glanced(functions)).lookingUntilMilliseconds).toBeGreaterThan(Date.now());
    }));

  it('is claimed by another execution once the first one must have failed', () =>
    withFunctions({}, async (functions) => {
      await claimed(functions);
      await functions.app.time.runFor(lookClaimSeconds * 1000 + 1);
      expect(await claimed(functions)).toBe(true);
    }));

  it('tells the others what it found, and ends', () =>
    withFunctions({}, async (functions) => {
      const look = sharedLook();
      await claimed(functions);
      await ofTable(functions, (table) => table.noteLook('web', 0, look));
      expect(await glanced(functions)).toMatchObject({ look, lookingUntilMilliseconds: 0 });
    }));

  it('that comes to nothing ends, so that nobody waits for it', () =>
    withFunctions({}, async (functions) => {
      await claimed(functions);
      await ofTable(functions, (table) => table.endLook('web'));
      expect(await claimed(functions)).toBe(true);
    }));

  it('settles what it saw, as a new version of the ledger', () =>
    withFunctions({}, async (functions) => {
      const settlement: Settlement = { raised: 0, known: 4, voidedAtMilliseconds: Date.now() };
      await claimed(functions);
      await ofTable(functions, (table) => table.noteLook('web', 0, sharedLook(), settlement));
      expect(await ledgerNow(functions)).toMatchObject({ version: 1, ...settlement });
    }));

  it('leaves the version alone where it settles nothing', () =>
    withFunctions({}, async (functions) => {
      await begun(functions);
      await ofTable(functions, (table) => table.noteLook('web', 1, sharedLook()));
      expect((await ledgerNow(functions)).version).toBe(1);
    }));

  it('says nothing where the ledger has changed meanwhile', () =>
    withFunctions({}, async (functions) => {
      await begun(functions);
      expect(await ofTable(functions, (table) => table.noteLook('web', 0, sharedLook()))).toBe(false);
      expect((await ledgerNow(functions)).look).toBeUndefined();
    }));

  it("at a group's tags ends with what they say, and settles nothing", () =>
    withFunctions({}, async (functions) => {
      const facts = { readAtMilliseconds: Date.now(), drainSeconds: 60 };
      await claimed(functions);
      await ofTable(functions, (table) => table.noteFacts('web', facts));
      expect(await glanced(functions)).toMatchObject({ facts, lookingUntilMilliseconds: 0, version: 0 });
    }));
});

describe('the lease', () => {
  it('is taken with the change that is about to be made, as a new version', () =>
    withFunctions({}, async (functions) => {
      expect(await begun(functions, raise)).toBe(1);
      expect(await ledgerNow(functions)).toMatchObject({
        version: 1,
        holder: 'me',
        pending: raise,
        changedAtMilliseconds: Date.now() - latencyMilliseconds,
      });
    }));

  it('says nothing of a change where none is to be made', () =>
    withFunctions({}, async (functions) => {
      await begun(functions);
      expect(await ledgerNow(functions)).toMatchObject({ changedAtMilliseconds: 0 });
      expect((await ledgerNow(functions)).pending).toBeUndefined();
    }));

  it('is refused for what was decided on another version', () =>
    withFunctions({}, async (functions) => {
      await settledOnce(functions, 'release');
      expect(await ofTable(functions, (table) => table.begin('web', 'me', 1))).toBeUndefined();
      expect(await ofTable(functions, (table) => table.begin('web', 'me', 2))).toBe(3);
    }));

  it('is refused while another execution has it', () =>
    withFunctions({}, async (functions) => {
      await begun(functions, undefined, 'another');
      await functions.app.time.runFor(leaseSeconds * 1000 - 100);
      expect(await ofTable(functions, (table) => table.begin('web', 'me', 1))).toBeUndefined();
    }));

  it('is refused while the outcome of a change is open, even once it has lapsed', () =>
    withFunctions({}, async (functions) => {
      await begun(functions, raise, 'another');
      await functions.app.time.runFor(leaseSeconds * 1000 + 1);
      expect(await ofTable(functions, (table) => table.begin('web', 'me', 1))).toBeUndefined();
    }));

  it('is taken over once it has lapsed', () =>
    withFunctions({}, async (functions) => {
      await begun(functions, undefined, 'another');
      await functions.app.time.runFor(leaseSeconds * 1000 + 1);
      expect(await ofTable(functions, (table) => table.begin('web', 'me', 1))).toBe(2);
    }));

  it('is taken again by the one that has it', () =>
    withFunctions({}, async (functions) => {
      await begun(functions);
      expect(await ofTable(functions, (table) => table.begin('web', 'me', 1))).toBe(2);
    }));
});

describe('an outcome', () => {
  it('is noted, and releases the lease', () =>
    withFunctions({}, async (functions) => {
      await settledOnce(functions, 'release');
      const ledger = await ledgerNow(functions);
      expect(ledger).toMatchObject({ version: 2, raised: 1, known: 3 });
      expect(ledger.pending).toBeUndefined();
      expect(ledger.holder).toBeUndefined();
    }));

  it('is noted, and keeps the lease with nothing pending', () =>
    withFunctions({}, async (functions) => {
      await settledOnce(functions, 'keep');
      const ledger = await ledgerNow(functions);
      expect(ledger).toMatchObject({ version: 2, raised: 1, known: 3, holder: 'me' });
      expect(ledger.pending).toBeUndefined();
    }));

  it('is noted together with the next change', () =>
    withFunctions({}, async (functions) => {
      await settledOnce(functions, { from: 3, to: 2 });
      expect(await ledgerNow(functions)).toMatchObject({ known: 3, holder: 'me', pending: { from: 3, to: 2 } });
    }));

  it('that is no change leaves it at when the last one was', () =>
    withFunctions({}, async (functions) => {
      await begun(functions, raise);
      const settlement = { raised: 0, known: 2, changedAtMilliseconds: 12 };
      await ofTable(functions, (table) => table.settle('web', 'me', 1, settlement, 'release'));
      expect(await ledgerNow(functions)).toMatchObject({ changedAtMilliseconds: 12 });
    }));

  test.each<[string, (table: InterruptionTable) => Promise<number | undefined>]>([
    ['the lease is that of another execution', (table) => table.settle('web', 'another', 1, noChange, 'release')],
    ['another version has come of it', (table) => table.settle('web', 'me', 0, noChange, 'release')],
  ])('is not noted where %s', (_, settle) =>
    withFunctions({}, async (functions) => {
      await begun(functions, raise);
      expect(await ofTable(functions, settle)).toBeUndefined();
      expect(await ledgerNow(functions)).toMatchObject({ version: 1, pending: raise });
    }),
  );
});

describe('an hour later', () => {
  const anHour = (keptSeconds + 10) * 1000;

  it("nothing is left of a ledger but its version: an old look's decision is refused all the same", () =>
    withFunctions({}, async (functions) => {
      await settledOnce(functions, 'keep');
      await functions.app.time.runFor(anHour);
      expect(await ledgerNow(functions)).toEqual(ledgerOf({ version: 2 }));
    }));

  it('a claim of a look does not bring back what has expired', () =>
    withFunctions({}, async (functions) => {
      await ofTable(functions, (table) => table.noteLook('web', 0, sharedLook(), { raised: 1, known: 3 }));
      await functions.app.time.runFor(anHour);
      await claimed(functions);
      expect(await ledgerNow(functions)).toMatchObject({ version: 1, raised: 0 });
      expect((await ledgerNow(functions)).known).toBeUndefined();
    }));

  it("nor does a look at the group's tags", () =>
    withFunctions({}, async (functions) => {
      await begun(functions, raise);
      await functions.app.time.runFor(anHour);
      await claimed(functions);
      await ofTable(functions, (table) => table.noteFacts('web', { readAtMilliseconds: Date.now() }));
      expect((await ledgerNow(functions)).pending).toBeUndefined();
    }));

  it('a look begins a new ledger', () =>
    withFunctions({}, async (functions) => {
      await ofTable(functions, (table) => table.noteLook('web', 0, sharedLook(), { raised: 1, known: 3 }));
      await functions.app.time.runFor(anHour);
      await claimed(functions);
      await ofTable(functions, (table) => table.noteLook('web', 1, sharedLook(), { raised: 0, known: 4 }));
      expect(await ledgerNow(functions)).toMatchObject({ version: 2, raised: 0, known: 4 });
    }));

  it("the group's tags are shared as before", () =>
    withFunctions({}, async (functions) => {
      await begun(functions);
      await functions.app.time.runFor(anHour);
      const facts = { readAtMilliseconds: Date.now() };
      await ofTable(functions, (table) => table.noteFacts('web', facts));
      expect(await glanced(functions)).toMatchObject({ facts });
    }));
});

test.each<[string, (table: InterruptionTable) => Promise<unknown>]>([
  ['read', (table) => table.read('web')],
  ['glance', (table) => table.glance('web', 'i-1')],
  ['claimLook', (table) => table.claimLook('web')],
  ['begin', (table) => table.begin('web', 'me', 0)],
  ['noteLeft', (table) => table.noteLeft('web', new Map([['i-1', leftNow()]]))],
])('%s says so where DynamoDB does not answer as asked', (_, work) =>
  withFunctions({}, async (functions) => {
    functions.app.dynamoDb.setIntercept(() => ({ kind: 'internal' }));
    await expect(ofTable(functions, work)).rejects.toMatchObject({
      name: 'InterruptionTableUnavailable',
      message: expect.stringContaining('The table interruptions could not be used'),
    });
  }),
);

/** Of a call of DynamoDB. */
const latencyMilliseconds = 10;
const noChange: Settlement = { raised: 0, known: 2 };

function claimed(functions: Functions): Promise<boolean> {
  return ofTable(functions, (table) => table.claimLook('web'));
}

function begun(functions: Functions, pending?: PendingChange, holder = 'me'): Promise<number | undefined> {
  return ofTable(functions, (table) => table.begin('web', holder, 0, pending));
}

/** A raise from 2 to 3 that took effect, by the first holder. */
async function settledOnce(functions: Functions, then: Then): Promise<void> {
  await begun(functions, raise);
  await ofTable(functions, (table) => table.settle('web', 'me', 1, { raised: 1, known: 3 }, then));
}

async function glanced(functions: Functions): Promise<Ledger> {
  return (await ofTable(functions, (table) => table.glance('web', 'i-1'))).ledger;
}
