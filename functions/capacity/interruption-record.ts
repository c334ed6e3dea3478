import type { Left } from '../shared/contract.ts';

/** What is known of an interrupted instance. */
export interface InterruptionRecord {
  readonly noticeAtMilliseconds: number;
  readonly detachByMilliseconds: number;
  /** Absent while it has not left. */
  readonly left?: Left;
}
