import { describe, expect, it, test } from 'vitest';
import type { HandlingState, Leaving } from '../../../functions/shared/contract.ts';
import { batchesSeconds, decrementLookSeconds, freshSeconds } from '../../../functions/shared/timing.ts';
import type { AutoScalingGroup, Fault, GroupOptions } from '../../../simulator/aws/index.ts';
import {
  type Functions,
  holdLease,
  ledgerNow,
  looked,
  ofTable,
  recorded,
  recordedEach,
  withFunctions,
} from '../../support/functions.ts';
import { createWeb, failing, instanceId } from '../../support/handling.ts';
import { leftNow } from '../../support/reports.ts';

/** Few have to serve, so that whoever is interrupted may leave. */
const lowFloor = { settings: { minServing: { kind: 'units', units: 1 } } } as const;

describe('the instances that the last look found to leave', () => {
  it('leave in batches of 20, under one lease', () =>
    withFunctions(lowFloor, async (functions) => {
      const { group, handling } = await stormOf(functions, 44, { instances: 45 });
      const calls = callsOf(functions);
      const detachment = await functions.settled(functions.detachInstances(handling));
      expect(calls).toEqual([plain(20), plain(20), plain(4)]);
      expect(detachment.instanceIds).toEqual(idsOf(group, 44));
    }));

  it('are replaced by the group, where they leave without a decrement', () =>
    withFunctions(lowFloor, async (functions) => {
      const { group, handling } = await stormOf(functions, 2, { instances: 3 });
      expect(await functions.settled(functions.detachInstances(handling))).toMatchObject({ left: true, unsettled: 0 });
      expect(group.snapshot().desired).toBe(3);
    }));

  it('take their raises back with them, batch by batch', () =>
    withFunctions({}, async (functions) => {
      const { group, handling } = await raisedStormOf(functions, 25);
      const calls = callsOf(functions);
      await functions.settled(functions.detachInstances(handling));
      expect(calls).toEqual([decrementing(20), decrementing(5)]);
      expect(group.snapshot().desired).toBe(25);
      expect(await ledgerNow(functions)).toMatchObject({ raised: 0, known: 25 });
    }));

  it('leave first without and then with a decrement, so that DesiredCapacity is looked at right before it goes down', () =>
    withFunctions({}, async (functions) => {
      const { handling } = await raisedStormOf(functions, 3);
      const calls = callsOf(functions);
      const planned = withLeave(handling, (one, index) => ({ ...one, decrement: index !== 1 }));
      await functions.settled(functions.detachInstances(planned));
      expect(calls).toEqual([plain(1), decrementing(2)]);
      expect(await ledgerNow(functions)).toMatchObject({ raised: 1, known: 4 });
    }));

  it('are noted for their own executions: how they left, and by whom', () =>
    withFunctions(lowFloor, async (functions) => {
      const { group, handling } = await stormOf(functions, 2, { instances: 3 });
      await functions.settled(functions.detachInstances(handling));
      const { left } = await ofTable(functions, (table) => table.glance('web', instanceId(group, 1)));
      expect(left).toEqual({
        at: expect.any(String),
        by: handling.interruption.executionArn,
        reason: 'the floor holds without it',
        decremented: false,
        way: 'detach',
      });
    }));

  it('are told apart from the own instance, which may have to stay', () =>
    withFunctions(lowFloor, async (functions) => {
      const { group, handling } = await stormOf(functions, 2, { instances: 3 });
      const others = withLeave(handling, (one) => (one.instanceId === instanceId(group) ? undefined : one));
      const detachment = await functions.settled(functions.detachInstances(others));
      expect(detachment).toEqual({ left: false, instanceIds: [instanceId(group, 1)], unsettled: 0 });
    }));

  it('leave the lease free for others', () =>
    withFunctions(lowFloor, async (functions) => {
      const { handling } = await stormOf(functions, 2, { instances: 3 });
      await functions.settled(functions.detachInstances(handling));
      const ledger = await ledgerNow(functions);
      expect(ledger.holder).toBeUndefined();
      expect(ledger.pending).toBeUndefined();
    }));

  it('are all that leave within a second of the last look at DesiredCapacity, the others after the next one', () =>
    withFunctions({}, async (functions) => {
      const { group, handling } = await raisedStormOf(functions, 60);
      const latencyMs = decrementLookSeconds * 1000 * 0.6;
      const calls = callsOf(functions, { kind: 'slow', latencyMs });
      const detachment = await functions.settled(functions.detachInstances(handling));
      expect(calls).toEqual([decrementing(20), decrementing(20)]);
      expect([detachment.instanceIds.length, detachment.unsettled]).toEqual([40, 0]);
      expect([group.snapshot().desired, await ledgerNow(functions)]).toMatchObject([80, { raised: 20, known: 80 }]);
    }));

  it('are those of the batches that begin within some seconds, the others after the next look', () =>
    withFunctions(lowFloor, async (functions) => {
      const { handling } = await stormOf(functions, 100, { instances: 101, maxSize: 200 });
      const calls = callsOf(functions, { kind: 'slow', latencyMs: batchesSeconds * 300 });
      const detachment = await functions.settled(functions.detachInstances(handling));
      expect(calls).toEqual([plain(20), plain(20), plain(20), plain(20)]);
      expect(detachment.unsettled).toBe(0);
      expect((await ledgerNow(functions)).holder).toBeUndefined();
    }));

  it('leave a raise to be settled that is left over when the last of them is gone', () =>
    withFunctions({}, async (functions) => {
      const { handling } = await raisedStormOf(functions, 2);
      const planned = withLeave(handling, (one) => ({ ...one, decrement: false }));
      expect(await functions.settled(functions.detachInstances(planned))).toMatchObject({ left: true, unsettled: 1 });
    }));
});

describe('an instance', () => {
  it('that is gone is noted so, and the others of its batch leave', () =>
    withFunctions(lowFloor, async (functions) => {
      const { group, handling } = await stormOf(functions, 3, { instances: 4 });
      const [first, second, third] = idsOf(group, 3);
      group.detachInstances([second ?? ''], { decrement: false });
      await functions.app.time.runFor(3_000);
      const { instanceIds } = await functions.settled(functions.detachInstances(handling));
      expect(instanceIds.toSorted()).toEqual([first, second, third].toSorted());
      const { left } = await ofTable(functions, (table) => table.glance('web', second ?? ''));
      expect(left).toMatchObject({ reason: 'was gone already', decremented: false });
    }));

  it('that cannot be detached yet stays, and the others of its batch leave', () =>
    withFunctions(lowFloor, async (functions) => {
      const instances = [{}, { lifecycleState: 'Pending' }, {}] as const;
      const { group, handling } = await stormOf(functions, 1, { instances, launchSeconds: 'never' });
      const pending: Leaving = {
        instanceId: instanceId(group, 1),
        weight: 1,
        decrement: false,
        reason: 'the floor holds without it',
      };
      const leave = [pending, ...handling.capacity.leave];
      const capacity = { ...handling.capacity, leave, leaving: leave.length };
      const { instanceIds } = await functions.settled(functions.detachInstances({ ...handling, capacity }));
      expect(instanceIds).toEqual([instanceId(group)]);
    }));

  it('leaves without a decrement where MinSize does not allow it', () =>
    withFunctions(lowFloor, async (functions) => {
      const { group, handling } = await stormOf(functions, 1, { instances: 2, minSize: 2 });
      const planned = withLeave(handling, (one) => ({ ...one, decrement: true }));
      expect(await functions.settled(functions.detachInstances(planned))).toMatchObject({
        how: { decremented: false },
      });
      expect(group.snapshot().desired).toBe(2);
      expect(await ledgerNow(functions)).toMatchObject({ known: 2 });
    }));

  it('is gone together with its group', () =>
    withFunctions(lowFloor, async (functions) => {
      const { handling } = await stormOf(functions, 1, { instances: 2 });
      const deleted = { ...handling, interruption: { ...handling.interruption, autoScalingGroupName: 'deleted' } };
      expect(await functions.settled(functions.detachInstances(deleted))).toMatchObject({
        left: true,
        how: { reason: 'was gone already' },
      });
    }));
});

describe('what somebody else has set since the look', () => {
  it('keeps everybody from leaving with a decrement', () =>
    withFunctions({}, async (functions) => {
      const { group, handling } = await raisedStormOf(functions, 2);
      group.setDesiredCapacity(3);
      await expect(functions.settled(functions.detachInstances(handling))).rejects.toMatchObject({ name: 'GroupBusy' });
      expect(functions.app.aws.apiCalls).not.toHaveProperty('DetachInstances');
      expect(await ledgerNow(functions)).toMatchObject({ raised: 0, known: 3 });
    }));

  it('lets those leave that leave without one', () =>
    withFunctions({}, async (functions) => {
      const { group, handling } = await raisedStormOf(functions, 2);
      group.setDesiredCapacity(3);
      const planned = withLeave(handling, (one, index) => ({ ...one, decrement: index > 0 }));
      const { instanceIds, unsettled } = await functions.settled(functions.detachInstances(planned));
      expect([instanceIds, unsettled]).toEqual([[handling.interruption.instanceId], 0]);
      expect(group.snapshot().desired).toBe(3);
    }));
});

describe('a call whose outcome is open', () => {
  const lost: Fault = { kind: 'timeout-after', seconds: 2.5 };

  it('stays pending where it lowers DesiredCapacity', () =>
    withFunctions({}, async (functions) => {
      const { handling } = await raisedStormOf(functions, 2);
      functions.app.aws.setIntercept(failing('DetachInstances', lost));
      await expect(functions.settled(functions.detachInstances(handling))).rejects.toMatchObject({
        name: 'TimeoutError',
      });
      expect(await ledgerNow(functions)).toMatchObject({ pending: { from: 4, to: 2 }, raised: 2 });
    }));

  it('is not made again before a look has settled it', () =>
    withFunctions({}, async (functions) => {
      const { group, handling } = await raisedStormOf(functions, 2);
      functions.app.aws.setIntercept(failing('DetachInstances', lost, (_, count) => count === 1));
      await functions.settled(functions.detachInstances(handling).catch(() => undefined));
      await expect(functions.settled(functions.detachInstances(handling))).rejects.toMatchObject({ name: 'GroupBusy' });
      expect(group.snapshot().desired).toBe(2);
    }));

  it('leaves nothing pending where it does not lower DesiredCapacity', () =>
    withFunctions(lowFloor, async (functions) => {
      const { handling } = await stormOf(functions, 2, { instances: 3 });
      functions.app.aws.setIntercept(failing('DetachInstances', lost));
      await expect(functions.settled(functions.detachInstances(handling))).rejects.toMatchObject({
        name: 'GroupBusy',
      });
      expect((await ledgerNow(functions)).holder).toBeUndefined();
    }));

  it('does not undo the batches before it: they are reported, and the ledger is to be settled', () =>
    withFunctions({}, async (functions) => {
      const { handling } = await raisedStormOf(functions, 25);
      functions.app.aws.setIntercept(failing('DetachInstances', lost, (_, count) => count === 2));
      const detachment = await functions.settled(functions.detachInstances(handling));
      expect([detachment.instanceIds.length, detachment.unsettled]).toEqual([20, 1]);
      expect(await ledgerNow(functions)).toMatchObject({ raised: 5, known: 30, pending: { from: 30, to: 25 } });
    }));

  it('that the service refused is not pending, and is decided on anew: its retry would find another ledger', () =>
    withFunctions({}, async (functions) => {
      const { handling } = await raisedStormOf(functions, 2);
      functions.app.aws.setIntercept(failing('DetachInstances', { kind: 'contention' }));
      await expect(functions.settled(functions.detachInstances(handling))).rejects.toMatchObject({
        name: 'GroupBusy',
        message: expect.stringContaining('ResourceContention'),
      });
      expect((await ledgerNow(functions)).pending).toBeUndefined();
    }));
});

describe('while there is time', () => {
  it("another execution's change is waited for", () =>
    withFunctions(lowFloor, async (functions) => {
      const { handling } = await stormOf(functions, 1, { instances: 2 });
      await holdLease(functions);
      await expect(functions.settled(functions.detachInstances(handling))).rejects.toMatchObject({ name: 'GroupBusy' });
    }));

  it('the table is waited for', () =>
    withFunctions(lowFloor, async (functions) => {
      const { handling } = await stormOf(functions, 1, { instances: 2 });
      functions.app.dynamoDb.setIntercept(() => ({ kind: 'internal' }));
      await expect(functions.settled(functions.detachInstances(handling))).rejects.toMatchObject({
        name: 'InterruptionTableUnavailable',
      });
    }));
});

it('an instance whose time is up comes back once more, where another execution may just be taking it along', () =>
  withFunctions({}, async (functions) => {
    const handling = await dueStorm(functions);
    await holdLease(functions);
    await expect(functions.settled(functions.detachInstances(handling))).rejects.toMatchObject({ name: 'GroupBusy' });
    expect(functions.app.aws.apiCalls).not.toHaveProperty('DetachInstances');
  }));

describe('an instance whose time is up leaves on its own, without a decrement,', () => {
  const alone = { left: true, unsettled: 1, how: { decremented: false, reason: 'deadline' } };

  test.each<[string, (functions: Functions) => unknown]>([
    [
      'where another execution has the lease in the last moment',
      async (functions) => {
        await holdLease(functions);
        await functions.app.time.runFor(100);
      },
    ],
    ['where the table is away', ({ app }) => app.dynamoDb.setIntercept(() => ({ kind: 'internal' }))],
    ['where the table hangs', ({ app }) => app.dynamoDb.setIntercept(() => ({ kind: 'slow', latencyMs: 60_000 }))],
    [
      'where DescribeAutoScalingGroups hangs',
      ({ app }) => app.aws.setIntercept(failing('DescribeAutoScalingGroups', { kind: 'slow', latencyMs: 60_000 })),
    ],
  ])('%s', (_, goWrong) =>
    withFunctions({}, async (functions) => {
      const handling = await dueStorm(functions);
      await goWrong(functions);
      const detachment = functions.detachInstances(handling);
      await functions.app.time.runUntil(() => functions.app.aws.apiCalls.DetachInstances === 1, 2_000);
      expect(Date.now()).toBeLessThan(Date.parse(handling.interruption.detachBy));
      expect(await functions.settled(detachment)).toMatchObject(alone);
    }),
  );

  it('and what it waited for in vain has no effect any more, when it comes back', () =>
    withFunctions({}, async (functions) => {
      const { app, settled } = functions;
      const handling = await dueStorm(functions);
      app.dynamoDb.setIntercept(failing('UpdateItem', { kind: 'slow', latencyMs: 2_000 }));
      const { instanceIds } = await settled(functions.detachInstances(handling));
      await app.time.runFor(10_000);
      expect(instanceIds).toEqual([handling.interruption.instanceId]);
      expect(app.aws.apiCalls.DetachInstances).toBe(1);
    }));
});

describe('on its own', () => {
  it('an instance leaves of whose group nothing could be found out', () =>
    withFunctions({}, async (functions) => {
      const group = createWeb(functions.app, { instances: 2 });
      const handling = await recorded(functions, group);
      expect(await functions.settled(functions.detachInstances(handling))).toMatchObject({
        left: true,
        how: { reason: 'capacity unknown', decremented: false },
        instanceIds: [instanceId(group)],
        unsettled: 1,
      });
      expect(functions.app.aws.apiCalls).toEqual({ DetachInstances: 1 });
    }));

  it('an instance leaves where the last look is too old to act upon', () =>
    withFunctions(lowFloor, async (functions) => {
      const { handling } = await stormOf(functions, 2, { instances: 3 });
      await functions.app.time.runFor(freshSeconds * 1000);
      const calls = callsOf(functions);
      await functions.settled(functions.detachInstances(handling));
      expect(calls).toEqual([plain(1)]);
    }));

  it('an instance is done when it is no longer part of the group', () =>
    withFunctions({}, async (functions) => {
      const group = createWeb(functions.app, { instances: 2 });
      const handling = await recorded(functions, group);
      group.detachInstances([instanceId(group)], { decrement: false });
      await functions.app.time.runFor(10_000);
      expect(await functions.settled(functions.detachInstances(handling))).toMatchObject({
        left: true,
        how: { reason: 'was gone already' },
      });
    }));

  it('an instance says by whom it was taken along in the same moment', () =>
    withFunctions({}, async (functions) => {
      const group = createWeb(functions.app, { instances: 2 });
      const handling = await recorded(functions, group);
      const id = instanceId(group);
      const left = leftNow({ reason: 'deadline' });
      group.detachInstances([id], { decrement: false });
      await ofTable(functions, (table) => table.noteLeft('web', new Map([[id, left]])));
      await functions.app.time.runFor(3_000);
      expect((await functions.settled(functions.detachInstances(handling))).how).toEqual(left);
      expect((await ofTable(functions, (table) => table.glance('web', id))).left).toEqual(left);
    }));

  it('an instance that cannot be detached yet is an error of its own name', () =>
    withFunctions({}, async (functions) => {
      const instances = [{ lifecycleState: 'Pending' }, {}] as const;
      const handling = await recorded(functions, createWeb(functions.app, { instances, desiredCapacity: 2 }));
      await expect(functions.settled(functions.detachInstances(handling))).rejects.toMatchObject({
        name: 'InstanceNotDetachable',
        message: expect.stringContaining('is not in InService or Standby'),
      });
    }));

  it('an instance leaves even where that cannot be noted', () =>
    withFunctions({}, async (functions) => {
      const handling = await recorded(functions, createWeb(functions.app, { instances: 2 }));
      functions.app.dynamoDb.setIntercept(() => ({ kind: 'internal' }));
      expect(await functions.settled(functions.detachInstances(handling))).toMatchObject({ left: true });
    }));
});

describe('in a dry run', () => {
  it('nobody leaves, and it is said how the own instance would have left', () =>
    withFunctions({ settings: { ...lowFloor.settings, dryRun: true } }, async (functions) => {
      const { group, handling } = await stormOf(functions, 2, { instances: 3 });
      const tableCalls = { ...functions.app.dynamoDb.apiCalls };
      expect(await functions.settled(functions.detachInstances(handling))).toMatchObject({
        left: true,
        how: { reason: 'the floor holds without it', decremented: false },
        instanceIds: [instanceId(group)],
        unsettled: 0,
        dryRun: true,
      });
      expect(functions.app.aws.apiCalls).not.toHaveProperty('DetachInstances');
      expect(functions.app.dynamoDb.apiCalls).toEqual(tableCalls);
    }));
});

/** Two looks of about 0.1 s, and DetachInstances, before `detachBy`. */
const dueMilliseconds = 700;

type Looked = Awaited<ReturnType<typeof looked>>;

interface Storm {
  readonly group: AutoScalingGroup;
  /** Of the first instance's execution, which has just looked. */
  readonly handling: Looked;
}

/** The first instances of a group are interrupted. */
async function stormOf(functions: Functions, interrupted: number, options: Partial<GroupOptions>): Promise<Storm> {
  const group = createWeb(functions.app, options);
  const [first] = await recordedEach(functions, group, interrupted);
  return { group, handling: await looked(functions, first) };
}

/** All instances of a group are interrupted, and their replacements serve. */
async function raisedStormOf(functions: Functions, instances: number): Promise<Storm> {
  const { group, handling } = await stormOf(functions, instances, { instances, maxSize: 2 * instances });
  await functions.settled(functions.setDesiredCapacity(handling));
  await functions.app.time.runFor(60_000);
  return { group, handling: await looked(functions, handling) };
}

/** Two are interrupted, and raised for in vain: just before `detachBy`, with the look that found their time to be up. */
async function dueStorm(functions: Functions): Promise<Looked> {
  const { handling } = await stormOf(functions, 2, { instances: 3, launchSeconds: 'never' });
  await functions.settled(functions.setDesiredCapacity(handling));
  await functions.app.time.runFor(Date.parse(handling.interruption.detachBy) - Date.now() - dueMilliseconds);
  return looked(functions, handling);
}

function withLeave(handling: Looked, change: (one: Leaving, index: number) => Leaving | undefined): HandlingState {
  const leave = handling.capacity.leave.flatMap((one, index) => change(one, index) ?? []);
  return { ...handling, capacity: { ...handling.capacity, leave, leaving: leave.length } };
}

interface DetachCall {
  readonly instances: number;
  readonly decrement: boolean;
}

/** The calls of DetachInstances from now on; all of them go as the fault says. */
function callsOf({ app }: Functions, fault?: Fault): readonly DetachCall[] {
  const calls: DetachCall[] = [];
  app.aws.setIntercept(({ action, parameters }) => {
    if (action !== 'DetachInstances') return undefined;
    const instances = Object.keys(parameters).filter((name) => name.startsWith('InstanceIds.')).length;
    calls.push({ instances, decrement: parameters.ShouldDecrementDesiredCapacity === 'true' });
    return fault;
  });
  return calls;
}

function plain(instances: number): DetachCall {
  return { instances, decrement: false };
}

function decrementing(instances: number): DetachCall {
  return { instances, decrement: true };
}

function idsOf(group: AutoScalingGroup, instances: number): readonly string[] {
  return group.instances.slice(0, instances).map(({ id }) => id);
}
