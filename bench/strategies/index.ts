import { blog2020 } from './blog-2020.ts';
import { capacityRebalancing } from './capacity-rebalancing.ts';
import { detachNow } from './detach-now.ts';
import { doNothing } from './do-nothing.ts';
import { ours } from './ours.ts';
import type { Strategy, StrategyName } from './strategy.ts';

/** In the order of the tables. */
export const strategies: readonly Strategy[] = [ours, blog2020, detachNow, doNothing, capacityRebalancing];

/** @throws Error where there is none of that name. */
export function strategyNamed(name: StrategyName): Strategy {
  const strategy = strategies.find((one) => one.name === name);
  if (strategy) return strategy;
  throw new Error(`There is no strategy ${name}. There are: ${strategies.map((one) => one.name).join(', ')}.`);
}
