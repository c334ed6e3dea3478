import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { Phase } from '../../../functions/capacity/group-snapshot.ts';
import { type Plan, planFor, type Situation } from '../../../functions/capacity/plan.ts';
import { type Group, idOf, type Member, planOf, situationOf } from './situations.ts';

const phases: readonly Phase[] = ['pending', 'in service', 'standby', 'detaching', 'terminating', 'warm'];

/** Mostly in service and healthy; half of them interrupted, some of those due. */
const members = (weight: fc.Arbitrary<number>): fc.Arbitrary<Member[]> =>
  fc.array(
    fc.record(
      {
        phase: fc.oneof({ weight: 6, arbitrary: fc.constant<Phase>('in service') }, fc.constantFrom(...phases)),
        healthy: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, fc.constant(false)),
        healthyTarget: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.constant(false)),
        weight,
        noticed: fc.integer({ min: -90, max: 9 }),
      },
      { requiredKeys: ['phase', 'healthy', 'healthyTarget', 'weight'] },
    ),
    { minLength: 1, maxLength: 24 },
  );

const groups: fc.Arbitrary<Group> = fc
  .record({
    members: fc.oneof(members(fc.constant(1)), members(fc.integer({ min: 1, max: 5 }))),
    desired: fc.nat(40),
    below: fc.nat(40),
    above: fc.nat(40),
    raised: fc.nat(40),
    floor: fc.oneof(
      fc.integer({ min: 1, max: 100 }).map((percent) => `${percent}%`),
      fc.nat(40).map(String),
    ),
    canLaunch: fc.boolean(),
    isServingKnown: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.constant(false)),
    voidedAt: fc.integer({ min: -100, max: 10 }),
    isVoided: fc.boolean(),
  })
  .map(({ above, below, desired, isVoided, raised, voidedAt, ...group }) => ({
    ...group,
    desired,
    min: Math.max(0, desired - below),
    max: desired + above,
    raised: Math.min(raised, desired),
    ...(isVoided && { voidedAt }),
  }));

test.each<[string, (plan: Plan, situation: Situation) => void]>([
  [
    'the floor holds after those have left for whom it is to hold',
    ({ floor, leave, serving }, situation) => {
      const isOnlyBeyondFloor = leave.every(({ reason }) => reason === 'the floor holds without it');
      const leaving = weightOf(leave.filter(({ instanceId }) => serves(instanceId, situation)));
      if (isOnlyBeyondFloor && leaving > 0) expect(serving - leaving).toBeGreaterThanOrEqual(floor);
    },
  ],
  [
    'nobody waits who could leave without a gap',
    ({ floor, leave, serving }, situation) => {
      const beyondFloor = serving - floor - weightOf(leave.filter(({ instanceId }) => serves(instanceId, situation)));
      const leaving = new Set(leave.map(({ instanceId }) => instanceId));
      for (const { detachable, instanceId, weight } of situation.group.instances) {
        const waits = detachable && situation.interruptions.has(instanceId) && !leaving.has(instanceId);
        if (waits && serves(instanceId, situation)) expect(weight).toBeGreaterThan(beyondFloor);
      }
    },
  ],
  [
    'DesiredCapacity stays within its limits',
    ({ changeBy, leave }, { group }) => {
      const lowered = weightOf(leave.filter(({ decrement }) => decrement));
      expect(group.desiredCapacity + Math.max(0, changeBy)).toBeLessThanOrEqual(group.maxSize);
      expect(group.desiredCapacity + Math.min(0, changeBy) - lowered).toBeGreaterThanOrEqual(group.minSize);
    },
  ],
  [
    'DesiredCapacity goes down by no more than what is raised',
    ({ changeBy, leave }, { ledger }) => {
      const lowered = weightOf(leave.filter(({ decrement }) => decrement));
      expect(lowered - Math.min(0, changeBy)).toBeLessThanOrEqual(ledger.raised);
    },
  ],
  [
    'DesiredCapacity does not go up and down in the same step',
    ({ changeBy, leave }) => {
      if (leave.some(({ decrement }) => decrement)) expect(changeBy).toBe(0);
    },
  ],
  [
    'a raise is no larger than the instances that those which stay need on top of the floor',
    ({ changeBy, floor, leave }, situation) => {
      const leaving = new Set(leave.map(({ instanceId }) => instanceId));
      const staying = situation.group.instances.filter(
        ({ instanceId }) => situation.interruptions.has(instanceId) && !leaving.has(instanceId),
      );
      const heaviest = Math.max(...staying.map(({ weight }) => weight));
      if (changeBy > 0)
        expect(situation.group.desiredCapacity + changeBy).toBeLessThan(floor + weightOf(staying) + heaviest);
    },
  ],
  [
    'only interrupted instances leave that the group can detach, each once',
    ({ leave }, { group, interruptions }) => {
      const detachable = group.instances.filter(({ detachable }) => detachable).map(({ instanceId }) => instanceId);
      const ids = leave.map(({ instanceId }) => instanceId);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids.filter((id) => !detachable.includes(id) || !interruptions.has(id))).toEqual([]);
    },
  ],
  [
    'the order in which the service answers does not matter',
    (plan, situation) => {
      const { group, interruptions } = situation;
      const reversed = {
        ...situation,
        group: { ...group, instances: group.instances.toReversed() },
        interruptions: new Map([...interruptions].reverse()),
      };
      const { gone, ...others } = planFor(reversed);
      expect({ ...others, gone: gone.toSorted() }).toEqual({ ...plan, gone: plan.gone.toSorted() });
    },
  ],
])('in any group, %s', (_, holds) => {
  fc.assert(
    fc.property(groups, (group) => {
      const situation = situationOf(group);
      holds(planFor(situation), situation);
    }),
    { numRuns: 500 },
  );
});

/** Of a group whose instances all serve; some or all of them are noticed within ten seconds. */
const storms: fc.Arbitrary<Storm> = fc.record({
  members: fc.oneof(stormOf(fc.constant(1)), stormOf(fc.integer({ min: 1, max: 5 }))),
  room: fc.oneof(fc.constant(0), fc.nat(30), fc.constant(200)),
  floor: fc.integer({ min: 1, max: 100 }).map((percent) => `${percent}%`),
});

describe('a storm in which every launch succeeds', () => {
  it('leaves the group with the DesiredCapacity it had, and nothing raised', () => {
    fc.assert(
      fc.property(storms, (storm) => {
        expect(handled(storm)).toMatchObject({ desired: weightOf(storm.members.map(weighted)), raised: 0 });
      }),
      { numRuns: 300 },
    );
  });

  it('keeps the floor serving where there is room to raise', () => {
    fc.assert(
      fc.property(storms, (storm) => {
        const { floor, lowest } = handled({ ...storm, room: 200 });
        expect(lowest).toBeGreaterThanOrEqual(floor);
      }),
      { numRuns: 300 },
    );
  });

  it('keeps half of a group of equal instances serving where there is no room to raise', () => {
    fc.assert(
      fc.property(stormOf(fc.constant(1)), (members) => {
        const { lowest } = handled({ members, room: 0, floor: '100%' });
        expect(lowest).toBeGreaterThanOrEqual(Math.floor(members.length / 2));
      }),
      { numRuns: 300 },
    );
  });
});

interface Storm {
  readonly members: readonly Member[];
  /** Between DesiredCapacity and MaxSize. */
  readonly room: number;
  readonly floor: string;
}

function stormOf(weight: fc.Arbitrary<number>): fc.Arbitrary<Member[]> {
  const member = fc.record({ weight, noticed: fc.integer({ min: 0, max: 9 }) }, { requiredKeys: ['weight'] });
  return fc.array(member, { minLength: 1, maxLength: 24 });
}

/** Does what each plan says, every five seconds, in a group that launches within five seconds what it lacks. */
function handled({ floor, members: first, room }: Storm) {
  const max = weightOf(first.map(weighted)) + room;
  let group: Group & { desired: number; raised: number } = {
    members: first,
    desired: max - room,
    raised: 0,
    max,
    floor,
  };
  const { floor: floorThen } = planOf(group);
  let lowest = Number.POSITIVE_INFINITY;
  for (let now = 10; ; now += 5) {
    const plan = planOf({ ...group, now });
    if (plan.interrupted === 0 && plan.surplus === 0) return { ...group, floor: floorThen, lowest };
    if (now > 600) throw new Error(`It does not come to an end: ${JSON.stringify(plan)}`);
    const change = plan.changeBy - weightOf(plan.leave.filter(({ decrement }) => decrement));
    const leaving = new Set(plan.leave.map(({ instanceId }) => instanceId));
    const staying = group.members.filter((_, index) => !leaving.has(idOf(index)));
    lowest = Math.min(lowest, weightOf(staying.filter(({ phase }) => phase !== 'pending').map(weighted)));
    const desired = group.desired + change;
    group = { ...group, members: scaled(staying, desired), desired, raised: group.raised + change };
  }
}

/** What was launched is in service, and what is lacking is launched; what is too much is terminated. */
function scaled(members: readonly Member[], desired: number): readonly Member[] {
  const inService = members.map((member): Member => ({ ...member, phase: 'in service' }));
  const lacking = desired - weightOf(inService.map(weighted));
  if (lacking >= 0) return [...inService, ...Array.from({ length: lacking }, (): Member => ({ phase: 'pending' }))];
  const surplus = inService.findIndex(({ noticed, weight = 1 }) => noticed === undefined && weight <= -lacking);
  if (surplus < 0) return inService;
  return scaled(inService.toSpliced(surplus, 1), desired);
}

function weighted({ weight = 1 }: Member): { readonly weight: number } {
  return { weight };
}

function serves(instanceId: string, { group, serving }: Situation): boolean {
  const instance = group.instances.find((one) => one.instanceId === instanceId);
  return instance?.phase === 'in service' && instance.healthy && serving?.has(instanceId) === true;
}

function weightOf(instances: readonly { readonly weight: number }[]): number {
  return instances.reduce((sum, { weight }) => sum + weight, 0);
}
