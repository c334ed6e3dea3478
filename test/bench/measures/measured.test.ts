import { expect, test } from 'vitest';
import { measuredOf, merged, type Observed } from '../../../bench/measures/measured.ts';

test('an instance that was taken in service drained for no second', () => {
  expect(measuredOf(observed({ secondsToLeave: [null] })).drainSeconds.median).toBe(0);
});

test('an instance that was taken in service does not count among those that were detached', () => {
  const measured = measuredOf(observed({ secondsToLeave: [null, 10, 20, 30] }));
  expect(measured).toMatchObject({ notices: 4, takenInService: 1, detachSeconds: { median: 20, p99: 30 } });
});

test('of merged runs the peak is the highest, and all else is added up', () => {
  const run = observed({ secondsToLeave: [1], apiCalls: { DetachInstances: 1 } });
  const both = merged([run, observed({ secondsToLeave: [2], apiCalls: { DetachInstances: 2, Query: 1 } })]);
  expect(both.secondsToLeave).toEqual([1, 2]);
  expect(both.apiCalls).toEqual({ DetachInstances: 3, Query: 1 });
  expect(both.capacity).toEqual({
    ...run.capacity,
    secondsBelowMinimum: 8,
    unpreventableSecondsBelowMinimum: 2,
    lostInstanceSeconds: 10,
    excessInstanceSeconds: 4,
  });
});

function observed(overrides: Partial<Observed>): Observed {
  return {
    secondsToLeave: [],
    requests: { steady: { sent: 10, failed: 1, beyondCapacity: 0 } },
    capacity: {
      secondsBelowMinimum: 4,
      unpreventableSecondsBelowMinimum: 1,
      lostInstanceSeconds: 5,
      excessInstanceSeconds: 2,
      peakExcessInstances: 3,
    },
    drift: { tooLow: 0, tooHigh: 1, groups: 1 },
    apiCalls: {},
    usage: {
      stateTransitions: 7,
      invocations: 3,
      gigabyteSecondsArm: 1,
      gigabyteSecondsX86: 0,
      tableWrites: 1,
      tableReads: 1,
      logBytes: 1000,
      traces: 3,
    },
    failedExecutions: 0,
    handlingSeconds: [1],
    ...overrides,
  };
}
