import { describe, expect, it } from 'vitest';
import { recorded, withFunctions } from '../../support/functions.ts';
import { createWeb, failing, instanceId } from '../../support/handling.ts';

it('raises DesiredCapacity by one, and notes it on the record', () =>
  withFunctions({}, async (functions) => {
    const group = createWeb(functions.app, {});
    const state = await recorded(functions, group);
    expect(await functions.settled(functions.setDesiredCapacity(state))).toEqual({
      raised: true,
      reason: 'raised',
      desiredCapacity: 2,
    });
    const { interruptions } = await functions.settled(functions.table.read('web'));
    expect(interruptions.get(instanceId(group))?.raisedTo).toBe(2);
  }));

it('raises a weighted group by the weight of the instance', () =>
  withFunctions({}, async (functions) => {
    const group = createWeb(functions.app, { weight: 4 });
    const state = await recorded(functions, group, 0, { weight: 4 });
    await functions.settled(functions.setDesiredCapacity(state));
    expect(group.snapshot().desired).toBe(8);
  }));

it('never raises twice for one instance', () =>
  withFunctions({}, async (functions) => {
    const group = createWeb(functions.app, {});
    const state = await recorded(functions, group);
    await functions.settled(functions.setDesiredCapacity(state));
    expect(await functions.settled(functions.setDesiredCapacity(state))).toMatchObject({
      raised: true,
      reason: 'already raised',
    });
    expect(group.snapshot().desired).toBe(2);
  }));

describe('leaves DesiredCapacity alone', () => {
  it('where another one has been raised for meanwhile', () =>
    withFunctions({}, async (functions) => {
      const group = createWeb(functions.app, { instances: 2 });
      const [first, second] = [await recorded(functions, group, 0), await recorded(functions, group, 1)];
      await functions.settled(functions.setDesiredCapacity(first));
      expect(await functions.settled(functions.setDesiredCapacity(second))).toMatchObject({
        raised: false,
        reason: 'no longer short',
      });
    }));

  it('at MaxSize', () =>
    withFunctions({}, async (functions) => {
      const state = await recorded(functions, createWeb(functions.app, { maxSize: 1 }));
      expect(await functions.settled(functions.setDesiredCapacity(state))).toMatchObject({
        raised: false,
        reason: 'at MaxSize',
      });
    }));

  it('where the weight does not fit below MaxSize', () =>
    withFunctions({}, async (functions) => {
      const group = createWeb(functions.app, { weight: 2, maxSize: 3 });
      const state = await recorded(functions, group, 0, { weight: 2 });
      expect(await functions.settled(functions.setDesiredCapacity(state))).toMatchObject({ reason: 'at MaxSize' });
    }));

  it('where the instance has left', () =>
    withFunctions({}, async (functions) => {
      const group = createWeb(functions.app, {});
      const state = await recorded(functions, group);
      group.detachInstances([instanceId(group)], { decrement: false });
      expect(await functions.settled(functions.setDesiredCapacity(state))).toMatchObject({
        reason: 'no longer attached',
      });
    }));

  it('while Launch is suspended', () =>
    withFunctions({}, async (functions) => {
      const state = await recorded(functions, createWeb(functions.app, { suspendedProcesses: ['Launch'] }));
      expect(await functions.settled(functions.setDesiredCapacity(state))).toMatchObject({
        reason: 'Launch is suspended',
      });
    }));
});

describe('the lease', () => {
  const holdLease = (until: number) => ({
    instanceId: '#lease',
    update: 'SET holder = :holder, heldUntilMilliseconds = :until',
    condition: 'attribute_not_exists(holder)',
    values: { ':holder': 'another execution', ':until': until },
  });

  it('keeps everybody else from the group', () =>
    withFunctions({}, async (functions) => {
      const state = await recorded(functions, createWeb(functions.app, {}));
      await functions.settled(functions.table.update('web', holdLease(Date.now() + 1_000)));
      await expect(functions.settled(functions.setDesiredCapacity(state))).rejects.toMatchObject({ name: 'GroupBusy' });
    }));

  it('that has lapsed is taken over', () =>
    withFunctions({}, async (functions) => {
      const state = await recorded(functions, createWeb(functions.app, {}));
      await functions.settled(functions.table.update('web', holdLease(Date.now() - 1)));
      expect(await functions.settled(functions.setDesiredCapacity(state))).toMatchObject({ raised: true });
    }));

  it('is given back after an error', () =>
    withFunctions(
      { intercept: failing('SetDesiredCapacity', { kind: 'contention' }, (_, count) => count === 1) },
      async (functions) => {
        const group = createWeb(functions.app, { instances: 2 });
        const [first, second] = [await recorded(functions, group, 0), await recorded(functions, group, 1)];
        await expect(functions.settled(functions.setDesiredCapacity(first))).rejects.toMatchObject({
          name: 'ResourceContentionFault',
        });
        expect(await functions.settled(functions.setDesiredCapacity(second))).toMatchObject({ raised: true });
      },
    ));

  it('that was lost keeps a slow holder from changing the group', () =>
    withFunctions({}, async (functions) => {
      const group = createWeb(functions.app, {});
      const state = await recorded(functions, group);
      functions.app.aws.setIntercept(failing('DescribeAutoScalingGroups', { kind: 'slow', latencyMs: 2_000 }));
      const slow = functions.setDesiredCapacity(state).catch((error: Error) => error.name);
      await functions.app.time.runFor(1_000);
      await functions.settled(
        functions.table.update('web', {
          ...holdLease(Date.now() + 15_000),
          condition: 'attribute_exists(holder)',
        }),
      );
      expect(await functions.settled(slow)).toBe('GroupBusy');
      expect(group.snapshot().desired).toBe(1);
    }));
});

describe('a raise of another instance that nobody settled', () => {
  it('is settled first, so that it can be taken back', () =>
    withFunctions(
      { intercept: failing('SetDesiredCapacity', { kind: 'timeout-after', seconds: 1 }, (_, count) => count === 1) },
      async (functions) => {
        const group = createWeb(functions.app, { instances: 2 });
        const [first, second] = [await recorded(functions, group, 0), await recorded(functions, group, 1)];
        await functions.settled(functions.setDesiredCapacity(first).catch(() => undefined));
        expect(await functions.settled(functions.setDesiredCapacity(second))).toMatchObject({
          reason: 'no longer short',
        });
        const { interruptions } = await functions.settled(functions.table.read('web'));
        expect(interruptions.get(instanceId(group))?.raisedTo).toBe(3);
      },
    ));

  it('is waited for while its outcome may not show yet', () =>
    withFunctions(
      { intercept: failing('SetDesiredCapacity', { kind: 'timeout-before', seconds: 1 }, (_, count) => count === 1) },
      async (functions) => {
        const group = createWeb(functions.app, { instances: 2 });
        const [first, second] = [await recorded(functions, group, 0), await recorded(functions, group, 1)];
        await functions.settled(functions.setDesiredCapacity(first).catch(() => undefined));
        await expect(functions.settled(functions.setDesiredCapacity(second))).rejects.toMatchObject({
          name: 'GroupBusy',
        });
      },
    ));
});
