import { readNotice } from '../../functions/describe-instance/notice.ts';
import { InvalidEvent } from '../../functions/shared/errors.ts';
import { timestamp } from '../../functions/shared/timestamps.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../simulator/json.ts';
import { readEvent, UnreadableEvent } from '../../simulator/scenarios/event-file.ts';
import { Refusal } from '../account/problems.ts';
import type { EventSource } from './command-line.ts';

/** What the execution is started with. */
export interface NoticeEvent {
  readonly instanceId: string;
  /** When the notice was given, in epoch milliseconds. */
  readonly noticedAtMilliseconds: number;
  readonly event: JsonObject;
}

/**
 * The event as EC2 would send it, its time filled in with now, unless the event's own is less than two minutes ago: then
 * it tells when the instance is reclaimed.
 * @throws Refusal when the file cannot be read, or names no instance.
 */
export function noticeEvent(source: EventSource, nowMilliseconds: number): NoticeEvent {
  try {
    const event = 'instanceId' in source ? interruptionWarning(source.instanceId) : readEvent(source.eventPath);
    // The rule of DescribeInstance itself, so that what it would refuse is not started at all.
    const notice = readNotice({ event, execution: { arn: '', startedAt: timestamp(nowMilliseconds) } });
    const { instanceId, noticedAtMilliseconds } = notice;
    return { instanceId, noticedAtMilliseconds, event: withTime(event, noticedAtMilliseconds) };
  } catch (error) {
    if (error instanceof UnreadableEvent) throw new Refusal(error.message);
    if (error instanceof InvalidEvent && 'eventPath' in source) {
      throw new Refusal(`The event file ${source.eventPath} is no notice. ${error.message}`);
    }
    throw error;
  }
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html */
function interruptionWarning(instanceId: string): JsonObject {
  return {
    source: 'aws.ec2',
    'detail-type': 'EC2 Spot Instance Interruption Warning',
    detail: { 'instance-id': instanceId, 'instance-action': 'terminate' },
  };
}

function withTime(event: JsonValue, milliseconds: number): JsonObject {
  return { ...(isJsonObject(event) ? event : {}), time: timestamp(milliseconds) };
}
