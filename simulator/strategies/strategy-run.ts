import type { RequestCounts } from '../aws/load-balancing/request-traffic.ts';

/** What a strategy makes of a scenario. Seconds are since the beginning, capacities in the group's own units. */
export interface StrategyRun {
  /** Its name. */
  readonly strategy: string;
  readonly does: string;
  readonly group: readonly GroupPoint[];
  readonly requests: readonly RequestPoint[];
  readonly untilSeconds: number;
  readonly figures: StrategyFigures;
}

/** The group from then on. */
export interface GroupPoint {
  readonly atSeconds: number;
  readonly desired: number;
  /** DesiredCapacity as it would be if nobody acted on notices. */
  readonly usual: number;
  /** How much has to serve. */
  readonly floor: number;
  readonly serving: number;
}

/** Requests of the second that ends then, in what a capacity unit can answer. */
export interface RequestPoint {
  readonly atSeconds: number;
  readonly served: number;
  readonly beyondCapacity: number;
  readonly failed: number;
}

interface StrategyFigures {
  /** Below the usual size, over time. */
  readonly lostInstanceSeconds: number;
  readonly leastServing: number;
  readonly secondsBelowFloor: number;
  readonly requests: RequestCounts;
  /** Interrupted instances, and how many of them left with their drain window before them. */
  readonly noticed: number;
  readonly leftInTime: number;
  /** At the end: DesiredCapacity, less what it would be without. */
  readonly drift: number;
  /** Of Auto Scaling and Elastic Load Balancing. */
  readonly apiCalls: number;
}
