import { strategies } from '../../simulator/strategies/index.ts';
import type { Strategy, StrategyName } from '../../simulator/strategies/strategy.ts';
import { withoutDelay } from './without-delay.ts';

/** Where the fleet's capacity is compared: what nobody can use, but nobody who acts on the notice can beat, too. */
export const strategiesAndYardstick: readonly Strategy[] = [...strategies, withoutDelay];

/** @throws Error where there is none of that name. */
export function strategyNamed(name: StrategyName): Strategy {
  const strategy = strategiesAndYardstick.find((one) => one.name === name);
  if (strategy) return strategy;
  const names = strategiesAndYardstick.map((one) => one.name).join(', ');
  throw new Error(`There is no strategy ${name}. There are: ${names}.`);
}
