import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { readNotice } from '../../../functions/describe-instance/notice.ts';

const execution = {
  arn: 'arn:aws:states:us-east-2:123456789012:execution:spot:1',
  startedAt: '2026-01-01T00:01:00.000Z',
};
const detail = { 'instance-id': 'i-1234567890abcdef0', 'instance-action': 'terminate' };

describe('the time of the notice', () => {
  test.each([
    ['the event says so', '2026-01-01T00:00:59Z', '2026-01-01T00:00:59.000Z'],
    ['it is the placeholder of the sample event', 'yyyy-mm-ddThh:mm:ssZ', execution.startedAt],
    ['it is missing', undefined, execution.startedAt],
    ['it is no string', 1767225659, execution.startedAt],
    ['it is more than two minutes ago', '2025-12-31T23:58:59Z', execution.startedAt],
    ['it is two minutes ago', '2025-12-31T23:59:00Z', '2025-12-31T23:59:00.000Z'],
    ['it is yet to come', '2026-01-01T00:05:00Z', execution.startedAt],
  ])('where %s', (_, time, expected) => {
    const { noticedAtMilliseconds } = readNotice({ event: { time, detail }, execution });
    expect(new Date(noticedAtMilliseconds).toISOString()).toBe(expected);
  });
});

describe('the reclaim', () => {
  const twoMinutesLater = '2026-01-01T00:02:59.000Z';

  test.each([
    ['the event says when', '2026-01-01T00:02:40Z', '2026-01-01T00:02:40.000Z'],
    ['it says a later time than usual', '2026-01-01T00:05:00Z', '2026-01-01T00:05:00.000Z'],
    ['it says nothing', undefined, twoMinutesLater],
    ['it is the placeholder of the sample event', 'yyyy-mm-ddThh:mm:ssZ', twoMinutesLater],
    ['it is past', '2026-01-01T00:00:59Z', twoMinutesLater],
    ["it is too far away to be this notice's", '2026-01-01T00:30:00Z', twoMinutesLater],
  ])('where %s', (_, terminationTime, expected) => {
    const event = { time: '2026-01-01T00:00:59Z', detail: { ...detail, 'instance-termination-time': terminationTime } };
    const { reclaimAtMilliseconds } = readNotice({ event, execution });
    expect(new Date(reclaimAtMilliseconds).toISOString()).toBe(expected);
  });
});

it('tells by the type of the event what is interrupted', () => {
  const signalOf = (type: string) => readNotice({ event: { 'detail-type': type, detail }, execution }).signal;
  expect([
    signalOf('EC2 Spot Instance Interruption Warning'),
    signalOf('EC2 Capacity Reservation Instance Interruption Warning'),
    signalOf('EC2 Interruptible Capacity Reservation Instance Interruption Warning'),
    signalOf('a test of ours'),
  ]).toEqual([
    'Spot interruption',
    'Capacity Reservation interruption',
    'Capacity Reservation interruption',
    'Spot interruption',
  ]);
});

it('reads the sample event of a Capacity Reservation as it stands', () => {
  const event: unknown = JSON.parse(readFileSync('events/capacity-reservation-interruption.json', 'utf8'));
  expect(readNotice({ event, execution })).toMatchObject({
    signal: 'Capacity Reservation interruption',
    instanceAction: 'terminate',
    reclaimAtMilliseconds: Date.parse(execution.startedAt) + 120_000,
  });
});

it('reads the sample event as it stands', () => {
  const event: unknown = JSON.parse(readFileSync('events/spot-interruption.json', 'utf8'));
  expect(readNotice({ event, execution })).toMatchObject({
    instanceId: 'i-1234567890abcdef0',
    instanceAction: 'action',
  });
});

it('reads the minimal event', () => {
  const event: unknown = JSON.parse(readFileSync('events/minimal.json', 'utf8'));
  expect(readNotice({ event, execution })).toMatchObject({
    instanceId: 'i-1234567890abcdef0',
    instanceAction: 'unknown',
  });
});

it('takes the short ids of old instances', () => {
  expect(readNotice({ event: { detail: { 'instance-id': 'i-1a2b3c4d' } }, execution }).instanceId).toBe('i-1a2b3c4d');
});

describe('refuses with InvalidEvent', () => {
  test.each([
    ['no object', 'i-1234567890abcdef0', 'The input is not an object: got "i-1234567890abcdef0".'],
    ['an array', [], 'The input is not an object: got [].'],
    ['nothing', undefined, 'The input is not an object: got nothing.'],
    ['an event without detail', {}, 'The event has no object "detail": got nothing.'],
    ['a detail without instance id', { detail: {} }, 'The event has no valid "detail.instance-id": got nothing.'],
    [
      'an id that is none',
      { detail: { 'instance-id': 'i-123' } },
      'The event has no valid "detail.instance-id": got "i-123".',
    ],
    [
      'an id that is no string',
      { detail: { 'instance-id': 1 } },
      'The event has no valid "detail.instance-id": got 1.',
    ],
  ])('%s', (_, event, message) => {
    const refused = expect.objectContaining({ name: 'InvalidEvent', message: expect.stringContaining(message) });
    expect(() => readNotice({ event, execution })).toThrow(refused);
  });
});
