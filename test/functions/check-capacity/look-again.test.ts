import { afterEach, describe, expect, it, test, vi } from 'vitest';
import type { Plan } from '../../../functions/capacity/plan.ts';
import {
  freshUntil,
  nextLookAt,
  sharedUntil,
  shortlyAfter,
  withoutHurry,
} from '../../../functions/check-capacity/look-again.ts';
import type { Ledger } from '../../../functions/ledger/interruption-table.ts';
import type { GroupNumbers } from '../../../functions/shared/contract.ts';
import { timestamp } from '../../../functions/shared/timestamps.ts';
import {
  actingSeconds,
  afterReclaimSeconds,
  aloneSeconds,
  dueJitterSeconds,
  dueShareSeconds,
  firstLaunchPolls,
  jitterSeconds,
  launchingPolls,
  longestSpreadSeconds,
  newcomerShareSeconds,
  roomPolls,
} from '../../../functions/shared/timing.ts';
import { interruptionOf } from '../../support/functions.ts';
import { groupNumbers, ledgerOf, reportOf } from '../../support/reports.ts';

const settings = { pollSeconds: 4 };
const noticedAt = Date.parse('2026-01-01T00:00:00Z');
const at = (seconds: number) => noticedAt + seconds * 1000;
/** Noticed at 0 s, to decide at 88 s, to be detached by 90 s and reclaimed at 120 s. */
const interruption = interruptionOf('i-00000000000000001', noticedAt);

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a look is fresh', () => {
  const plan: Plan = {
    usualSize: 2,
    floor: 2,
    serving: 2,
    interrupted: 1,
    noHeadroom: 0,
    changeBy: 0,
    surplus: 0,
    leave: [],
    gone: [],
    waitsFor: 'health checks',
    dueAtMilliseconds: undefined,
  };
  const leave = [{ instanceId: 'i-1', weight: 1, decrement: false, reason: 'deadline' }] as const;

  test.each<[string, Partial<Plan>, number]>([
    ['for a poll, while targets become healthy', {}, 4],
    ['for some polls, while replacements are being launched', { waitsFor: 'launches' }, launchingPolls * 4],
    ['for a part of a poll, where what serves makes room to raise', { waitsFor: 'room to raise' }, roomPolls * 4],
    ['for some more polls, once a raise is to be made', { changeBy: 2, waitsFor: 'launches' }, firstLaunchPolls * 4],
    ['shortly, where instances are to leave', { leave, waitsFor: 'launches' }, actingSeconds],
    ['shortly, where a raise is to be taken back', { changeBy: -1 }, actingSeconds],
    ['until the first of those that wait has to leave', { waitsFor: 'launches', dueAtMilliseconds: at(13) }, 3],
  ])('%s', (_, changes, seconds) => {
    expect(freshUntil({ ...plan, ...changes }, true, settings, at(10))).toBe(at(10 + seconds));
  });

  it('shortly, where a raise is to be made that the execution which looked does not make', () => {
    expect(freshUntil({ ...plan, changeBy: 2 }, false, settings, at(10))).toBe(at(10 + actingSeconds));
  });
});

describe('the one that looked looks again', () => {
  test.each([
    ['when its look is no longer fresh', 14, 10, 14],
    ['a little later, at random', 14, 10, 14 + jitterSeconds, almostOne()],
    ['exactly for its own decision', 87.9, 80, 88, almostOne()],
    ['exactly when the first one has to leave, where that is after its own decision', 89.2, 80, 89.2, almostOne()],
    ['in the last moment, where nobody it knows of has to leave before', 95, 80, 90 - aloneSeconds, almostOne()],
    ['now, where its look was not to be fresh for any time', 5, 10, 10],
    ['when its look is no longer fresh, once its own decision is past', 94, 90, 94],
    ['more slowly once EC2 has taken the instance', 121, 120, 120 + afterReclaimSeconds],
  ])('%s', (_, fresh, now, expected, random = 0) => {
    vi.spyOn(Math, 'random').mockReturnValue(random);
    expect(seconds(nextLookAt(interruption, at(fresh), at(now)))).toBe(expected);
  });
});

describe('an execution that found something in the way comes back', () => {
  test.each([
    ['half a second later at the earliest', 10, 0, 10.5],
    ['one and a half seconds later at the latest', 10, almostOne(), 11.5],
    ['exactly when its own decision is due', 87.5, almostOne(), 88],
    ['sooner, once that is past', 88, 0, 88 + dueJitterSeconds],
    ['sooner, at random, once that is past', 88, almostOne(), 88 + 2 * dueJitterSeconds],
  ])('%s', (_, now, random, expected) => {
    vi.spyOn(Math, 'random').mockReturnValue(random);
    expect(seconds(shortlyAfter(interruption, at(now)))).toBe(expected);
  });
});

describe('an execution whose instance has left, and which waits for others, comes back', () => {
  test.each([
    ['after its own time for a step that failed', 90, 90 + interruption.retrySeconds],
    ['more slowly once EC2 has taken the instance', 120, 120 + afterReclaimSeconds],
  ])('%s', (_, now, expected) => {
    expect(seconds(withoutHurry(interruption, at(now)))).toBe(expected);
  });
});

describe('the look of another execution', () => {
  it('is not needed where nobody has looked', () => {
    expect(shared(10, {})).toBeUndefined();
  });

  it('will do while it is fresh, for an execution that it knew of', () => {
    expect(shared(10, lookedAt(8, { freshFor: 4 }), { firstLook: 5 })).toBe(12);
  });

  it('will do a little longer, at random, so that not all of a storm look', () => {
    const look = lookedAt(8, { freshFor: 4, interrupted: 3 });
    expect(shared(10, look, { firstLook: 5, random: almostOne() })).toBe(12 + 3 * 4);
  });

  it('will do a minute longer at the most, however large the storm', () => {
    const look = lookedAt(8, { freshFor: 4, interrupted: 1000 });
    expect(shared(10, look, { firstLook: 5, random: almostOne() })).toBe(12 + longestSpreadSeconds);
  });

  it('will not do once it is no longer fresh', () => {
    expect(shared(12, lookedAt(8, { freshFor: 4 }), { firstLook: 5 })).toBeUndefined();
  });

  it('will do for a newcomer for a moment, so that a storm is looked at once', () => {
    expect(shared(9, lookedAt(8, { freshFor: 20 }))).toBe(8 + newcomerShareSeconds);
  });

  it('will do for one which has looked since as for a newcomer', () => {
    expect(shared(9, lookedAt(8, { freshFor: 20 }), { firstLook: 8.5 })).toBe(8 + newcomerShareSeconds);
  });

  it('will not do for a newcomer after that moment, for it does not know of it', () => {
    expect(shared(8 + newcomerShareSeconds, lookedAt(8, { freshFor: 20 }))).toBeUndefined();
  });

  it('does not keep an execution past its own decision', () => {
    const look = lookedAt(79, { freshFor: 8, interrupted: 1000 });
    expect(shared(80, look, { firstLook: 5, random: almostOne() })).toBe(88);
  });

  it('keeps it until the first one has to leave, where nobody has to before its own decision', () => {
    const look = lookedAt(79, { freshFor: 10, interrupted: 1000 });
    expect(shared(80, look, { firstLook: 5 })).toBe(89 + dueJitterSeconds);
    expect(shared(80, look, { firstLook: 5, random: almostOne() })).toBe(89 + 2 * dueJitterSeconds);
  });

  it('does not keep it past the last moment', () => {
    expect(shared(80, lookedAt(79, { freshFor: 20 }), { firstLook: 5 })).toBe(90 - aloneSeconds);
  });

  it('is waited for while it is made', () => {
    expect(shared(10, { lookingUntilMilliseconds: at(11) })).toBe(10.5);
  });

  it('is not waited for any longer than it can take', () => {
    expect(shared(12, { lookingUntilMilliseconds: at(11) })).toBeUndefined();
  });

  it("is waited for while another execution changes the group, for it would only be in that one's way", () => {
    expect(shared(10, { ...lookedAt(8, { freshFor: 1 }), ...heldUntil(20) }, { firstLook: 5 })).toBe(10.5);
  });

  it('is not waited for because of a lease of its own', () => {
    const ledger = { ...heldUntil(20), holder: interruption.executionArn };
    expect(shared(10, ledger)).toBeUndefined();
  });
});

describe('when its own decision is due, the look of another execution', () => {
  const lastMoment = 90 - aloneSeconds;

  it('will do while it is fresh, and a moment more, in which the one that looked takes the others along', () => {
    expect(shared(88, lookedAt(80, { freshFor: 9 }), { firstLook: 5 })).toBe(89 + dueJitterSeconds);
  });

  it('will do a moment longer, at random, so that not all of those that are due look', () => {
    const look = lookedAt(80, { freshFor: 9, interrupted: 1000 });
    expect(shared(88, look, { firstLook: 5, random: almostOne() })).toBe(89 + 2 * dueJitterSeconds);
  });

  test.each<[string, Who]>([
    ['has not looked', {}],
    ['has looked since', { firstLook: 87.8 }],
  ])('will not do for a newcomer, which %s, even while it is fresh: it does not know when that is due', (_, who) => {
    expect(shared(88, lookedAt(87.5, { freshFor: 20 }), who)).toBeUndefined();
  });

  it('will do for a newcomer while it is acted upon', () => {
    expect(shared(88, lookedAt(87.9, { freshFor: 20 }))).toBe(88 + dueJitterSeconds);
  });

  it('will do while it is acted upon, and may take it along', () => {
    const look = lookedAt(88.9 - dueShareSeconds, { freshFor: 0 });
    expect(shared(88.8, look, { firstLook: 5 })).toBe(88.8 + dueJitterSeconds);
    expect(shared(88.8, look, { firstLook: 5, random: almostOne() })).toBe(88.8 + 2 * dueJitterSeconds);
  });

  it('will not do once it should have been acted upon', () => {
    expect(shared(88.9, lookedAt(88.9 - dueShareSeconds, { freshFor: 0 }), { firstLook: 5 })).toBeUndefined();
  });

  it('will not do where it was its own, on which it has acted itself', () => {
    const look = lookedAt(88.9 - dueShareSeconds, { freshFor: 0, lookedBy: interruption.executionArn });
    expect(shared(88.8, look, { firstLook: 5 })).toBeUndefined();
  });

  it('is waited for while it is made', () => {
    expect(shared(88, { lookingUntilMilliseconds: at(89) })).toBe(88 + dueJitterSeconds);
  });

  it('is not waited for any longer than it can take', () => {
    expect(shared(88, { lookingUntilMilliseconds: at(87.9) })).toBeUndefined();
  });

  it('is not needed where nobody has looked', () => {
    expect(shared(88, {})).toBeUndefined();
  });

  test.each<[string, Partial<Ledger>]>([
    ['fresh', lookedAt(89.4, { freshFor: 4 })],
    ['acted upon', lookedAt(89.4, { freshFor: 0 })],
    ['made', { lookingUntilMilliseconds: at(91) }],
  ])('will not do in the last moment, even while it is %s', (_, ledger) => {
    expect(shared(lastMoment, ledger, { firstLook: 5 })).toBeUndefined();
  });
});

function almostOne(): number {
  return 1 - Number.EPSILON;
}

function seconds(milliseconds: number): number {
  return Math.round(milliseconds - noticedAt) / 1000;
}

interface Who {
  /** When the execution looked first; without it it has not looked. */
  readonly firstLook?: number;
  readonly random?: number;
}

/** Until when the execution shares what the ledger has, in seconds. */
function shared(now: number, ledger: Partial<Ledger>, { firstLook, random = 0 }: Who = {}): number | undefined {
  vi.spyOn(Math, 'random').mockReturnValue(random);
  const capacity = firstLook === undefined ? undefined : reportOf({ firstObservedAt: timestamp(at(firstLook)) });
  const handling = { interruption, ...(capacity && { capacity }) };
  const until = sharedUntil(handling, ledgerOf(ledger), settings, at(now));
  return until === undefined ? undefined : seconds(until);
}

function lookedAt(when: number, { freshFor, ...numbers }: { freshFor: number } & Partial<GroupNumbers>) {
  const group = groupNumbers({ lookedAt: timestamp(at(when)), ...numbers });
  return { look: { group, freshUntilMilliseconds: at(when + freshFor), targetHealthFailures: 0 } };
}

function heldUntil(when: number): Partial<Ledger> {
  return { holder: 'another execution', heldUntilMilliseconds: at(when) };
}
