import fc from 'fast-check';
import type { GuaranteeId } from '../../simulator/judging/guarantees.ts';
import { runWorld, type Seams } from './run-world.ts';
import { timelineOf } from './timeline.ts';
import { type Violation, violationsOf } from './violations.ts';
import { type World, worlds } from './world.ts';
import type { WorldLog } from './world-log.ts';

export interface CheckedWorld {
  /** How to make it again: the seed of its batch, and its place in it. */
  readonly seed: number;
  readonly index: number;
  readonly world: World;
  readonly log: WorldLog;
  readonly violations: readonly Violation[];
}

/** Runs a batch of random worlds, one after another. */
export async function* checkedWorlds(seed: number, count: number, seams: Seams = {}): AsyncGenerator<CheckedWorld> {
  for (const [index, world] of fc.sample(worlds, { seed, numRuns: count }).entries()) {
    const log = await runWorld(world, seams);
    yield { seed, index, world, log, violations: violationsOf(log) };
  }
}

/** After that no smaller world is looked for. */
const longestShrinkMilliseconds = 60_000;

interface Shrunk {
  readonly world: World;
  readonly log: WorldLog;
  readonly violations: readonly Violation[];
}

/** The smallest world found that breaks the same guarantee as a world of a batch. */
async function shrunk(
  { seed, index }: Pick<CheckedWorld, 'seed' | 'index'>,
  guarantee: GuaranteeId,
  seams: Seams = {},
): Promise<Shrunk> {
  const until = performance.now() + longestShrinkMilliseconds;
  const holds = async (world: World) => {
    if (performance.now() > until) return true;
    return !violationsOf(await runWorld(world, seams)).some((violation) => violation.guarantee === guarantee);
  };
  const result = await fc.check(fc.asyncProperty(worlds, holds), { seed, path: String(index) });
  const world = result.counterexample?.[0] ?? fc.sample(worlds, { seed, numRuns: index + 1 })[index];
  if (!world) throw new Error(`There is no world ${index} of seed ${seed}.`);
  const log = await runWorld(world, seams);
  return { world, log, violations: violationsOf(log) };
}

/** What to print of a world that breaks a guarantee: how to make it again, the world itself, and what happened in it. */
export async function reportOf(checked: CheckedWorld, guarantee: GuaranteeId, seams: Seams = {}): Promise<string> {
  const { world, log, violations } = await shrunk(checked, guarantee, seams);
  return [
    `${guarantee} is broken in world ${checked.index} of seed ${checked.seed}. Shrunk:`,
    JSON.stringify(world),
    timelineOf(
      log,
      violations.filter((violation) => violation.guarantee === guarantee),
    ),
  ].join('\n');
}
