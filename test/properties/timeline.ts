import type { Violation } from './violations.ts';
import type { WorldLog } from './world-log.ts';

/** What happened, for a reader, with what broke a guarantee where it did. */
export function timelineOf(log: WorldLog, violations: readonly Violation[] = []): string {
  const broken = violations.map(({ at, guarantee, what }) => ({ at, text: `>>> ${guarantee}: ${what}` }));
  return [...log.timeline, ...broken]
    .toSorted((a, b) => a.at - b.at)
    .map(({ at, text }) => `${at.toFixed(2).padStart(8)}  ${text}`)
    .join('\n');
}
