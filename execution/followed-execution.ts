import { reclaimSeconds } from '../functions/shared/contract.ts';
import type { ExecutionEvent } from '../simulator/execution-history.ts';
import { type JsonObject, type JsonValue, objectAt } from '../simulator/json.ts';
import type { ExecutionSummary } from '../simulator/summary.ts';
import type { Moment } from '../simulator/terminal/live-lines.ts';
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

  summary(): ExecutionSummary {
    const detachment = objectAt(this.#handling, 'detachment');
    const { secondsBeforeReclaim } = detachment;
    const left = detachment.detached === true && typeof secondsBeforeReclaim === 'number' ? secondsBeforeReclaim : null;
    return {
      instanceId: this.instanceId,
      status: statuses[this.#end?.type ?? ''] ?? 'RUNNING',
      finalState: this.finalState,
      detachedAfterSeconds: left === null ? null : reclaimSeconds - left,
      secondsBeforeReclaim: left,
      scaledOut: objectAt(this.#handling, 'scaleOut').raised === true,
      decremented: detachment.decremented === true,
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

/** The peers are the group's other instances that are not interrupted. */
function groupText(capacity: JsonObject): string {
  if (capacity.observedAt === undefined) return '';
  const { desiredCapacity, inServicePeers, servingPeers, expectedPeers, requiredPeers } = capacity;
  return (
    `desired ${desiredCapacity}, peers: ${expectedPeers} expected, ${inServicePeers} in service, ` +
    `${servingPeers} serving of ${requiredPeers} required`
  );
}
