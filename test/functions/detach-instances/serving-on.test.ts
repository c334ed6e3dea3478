import { describe, expect, it } from 'vitest';
import type { HandlingState } from '../../../functions/shared/contract.ts';
import type { GroupOptions } from '../../../simulator/aws/index.ts';
import { type Functions, looked, ofTable, recordedEach, withFunctions } from '../../support/functions.ts';
import { createWeb, failing, instanceId } from '../../support/handling.ts';

const servingOn = { settings: { serveOnAtMaxSize: true } } as const;

describe('an instance that gives way at MaxSize', () => {
  it('is registered with its target groups again right after it was detached, and noted to serve on', () =>
    withFunctions(servingOn, async (functions) => {
      const { id, handling, targets } = await atMax(functions);
      const detachment = await functions.settled(functions.detachInstances(handling));
      expect(detachment).toMatchObject({ how: { reason: 'gave way at MaxSize', servesOn: 1 }, unsettled: 1 });
      expect(targets.state(id)).toBe('initial');
      const { left } = await ofTable(functions, (table) => table.glance('web', id));
      expect(left).toMatchObject({ servesOn: 1 });
    }));

  it('leaves, too, where it cannot be registered, and is registered after the next look', () =>
    withFunctions(servingOn, async (functions) => {
      const { id, handling, targets } = await atMax(functions);
      functions.app.aws.setIntercept(failing('RegisterTargets', { kind: 'internal' }, (_, count) => count === 1));
      const { state } = await detachedBy(functions, handling);
      expect(targets.state(id)).toBe('draining');
      const next = await looked(functions, state);
      expect(next.capacity.servingOn).toMatchObject({ register: [id], due: 1 });
      await functions.settled(functions.detachInstances(next));
      expect(targets.state(id)).toBe('initial');
    }));

  it('is deregistered once its replacement serves, and then there is nothing left to do', () =>
    withFunctions(servingOn, async (functions) => {
      const { id, handling, targets } = await atMax(functions);
      const { state } = await detachedBy(functions, handling);
      await functions.app.time.runFor(30_000);
      expect((await looked(functions, state)).capacity).toMatchObject({
        unsettled: 1,
        servingOn: { serving: 1, due: 0 },
      });
      await functions.app.time.runFor(30_000);
      const served = await looked(functions, state);
      expect(served.capacity.servingOn).toMatchObject({ end: [id], due: 1 });
      const detachment = await functions.settled(functions.detachInstances(served));
      expect([detachment.instanceIds, targets.state(id)]).toEqual([[], 'draining']);
      expect((await looked(functions, { ...served, detachment })).capacity).toMatchObject({
        attached: false,
        unsettled: 0,
      });
    }));

  it('is deregistered by its time at the latest', () =>
    withFunctions(servingOn, async (functions) => {
      const { id, handling, targets } = await atMax(functions, { launchSeconds: 'never' });
      const { state } = await detachedBy(functions, handling);
      await functions.app.time.runFor(Date.parse(handling.interruption.detachBy) - Date.now() - 700);
      const due = await looked(functions, state);
      await functions.settled(functions.detachInstances(due));
      expect(targets.state(id)).toBe('draining');
      expect(Date.now()).toBeLessThan(Date.parse(handling.interruption.detachBy));
    }));

  it('lets the next wave give way as soon as it serves again, by whoever looks', () =>
    withFunctions(servingOn, async (functions) => {
      const { group, handling } = await atMax(functions, { instances: 3, maxSize: 3 }, 3);
      const { state, detachment } = await detachedBy(functions, handling);
      expect(detachment.instanceIds).toHaveLength(2);
      await functions.app.time.runFor(5_000);
      expect((await looked(functions, state)).capacity.leaving).toBe(0);
      await functions.app.time.runFor(8_000);
      const next = await looked(functions, state);
      expect(next.capacity.leave).toMatchObject([{ reason: 'gave way at MaxSize' }]);
      await functions.settled(functions.detachInstances(next));
      expect(group.instances.some(({ lifecycleState }) => lifecycleState === 'InService')).toBe(false);
    }));

  it('does not serve on where it is terminated, nor where that is not configured', async () => {
    await withFunctions(servingOn, async (functions) => {
      const { handling } = await atMax(functions);
      const terminated = { ...handling, interruption: { ...handling.interruption, leaveBy: 'terminate' } } as const;
      const { how } = await functions.settled(functions.detachInstances(terminated));
      expect(how).not.toHaveProperty('servesOn');
    });
    await withFunctions({}, async (functions) => {
      const { handling } = await atMax(functions);
      expect(handling.capacity).not.toHaveProperty('servingOn');
      await functions.settled(functions.detachInstances(handling));
      expect(functions.app.aws.apiCalls).not.toHaveProperty('RegisterTargets');
    });
  });
});

/** Of the first instance's execution, which has just looked. */
async function atMax(functions: Functions, options: Partial<GroupOptions> = {}, interrupted = 1) {
  const group = createWeb(functions.app, { instances: 1, maxSize: 1, ...options });
  const id = instanceId(group);
  const [first] = await recordedEach(functions, group, interrupted);
  const [targets] = functions.app.aws.targetGroups;
  if (!targets) throw new Error('There is no target group.');
  return { group, id, handling: await looked(functions, first), targets };
}

async function detachedBy(functions: Functions, handling: HandlingState) {
  const detachment = await functions.settled(functions.detachInstances(handling));
  return { detachment, state: { ...handling, detachment } };
}
