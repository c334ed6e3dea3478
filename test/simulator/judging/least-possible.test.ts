import { expect, test } from 'vitest';
import { randomStream } from '../../../bench/worlds/random.ts';
import {
  type Interruptions,
  leastLostInstanceSeconds,
  nextSuccessfulLaunch,
} from '../../../simulator/judging/least-possible.ts';

/** A group that reacts after 1 s, and whose health checks take 10 s. */
function interruptions(overrides: Partial<Interruptions>): Interruptions {
  const { noticedAtSeconds = [0] } = overrides;
  return {
    noticedAtSeconds,
    room: noticedAtSeconds.length,
    reactionSeconds: 1,
    healthCheckSeconds: 10,
    launchSeconds: noticedAtSeconds.map(() => 40),
    untilSeconds: 1000,
    ...overrides,
  };
}

const atOnce = (instances: number) => Array.from({ length: instances }, () => 0);

test.each([
  ['nothing where the replacement serves before the deadline', {}, 0],
  ['what a launch is late', { launchSeconds: [100] }, 21],
  ['a launch and health checks where the only instance has to go first', { room: 0 }, 50],
  ['a launch and health checks for each at MaxSize', { noticedAtSeconds: atOnce(3), room: 0 }, 150],
  // The second launch begins when the first instance has left, at 51 s, and serves at 101 s.
  ['the second of two where one can be launched first', { noticedAtSeconds: atOnce(2), room: 1 }, 11],
  // The third begins at 90 s, when the second has left, and serves at 140 s.
  ['the second and third of three where one can be launched first', { noticedAtSeconds: atOnce(3), room: 1 }, 61],
  // Arrivals at 51 s and 111 s.
  ['the slow one of two launches', { noticedAtSeconds: atOnce(2), launchSeconds: [100, 40] }, 21],
  // Deadlines at 90 s and 110 s, arrivals at 70 s and 111 s: the first to leave has the quick launch.
  ['less where the other has its notice later', { noticedAtSeconds: [0, 20], launchSeconds: [100, 40] }, 1],
  // Its launch begins with the group's look at 1 s for the first notice, and then at once.
  ['no reaction time in the midst of a storm', { noticedAtSeconds: [0, 20], launchSeconds: [40, 100] }, 20],
  ['the reaction time once a storm is over', { noticedAtSeconds: [0, 600], launchSeconds: [40, 100] }, 21],
  ['until the end where no replacement ever comes', { launchSeconds: [Number.POSITIVE_INFINITY] }, 910],
  ['nothing without a notice', { noticedAtSeconds: [] }, 0],
])('loses %s', (_, overrides: Partial<Interruptions>, seconds) => {
  expect(leastLostInstanceSeconds(interruptions(overrides), 90)).toBeCloseTo(seconds, 6);
});

test('loses less where instances may serve until the reclaim', () => {
  expect(leastLostInstanceSeconds(interruptions({ launchSeconds: [150] }), 120)).toBeCloseTo(41, 6);
});

test('a launch that fails is skipped', () => {
  const draws = (['never', 'never', 50] as const).values();
  expect(nextSuccessfulLaunch(() => draws.next().value ?? 'never')).toBe(50);
});

test('a group that cannot launch has no successful launch', () => {
  expect(nextSuccessfulLaunch('never')).toBe(Number.POSITIVE_INFINITY);
});

/** The same rules as a calculation for leaving times that somebody else chose. */
function lostBy(leaves: readonly number[], facts: Interruptions): number {
  const inOrder = leaves.toSorted((a, b) => a - b);
  const arrivals = facts.noticedAtSeconds
    .map((noticedAt, launch) => {
      const looksAt = Math.max(noticedAt, (facts.noticedAtSeconds[0] ?? 0) + facts.reactionSeconds);
      const begins = Math.max(looksAt, launch < facts.room ? 0 : (inOrder[launch - facts.room] ?? 0));
      return begins + facts.healthCheckSeconds + (facts.launchSeconds[launch] ?? 0);
    })
    .toSorted((a, b) => a - b);
  return inOrder.reduce((sum, leave, index) => sum + Math.max(0, (arrivals[index] ?? 0) - leave), 0);
}

test('no other schedule loses less', () => {
  const random = randomStream(1, 'schedules');
  for (let world = 0; world < 500; world += 1) {
    const count = 1 + Math.floor(random() * 5);
    const facts = interruptions({
      noticedAtSeconds: Array.from({ length: count }, () => random() * 60).toSorted((a, b) => a - b),
      room: Math.floor(random() * (count + 1)),
      launchSeconds: Array.from({ length: count }, () => 10 + random() * 120),
    });
    const least = leastLostInstanceSeconds(facts, 90);
    for (let schedule = 0; schedule < 50; schedule += 1) {
      const leaves = facts.noticedAtSeconds.map((noticedAt) => noticedAt + 90 * Math.min(1, 1.5 * random()));
      expect(lostBy(leaves, facts)).toBeGreaterThanOrEqual(least - 1e-9);
    }
  }
});
