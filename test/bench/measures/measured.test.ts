import { expect, test } from 'vitest';
import { measuredOf, merged, type Observed } from '../../../bench/measures/measured.ts';

test('an instance that was taken in service drained for no second', () => {
  expect(measuredOf(observed({ secondsToLeave: [null] })).drainSeconds.median).toBe(0);
});

test('an instance that was taken in service does not count among those that were detached', () => {
  const measured = measuredOf(observed({ secondsToLeave: [null, 10, 20, 30] }));
  expect(measured).toMatchObject({ notices: 4, takenInService: 1, detachSeconds: { median: 20, p99: 30 } });
});

test('of merged runs it is the worst of what is not added up', () => {
  const load = { describesPerGroupAndSecond: 0.4, peakDescribesPerGroup: 5, peakReadUnits: 2, peakWriteUnits: 9 };
  const { capacity } = observed({});
  const both = merged([observed({}), observed({ load, capacity: { ...capacity, leastServing: 0 } })]);
  expect(both.load).toEqual({
    describesPerGroupAndSecond: 0.5,
    peakDescribesPerGroup: 5,
    peakReadUnits: 3,
    peakWriteUnits: 9,
  });
  expect(both.capacity).toMatchObject({ leastServing: 0, peakExcessInstances: 3 });
});

test('what several runs lost is added up', () => {
  const run = observed({ secondsToLeave: [1], apiCalls: { DetachInstances: 1 } });
  const both = merged([run, observed({ secondsToLeave: [2], apiCalls: { DetachInstances: 2, Query: 1 } })]);
  expect(both.secondsToLeave).toEqual([1, 2]);
  expect(both.apiCalls).toEqual({ DetachInstances: 3, Query: 1 });
  expect(both.capacity).toEqual({
    ...run.capacity,
    lostInstanceSeconds: 10,
    leastPossibleInstanceSeconds: 6,
    leastPossibleWithoutDrainInstanceSeconds: 4,
    secondsBelowMinimum: 8,
    unpreventableSecondsBelowMinimum: 2,
    excessInstanceSeconds: 4,
    movedBetweenZones: 12,
  });
});

function observed(overrides: Partial<Observed>): Observed {
  return {
    secondsToLeave: [],
    requests: { steady: { sent: 10, failed: 1, beyondCapacity: 0 } },
    capacity: {
      lostInstanceSeconds: 5,
      leastPossibleInstanceSeconds: 3,
      leastPossibleWithoutDrainInstanceSeconds: 2,
      leastServing: 1,
      secondsBelowMinimum: 4,
      unpreventableSecondsBelowMinimum: 1,
      excessInstanceSeconds: 2,
      peakExcessInstances: 3,
      movedBetweenZones: 6,
    },
    drift: { tooLow: 0, tooHigh: 1, groups: 1 },
    load: { describesPerGroupAndSecond: 0.5, peakDescribesPerGroup: 2, peakReadUnits: 3, peakWriteUnits: 4 },
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
