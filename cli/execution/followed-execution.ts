import { reclaimSeconds } from '../../functions/shared/timing.ts';
import type { ExecutionEvent } from '../../simulator/aws/step-functions/execution-history.ts';
import { type JsonObject, type JsonValue, objectAt } from '../../simulator/json.ts';
import type { ExecutionSummary } from '../../simulator/scenarios/summary.ts';
import type { Moment } from '../terminal/live-lines.ts';
import type { NoticeEvent } from './notice-event.ts';

/** What an execution's events have told so far. */
export class FollowedExecution {
  readonly instanceId: string;
  #noticedAt: number;
  #state: string | undefined;
  #stateTransitions = 0;
  #handling: JsonObject = {};
  #end: ExecutionEvent | undefined;

  constructor({ instanceId, noticedAtMilliseconds }: NoticeEvent) {
    this.instanceId = instanceId;
    this.#noticedAt = noticedAtMilliseconds;
  }

  record(event: ExecutionEvent): void {
    if (event.type.endsWith('StateEntered')) this.#state = event.state;
    if (event.type.endsWith('StateEntered') || event.type === 'TaskRetried') this.#stateTransitions += 1;
    if (event.type !== 'ExecutionStarted') this.#learn(event.output);
    if (/^Execution(?!Started|Redriven)/.test(event.type)) this.#end = event;
  }

  /** How the group looked when the workflow saw it last, and how much time is left. */
  momentAt(milliseconds: number): Moment {
    // Not below 0, where this computer's clock is ahead of AWS's.
    const secondsSinceNotice = Math.max(0, (milliseconds - this.#noticedAt) / 1000);
    return {
      secondsSinceNotice,
      secondsUntilReclaim: Math.max(0, reclaimSeconds - secondsSinceNotice),
      group: groupText(objectAt(this.#handling, 'capacity')),
    };
  }

  /** `ExecutionSucceeded`, `ExecutionFailed`, `ExecutionTimedOut` or `ExecutionAborted`; undefined while it is running. */
  get end(): ExecutionEvent | undefined {
    return this.#end;
  }

  get finalState(): string {
    return this.#state ?? 'none';
  }

  /** The workflow's state, `HandlingState`, as far as it is known. */
  get handling(): JsonObject {
    return this.#handling;
  }

  /** How the instance left, by its own execution or another's; empty while it has not. */
  get left(): JsonObject {
    const own = objectAt(objectAt(this.#handling, 'detachment'), 'how');
    return Object.keys(own).length > 0 ? own : objectAt(objectAt(this.#handling, 'capacity'), 'left');
  }

  summary(): ExecutionSummary {
    const leftAt = Date.parse(String(this.left.at));
    const seconds = Number.isNaN(leftAt) ? null : (leftAt - this.#noticedAt) / 1000;
    const { from, to } = objectAt(this.#handling, 'scaleOut');
    const { by, decremented, reason } = this.left;
    const { executionArn } = objectAt(this.#handling, 'interruption');
    return {
      instanceId: this.instanceId,
      status: statuses[this.#end?.type ?? ''] ?? 'RUNNING',
      finalState: this.finalState,
      reason: typeof reason === 'string' ? reason : this.finalState,
      handledBy: typeof by === 'string' && by !== executionArn ? by : null,
      detachedAfterSeconds: seconds,
      secondsBeforeReclaim: seconds === null ? null : reclaimSeconds - seconds,
      scaledOut: Number(to) > Number(from),
      decremented: decremented === true,
      stateTransitions: this.#stateTransitions,
    };
  }

  #learn(output: JsonValue | undefined): void {
    const interruption = objectAt(output, 'interruption');
    if (Object.keys(interruption).length === 0) return;
    this.#handling = objectAt({ output: output ?? null }, 'output');
    const noticedAt = Date.parse(String(interruption.noticeAt));
    if (!Number.isNaN(noticedAt)) this.#noticedAt = noticedAt;
  }
}

const statuses: Readonly<Record<string, string>> = {
  ExecutionSucceeded: 'SUCCEEDED',
  ExecutionFailed: 'FAILED',
  ExecutionTimedOut: 'TIMED_OUT',
  ExecutionAborted: 'ABORTED',
};

/** As the last look at it was, whoever looked. */
function groupText(capacity: JsonObject): string {
  const { desiredCapacity, floor, interrupted, serving } = objectAt(capacity, 'group');
  if (desiredCapacity === undefined) return '';
  return `desired ${desiredCapacity}, ${serving} serving of a floor of ${floor}, ${interrupted} interrupted`;
}
