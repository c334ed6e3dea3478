import { scenarios } from '../../simulator/scenarios/scenarios.ts';
import { ours } from '../../simulator/strategies/ours.ts';
import type { Row } from '../results.ts';
import { strategyNamed } from '../strategies/index.ts';
import { amount, count, ratio } from './format.ts';

/** Less is what adding up may be off by. */
const nothing = 0.05;

/**
 * What a row could have lost at least, in instance-seconds. Who acts before the notice has fewer instances noticed, and so
 * a lower figure of its own; it is compared with the highest of its world instead.
 * @param rows Those of the same world, its own included.
 */
export function leastPossible(row: Row, rows: readonly Row[]): number {
  if (!actsBeforeTheNotice(row)) return row.capacity.leastPossibleInstanceSeconds;
  const { world } = row;
  const same = rows.filter((one) => one.world === world);
  return Math.max(...same.map(({ capacity }) => capacity.leastPossibleInstanceSeconds));
}

/** Infinity where nothing had to be lost; 1 where nothing was, either. */
export function ratioToLeast(row: Row, rows: readonly Row[]): number {
  const least = leastPossible(row, rows);
  const lost = row.capacity.lostInstanceSeconds;
  if (least < nothing) return lost < nothing ? 1 : Number.POSITIVE_INFINITY;
  return lost / least;
}

export function ratioText(row: Row, rows: readonly Row[]): string {
  const value = ratioToLeast(row, rows);
  if (value === Number.POSITIVE_INFINITY) return '∞';
  return value < 10 ? ratio(value) : value < 100 ? amount(value) : count(value);
}

/** On the rebalance recommendation: the bound does not hold for it. */
export function actsBeforeTheNotice({ strategy }: Pick<Row, 'strategy'>): boolean {
  return strategyNamed(strategy).maxSizeMargin !== undefined;
}

/**
 * Whether a row loses less than the bound that holds for it, which would show that the bound is wrong: the looser one where
 * EC2 took an instance in service. Times are rounded to a millisecond in the simulation, which adds up.
 */
export function beatsTheBound(
  row: Pick<Row, 'strategy' | 'world' | 'capacity' | 'notices' | 'takenInService'>,
): boolean {
  const { lostInstanceSeconds, leastPossibleInstanceSeconds, leastPossibleWithoutDrainInstanceSeconds } = row.capacity;
  if (actsBeforeTheNotice(row) || servesOn(row)) return false;
  const least = row.takenInService > 0 ? leastPossibleWithoutDrainInstanceSeconds : leastPossibleInstanceSeconds;
  return lostInstanceSeconds < least - row.notices * 0.01;
}

/** An instance that serves outside of its group is not what the bound is about. */
function servesOn({ strategy, world }: Pick<Row, 'strategy' | 'world'>): boolean {
  return strategy === ours.name && scenarios.some(({ name, serveOnAtMaxSize }) => name === world && serveOnAtMaxSize);
}
