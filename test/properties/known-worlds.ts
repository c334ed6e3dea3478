import type { GroupPlan, NoticePlan, World } from './world.ts';

/** A world of which a test says what matters. Default: one group of one instance, noticed at once; nothing goes wrong. */
export function worldWith(world: Partial<World> = {}): World {
  return {
    seed: 1,
    minServing: '100%',
    onlyTagged: false,
    groups: [groupWith()],
    notices: [noticeWith()],
    faults: [],
    kills: [],
    ...world,
  };
}

/** Default: one instance, room for three more, and replacements that are in service after 30 s. */
export function groupWith(group: Partial<GroupPlan> = {}): GroupPlan {
  return {
    weight: 1,
    instances: 1,
    below: 1,
    above: 3,
    launchSeconds: [30],
    healthCheckSeconds: 0,
    tagged: true,
    interruptedLaunches: [],
    others: [],
    ...group,
  };
}

/** Default: of the group's next instance, at the beginning, delivered once after a second. */
export function noticeWith(notice: Partial<NoticePlan> = {}): NoticePlan {
  return { group: 0, instance: 0, atSeconds: 0, deliveredAfterSeconds: [1], ...notice };
}

export function noticesWith(count: number, notice: Partial<NoticePlan> = {}): NoticePlan[] {
  return Array.from({ length: count }, () => noticeWith(notice));
}
