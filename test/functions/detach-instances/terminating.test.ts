import { describe, expect, it } from 'vitest';
import type { HandlingState } from '../../../functions/shared/contract.ts';
import type { AutoScalingGroup, Fault, GroupOptions } from '../../../simulator/aws/index.ts';
import { type Functions, ledgerNow, looked, ofTable, recordedEach, withFunctions } from '../../support/functions.ts';
import { createWeb, failing, instanceId } from '../../support/handling.ts';

const lowFloor = { settings: { minServing: { kind: 'units', units: 1 } } } as const;
const action = 'TerminateInstanceInAutoScalingGroup';

describe('the instances of a group that terminates them', () => {
  it('leave by one call for 20, so that its hooks run', () =>
    withFunctions(lowFloor, async (functions) => {
      const { group, handling } = await stormOf(functions, 21, { instances: 22 });
      const { instanceIds, how } = await functions.settled(functions.detachInstances(handling));
      expect(instanceIds).toHaveLength(21);
      expect(how).toMatchObject({ way: 'terminate', hookMayBeCutOff: { mayTakeSeconds: 300 } });
      expect(functions.app.aws.apiCalls).toMatchObject({ [action]: 2 });
      expect(functions.app.aws.apiCalls).not.toHaveProperty('DetachInstances');
      await functions.app.time.runFor(32_000);
      expect(stateOf(group, instanceIds[0])).toBe('Terminating:Wait');
    }));

  it('are replaced by the group, where they leave without a decrement', () =>
    withFunctions(lowFloor, async (functions) => {
      const { group, handling } = await stormOf(functions, 2, { instances: 3 });
      expect(await functions.settled(functions.detachInstances(handling))).toMatchObject({ left: true, unsettled: 0 });
      expect(group.snapshot().desired).toBe(3);
    }));

  it('take their raises back with them', () =>
    withFunctions({}, async (functions) => {
      const { group, handling } = await stormOf(functions, 2, { instances: 2 });
      await functions.settled(functions.setDesiredCapacity(handling));
      await functions.app.time.runFor(60_000);
      await functions.settled(functions.detachInstances(await looked(functions, handling)));
      expect(group.snapshot().desired).toBe(2);
      expect(await ledgerNow(functions)).toMatchObject({ raised: 0, known: 2 });
    }));

  it('are noted with the way that they left, but without what concerns one execution only', () =>
    withFunctions(lowFloor, async (functions) => {
      const { group, handling } = await stormOf(functions, 2, { instances: 3 });
      await functions.settled(functions.detachInstances(handling));
      const { left } = await ofTable(functions, (table) => table.glance('web', instanceId(group, 1)));
      expect(left).toMatchObject({ way: 'terminate' });
      expect(left).not.toHaveProperty('hookMayBeCutOff');
    }));

  it('leave without a decrement where MinSize does not allow it', () =>
    withFunctions(lowFloor, async (functions) => {
      const { group, handling } = await stormOf(functions, 1, { instances: 2, minSize: 2 });
      const leave = handling.capacity.leave.map((one) => ({ ...one, decrement: true }));
      const planned = { ...handling, capacity: { ...handling.capacity, leave } };
      expect(await functions.settled(functions.detachInstances(planned))).toMatchObject({
        how: { decremented: false },
      });
      expect(group.snapshot().desired).toBe(2);
    }));
});

describe('one of a batch', () => {
  it('whose hook runs already is noted as gone, and the others leave', () =>
    withFunctions(lowFloor, async (functions) => {
      const { group, handling } = await stormOf(functions, 3, { instances: 4 });
      const ids = group.instances.slice(0, 3).map(({ id }) => id);
      group.terminateInstances([ids[1] ?? ''], { decrement: false });
      await functions.app.time.runFor(5_000);
      const { instanceIds } = await functions.settled(functions.detachInstances(handling));
      expect(instanceIds.toSorted()).toEqual(ids.toSorted());
      const { left } = await ofTable(functions, (table) => table.glance('web', ids[1] ?? ''));
      expect(left).toMatchObject({ reason: 'was gone already' });
    }));

  it('that is in no group any more is noted as gone, and the others leave', () =>
    withFunctions(lowFloor, async (functions) => {
      const { group, handling } = await stormOf(functions, 3, { instances: 4 });
      group.detachInstances([instanceId(group, 1)], { decrement: false });
      await functions.app.time.runFor(5_000);
      expect((await functions.settled(functions.detachInstances(handling))).instanceIds).toHaveLength(3);
    }));

  it('that is not in service yet stays, and the others leave', () =>
    withFunctions(lowFloor, async (functions) => {
      const instances = [{}, { lifecycleState: 'Pending' }, {}] as const;
      const { group, handling } = await stormOf(functions, 1, { instances, launchSeconds: 'never' });
      const [own] = handling.capacity.leave;
      if (!own) throw new Error('Nobody is to leave.');
      const leave = [{ ...own, instanceId: instanceId(group, 1) }, own];
      const capacity = { ...handling.capacity, leave, leaving: 2 };
      const { instanceIds } = await functions.settled(functions.detachInstances({ ...handling, capacity }));
      expect(instanceIds).toEqual([own.instanceId]);
    }));
});

describe('alone', () => {
  it('an instance is terminated, too', () =>
    withFunctions({}, async (functions) => {
      const { handling } = await stormOf(functions, 1, { instances: 2 });
      expect(await functions.settled(functions.detachInstances(aloneOf(handling)))).toMatchObject({
        how: { way: 'terminate', reason: 'capacity unknown' },
      });
    }));

  it('an instance whose hook runs already is gone, however long that takes', () =>
    withFunctions({}, async (functions) => {
      const { group, handling } = await stormOf(functions, 1, { instances: 2 });
      group.terminateInstances([instanceId(group)], { decrement: false });
      await functions.app.time.runFor(40_000);
      expect(await functions.settled(functions.detachInstances(aloneOf(handling)))).toMatchObject({
        left: true,
        how: { reason: 'was gone already' },
      });
    }));

  it('an instance that is refused to be terminated is detached, to be out in time', () =>
    withFunctions({}, async (functions) => {
      const { handling } = await stormOf(functions, 1, { instances: 2 });
      functions.app.aws.setIntercept(failing(action, { kind: 'contention' }));
      expect(await functions.settled(functions.detachInstances(aloneOf(handling)))).toMatchObject({
        how: { way: 'detach' },
      });
    }));

  it('an instance is not detached where it is open whether it is terminated', () =>
    withFunctions({}, async (functions) => {
      const { handling } = await stormOf(functions, 1, { instances: 2 });
      const lost: Fault = { kind: 'timeout-after', seconds: 2.5 };
      functions.app.aws.setIntercept(failing(action, lost));
      const alone = functions.settled(functions.detachInstances(aloneOf(handling)));
      await expect(alone).rejects.toMatchObject({ name: 'TimeoutError' });
      expect(functions.app.aws.apiCalls).not.toHaveProperty('DetachInstances');
    }));
});

/** The first instances of a group with a hook are interrupted; of the first one's execution, which has just looked. */
async function stormOf(functions: Functions, interrupted: number, options: Partial<GroupOptions>) {
  const lifecycleHooks = [{ name: 'upload', transition: 'terminating', heartbeatTimeoutSeconds: 300 }] as const;
  const group = createWeb(functions.app, { lifecycleHooks, ...options });
  const [first] = await recordedEach(functions, group, interrupted);
  const interruption = { ...first.interruption, leaveBy: 'terminate', hookSeconds: 300 } as const;
  return { group, handling: await looked(functions, { interruption }) };
}

/** As if nobody could look. */
function aloneOf({ interruption }: HandlingState): HandlingState {
  return { interruption };
}

function stateOf(group: AutoScalingGroup, id: string | undefined) {
  return group.instances.find((instance) => instance.id === id)?.lifecycleState;
}
