import type { DescribeInstanceInput } from '../shared/contract.ts';
import { InvalidEvent } from '../shared/errors.ts';

/** What an event says, made sure of. */
export interface Notice {
  readonly instanceId: string;
  readonly instanceAction: string;
  readonly executionArn: string;
  readonly noticedAtMilliseconds: number;
}

/** A notice is of use for two minutes; a time longer ago is that of a sample event. */
const longestAgoMilliseconds = 120_000;

const example = '{"detail": {"instance-id": "i-1234567890abcdef0"}}';

/**
 * Reads an "EC2 Spot Instance Interruption Warning", or as little of one as names an instance.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html
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
  return {
    instanceId,
    instanceAction: typeof instanceAction === 'string' ? instanceAction : 'unknown',
    executionArn: execution.arn,
    noticedAtMilliseconds: noticeTime(event.time, Date.parse(execution.startedAt)),
  };
}

/** The event's time, unless it cannot be this notice's: missing, unreadable, too long ago, or yet to come. */
function noticeTime(time: unknown, startedAtMilliseconds: number): number {
  const noticedAt = typeof time === 'string' && /^\d{4}-\d\d-\d\dT/.test(time) ? Date.parse(time) : Number.NaN;
  const ago = startedAtMilliseconds - noticedAt;
  return ago >= 0 && ago <= longestAgoMilliseconds ? noticedAt : startedAtMilliseconds;
}

function invalid(what: string, value: unknown): InvalidEvent {
  return new InvalidEvent(`${what}: got ${JSON.stringify(value) ?? 'nothing'}. Give at least ${example}.`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
