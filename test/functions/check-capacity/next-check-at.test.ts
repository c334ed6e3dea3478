import { expect, test } from 'vitest';
import { nextCheckAt, pollSecondsFor } from '../../../functions/check-capacity/check-capacity.ts';

const interruption = { decideBy: '2026-01-01T00:01:25.000Z', reclaimAt: '2026-01-01T00:02:00.000Z' };

test.each([
  ['a poll later, as long as that is before the last decision', '00:00:10.000', '00:00:14.000'],
  ['exactly when the last decision is due', '00:01:23.000', '00:01:25.000'],
  ['a poll later again once that is past', '00:01:25.000', '00:01:29.000'],
  ['more slowly once EC2 has taken the instance', '00:02:00.000', '00:02:15.000'],
])('looks again %s', (_, now, next) => {
  const at = nextCheckAt(interruption, Date.parse(`2026-01-01T${now}Z`), 4);
  expect(at).toBe(`2026-01-01T${next}Z`);
});

test.each([
  // in service, expected, required: seconds
  [1, 1, 1, 4, 'peers in service that are not healthy yet'],
  [0, 1, 1, 12, 'peers that are still being launched'],
  [0, 0, 1, 4, 'a group that nobody has been able to raise yet'],
])(
  'of %i in service and %i expected for %i required, looks again after %i s: %s',
  (inService, expectedPeers, requiredPeers, seconds) => {
    expect(pollSecondsFor({ expectedPeers, requiredPeers }, inService, { pollSeconds: 4 })).toBe(seconds);
  },
);
