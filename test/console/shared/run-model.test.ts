import { beforeEach, expect, it } from 'vitest';
import { worstOf } from '../../../console/shared/execution-model.ts';
import { RunModel } from '../../../console/shared/run-model.ts';
import type { ExecutionEvent } from '../../../simulator/aws/step-functions/execution-history.ts';

const startedAt = Date.parse('2026-01-01T00:00:00.000Z');
let model: RunModel;

beforeEach(() => {
  model = new RunModel();
  const settings = { scenario: 'single', event: {}, seed: 1, speed: 20 };
  model.apply({ kind: 'requested', id: '1', settings });
  model.apply({
    kind: 'started',
    startedAt,
    byHand: false,
    drainSeconds: 30,
    weight: 1,
    requestsPerUnitSecond: 10,
    instances: [{ instanceId: 'i-1234567890abcdef0', phase: 'serving' }],
  });
});

it('has a state in progress from when it is entered until it is left', () => {
  happened('TaskStateEntered', 'CheckCapacity');
  expect(model.stateSummary('CheckCapacity').status).toBe('in progress');
  happened('TaskStateExited', 'CheckCapacity');
  expect(model.stateSummary('CheckCapacity').status).toBe('succeeded');
});

it('keeps a failed task in progress while it is retried, and counts the retries', () => {
  happened('TaskStateEntered', 'CheckCapacity');
  happened('TaskFailed', 'CheckCapacity', { error: 'Throttling', cause: 'Rate exceeded' });
  expect(model.stateSummary('CheckCapacity')).toMatchObject({ status: 'in progress', retries: 0 });
  happened('TaskRetried', 'CheckCapacity');
  expect(model.stateSummary('CheckCapacity')).toMatchObject({ status: 'in progress', retries: 1 });
});

it('shows a caught error as caught, also after the state is left', () => {
  happened('TaskStateEntered', 'CheckCapacity');
  happened('TaskFailed', 'CheckCapacity', { error: 'Throttling' });
  happened('TaskCaught', 'CheckCapacity');
  happened('TaskStateExited', 'CheckCapacity');
  expect(model.stateSummary('CheckCapacity').status).toBe('caught');
});

it('shows the state in which an execution failed as failed, with the error', () => {
  happened('FailStateEntered', 'HandlingFailed');
  happened('ExecutionFailed', undefined, { error: 'InvalidEvent', cause: 'no id' });
  expect(model.stateSummary('HandlingFailed').status).toBe('failed');
  expect(model.executions.get('a')?.failure).toEqual({ error: 'InvalidEvent', cause: 'no id' });
});

it('counts the visits of a loop, and shows the latest', () => {
  for (let visit = 0; visit < 2; visit += 1) {
    happened('WaitStateEntered', 'WaitForInService');
    happened('WaitStateExited', 'WaitForInService');
  }
  happened('WaitStateEntered', 'WaitForInService');
  expect(model.stateSummary('WaitForInService')).toMatchObject({ visits: 3, status: 'in progress' });
});

it('knows which way was taken', () => {
  happened('TaskStateEntered', 'CheckCapacity');
  happened('TaskStateExited', 'CheckCapacity');
  happened('ChoiceStateEntered', 'EnoughCapacity?');
  expect(model.isTaken('CheckCapacity', 'EnoughCapacity?')).toBe(true);
  expect(model.isTaken('EnoughCapacity?', 'CheckCapacity')).toBe(false);
});

it('adds executions up, and tells them apart', () => {
  happened('TaskStateEntered', 'CheckCapacity', {}, 'a');
  happened('TaskStateEntered', 'CheckCapacity', {}, 'b');
  happened('TaskStateExited', 'CheckCapacity', {}, 'b');
  expect(model.stateSummary('CheckCapacity')).toMatchObject({ status: 'in progress', inProgress: 1, visits: 2 });
  expect(model.stateSummary('CheckCapacity', 'b')).toMatchObject({ status: 'succeeded', inProgress: 0, visits: 1 });
});

it('puts events at the virtual time since the first notice', () => {
  happened('TaskStateEntered', 'CheckCapacity', { timestamp: '2026-01-01T00:00:12.500Z' });
  expect(model.history[0]?.atSeconds).toBe(12.5);
});

it('lets the worst visit of a state win, whatever came after it', () => {
  for (const outcome of ['TaskCaught', undefined]) {
    happened('TaskStateEntered', 'CheckCapacity');
    if (outcome) happened(outcome, 'CheckCapacity');
    happened('TaskStateExited', 'CheckCapacity');
  }
  expect(model.stateSummary('CheckCapacity')).toMatchObject({ status: 'caught', visits: 2 });
  expect(worstOf(model.visits('CheckCapacity'))?.index).toBe(0);
});

it('keeps events in the order of their times, whoever reports them first', () => {
  happened('TaskStateEntered', 'CheckCapacity', { timestamp: '2026-01-01T00:00:02.000Z' }, 'a');
  happened('TaskStateEntered', 'CheckCapacity', { timestamp: '2026-01-01T00:00:01.000Z' }, 'b');
  happened('TaskStateExited', 'CheckCapacity', { timestamp: '2026-01-01T00:00:03.000Z' }, 'b');
  expect(model.history.map(({ atSeconds }) => atSeconds)).toEqual([1, 2, 3]);
});

it('counts calls that failed within a function in the visit they fell into', () => {
  happened('TaskStateEntered', 'CheckCapacity');
  model.apply({ kind: 'fault', atSeconds: 1, execution: 'a', action: 'DescribeAutoScalingGroups', fault: 'throttle' });
  expect(model.stateSummary('CheckCapacity')).toMatchObject({ status: 'in progress', failedCalls: 1, retries: 0 });
});

it('knows who raised DesiredCapacity, and by how much', () => {
  happened('TaskStateEntered', 'SetDesiredCapacity');
  happened('TaskStateExited', 'SetDesiredCapacity', { output: { scaleOut: { from: 2, to: 5 } } });
  expect(model.executions.get('a')).toMatchObject({ raisedBy: 3, raisedAtSeconds: 0 });
});

it('tells interrupted instances, replacements, and those that nobody has touched', () => {
  const notice = { instanceId: 'i-1234567890abcdef0', at: 1, reclaimAt: 121, serving: true, weight: 1 };
  expect(model.instances.get(notice.instanceId)?.kind).toBe('untouched');
  model.apply({ kind: 'notice', notice });
  model.apply({ kind: 'instance', atSeconds: 2, instanceId: 'i-new', phase: 'pending' });
  model.apply({ kind: 'instance', atSeconds: 50, instanceId: notice.instanceId, phase: 'draining' });
  expect([...model.instances.values()].map(({ kind }) => kind)).toEqual(['interrupted', 'replacement']);
  expect(model.instances.get(notice.instanceId)?.leftAtSeconds).toBe(50);
});

it('replaces a sample of the group by a later one of the same time', () => {
  const sample = { kind: 'group', atSeconds: 1, desired: 1, usual: 1, floor: 1, serving: 1 } as const;
  model.apply(sample);
  model.apply({ ...sample, desired: 2 });
  expect(model.group.map(({ desired }) => desired)).toEqual([2]);
});

it('shows what was in progress as stopped when the run is stopped', () => {
  happened('WaitStateEntered', 'WaitForInService');
  model.apply({ kind: 'stopped' });
  expect(model.phase).toBe('stopped');
  expect(model.stateSummary('WaitForInService').status).toBe('stopped');
});

function happened(type: string, state?: string, fields: Partial<ExecutionEvent> = {}, execution = 'a'): void {
  const timestamp = new Date(startedAt).toISOString();
  const event = { id: 1, type, timestamp, ...(state !== undefined && { state }), ...fields };
  model.apply({ kind: 'history', execution, instanceId: 'i-1234567890abcdef0', event });
}
