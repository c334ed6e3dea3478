import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Dynalite } from '../../simulator/aws/dynamodb/engine.ts';
import { worldWith } from './known-worlds.ts';
import { runWorld } from './run-world.ts';
import { worlds } from './world.ts';

describe('a world', () => {
  it.each(fc.sample(worlds, { seed: 22, numRuns: 8 }))(
    'has the same history in each run, byte for byte (%#)',
    async (world) => {
      const first = JSON.stringify(await runWorld(world));
      expect(JSON.stringify(await runWorld(world))).toBe(first);
    },
  );

  it.each(fc.sample(worlds, { seed: 23, numRuns: 4 }))(
    'has the same history with dynalite as with the in-memory table (%#)',
    async (world) => {
      const first = JSON.stringify(await runWorld(world, { tableEngine: new Dynalite() }));
      expect(JSON.stringify(await runWorld(world))).toBe(first);
    },
  );

  it('has another history where only its seed differs', async () => {
    const faults = [{ where: 'dynamodb', kind: 'throttle', share: 0.5, fromSeconds: 0 }] as const;
    const one = await runWorld(worldWith({ faults, seed: 1 }));
    const other = await runWorld(worldWith({ faults, seed: 2 }));
    expect(JSON.stringify(one.executions)).not.toBe(JSON.stringify(other.executions));
  });
});
