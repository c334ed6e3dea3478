import { defaultConfig } from '../../functions/configuration/handler-config.ts';
import { capacityRebalancing, capacityRebalancingServing } from '../../simulator/strategies/capacity-rebalancing.ts';
import { prices } from '../measures/prices.ts';
import type { Results, Row } from '../results.ts';
import { amount, count, dollars } from './format.ts';
import { balancedPairs, costPerMonth, overlapHours, perMonth } from './tables.ts';

/** Sentences about the tables, each figure and each comparison of them taken from the results. */

/** Where ours loses less than each reading of Capacity Rebalancing, and where not. */
export function sensitivityReading({ sensitivity }: Results): string {
  const medians = [...Map.groupBy(sensitivity, ({ launchMedianSeconds }) => launchMedianSeconds)];
  const lost = (rows: readonly Row[], name: string) =>
    rows.find(({ row }) => row === name)?.capacity.lostInstanceSeconds ?? 0;
  const where = (name: string) => {
    const less = medians.filter(([, rows]) => lost(rows, 'ours') < lost(rows, name));
    if (less.length === 0) return 'at none of these';
    return less.length === medians.length
      ? 'at all of these'
      : `at ${less.map(([median]) => `${median} s`).join(', ')}`;
  };
  const [first, second] = [capacityRebalancing.name, capacityRebalancingServing.name];
  return (
    `The handler loses less capacity than Capacity Rebalancing in the first reading of its documentation (\`${first}\`) ` +
    `${where(first)}, and less than in the second (\`${second}\`) ${where(second)}.`
  );
}

/** What raising before an instance leaves costs where zones are kept balanced, against leaving first. */
export function balancedReading(results: Results): string {
  const pairs = balancedPairs(results);
  const ours = pairs.find(({ with: { row } }) => row === 'ours');
  const first = pairs.find(({ with: { row } }) => row === 'detach-now');
  if (!ours || !first) return '';
  const lost = (row: Row) => row.capacity.lostInstanceSeconds;
  const more = overlapHours(ours.with) - overlapHours(ours.without);
  return (
    `With it the handler loses ${count(lost(ours.with))} instance-seconds instead of ${count(lost(ours.without))}: the ` +
    `${count(ours.with.capacity.movedBetweenZones)} instances that are moved cost ${amount(more)} instance-hours of excess. ` +
    `Leaving first (detach-now) has ${count(first.with.capacity.movedBetweenZones)} moved, and loses ${count(lost(first.with))}.`
  );
}

/** What the handler's capacity costs, with each of its floors, against the cheapest strategy that acts. */
export function savings({ month }: Results): string {
  const cheapest = month.find(({ row }) => row === 'detach-now');
  const lostHours = (row: Row) => perMonth(row, row.capacity.lostInstanceSeconds / 3600);
  const ours = month.filter(({ strategy }) => strategy === 'ours');
  if (!cheapest) return '';
  return ours
    .map(
      (row) =>
        `Against it, ${row.row === 'ours' ? 'the handler' : `with ${row.row.replace('ours, ', '')} it`} saves ${amount(lostHours(cheapest) - lostHours(row))} instance-hours a month of lost capacity, ` +
        `for ${amount(overlapHours(row))} instance-hours of overlap and ${dollars(costPerMonth(row) - costPerMonth(cheapest))} a month for the whole fleet.`,
    )
    .join('\n');
}

/** How one row's cost comes about. */
export function arithmetic({ usage, notices, costPerThousandNotices: cost }: Row): string {
  const each = (value: number) => amount(value / notices);
  return `For example \`single\`: ${each(usage.stateTransitions)} transitions × $${(prices.stateTransition * 1000).toFixed(3)} = ${dollars(cost.stateTransitions)} per thousand; ${each(usage.invocations)} invocations and ${each(usage.gigabyteSecondsArm)} GB-seconds
= ${dollars(cost.functions)}; ${each(usage.tableWrites)} write and ${each(usage.tableReads)} read units = ${dollars(cost.table)}; ${each(usage.logBytes / 1000)} KB of logs and ${each(usage.traces)} traces = ${dollars(cost.logsAndTraces)}.`;
}

/** What more polls cost and bring, against the default. */
export function pollingReading({ polling }: Results): string {
  const usual = polling.find(({ row }) => Number(row) === defaultConfig.pollSeconds);
  if (!usual) return '';
  const change = (row: Row) => {
    const detach = (row.detachSeconds.median ?? 0) - (usual.detachSeconds.median ?? 0);
    const cost = row.costPerThousandNotices.total - usual.costPerThousandNotices.total;
    return `at ${row.row} s it leaves ${amount(Math.abs(detach))} s ${detach < 0 ? 'earlier' : 'later'} for ${dollars(Math.abs(cost))} ${cost < 0 ? 'less' : 'more'}`;
  };
  const ends = [polling[0], polling.at(-1)].filter((row) => row !== undefined && row !== usual);
  return `Against the default of ${defaultConfig.pollSeconds} s, in the median and per thousand interruptions: ${ends.flatMap((row) => (row ? [change(row)] : [])).join('; ')}.`;
}
