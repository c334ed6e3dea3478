import { reclaimSeconds } from '../../simulator/aws/index.ts';
import type { Usage } from './bill.ts';
import type { SecondsToLeave } from './departures.ts';
import type { GroupMeasures } from './group-meter.ts';
import { median, quantile } from './order-statistics.ts';
import type { TrafficCounts } from './traffic-meter.ts';

/** What was seen of one strategy in one world. Times are virtual seconds; sums are over all groups. */
export interface Observed {
  /** Of each instance that was noticed. */
  readonly secondsToLeave: readonly SecondsToLeave[];
  /** By the kind of traffic. */
  readonly requests: Readonly<Record<string, TrafficCounts>>;
  readonly capacity: Omit<GroupMeasures, 'drift'>;
  readonly drift: Drift;
  readonly load: Load;
  readonly apiCalls: Readonly<Record<string, number>>;
  readonly usage: Usage;
  /** Executions that did not succeed. */
  readonly failedExecutions: number;
  /** From the notice to the end of its execution, of each of ours. */
  readonly handlingSeconds: readonly number[];
}

/** Of DesiredCapacity at the end, in the groups' own units. */
export interface Drift {
  readonly tooLow: number;
  readonly tooHigh: number;
  readonly groups: number;
}

/** What the services are asked for at a time. */
export interface Load {
  /** DescribeAutoScalingGroups for each group and second, from the first notice until the last instance has left. */
  readonly describesPerGroupAndSecond: number;
  /** For one group in any one second. */
  readonly peakDescribesPerGroup: number;
  /** Of the table, in any one second. */
  readonly peakReadUnits: number;
  readonly peakWriteUnits: number;
}

/** What is reported: the same with its distributions summed up. */
export interface Measured extends Omit<Observed, 'secondsToLeave' | 'handlingSeconds'> {
  readonly notices: number;
  /** Of them: instances that EC2 took while they still were in their group. */
  readonly takenInService: number;
  readonly detachSeconds: Spread;
  /** From leaving the group until the reclaim; 0 for those that were taken before. */
  readonly drainSeconds: { readonly median: number | null; readonly atLeastInNinetyNinePercent: number | null };
  readonly handlingSeconds: Spread;
}

interface Spread {
  readonly median: number | null;
  readonly p99: number | null;
}

export function measuredOf({ secondsToLeave, handlingSeconds, ...sums }: Observed): Measured {
  const left = secondsToLeave.filter((seconds) => seconds !== null);
  const drains = secondsToLeave.map((seconds) => Math.max(0, reclaimSeconds - (seconds ?? reclaimSeconds)));
  return {
    notices: secondsToLeave.length,
    takenInService: secondsToLeave.length - left.length,
    detachSeconds: spreadOf(left),
    drainSeconds: { median: median(drains) ?? null, atLeastInNinetyNinePercent: quantile(drains, 0.01) ?? null },
    ...sums,
    handlingSeconds: spreadOf(handlingSeconds),
  };
}

/** Several runs as one: what adds up is added up, of the others it is the worst. */
export function merged(runs: readonly [Observed, ...Observed[]]): Observed {
  return runs.reduce((a, b) => ({
    secondsToLeave: [...a.secondsToLeave, ...b.secondsToLeave],
    requests: Object.fromEntries(
      Object.entries(a.requests).map(([kind, counts]) => [kind, sums(counts, b.requests[kind] ?? noRequests)]),
    ),
    capacity: {
      ...sums(a.capacity, b.capacity),
      leastServing: Math.min(a.capacity.leastServing, b.capacity.leastServing),
      peakExcessInstances: Math.max(a.capacity.peakExcessInstances, b.capacity.peakExcessInstances),
    },
    drift: sums(a.drift, b.drift),
    load: {
      describesPerGroupAndSecond: Math.max(a.load.describesPerGroupAndSecond, b.load.describesPerGroupAndSecond),
      peakDescribesPerGroup: Math.max(a.load.peakDescribesPerGroup, b.load.peakDescribesPerGroup),
      peakReadUnits: Math.max(a.load.peakReadUnits, b.load.peakReadUnits),
      peakWriteUnits: Math.max(a.load.peakWriteUnits, b.load.peakWriteUnits),
    },
    apiCalls: addedCounts(a.apiCalls, b.apiCalls),
    usage: sums(a.usage, b.usage),
    failedExecutions: a.failedExecutions + b.failedExecutions,
    handlingSeconds: [...a.handlingSeconds, ...b.handlingSeconds],
  }));
}

export function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

export const noRequests: TrafficCounts = { sent: 0, failed: 0, beyondCapacity: 0 };

/** Member by member. */
export function sums<T extends { readonly [key in keyof T]: number }>(a: T, b: T): T {
  const result = { ...a };
  for (const key in result) result[key] = addedNumbers(a[key], b[key]);
  return result;
}

function addedNumbers<N extends number>(a: N, b: N): N;
function addedNumbers(a: number, b: number): number {
  return a + b;
}

function addedCounts(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): Record<string, number> {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return Object.fromEntries([...keys].map((key) => [key, (a[key] ?? 0) + (b[key] ?? 0)]));
}

function spreadOf(values: readonly number[]): Spread {
  return { median: median(values) ?? null, p99: quantile(values, 0.99) ?? null };
}
