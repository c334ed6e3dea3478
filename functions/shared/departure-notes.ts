import type { Interruption, Left } from './contract.ts';
import { secondsUntil } from './timestamps.ts';

/** How an instance left, with what whoever reads the execution's output has to know of it. Not for the table. */
export function withNotes(left: Left, interruption: Pick<Interruption, 'hookSeconds' | 'reclaimAt'>): Left {
  const { hookSeconds = 0, reclaimAt } = interruption;
  const secondsLeft = Math.max(0, secondsUntil(reclaimAt, Date.parse(left.at)));
  const mayBeCutOff = left.way === 'terminate' && hookSeconds > secondsLeft;
  return { ...left, ...(mayBeCutOff && { hookMayBeCutOff: { mayTakeSeconds: hookSeconds, secondsLeft } }) };
}
