import { blog2020 } from './blog-2020.ts';
import { capacityRebalancing, capacityRebalancingServing } from './capacity-rebalancing.ts';
import { detachNow } from './detach-now.ts';
import { doNothing } from './do-nothing.ts';
import { ours } from './ours.ts';
import type { Strategy, StrategyName } from './strategy.ts';
import { withoutDelay } from './without-delay.ts';

/** What people can use, in the order of the tables. */
export const strategies: readonly Strategy[] = [
  ours,
  blog2020,
  detachNow,
  doNothing,
  capacityRebalancing,
  capacityRebalancingServing,
];

/** Where the fleet's capacity is compared: what nobody can use, but nobody who acts on the notice can beat, too. */
export const strategiesAndYardstick: readonly Strategy[] = [...strategies, withoutDelay];

/** @throws Error where there is none of that name. */
export function strategyNamed(name: StrategyName): Strategy {
  const strategy = strategiesAndYardstick.find((one) => one.name === name);
  if (strategy) return strategy;
  const names = strategiesAndYardstick.map((one) => one.name).join(', ');
  throw new Error(`There is no strategy ${name}. There are: ${names}.`);
}
