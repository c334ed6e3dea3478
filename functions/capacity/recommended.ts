import type { MinServing } from '../configuration/values.ts';
import { totalWeight } from '../shared/total-weight.ts';
import { floorOf } from './floor.ts';
import type { InterruptionRecord } from './interruption-record.ts';

/** A member of the group that EC2 recommends to replace. */
export interface RecommendedMember {
  readonly weight: number;
  readonly serves: boolean;
  readonly record: InterruptionRecord;
}

/** No time has run out, and no notice has taken over: one is recorded in the place of the recommendation then. */
export function isWaiting({ detachByMilliseconds, left, recommended }: InterruptionRecord, nowMilliseconds: number) {
  return recommended === true && left === undefined && nowMilliseconds < detachByMilliseconds;
}

/** Those that are replaced now, in the order of their recommendations: as many as the budget allows, at least one. */
export function withinBudget<Member extends RecommendedMember>(
  waiting: readonly Member[],
  budget: MinServing,
  usualSize: number,
): readonly Member[] {
  const inOrder = waiting.toSorted((a, b) => a.record.noticeAtMilliseconds - b.record.noticeAtMilliseconds);
  const units = budgetUnits(budget, usualSize);
  let used = 0;
  return inOrder.filter(({ weight }, index) => {
    if (index > 0 && used + weight > units) return false;
    used += weight;
    return true;
  });
}

/** Those without which as many serve as is usual: each has a replacement that serves, or was not needed. */
export function replaced<Member extends RecommendedMember>(
  members: readonly Member[],
  serving: number,
  usualSize: number,
): readonly Member[] {
  let free = serving - usualSize;
  return members.filter(({ serves, weight }) => {
    const needed = serves ? weight : 0;
    if (free < needed) return false;
    free -= needed;
    return true;
  });
}

/** What to raise for them on top of what the interrupted need, and what of the raises nobody needs then. */
export function withRecommended(
  { raiseBy, surplus }: { readonly raiseBy: number; readonly surplus: number },
  toCover: readonly RecommendedMember[],
  room: number,
): { readonly raiseBy: number; readonly surplus: number } {
  const wanted = totalWeight(toCover);
  return {
    raiseBy: raiseBy + Math.max(0, Math.min(wanted - surplus, room - raiseBy)),
    surplus: Math.max(0, surplus - wanted),
  };
}

/** A share is rounded down: no more than that. */
function budgetUnits(budget: MinServing, usualSize: number): number {
  if (budget.kind === 'units') return floorOf(budget, usualSize);
  return Math.floor((budget.percent * usualSize) / 100);
}
