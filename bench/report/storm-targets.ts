import type { Results, ScaleRow } from '../results.ts';
import { amount, count } from './format.ts';
import type { Target } from './target.ts';

const mostRaisesInAStorm = 2;
const mostCallsPerNotice = 15;
const mostTransitionsPerNotice = 26;
/** Figures per notice may grow by so much from ten notices to the most to count as not growing. */
const growthAllowed = 0.1;
/** What one partition of a table serves in a second ("Service, account, and table quotas in Amazon DynamoDB"). */
const partitionUnits = { read: 3000, write: 1000 } as const;

/** Half of one group, noticed at once. */
export function stormTargets({ scale }: Results): Target[] {
  const all = scale.filter(
    (row) => row.groups === 1 && row.noticesInEach * 2 === row.instancesInEach && row.notices >= 10,
  );
  const most = (figure: (row: ScaleRow) => number) => Math.max(0, ...all.map(figure));
  const each = (figure: (row: ScaleRow) => string) =>
    all.map((row) => `${count(row.notices)} notices: ${figure(row)}`).join(', ') || 'not played';
  const target = (text: string, reached: boolean, figure: (row: ScaleRow) => string): Target => ({
    target: `Storms of half a group: ${text}`,
    reached: all.length > 0 && reached,
    figures: each(figure),
  });
  const raises = (row: ScaleRow) => row.apiCalls.SetDesiredCapacity ?? 0;
  const isWithin = (limit: number, figure: (row: ScaleRow) => number) =>
    most(figure) <= limit && most(figure) <= (all[0] ? figure(all[0]) : 0) * (1 + growthAllowed);
  return [
    target('nothing is lost', most((row) => row.capacity.lostInstanceSeconds) < 1, (row) =>
      amount(row.capacity.lostInstanceSeconds),
    ),
    target(`at most ${mostRaisesInAStorm} SetDesiredCapacity calls`, most(raises) <= mostRaisesInAStorm, (row) =>
      count(raises(row)),
    ),
    target(
      `at most ${mostCallsPerNotice} API calls per notice, not growing`,
      isWithin(mostCallsPerNotice, (row) => row.apiCallsPerNotice),
      (row) => amount(row.apiCallsPerNotice),
    ),
    target(
      `at most ${mostTransitionsPerNotice} transitions per notice, not growing`,
      isWithin(mostTransitionsPerNotice, (row) => row.stateTransitionsPerNotice),
      (row) => amount(row.stateTransitionsPerNotice),
    ),
    target(
      'at most one DescribeAutoScalingGroups per group and second, on average',
      most((row) => row.load.describesPerGroupAndSecond) <= 1,
      (row) => amount(row.load.describesPerGroupAndSecond),
    ),
    target('and in any one second', most((row) => row.load.peakDescribesPerGroup) <= 1, (row) =>
      count(row.load.peakDescribesPerGroup),
    ),
    target(
      `within what one partition of the table serves, ${count(partitionUnits.read)} read and ${count(partitionUnits.write)} write units a second`,
      most((row) => row.load.peakReadUnits) <= partitionUnits.read &&
        most((row) => row.load.peakWriteUnits) <= partitionUnits.write,
      (row) => `${amount(row.load.peakReadUnits)} and ${amount(row.load.peakWriteUnits)}`,
    ),
  ];
}
