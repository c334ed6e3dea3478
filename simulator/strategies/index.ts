import { blog2020 } from './blog-2020.ts';
import { capacityRebalancing, capacityRebalancingServing } from './capacity-rebalancing.ts';
import { detachNow } from './detach-now.ts';
import { doNothing } from './do-nothing.ts';
import { ours } from './ours.ts';
import type { Strategy } from './strategy.ts';

/** What people can use, in the order of the tables. */
export const strategies: readonly Strategy[] = [
  ours,
  blog2020,
  detachNow,
  doNothing,
  capacityRebalancing,
  capacityRebalancingServing,
];
