import type { Left } from '../shared/contract.ts';

/** What is known of an interrupted instance. */
export interface InterruptionRecord {
  /** The execution that handles it. */
  readonly by: string;
  /** EC2 only recommends to replace it; `detachBy` is when that is given up. Absent: it is interrupted. */
  readonly recommended?: true;
  readonly noticeAtMilliseconds: number;
  readonly detachByMilliseconds: number;
  /** Absent while it has not left. */
  readonly left?: Left;
}
