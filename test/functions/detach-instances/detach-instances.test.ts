import { describe, expect, it } from 'vitest';
import type { HandlingState } from '../../../functions/shared/contract.ts';
import { GroupBusy } from '../../../functions/shared/errors.ts';
import { type Functions, recorded, withFunctions } from '../../support/functions.ts';
import { createWeb, failing, instanceId } from '../../support/handling.ts';

const detach = (handling: HandlingState) => ({ giveWay: false, handling });
const giveWay = (handling: HandlingState) => ({ giveWay: true, handling });

describe('an instance that was not raised for', () => {
  it('is detached with one call, for the group to replace it', () =>
    withFunctions({}, async (functions) => {
      const { app, detachInstances, settled } = functions;
      const group = createWeb(app, { instances: 2 });
      const state = await recorded(functions, group);
      expect(await settled(detachInstances(detach(state)))).toMatchObject({ detached: true, decremented: false });
      expect([app.aws.apiCalls, group.snapshot().desired]).toEqual([{ DetachInstances: 1 }, 2]);
    }));

  it('is done when it is no longer part of the group', () =>
    withFunctions({}, async (functions) => {
      const group = createWeb(functions.app, { instances: 2 });
      const state = await recorded(functions, group);
      group.detachInstances([instanceId(group)], { decrement: false });
      await functions.app.time.runFor(10_000);
      expect(await functions.settled(functions.detachInstances(detach(state)))).toMatchObject({
        detached: true,
        reason: 'was gone already',
      });
    }));

  it('that cannot be detached yet is an error of its own name', () =>
    withFunctions({}, async (functions) => {
      const group = createWeb(functions.app, { instances: [{ lifecycleState: 'Pending' }, {}], desiredCapacity: 2 });
      const state = await recorded(functions, group);
      await expect(functions.settled(functions.detachInstances(detach(state)))).rejects.toMatchObject({
        name: 'InstanceNotDetachable',
      });
    }));

  it('says how long before the reclaim it left', () =>
    withFunctions({}, async (functions) => {
      const state = await recorded(functions, createWeb(functions.app, { instances: 2 }));
      await functions.app.time.runFor(20_000);
      const detachment = await functions.settled(functions.detachInstances(detach(state)));
      expect(detachment).toMatchObject({ secondsBeforeReclaim: expect.closeTo(100, 0) });
    }));
});

describe('an instance that was raised for', () => {
  it('takes its raise back with the detach', () =>
    withFunctions({}, async (functions) => {
      const group = createWeb(functions.app, {});
      const state = await raisedFor(functions, group);
      expect(await functions.settled(functions.detachInstances(detach(state)))).toMatchObject({ decremented: true });
      expect(group.snapshot().desired).toBe(1);
    }));

  it('takes nothing back a second time', () =>
    withFunctions({}, async (functions) => {
      const group = createWeb(functions.app, {});
      const state = await raisedFor(functions, group);
      await functions.settled(functions.detachInstances(detach(state)));
      expect(await functions.settled(functions.detachInstances(detach(state)))).toMatchObject({ decremented: true });
      expect(group.snapshot().desired).toBe(1);
    }));

  it('is detached without a decrement where MinSize forbids it', () =>
    withFunctions({}, async (functions) => {
      const group = createWeb(functions.app, { instances: 2, minSize: 2 });
      const state = await raisedFor(functions, group);
      group.setDesiredCapacity(2);
      await functions.app.time.runFor(10_000);
      expect(await functions.settled(functions.detachInstances(detach(state)))).toMatchObject({
        detached: true,
        decremented: false,
      });
    }));

  it('waits for the lease while there is time', () =>
    withFunctions({}, async (functions) => {
      const state = await raisedFor(functions, createWeb(functions.app, {}));
      await functions.settled(holdLease(functions));
      await expect(functions.settled(functions.detachInstances(detach(state)))).rejects.toMatchObject({
        name: 'GroupBusy',
      });
    }));

  it('waits for the lease as long as its deadline allows', () =>
    withFunctions({}, async (functions) => {
      const group = createWeb(functions.app, {});
      const state = await raisedFor(functions, group);
      await functions.app.time.runFor(86_000);
      await functions.settled(holdLease(functions));
      await expect(functions.settled(functions.detachInstances(detach(state)))).rejects.toThrow(GroupBusy);
    }));

  it('is detached even if its raise is noted to be taken back', () =>
    withFunctions({}, async (functions) => {
      const group = createWeb(functions.app, {});
      const state = await raisedFor(functions, group);
      const takenBack = { instanceId: instanceId(group), update: 'SET takenBack = :true', condition, values };
      await functions.settled(functions.table.update(group.name, takenBack));
      await functions.settled(functions.detachInstances(detach(state)));
      expect(group.instances.filter(({ lifecycleState }) => lifecycleState === 'InService')).toEqual([]);
    }));
  const condition = 'attribute_exists(executionArn)';
  const values = { ':true': true };

  it('does not wait for the lease when there is no time', () =>
    withFunctions({}, async (functions) => {
      const group = createWeb(functions.app, {});
      const state = await raisedFor(functions, group);
      const capacity = await functions.settled(functions.checkCapacity(state));
      await functions.app.time.runFor(88_000);
      await functions.settled(holdLease(functions));
      expect(await functions.settled(functions.detachInstances(detach({ ...state, capacity })))).toMatchObject({
        decremented: true,
      });
      expect(group.snapshot().desired).toBe(1);
    }));

  it('is detached without a decrement when there is no time to find out whether the raise took effect', () =>
    withFunctions({}, async (functions) => {
      const group = createWeb(functions.app, {});
      const state = await raisedFor(functions, group);
      await functions.app.time.runFor(88_000);
      await functions.settled(holdLease(functions));
      expect(await functions.settled(functions.detachInstances(detach(state)))).toMatchObject({ decremented: false });
    }));
});

describe('giving way', () => {
  it('detaches where the group is short at MaxSize', () =>
    withFunctions({}, async (functions) => {
      const group = createWeb(functions.app, { instances: 2, maxSize: 2 });
      const [first] = [await recorded(functions, group, 0), await recorded(functions, group, 1)];
      expect(await functions.settled(functions.detachInstances(giveWay(first)))).toMatchObject({
        detached: true,
        decremented: false,
        reason: 'gave way at MaxSize',
      });
    }));

  it('does not detach where another gave way, though the snapshot is too old to show it', () =>
    withFunctions(
      { intercept: failing('DescribeAutoScalingGroups', { kind: 'stale', seconds: 3 }) },
      async (functions) => {
        const group = createWeb(functions.app, { instances: 2, maxSize: 2 });
        const [first, second] = [await recorded(functions, group, 0), await recorded(functions, group, 1)];
        await functions.app.time.runFor(5_000);
        await functions.settled(functions.detachInstances(giveWay(first)));
        expect(await functions.settled(functions.detachInstances(giveWay(second)))).toEqual({
          detached: false,
          reason: 'another instance gave way',
        });
      },
    ));

  it('goes on with it where it was interrupted after its note', () =>
    withFunctions(
      { intercept: failing('DetachInstances', { kind: 'internal' }, (_, count) => count === 1) },
      async (functions) => {
        const group = createWeb(functions.app, { instances: 2, maxSize: 2 });
        const [first] = [await recorded(functions, group, 0), await recorded(functions, group, 1)];
        await functions.settled(functions.detachInstances(giveWay(first)).catch(() => undefined));
        expect(await functions.settled(functions.detachInstances(giveWay(first)))).toMatchObject({ detached: true });
      },
    ));

  it('does not detach where the group can be raised meanwhile', () =>
    withFunctions({}, async (functions) => {
      const state = await recorded(functions, createWeb(functions.app, { maxSize: 2 }));
      expect(await functions.settled(functions.detachInstances(giveWay(state)))).toMatchObject({ detached: false });
    }));
});

async function raisedFor(functions: Functions, group: Parameters<typeof recorded>[1]): Promise<HandlingState> {
  const state = await recorded(functions, group);
  const scaleOut = await functions.settled(functions.setDesiredCapacity(state));
  return { ...state, scaleOut };
}

function holdLease({ table }: Functions): Promise<boolean> {
  return table.update('web', {
    instanceId: '#lease',
    update: 'SET holder = :holder, heldUntilMilliseconds = :until',
    condition: 'attribute_not_exists(holder)',
    values: { ':holder': 'another execution', ':until': Date.now() + 15_000 },
  });
}
