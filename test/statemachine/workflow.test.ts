import { describe, expect, it, test } from 'vitest';
import { recordUpdate, releaseUpdate, type WorkflowUpdate } from '../../functions/ledger/interruption-table.ts';
import { isJsonObject, type JsonObject, objectAt } from '../../simulator/json.ts';
import { exportedDefinition } from '../../statemachine/definition.ts';
import { transitionsOf } from '../../statemachine/graph.ts';

const definition = exportedDefinition({ notificationTopicName: 'alerts' });
const states = Object.entries(JSON.parse(JSON.stringify(definition.States))).filter(isState);
const stateNamed = (name: string): JsonObject => states.find(([one]) => one === name)?.[1] ?? {};

describe('every retry', () => {
  const retriers = states.flatMap(([name, { Retry }]) =>
    Array.isArray(Retry) ? Retry.filter(isJsonObject).map((retrier) => ({ name, retrier })) : [],
  );

  it('has jitter, so that the executions of a storm do not act in step', () => {
    const repeating = retriers.filter(({ retrier }) => retrier.MaxAttempts !== 0);
    expect(repeating.length).toBeGreaterThan(4);
    expect(repeating.filter(({ retrier }) => retrier.JitterStrategy !== 'FULL')).toEqual([]);
  });

  test.each([
    ['DescribeInstance', true],
    ['RecordInterruption', true],
    ['CheckCapacity', true],
    ['DetachInstances', true],
    ['ReleaseInterruption', true],
    ['SetDesiredCapacity', false],
  ])('of %s is made: %s', (name, isMade) => {
    const repeats = retriers.some((one) => one.name === name && one.retrier.MaxAttempts !== 0);
    expect(repeats).toBe(isMade);
  });

  test.each([
    ['DescribeInstance', 'InvalidEvent'],
    ['RecordInterruption', 'DynamoDB.ConditionalCheckFailedException'],
    ['RecordInterruption', 'States.Timeout'],
    ['DetachInstances', 'GroupBusy'],
  ])('of %s leaves out %s', (name, error) => {
    const [first] = retriers.filter((one) => one.name === name);
    expect(first?.retrier).toMatchObject({ ErrorEquals: expect.arrayContaining([error]), MaxAttempts: 0 });
  });

  it('of a look is made only where it did not run: its claim keeps others away, and so its own retry', () => {
    const [only, ...others] = retriers.filter((one) => one.name === 'CheckCapacity');
    expect(others).toEqual([]);
    expect(JSON.stringify(only?.retrier.ErrorEquals)).toMatch(/^\["Lambda\.\w+Exception"(,"Lambda\.\w+Exception")*\]$/);
  });
});

describe.each<[string, WorkflowUpdate]>([
  ['RecordInterruption', recordUpdate],
  ['ReleaseInterruption', releaseUpdate],
])('%s', (name, update) => {
  const parameters = objectAt(stateNamed(name), 'Parameters');

  it("writes the table's own expressions", () => {
    expect(parameters).toMatchObject({ UpdateExpression: update.update, ConditionExpression: update.condition });
  });

  it('gives each of their values', () => {
    const named = `${update.update} ${update.condition}`.match(/:\w+/g);
    const given = Object.keys(objectAt(parameters, 'ExpressionAttributeValues'));
    expect(given.toSorted()).toEqual([...new Set(named)].toSorted());
  });

  it('writes to the item of its instance', () => {
    expect(parameters.Key).toEqual({
      autoScalingGroupName: { 'S.$': '$.interruption.autoScalingGroupName' },
      instanceId: { 'S.$': '$.interruption.instanceId' },
    });
  });
});

describe('no failure', () => {
  const caught = transitionsOf(definition).filter(({ kind, label }) => kind === 'catch' && label === 'any error');

  test.each([
    ['DescribeInstance', 'KeepError'],
    ['RecordInterruption', 'TimeLeft?'],
    ['CheckCapacity', 'TimeLeft?'],
    ['SetDesiredCapacity', 'WaitForService'],
    ['DetachInstances', 'TimeLeft?'],
    ['ReleaseInterruption', 'NotifyOfFailure'],
    ['NotifyOfFailure', 'HandlingFailed'],
  ])('of %s ends an execution by itself: it leads to %s', (from, to) => {
    expect(caught).toContainEqual({ from, to, kind: 'catch', label: 'any error' });
  });

  it('is forgotten: every Task catches any error', () => {
    const tasks = states.filter(([, { Type }]) => Type === 'Task').map(([name]) => name);
    expect(caught.map(({ from }) => from).toSorted()).toEqual(tasks.toSorted());
  });
});

describe('after DetachInstances', () => {
  it('an execution is done, waits for the ledger to be settled, or looks again for those that serve on, or because its own instance stays', () => {
    const ways = transitionsOf(definition).filter(({ from }) => from === 'Left?');
    expect(ways.map(({ to, label }) => [label, to])).toEqual([
      ['with everything settled', 'Handled'],
      ['others serve on, until the next look', 'WaitForInService'],
      ['the ledger still open', 'WaitForService'],
      ['otherwise', 'WaitForInService'],
    ]);
  });
});

function isState(entry: [string, unknown]): entry is [string, JsonObject] {
  return isJsonObject(entry[1]);
}
