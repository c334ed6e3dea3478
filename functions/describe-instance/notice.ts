import type { DescribeInstanceInput, Signal } from '../shared/contract.ts';
import { InvalidEvent } from '../shared/errors.ts';
import { longestReclaimSeconds, reclaimSeconds } from '../shared/timing.ts';

/** What an event says, made sure of. */
export interface Notice {
  readonly instanceId: string;
  readonly signal: Signal;
  readonly instanceAction: string;
  readonly executionArn: string;
  readonly noticedAtMilliseconds: number;
  /** When EC2 takes the instance. */
  readonly reclaimAtMilliseconds: number;
}

/** A notice is of use for two minutes; a time longer ago is that of a sample event. */
const longestAgoMilliseconds = 120_000;

const example = '{"detail": {"instance-id": "i-1234567890abcdef0"}}';

/**
 * Reads an "EC2 Spot Instance Interruption Warning", an "EC2 Capacity Reservation Instance Interruption Warning", an "EC2 Instance
 * Rebalance Recommendation", or as little of one as names an instance.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitor-interruptible-cr.html
 * @throws InvalidEvent when there is no valid `detail.instance-id`.
 */
export function readNotice({ event, execution }: DescribeInstanceInput): Notice {
  if (!isObject(event)) throw invalid('The input is not an object', event);
  const { detail } = event;
  if (!isObject(detail)) throw invalid('The event has no object "detail"', detail);
  const instanceId = detail['instance-id'];
  if (typeof instanceId !== 'string' || !/^i-(?:[0-9a-f]{8}|[0-9a-f]{17})$/.test(instanceId)) {
    throw invalid('The event has no valid "detail.instance-id"', instanceId);
  }
  const instanceAction = detail['instance-action'];
  const startedAtMilliseconds = Date.parse(execution.startedAt);
  const noticedAtMilliseconds = noticeTime(event.time, startedAtMilliseconds);
  return {
    instanceId,
    signal: signals.get(event['detail-type']) ?? 'Spot interruption',
    instanceAction: typeof instanceAction === 'string' ? instanceAction : 'unknown',
    executionArn: execution.arn,
    noticedAtMilliseconds,
    reclaimAtMilliseconds: reclaimTime(
      detail['instance-termination-time'],
      noticedAtMilliseconds,
      startedAtMilliseconds,
    ),
  };
}

/** By the event's `detail-type`; any other is that of a test payload. */
const signals: ReadonlyMap<unknown, Signal> = new Map([
  ['EC2 Instance Rebalance Recommendation', 'rebalance recommendation'],
  ['EC2 Spot Instance Interruption Warning', 'Spot interruption'],
  ['EC2 Capacity Reservation Instance Interruption Warning', 'Capacity Reservation interruption'],
  ['EC2 Interruptible Capacity Reservation Instance Interruption Warning', 'Capacity Reservation interruption'],
]);

/** The event's own termination time, unless it is missing, unreadable, in the past, or too far away to be this notice's. */
function reclaimTime(time: unknown, noticedAtMilliseconds: number, startedAtMilliseconds: number): number {
  const latest = noticedAtMilliseconds + longestReclaimSeconds * 1000;
  const terminatesAt = timeOf(time);
  const isOwn = terminatesAt > startedAtMilliseconds && terminatesAt <= latest;
  return isOwn ? terminatesAt : noticedAtMilliseconds + reclaimSeconds * 1000;
}

/** The event's time, unless it cannot be this notice's: missing, unreadable, too long ago, or yet to come. */
function noticeTime(time: unknown, startedAtMilliseconds: number): number {
  const noticedAt = timeOf(time);
  const ago = startedAtMilliseconds - noticedAt;
  return ago >= 0 && ago <= longestAgoMilliseconds ? noticedAt : startedAtMilliseconds;
}

/** Of an ISO 8601 time, in epoch milliseconds; NaN of anything else. */
function timeOf(time: unknown): number {
  return typeof time === 'string' && /^\d{4}-\d\d-\d\dT/.test(time) ? Date.parse(time) : Number.NaN;
}

function invalid(what: string, value: unknown): InvalidEvent {
  return new InvalidEvent(`${what}: got ${JSON.stringify(value) ?? 'nothing'}. Give at least ${example}.`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
