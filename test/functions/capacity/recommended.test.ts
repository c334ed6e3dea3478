import { describe, expect, it, test } from 'vitest';
import { type Group, idOf, type Member, planOf, times } from './situations.ts';

const serving: Member = {};
/** Recommended at the given second. */
const recommended = (noticed = 0): Member => ({ noticed, recommended: true });

const plan = (group: Group, budget = '10%') => planOf({ rebalanceBudget: budget, ...group });
const leaving = (group: Group, budget?: string) => plan(group, budget).leave.map(({ instanceId }) => instanceId);

describe('the raise on a recommendation', () => {
  it("is the instance's weight on top of the usual size, whatever the floor", () => {
    expect(plan({ members: [recommended(), ...times(9, serving)], floor: '50%' }).changeBy).toBe(1);
  });

  it('is none where recommendations are ignored', () => {
    const members = [recommended(), ...times(9, serving)];
    expect(planOf({ members })).toMatchObject({ changeBy: 0, leave: [], interrupted: 0 });
  });

  it('is made once', () => {
    const members = [recommended(), ...times(10, serving)];
    expect(plan({ members: [recommended(), ...times(9, serving)], desired: 11, raised: 1 }).changeBy).toBe(0);
    expect(plan({ members, desired: 11, raised: 1 }).changeBy).toBe(0);
  });

  it('comes after those of the interrupted, in the room that they leave', () => {
    const members = [recommended(), { noticed: 0 }, ...times(8, serving)];
    expect(plan({ members, max: 12 }).changeBy).toBe(2);
    expect(plan({ members, max: 11 }).changeBy).toBe(1);
  });

  it('is not made again where somebody else has voided it', () => {
    expect(plan({ members: [recommended(), ...times(9, serving)], voidedAt: 5 }).changeBy).toBe(0);
  });

  it('is a surplus when the recommendation is given up', () => {
    const members = [recommended(-100), ...times(9, serving)];
    expect(plan({ members, desired: 11, raised: 1 })).toMatchObject({ surplus: 1, leave: [] });
  });
});

describe('leaving on a recommendation', () => {
  it('waits until as many serve without it as is usual', () => {
    expect(leaving({ members: [recommended(), ...times(9, serving)], desired: 11, raised: 1 })).toEqual([]);
    const members = [recommended(), ...times(10, serving)];
    expect(plan({ members, desired: 11, raised: 1 }).leave).toEqual([
      { instanceId: idOf(0), weight: 1, decrement: true, reason: 'replaced on a recommendation' },
    ]);
  });

  it('waits while it is not known what serves', () => {
    const members = [recommended(), ...times(10, serving)];
    expect(leaving({ members, desired: 11, raised: 1, isServingKnown: false })).toEqual([]);
  });

  it('waits even if it does not serve itself', () => {
    const members = [{ ...recommended(), healthyTarget: false }, ...times(9, serving)];
    expect(leaving({ members, desired: 11, raised: 1 })).toEqual([]);
  });

  it('gives way to those that are interrupted', () => {
    const members = [recommended(), { noticed: 5 }, ...times(9, serving)];
    expect(leaving({ members, desired: 12, raised: 2 })).toEqual([idOf(1)]);
  });

  it('is never for want of time, nor in a wave', () => {
    const members = [recommended(-89.9), ...times(9, serving)];
    expect(leaving({ members, max: 10 })).toEqual([]);
  });
});

test.each([
  ['10%', 30, 3],
  ['10%', 19, 1],
  ['10%', 3, 1],
  ['100%', 4, 4],
  ['2', 30, 2],
  ['0', 30, 1],
])('a budget of %s of %i replaces %i at a time', (budget, instances, expected) => {
  expect(plan({ members: times(instances, recommended()) }, budget).changeBy).toBe(expected);
});

it('replaces in the order of the recommendations', () => {
  const members = [recommended(8), recommended(2), ...times(9, serving)];
  expect(leaving({ members, desired: 11, raised: 1 })).toEqual([idOf(1)]);
});

it('looks no more often than for launches while nothing is on its way', () => {
  const members = [recommended(), ...times(9, serving)];
  expect(plan({ members, max: 10 }).waitsFor).toBe('launches');
});
