import type { Summary } from '../../../simulator/scenarios/summary.ts';
import { byId, html, set } from '../dom.ts';
import type { Store } from '../store.ts';

/** Above everything, where a run has lost capacity or requests: how much, and how much anybody would have lost. */
export class CapacityBanner {
  readonly #banner = byId('banner', HTMLElement);

  constructor(store: Store) {
    store.subscribe(
      ({ latest }) => [latest.summary],
      ({ latest: { summary } }) => this.#show(summary),
    );
  }

  #show(summary: Summary | undefined): void {
    const sentences = summary ? lossesIn(summary) : [];
    this.#banner.hidden = sentences.length === 0;
    if (!summary || sentences.length === 0) return;
    const { floor } = summary.capacity;
    const isBelowFloor = summary.group.minServing < floor;
    set(this.#banner, { 'data-severity': isBelowFloor || summary.requests.failed > 0 ? 'failed' : 'caught' });
    this.#banner.replaceChildren(html('b', {}, sentences[0] ?? ''), ` ${sentences.slice(1).join(' ')}`);
  }
}

function lossesIn({ capacity, group, requests }: Summary): string[] {
  const { lostInstanceSeconds: lost, leastPossibleInstanceSeconds: least, floor } = capacity;
  const lines: string[] = [];
  if (lost >= 1) {
    lines.push(`${rounded(lost)} instance-seconds of capacity were lost.`, leastText(least));
  }
  if (group.minServing < floor) lines.push(`At the lowest ${group.minServing} served; the floor is ${floor}.`);
  if (requests.failed > 0) lines.push(`${rounded(requests.failed)} of ${rounded(requests.sent)} requests failed.`);
  if (requests.beyondCapacity > 0)
    lines.push(`${rounded(requests.beyondCapacity)} requests were beyond what their instances can answer.`);
  return lines;
}

function leastText(least: number): string {
  if (least < 1) return 'None of them had to be.';
  return `Whoever acts on these notices loses ${rounded(least)} at least, with these launches and limits.`;
}

function rounded(value: number): string {
  return Math.round(value).toLocaleString('en');
}
