import type { ApiCall } from '../../simulator/aws/index.ts';
import { PeakInOneSecond } from './peak-in-one-second.ts';

/** How often each group is described. */
export class DescribeMeter {
  readonly #calls: { readonly at: number; readonly groups: number }[] = [];
  readonly #peaks = new Map<string, PeakInOneSecond>();

  called({ action, parameters }: ApiCall): void {
    if (action !== 'DescribeAutoScalingGroups') return;
    const groups = Object.entries(parameters).filter(([name]) => name.startsWith('AutoScalingGroupNames.member.'));
    for (const [, group] of groups) this.#peakOf(String(group)).add();
    this.#calls.push({ at: Date.now(), groups: groups.length });
  }

  /** Of one group, in any one second. */
  get mostInOneSecond(): number {
    return Math.max(0, ...[...this.#peaks.values()].map(({ most }) => most));
  }

  /** For each group that was described; milliseconds since the epoch. Less than a second counts as one. */
  averagePerSecond(from: number, to: number): number {
    const calls = this.#calls.filter(({ at }) => at >= from && at <= to);
    const described = calls.reduce((sum, { groups }) => sum + groups, 0);
    return described / Math.max(1, this.#peaks.size) / Math.max(1, (to - from) / 1000);
  }

  #peakOf(group: string): PeakInOneSecond {
    const peak = this.#peaks.get(group) ?? new PeakInOneSecond();
    this.#peaks.set(group, peak);
    return peak;
  }
}
