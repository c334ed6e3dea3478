import { expect, test } from 'vitest';
import { withNotes } from '../../../functions/shared/departure-notes.ts';
import { leftNow } from '../../support/reports.ts';

const at = '2026-01-01T00:00:50.000Z';
const reclaimAt = '2026-01-01T00:02:00.000Z';

test.each([
  ['terminate', 300, { mayTakeSeconds: 300, secondsLeft: 70 }],
  ['terminate', 70, undefined],
  ['terminate', undefined, undefined],
  ['detach', 300, undefined],
] as const)('leaving by %s, 70 s before the reclaim, with a hook of %s s: cut off %o', (way, hookSeconds, expected) => {
  const noted = withNotes(leftNow({ at, way }), { reclaimAt, ...(hookSeconds !== undefined && { hookSeconds }) });
  expect(noted.hookMayBeCutOff).toEqual(expected);
});

test('an instance that left after its reclaim had no time left', () => {
  const noted = withNotes(leftNow({ at: '2026-01-01T00:02:01.000Z', way: 'terminate' }), {
    reclaimAt,
    hookSeconds: 30,
  });
  expect(noted.hookMayBeCutOff).toEqual({ mayTakeSeconds: 30, secondsLeft: 0 });
});
