import { type Finding, type GuaranteeId, guarantees } from '../../simulator/judging/guarantees.ts';
import type { RunLog } from '../../simulator/judging/run-log.ts';

export interface Violation extends Finding {
  readonly guarantee: GuaranteeId;
}

/** What broke a guarantee in a run, in order. No entry: none was broken. */
export function violationsOf(log: RunLog): readonly Violation[] {
  return guarantees
    .flatMap(({ findingsIn, guarantee }) => findingsIn(log).broken.map((finding) => ({ guarantee, ...finding })))
    .toSorted((a, b) => a.at - b.at);
}
