import { describe, expect, test } from 'vitest';
import { dueAt } from '../../../functions/capacity/plan.ts';
import { limits } from '../../../functions/configuration/handler-config.ts';
import { functionNames } from '../../../functions/shared/contract.ts';
import * as timing from '../../../functions/shared/timing.ts';
import { workflowTimeout } from '../../../statemachine/workflow.ts';

const {
  aloneSeconds,
  decideSeconds,
  detachCallSeconds,
  functionTimeoutSeconds: timeouts,
  functionTaskTimeoutSeconds,
  jitterSeconds,
  leaseSeconds,
  longestLookSeconds,
  longestRetrySeconds,
  lookClaimSeconds,
  outageSeconds,
  requestTimeoutSeconds,
  settlingSeconds,
  staleReadSeconds,
  tableTaskTimeoutSeconds,
} = timing;

describe.each(functionNames)('%s', (name) => {
  test('is killed before a lease that it took lapses, so that it cannot act without one', () => {
    expect(timeouts[name]).toBeLessThan(leaseSeconds);
  });

  test('is killed before its task times out, so that a retry is never beside it', () => {
    expect(timeouts[name]).toBeLessThan(functionTaskTimeoutSeconds);
  });

  test('outlives a call that hangs, and so tells what happened', () => {
    expect(timing.connectionTimeoutSeconds + requestTimeoutSeconds).toBeLessThan(timeouts[name]);
  });

  test('takes no longer than a look stays fresh enough to act upon', () => {
    expect(timeouts[name]).toBeLessThan(timing.freshSeconds);
  });
});

// Each as: what has to be at most as long as what.
test.each<[string, number, number]>([
  // Calls and functions
  [
    'SetDesiredCapacity has the time for its four calls, even if each hangs',
    4 * requestTimeoutSeconds,
    timeouts['set-desired-capacity'],
  ],
  [
    'a batch that is begun last may hang in a call',
    timing.batchesSeconds + requestTimeoutSeconds,
    timeouts['detach-instances'],
  ],
  ['CheckCapacity gives a look up before it is killed', longestLookSeconds, timeouts['check-capacity']],
  ['a look outlives a call that hangs', requestTimeoutSeconds, longestLookSeconds],
  [
    'a look is fresh for as long as the task that acts upon it can take',
    functionTaskTimeoutSeconds,
    timing.freshSeconds,
  ],

  // The ledger
  ['when the lease of a dead holder lapses, every answer shows what it did', staleReadSeconds, leaseSeconds],
  ['a look that hangs holds others up for less than it hangs', lookClaimSeconds, requestTimeoutSeconds],
  ['an execution whose time is up outwaits a look that died', lookClaimSeconds, decideSeconds],
  [
    'a newcomer looks again before it is announced that nobody need wait for a look',
    timing.newcomerShareSeconds,
    lookClaimSeconds,
  ],
  ['a decrement trusts a look no longer than an answer may be old', timing.decrementLookSeconds, staleReadSeconds],
  [
    'what a dead function left can be settled after the reclaim',
    leaseSeconds + staleReadSeconds + longestRetrySeconds,
    settlingSeconds,
  ],
  ['it is looked for more than once after the reclaim', 2 * timing.afterReclaimSeconds, settlingSeconds],
  ['the records outlive every execution', workflowTimeout.toSeconds() + timing.reclaimSeconds, timing.keptSeconds],
  ["a group's tags are read anew for the next storm", timing.groupFactsSeconds, timing.reclaimSeconds],

  // Deadlines
  [
    'the shortest look, and an instance that leaves on its own because of it, fit in before detachBy',
    timing.shortestLookSeconds + aloneSeconds + detachCallSeconds,
    decideSeconds,
  ],
  [
    'an execution decides in time for the storm that begins to leave first',
    secondsBeforeDetachBy(0, 21),
    decideSeconds + jitterSeconds,
  ],
  [
    'a single instance is due no earlier than one of a storm',
    secondsBeforeDetachBy(0, 1),
    secondsBeforeDetachBy(0, 21),
  ],
  [
    'a decision leaves time for the look and the call, each as slow as a tenth of a second',
    detachCallSeconds + 0.2,
    secondsBeforeDetachBy(0, 1),
  ],
  [
    'those that are due wait for each other no longer than until the last moment',
    timing.dueShareSeconds + 2 * timing.dueJitterSeconds,
    decideSeconds - aloneSeconds,
  ],
  [
    'a wait for others is a part of the time that a look is announced for',
    3 * timing.shortWaitSeconds,
    lookClaimSeconds,
  ],
  ['the random part of a decision is a part of it', jitterSeconds, decideSeconds],
  [
    'an outage is no longer waited for when SetDesiredCapacity could still take all of its time',
    timeouts['set-desired-capacity'] + longestRetrySeconds + decideSeconds,
    outageSeconds,
  ],
  [
    'an outage is no longer waited for when the table and a look could still take all of their time',
    longestRetrySeconds + tableTaskTimeoutSeconds + timeouts['check-capacity'] + decideSeconds,
    outageSeconds,
  ],
  ['nobody of a thousand is due while raises are made', secondsBeforeDetachBy(999, 1000), outageSeconds],
  ['a step is tried again after a time between two', timing.shortestRetrySeconds, longestRetrySeconds],
  ['the executions of a storm do not try again in step', 1, longestRetrySeconds - timing.shortestRetrySeconds],
  ['what has to fit in besides two polls covers an outage', outageSeconds + decideSeconds, timing.handlingSeconds],
  [
    'a newcomer looks while raises are made, even with the longest drain window',
    timing.newcomerShareSeconds + 2 * jitterSeconds + longestLookSeconds,
    timing.reclaimSeconds - limits.drainSeconds.max - outageSeconds,
  ],
  [
    'two polls fit in with the usual drain window, however long they are',
    2 * limits.pollSeconds.max + timing.handlingSeconds,
    timing.reclaimSeconds - 30,
  ],
])('%s', (_, less, more) => {
  expect(less).toBeLessThanOrEqual(more);
});

/** How long before `detachBy` an instance is due, by its rank among those with the same deadline, after a quick look. */
function secondsBeforeDetachBy(rank: number, interrupted: number): number {
  return -dueAt(0, rank, interrupted, 0.1) / 1000;
}
