import { describe, expect, it, test } from 'vitest';
import { dueAt, type Plan } from '../../../functions/capacity/plan.ts';
import {
  decideSeconds,
  departuresPerSecond,
  detachCallSeconds,
  jitterSeconds,
  mostInstancesACall,
  outageSeconds,
} from '../../../functions/shared/timing.ts';
import { at, drainedBySeconds, type Group, idOf, type Member, planOf, times } from './situations.ts';

/** Instances of a group. All of those that are interrupted were noticed at 0 s, unless a test says otherwise. */
const peer: Member = {};
const doomed: Member = { noticed: 0 };
const launching: Member = { phase: 'pending' };
const initial: Member = { healthyTarget: false };
const goneBefore: Member = {
  noticed: 0,
  phase: 'detaching',
  left: { at: '', by: '', reason: 'gave way at MaxSize', decremented: false },
};

describe('a raise', () => {
  it('is made once for all that are short', () => {
    expect(planOf({ members: [...times(3, doomed), ...times(7, peer)] }).changeBy).toBe(3);
  });

  it('goes up to MaxSize, and no further', () => {
    expect(planOf({ members: times(10, doomed), max: 14 }).changeBy).toBe(4);
  });

  it('is not made where the floor holds without those that leave', () => {
    expect(planOf({ members: [...times(3, doomed), ...times(7, peer)], floor: '50%' }).changeBy).toBe(0);
  });

  it('is made for what the floor lacks, not for every instance', () => {
    expect(
      planOf({ members: [...times(8, doomed), ...times(2, peer)], floor: '50%', isServingKnown: false }),
    ).toMatchObject({ floor: 5, changeBy: 3 });
  });

  it('is made for those that were noticed since the last one', () => {
    const members = [...times(3, doomed), ...times(7, peer), launching, launching];
    expect(planOf({ members, raised: 2 }).changeBy).toBe(1);
  });

  it('is not made again while it brings its instances', () => {
    expect(planOf({ members: [doomed, peer, launching], raised: 1 }).changeBy).toBe(0);
  });

  it('is as large as the weights of those that are short', () => {
    expect(planOf({ members: [{ noticed: 0, weight: 4 }, { noticed: 0, weight: 2 }, { weight: 3 }] }).changeBy).toBe(6);
  });

  it('is made in whole instances, so that each can take its raise along', () => {
    expect(planOf({ members: [{ noticed: 0, weight: 3 }, { weight: 3 }], floor: '4' }).changeBy).toBe(3);
  });

  it('is made for an instance that is interrupted before it is in service', () => {
    expect(planOf({ members: [{ phase: 'pending', noticed: 0 }, peer] }).changeBy).toBe(1);
  });

  it('is not made for an instance in Standby, which is not in DesiredCapacity', () => {
    const members: Member[] = [{ phase: 'standby', noticed: 0 }, peer];
    expect(planOf({ members, isServingKnown: false }).changeBy).toBe(0);
  });

  it('is not made while Launch is suspended', () => {
    expect(planOf({ members: [doomed, peer], canLaunch: false }).changeBy).toBe(0);
  });

  test.each([
    ['is made as long as a step that hangs would not keep the instance past its deadline', 0.1, 1],
    ['is not made once a step that hangs could keep the instance past its deadline', 0, 0],
  ])('%s', (_, before, changeBy) => {
    const now = drainedBySeconds - outageSeconds - before;
    expect(planOf({ members: [doomed, peer], now }).changeBy).toBe(changeBy);
  });

  it('is made for those that still have the time, where others have not', () => {
    const now = drainedBySeconds - outageSeconds;
    expect(planOf({ members: [doomed, { noticed: 60 }, peer], now }).changeBy).toBe(1);
  });

  it('is made for those that still have the time, where the raise for others has not brought anything yet', () => {
    const now = drainedBySeconds - outageSeconds;
    expect(planOf({ members: [doomed, { noticed: 60 }, peer], desired: 4, raised: 1, now }).changeBy).toBe(1);
  });

  it('does not count as what the group usually is', () => {
    expect(planOf({ members: [doomed, peer, launching], raised: 1 })).toMatchObject({ usualSize: 2, floor: 2 });
  });

  it('leaves a group alone that is scaled in to nothing', () => {
    expect(planOf({ members: [doomed], desired: 0 })).toMatchObject({ floor: 0, changeBy: 0 });
  });
});

describe('an instance leaves', () => {
  it('at the first look at which the floor holds without it', () => {
    expect(leaversOf({ members: [doomed, peer, peer], raised: 1 })).toEqual([[idOf(0), 'the floor holds without it']]);
  });

  it('not while the floor does not hold without it', () => {
    expect(leaversOf({ members: [doomed, peer, launching], raised: 1 })).toEqual([]);
  });

  it('as soon as some of the replacements serve, without waiting for all of them', () => {
    const members = [...times(3, doomed), ...times(7, peer), peer, launching, launching];
    expect(leaversOf({ members, raised: 3 })).toHaveLength(1);
  });

  it('while others of its storm serve on, for they count until they leave', () => {
    expect(leaversOf({ members: [...times(6, doomed), ...times(4, peer)], floor: '50%' })).toHaveLength(5);
  });

  it('first where its deadline is first', () => {
    const members = [{ noticed: 5 }, { noticed: 0 }, { noticed: 3 }, peer, peer];
    expect(idsOf(planOf({ members, floor: '60%' }))).toEqual([idOf(1), idOf(2)]);
  });

  it('in the same order at every look, where deadlines are the same', () => {
    expect(idsOf(planOf({ members: times(4, doomed), floor: '2' }))).toEqual([idOf(0), idOf(1)]);
  });

  test.each<[string, Member]>([
    ['its target is not healthy', { noticed: 0, healthyTarget: false }],
    ['it is unhealthy', { noticed: 0, healthy: false }],
    ['it is in Standby', { noticed: 0, phase: 'standby' }],
  ])('at once where it serves nobody: %s', (_, member) => {
    expect(leaversOf({ members: [member, ...times(3, peer)] })).toEqual([[idOf(0), 'the floor holds without it']]);
  });

  test.each<[string, Member]>([
    ['unhealthy', { healthy: false }],
    ['with a target that is not healthy', initial],
    ['pending', launching],
    ['in Standby', { phase: 'standby' }],
    ['terminating', { phase: 'terminating' }],
    ['detaching', { phase: 'detaching' }],
    ['in the warm pool', { phase: 'warm' }],
  ])('not while the one that would take its place is %s', (_, member) => {
    expect(leaversOf({ members: [doomed, peer, member], raised: 1, desired: 3 })).toEqual([]);
  });

  it('not before the group lets it: pending instances cannot be detached', () => {
    const members: Member[] = [{ phase: 'pending', noticed: 0 }, peer];
    expect(leaversOf({ members, now: 100 })).toEqual([]);
  });

  it('not again, though the snapshot is too old to show that it left', () => {
    const left = { at: '', by: '', reason: 'the floor holds without it', decremented: true } as const;
    const members = [{ noticed: 0, left }, doomed, peer, peer, peer];
    expect(planOf({ members, desired: 4, raised: 1 })).toMatchObject({
      serving: 4,
      interrupted: 1,
      leave: [{ instanceId: idOf(1) }],
    });
  });

  it('before a heavier one whose weight the group cannot do without yet', () => {
    const members = [{ noticed: 0, weight: 4 }, { noticed: 1, weight: 2 }, { weight: 4 }, { weight: 2 }];
    expect(idsOf(planOf({ members, desired: 12, raised: 2, floor: '10' }))).toEqual([idOf(1)]);
  });
});

describe('at its deadline', () => {
  const dueIn = (rank: number, interrupted: number, lookSeconds = 0.1) =>
    dueAt(drainedBySeconds * 1000, rank, interrupted, lookSeconds) / 1000;
  const due = dueIn(0, 1);

  it('an instance leaves whatever serves', () => {
    expect(leaversOf({ members: [doomed, peer], now: due })).toEqual([[idOf(0), 'deadline']]);
  });

  it('an instance leaves no sooner', () => {
    expect(leaversOf({ members: [doomed, launching], raised: 1, now: due - 0.01 })).toEqual([]);
  });

  test.each([
    ['in time for the call, where calls are quick', 0.1, detachCallSeconds + 0.3],
    ['earlier, where the look was slow', 0.4, detachCallSeconds + 1.2],
    ['when it decides at the earliest, however slow the look was', 4, decideSeconds + jitterSeconds],
  ])('an instance leaves %s', (_, lookSeconds, seconds) => {
    expect(drainedBySeconds - dueIn(0, 1, lookSeconds)).toBeCloseTo(seconds);
    const situation = { members: [doomed, peer], lookSeconds };
    expect(leaversOf({ ...situation, now: dueIn(0, 1, lookSeconds) })).toHaveLength(1);
  });

  it('all leave together that fit into one call', () => {
    const members = times(mostInstancesACall, doomed);
    expect(leaversOf({ members, now: due })).toHaveLength(mostInstancesACall);
    expect(leaversOf({ members, isServingKnown: false, now: due - 0.01 })).toEqual([]);
  });

  it('the later ones of a large storm leave earlier, so that all of their calls fit in', () => {
    const members = times(2 * departuresPerSecond, doomed);
    const first = dueIn(0, members.length);
    expect(leaversOf({ members, isServingKnown: false, now: first })).toHaveLength(members.length);
    expect(leaversOf({ members, isServingKnown: false, now: first - 1.5 })).toHaveLength(departuresPerSecond / 2);
  });

  it('the rest of a large storm leave earlier, too: the executions of those that have left look as well', () => {
    const gone: Member = {
      noticed: 0,
      phase: 'detaching',
      left: { at: '', by: '', reason: 'deadline', decremented: false },
    };
    const members = [...times(mostInstancesACall, gone), doomed, launching];
    const now = dueIn(0, mostInstancesACall + 1);
    expect(leaversOf({ members, raised: 1, now })).toEqual([[idOf(mostInstancesACall), 'deadline']]);
  });

  it('an instance takes its raise along, that nobody else needs', () => {
    expect(planOf({ members: [doomed, launching], raised: 1, now: due }).leave).toMatchObject([{ decrement: true }]);
  });

  it('those whose time is not up stay', () => {
    const members = [doomed, { noticed: 60 }, launching, launching];
    expect(idsOf(planOf({ members, raised: 2, now: due }))).toEqual([idOf(0)]);
  });

  it('is what those that wait wait for at the most', () => {
    const plan = planOf({ members: [{ noticed: 3 }, doomed, launching, launching], raised: 2 });
    expect(plan.dueAtMilliseconds).toBe(at(dueIn(0, 2)));
  });

  it('nobody waits for a deadline that is past, of an instance that cannot be detached', () => {
    const members: Member[] = [{ phase: 'pending', noticed: 0 }, peer];
    expect(planOf({ members, now: due + 1 }).dueAtMilliseconds).toBeUndefined();
  });

  it('nobody waits where all leave', () => {
    expect(planOf({ members: [doomed, peer, peer], raised: 1 }).dueAtMilliseconds).toBeUndefined();
  });
});

describe('DesiredCapacity goes down with an instance that leaves', () => {
  it('by the raise that was for it', () => {
    expect(decrementsOf({ members: [doomed, peer, peer], raised: 1 })).toEqual([true]);
  });

  it('for all of them, once everybody can leave', () => {
    expect(decrementsOf({ members: [...times(3, doomed), ...times(3, peer)], raised: 3 })).toEqual(times(3, true));
  });

  it('while the raise for those that stay is kept', () => {
    const plan = planOf({ members: [doomed, doomed, peer, launching], raised: 2 });
    expect(plan).toMatchObject({ leave: [{ instanceId: idOf(0), decrement: true }], changeBy: 0 });
  });

  it('not where those that stay need all that could be raised', () => {
    expect(decrementsOf({ members: [doomed, doomed, peer], raised: 1, max: 3 })).toEqual([false]);
  });

  it('not where nothing was raised: the group is to replace it', () => {
    expect(decrementsOf({ members: [doomed, ...times(9, peer)], floor: '90%' })).toEqual([false]);
  });

  it('by no more than what was raised', () => {
    expect(decrementsOf({ members: [...times(2, doomed), ...times(8, peer)], raised: 1, floor: '50%' })).toEqual([
      true,
      false,
    ]);
  });

  it('never below MinSize', () => {
    expect(decrementsOf({ members: [doomed, peer, peer], min: 3, raised: 1 })).toEqual([false]);
  });

  it('not with one in Standby, which is not in it', () => {
    expect(decrementsOf({ members: [{ phase: 'standby', noticed: 0 }, peer, peer], raised: 1 })).toEqual([false]);
  });

  it('with those whose weight fits into what was raised', () => {
    const members = [{ noticed: 0, weight: 3 }, { noticed: 1, weight: 2 }, ...times(5, peer)];
    expect(decrementsOf({ members, raised: 2, floor: '5' })).toEqual([false, true]);
  });
});

describe('a group at MaxSize', () => {
  it('has its only instance give way, for the group to launch another', () => {
    expect(leaversOf({ members: [doomed], max: 1 })).toEqual([[idOf(0), 'gave way at MaxSize']]);
  });

  test.each([
    [2, 1],
    [3, 2],
    [10, 5],
  ])('of %i interrupted instances, has %i give way', (instances, leaving) => {
    expect(planOf({ members: times(instances, doomed), max: instances }).leave).toHaveLength(leaving);
  });

  it('has those give way whose deadlines are first', () => {
    const members = [{ noticed: 2 }, { noticed: 0 }, { noticed: 1 }, { noticed: 3 }];
    expect(idsOf(planOf({ members, max: 4 }))).toEqual([idOf(1), idOf(2)]);
  });

  it('replaces those that give way: DesiredCapacity stays', () => {
    expect(decrementsOf({ members: times(2, doomed), max: 2 })).toEqual([false]);
  });

  it('has nobody give way while the replacements of the last wave are launched', () => {
    expect(leaversOf({ members: [doomed, launching], max: 2 })).toEqual([]);
  });

  it('has nobody give way while the replacements of the last wave have no healthy targets', () => {
    const members = [goneBefore, doomed, initial];
    expect(leaversOf({ members, desired: 2, max: 2 })).toEqual([]);
  });

  it.each<[string, Partial<Group>]>([
    ['was raised for', { raised: 1 }],
    ['was raised for, until somebody else changed DesiredCapacity', { voidedAt: 5 }],
  ])('has nobody give way while a replacement that %s has no healthy target', (_, changes) => {
    expect(leaversOf({ members: [doomed, doomed, initial], max: 3, floor: '3', ...changes })).toEqual([]);
  });

  it('has the first wave give way even beside an instance that does not serve, and perhaps never will', () => {
    expect(leaversOf({ members: [doomed, doomed, initial], max: 3 })).toEqual([[idOf(0), 'gave way at MaxSize']]);
  });

  it('has nobody give way before the replacements of the last wave show', () => {
    expect(leaversOf({ members: [doomed], desired: 2, max: 2 })).toEqual([]);
  });

  it('has the next wave give way when the replacements of the last one serve', () => {
    expect(leaversOf({ members: [doomed, peer], max: 2 })).toEqual([[idOf(0), 'gave way at MaxSize']]);
  });

  it('makes what raise fits first, and lets nobody give way meanwhile', () => {
    const plan = planOf({ members: times(4, doomed), max: 5 });
    expect([plan.changeBy, plan.leave]).toEqual([1, []]);
  });

  it('lets as many leave as the raise that fits has brought, and nobody give way in the same look', () => {
    expect(leaversOf({ members: [...times(4, doomed), peer], max: 5, raised: 1 })).toEqual([
      [idOf(0), 'the floor holds without it'],
    ]);
  });

  it('has nobody give way in the same look in which an instance in Standby leaves', () => {
    expect(idsOf(planOf({ members: [{ phase: 'standby', noticed: 0 }, doomed], max: 1 }))).toEqual([idOf(0)]);
  });

  it('keeps the raise that fits for those that stay', () => {
    expect(decrementsOf({ members: [...times(4, doomed), peer], max: 5, raised: 1 })).toEqual([false]);
  });

  it('has nobody give way while Launch is suspended, for nobody would come', () => {
    expect(leaversOf({ members: times(2, doomed), max: 2, canLaunch: false })).toEqual([]);
  });

  it('has nobody give way who cannot be detached yet', () => {
    expect(leaversOf({ members: [{ phase: 'pending', noticed: 0 }], max: 1 })).toEqual([]);
  });

  it('has half of the capacity give way that has no replacement, in a weighted group', () => {
    const members = [
      { noticed: 0, weight: 4 },
      { noticed: 1, weight: 2 },
      { noticed: 2, weight: 2 },
    ];
    expect(idsOf(planOf({ members, max: 8 }))).toEqual([idOf(0)]);
  });

  it('has nobody give way where the floor holds without', () => {
    expect(leaversOf({ members: [doomed, peer], max: 2, floor: '1' })).toEqual([
      [idOf(0), 'the floor holds without it'],
    ]);
  });
});

describe('the capacity without a replacement on its way', () => {
  test.each<[string, Group, number]>([
    ['is nothing where there is room to raise', { members: times(4, doomed), max: 8 }, 0],
    ['is what MaxSize leaves no room for', { members: times(4, doomed), max: 5 }, 3],
    ['is everybody interrupted at MaxSize', { members: times(4, doomed), max: 4 }, 4],
    ['is nothing that the group can do without', { members: times(4, doomed), max: 4, floor: '50%' }, 2],
    ['is counted in the units of a weighted group', { members: [{ noticed: 0, weight: 3 }], max: 3 }, 3],
    [
      'stays the same while the raise that fits is outstanding',
      { members: times(4, doomed), desired: 5, raised: 1, max: 5 },
      3,
    ],
  ])('%s', (_, group, noHeadroom) => {
    expect(planOf({ ...group, isServingKnown: false }).noHeadroom).toBe(noHeadroom);
  });
});

describe("somebody else's change of DesiredCapacity", () => {
  /** One of two was raised for, 2 → 3; a policy has set 2 since. */
  const voided: Group = { members: [doomed, peer, peer], desired: 2, voidedAt: 5 };

  it('is not raised again for those that were noticed before it', () => {
    expect(planOf(voided).changeBy).toBe(0);
  });

  it('is raised for those that were noticed after it', () => {
    expect(planOf({ ...voided, members: [doomed, { noticed: 6 }] }).changeBy).toBe(1);
  });

  it('has those that were noticed before it leave without a decrement', () => {
    expect(planOf(voided).leave).toMatchObject([{ decrement: false, reason: 'the floor holds without it' }]);
  });

  it('has half of those that were noticed before it leave in a wave, for the group to replace them', () => {
    expect(leaversOf({ members: times(4, doomed), voidedAt: 5 })).toEqual([
      [idOf(0), 'gave way, its raise was void'],
      [idOf(1), 'gave way, its raise was void'],
    ]);
  });

  it('is the usual size from then on', () => {
    expect(planOf({ members: [doomed, ...times(5, peer)], desired: 6, voidedAt: 5 })).toMatchObject({
      usualSize: 6,
      floor: 6,
    });
  });

  it('does not keep those that were raised for since from taking their raise back', () => {
    const members = [{ noticed: 6 }, peer, peer];
    expect(planOf({ members, voidedAt: 5, raised: 1 }).leave).toMatchObject([{ decrement: true }]);
  });
});

describe('a raise that nobody needs any more', () => {
  it('is taken back', () => {
    expect(planOf({ members: [peer, peer], raised: 1, elsewhere: ['i-gone'] })).toMatchObject({
      changeBy: -1,
      surplus: 1,
    });
  });

  it('is kept while others have yet to leave: it goes with them', () => {
    const plan = planOf({ members: [doomed, peer, peer, launching], raised: 2, isServingKnown: false });
    expect(plan).toMatchObject({ changeBy: 0, surplus: 0 });
  });

  it('is still to be taken back while something is being launched, and the group would terminate what serves', () => {
    expect(planOf({ members: [peer, launching], raised: 1 })).toMatchObject({ changeBy: 0, surplus: 1 });
  });

  it('is taken back down to MinSize at the most', () => {
    expect(planOf({ members: times(5, peer), raised: 2, min: 4 }).changeBy).toBe(-1);
    expect(planOf({ members: times(5, peer), raised: 2, min: 5 }).changeBy).toBe(0);
  });

  it('is not taken back in the same step in which instances leave, which may take it along', () => {
    expect(planOf({ members: [doomed, peer, peer, peer], raised: 2 })).toMatchObject({
      changeBy: 0,
      surplus: 0,
      leave: [{ decrement: true }],
    });
  });
});

describe('while target health is not known', () => {
  const unknown: Group = { members: [doomed, peer, peer], raised: 1, isServingKnown: false };

  it('nobody leaves', () => {
    expect(leaversOf(unknown)).toEqual([]);
  });

  it('an instance whose time is up leaves, and says so', () => {
    expect(leaversOf({ ...unknown, now: drainedBySeconds })).toEqual([[idOf(0), 'capacity unknown']]);
  });

  it('nobody gives way', () => {
    expect(leaversOf({ members: [doomed], max: 1, isServingKnown: false })).toEqual([]);
  });

  it('a raise is made', () => {
    expect(planOf({ members: [doomed, peer], isServingKnown: false }).changeBy).toBe(1);
  });
});

describe('an instance is gone', () => {
  test.each<[string, Member]>([
    ['terminating', { noticed: 0, phase: 'terminating' }],
    ['detaching', { noticed: 0, phase: 'detaching' }],
    ['in the warm pool', { noticed: 0, phase: 'warm' }],
  ])('that is %s', (_, member) => {
    expect(planOf({ members: [member, peer] }).gone).toEqual([idOf(0)]);
  });

  it('that is not in the group', () => {
    expect(planOf({ members: [peer], elsewhere: ['i-gone'] }).gone).toEqual(['i-gone']);
  });

  it('only once: not where its record says already how it left', () => {
    const left = { at: '', by: '', reason: 'was gone already', decremented: false } as const;
    expect(planOf({ members: [{ noticed: 0, phase: 'detaching', left }, peer] }).gone).toEqual([]);
  });

  test.each<[string, Member]>([
    ['in service', doomed],
    ['pending', { noticed: 0, phase: 'pending' }],
    ['in Standby', { noticed: 0, phase: 'standby' }],
  ])('not while it is %s', (_, member) => {
    expect(planOf({ members: [member, peer] }).gone).toEqual([]);
  });
});

describe('those that wait, wait for', () => {
  test.each<[string, Group, Plan['waitsFor']]>([
    ['launches, once a raise is to be made', { members: [doomed, peer] }, 'launches'],
    ['launches, while a raise brings instances', { members: [doomed, peer, launching], raised: 1 }, 'launches'],
    ['health checks, once all are in service', { members: [doomed, peer, initial], raised: 1 }, 'health checks'],
    [
      'room to raise, where MaxSize left none for all: each one that serves makes room for the next',
      { members: [...times(4, doomed), launching], raised: 1, max: 5 },
      'room to raise',
    ],
  ])('%s', (_, group, expected) => {
    expect(planOf(group).waitsFor).toBe(expected);
  });
});

it('reports how much serves and how much is interrupted, in the units of the group', () => {
  const members = [{ noticed: 0, weight: 2 }, { weight: 3 }, { weight: 4, healthyTarget: false }];
  expect(planOf({ members })).toMatchObject({ serving: 5, interrupted: 2, usualSize: 9, floor: 9 });
});

function leaversOf(group: Group): readonly (readonly [string, string])[] {
  return planOf(group).leave.map(({ instanceId, reason }) => [instanceId, reason]);
}

function idsOf({ leave }: Plan): readonly string[] {
  return leave.map(({ instanceId }) => instanceId);
}

function decrementsOf(group: Group): readonly boolean[] {
  return planOf(group).leave.map(({ decrement }) => decrement);
}
