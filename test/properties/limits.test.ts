import { describe, expect, it } from 'vitest';
import { groupWith, worldWith } from './known-worlds.ts';
import { runWorld } from './run-world.ts';
import { violationsOf } from './violations.ts';
import type { World } from './world.ts';

/** Where a guarantee does not hold as worded: docs/guarantees.md has the conditions, and these are the worlds. */

const never = [groupWith({ launchSeconds: ['never'] })];
/** Their faults are timed to the call: no hooks are asked for. */
const leaveBy = 'detach';

async function groupAfter(world: World) {
  const log = await runWorld(world);
  const [group] = log.groups;
  if (!group) throw new Error('The world has no group.');
  return { log, group, desired: group.desiredChanges.at(-1)?.to ?? group.desiredBefore };
}

describe('a function that hangs for its whole timeout at the last look', () => {
  const world = worldWith({
    leaveBy,
    groups: never,
    faults: [{ where: 'check-capacity', kind: 'timeout-before', share: 1, fromSeconds: 85 }],
  });

  it('has the instance detached up to 4.5 s late, and 25 s before the reclaim', async () => {
    const [departure] = (await groupAfter(world)).group.departures;
    expect(departure?.at).toBeGreaterThan(90);
    expect(departure?.at).toBeLessThan(94.5);
  });
});

describe('a table that goes away in the moment of a raise, for good', () => {
  const world = worldWith({
    leaveBy,
    groups: never,
    kills: [{ functionName: 'set-desired-capacity', invocation: 1, afterCalls: 5 }],
    faults: [{ where: 'dynamodb', kind: 'internal', share: 1, fromSeconds: 1.29 }],
  });

  it('leaves DesiredCapacity too high by that raise, since nobody knows of it', async () => {
    const { group, desired } = await groupAfter(world);
    expect(desired).toBe(group.desiredBefore + 1);
  });

  it('is within what is guaranteed', async () => {
    expect(violationsOf((await groupAfter(world)).log)).toEqual([]);
  });
});

describe('DetachInstances that fails until the reclaim', () => {
  const world = worldWith({ faults: [{ where: 'DetachInstances', kind: 'throttle', share: 1, fromSeconds: 0 }] });

  it('fails the execution, which says so', async () => {
    const [execution] = (await groupAfter(world)).log.executions;
    expect(execution).toMatchObject({ finalState: 'HandlingFailed', error: 'Throttling' });
  });

  it('leaves the raise, never too little', async () => {
    const { group, desired } = await groupAfter(world);
    expect(desired).toBe(group.desiredBefore + 1);
  });
});

describe('somebody else who sets the very size that a lost call of ours was to set', () => {
  const world = worldWith({
    groups: [groupWith({ instances: 3, below: 3, others: [{ kind: 'person', afterSeconds: 3, desiredCapacity: 4 }] })],
    faults: [{ where: 'SetDesiredCapacity', kind: 'timeout-before', share: 1, fromSeconds: 0, toSeconds: 3 }],
  });

  it('is taken for our own raise, which is taken back', async () => {
    expect((await groupAfter(world)).desired).toBe(3);
  });

  it('is within what is guaranteed, since a fault fell into the same moment', async () => {
    expect(violationsOf((await groupAfter(world)).log)).toEqual([]);
  });
});
