import { describe, expect, it, test } from 'vitest';
import { outcomeOf, showsLastChange } from '../../../functions/shared/group-lease.ts';

const changedAtMilliseconds = 1_000_000;
const soon = changedAtMilliseconds + 4_999;
const later = changedAtMilliseconds + 5_000;

describe('the outcome of a change that nobody noted', () => {
  const raise = { instanceId: 'i-1', from: 2, to: 3 };
  const lowering = { instanceId: 'i-1', from: 3, to: 2 };

  test.each([
    ['a raise that shows took effect', raise, 3, soon, 'took effect'],
    ['a raise beyond which the group was set took effect', raise, 4, soon, 'took effect'],
    ['a raise that does not show may be too young to', raise, 2, soon, 'unknown'],
    ['a raise that does not show after every stale read did not take effect', raise, 2, later, 'did not take effect'],
    ['a lowering that shows took effect', lowering, 2, soon, 'took effect'],
    ['a lowering that does not show may be too young to', lowering, 3, soon, 'unknown'],
    [
      'a lowering that does not show after every stale read did not take effect',
      lowering,
      3,
      later,
      'did not take effect',
    ],
  ])('%s', (_, change, desiredCapacity, now, outcome) => {
    expect(outcomeOf(change, { changedAtMilliseconds }, desiredCapacity, now)).toBe(outcome);
  });
});

describe('a snapshot after a change under the lease', () => {
  const lease = { changedAtMilliseconds, settledDesiredCapacity: 3 };

  it('is trusted when it shows what the group was set to', () => {
    expect(showsLastChange(lease, 3, soon)).toBe(true);
  });

  it('is not trusted when it shows something else right after', () => {
    expect(showsLastChange(lease, 2, soon)).toBe(false);
  });

  it('is trusted after every stale read: somebody else changed the group', () => {
    expect(showsLastChange(lease, 2, later)).toBe(true);
  });

  it('is not trusted while it is not known what the group was set to', () => {
    expect(showsLastChange({ changedAtMilliseconds }, 3, soon)).toBe(false);
  });

  it('is trusted in a group that was never changed', () => {
    expect(showsLastChange({}, 3, soon)).toBe(true);
  });
});
