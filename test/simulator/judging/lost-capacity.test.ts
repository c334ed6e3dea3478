import { expect, test } from 'vitest';
import { lostCapacity } from '../../../simulator/judging/lost-capacity.ts';
import type { GroupLog, RunLog } from '../../../simulator/judging/run-log.ts';

test.each([
  ['nobody else changes the group', undefined, 2 * 100],
  ['what a larger size, set by somebody else, still has to launch is not lost', 8, 2 * 100],
  ['what a smaller size, set by somebody else, does not need is not lost', 4, 2 * 10 + 1 * 90],
])('%s', (_, to, lost) => {
  const { group, log } = ofFive(to);
  expect(lostCapacity(log, group)).toBe(lost);
});

/** Of five instances three serve, for 100 s; after 10 s a person sets another size. */
function ofFive(to: number | undefined): { readonly group: GroupLog; readonly log: RunLog } {
  const group: GroupLog = {
    name: 'web',
    minServing: { kind: 'share', percent: 100 },
    drainSeconds: 30,
    desiredBefore: 5,
    minSize: 1,
    maxSize: 10,
    managed: true,
    replacementSeconds: 53,
    desiredChanges: to === undefined ? [] : [{ at: 10, from: 5, to, by: 'person' }],
    departures: [],
    registrations: [],
    moments: [0, 10].map((at) => ({ at, desired: 5, alive: 3, inService: 3, serving: 3 })),
  };
  const log: RunLog = {
    groups: [group],
    notices: [],
    executions: [],
    faults: [],
    launchFailures: [],
    recommendations: [],
    looks: [],
    endedAt: 100,
    allEnded: true,
  };
  return { group, log };
}
