import { expect, test } from 'vitest';
import { withNotes } from '../../../functions/shared/departure-notes.ts';
import { leftNow } from '../../support/reports.ts';

const instanceId = 'i-1234567890abcdef0';
const at = '2026-01-01T00:00:50.000Z';
const reclaimAt = '2026-01-01T00:02:00.000Z';

test.each([
  ['terminate', 300, { mayTakeSeconds: 300, secondsLeft: 70 }],
  ['terminate', 70, undefined],
  ['terminate', undefined, undefined],
  ['detach', 300, undefined],
] as const)('leaving by %s, 70 s before the reclaim, with a hook of %s s: cut off %o', (way, hookSeconds, expected) => {
  const noted = withNotes(leftNow({ at, way }), {
    instanceId,
    reclaimAt,
    ...(hookSeconds !== undefined && { hookSeconds }),
  });
  expect(noted.hookMayBeCutOff).toEqual(expected);
});

test('an instance that left after its reclaim had no time left', () => {
  const noted = withNotes(leftNow({ at: '2026-01-01T00:02:01.000Z', way: 'terminate' }), {
    instanceId,
    reclaimAt,
    hookSeconds: 30,
  });
  expect(noted.hookMayBeCutOff).toEqual({ mayTakeSeconds: 30, secondsLeft: 0 });
});

test.each([
  ['detach', 'aws ec2 terminate-instances --instance-ids i-1234567890abcdef0'],
  ['terminate', undefined],
] as const)('leaving by %s, it is said how to end it where EC2 does not: %s', (way, expected) => {
  expect(withNotes(leftNow({ at, way }), { instanceId, reclaimAt }).ifNotReclaimed).toBe(expected);
});

test('of an instance that was gone already nothing is said', () => {
  const left = leftNow({ at, reason: 'was gone already' });
  expect(withNotes(left, { instanceId, reclaimAt })).toEqual(left);
});
