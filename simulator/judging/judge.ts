import { type Findings, type Guarantee, type GuaranteeId, guarantees } from './guarantees.ts';
import type { RunLog } from './run-log.ts';

export interface Verdict {
  readonly guarantee: GuaranteeId;
  readonly title: string;
  readonly verdict: 'kept' | 'broken' | 'not judged' | 'could not hold';
  /** What broke it, why it could not hold, or why it was not judged. Empty where it was kept. */
  readonly why: readonly string[];
}

/** Holds a run against every guarantee. */
export function judge(log: RunLog): Verdict[] {
  return guarantees.map((guarantee) => verdictOf(guarantee, guarantee.findingsIn(log)));
}

function verdictOf({ guarantee, title }: Guarantee, { broken, excused, notJudged }: Findings): Verdict {
  if (broken.length > 0) return { guarantee, title, verdict: 'broken', why: broken.map(({ what }) => what) };
  if (notJudged !== undefined) return { guarantee, title, verdict: 'not judged', why: [notJudged] };
  return { guarantee, title, verdict: excused.length > 0 ? 'could not hold' : 'kept', why: excused };
}
