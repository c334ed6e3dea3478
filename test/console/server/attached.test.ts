import { afterEach, expect, it } from 'vitest';
import { Attached } from '../../../console/server/attached.ts';
import { updatesFrom } from '../../../console/server/attached-updates.ts';
import { RunLog } from '../../../console/server/run-log.ts';
import { RunModel } from '../../../console/shared/run-model.ts';
import { statusSentence } from '../../../console/shared/status-sentence.ts';

const startedAt = Date.parse('2026-01-01T00:00:00.000Z');
const execution = { name: 'one', instanceId: 'i-1234567890abcdef0', startedAt };

let attached: Attached | undefined;
afterEach(() => attached?.stop());

it('tells from outputs what nobody else tells: the notice, the group, and how the instance left', () => {
  const model = new RunModel();
  model.apply({ kind: 'requested', id: '1', settings: { scenario: 'attached', event: null, seed: 0, speed: 1 } });
  model.apply({
    kind: 'started',
    startedAt,
    byHand: false,
    drainSeconds: 30,
    weight: 1,
    requestsPerUnitSecond: 1,
    instances: [],
  });
  const interruption = { noticeAt: at(1), reclaimAt: at(121), detachBy: at(91), weight: 1 };
  const group = { lookedAt: at(2), desiredCapacity: 2, usualSize: 1, floor: 1, serving: 1 };
  const left = { at: at(50), by: 'arn:one', reason: 'the floor holds without it', decremented: true };
  const happened = [
    { id: 1, type: 'ExecutionStarted', timestamp: at(0) },
    { id: 2, type: 'TaskStateEntered', timestamp: at(0), state: 'DescribeInstance' },
    { id: 3, type: 'TaskStateExited', timestamp: at(1), state: 'DescribeInstance', output: { interruption } },
    { id: 4, type: 'TaskStateEntered', timestamp: at(1), state: 'CheckCapacity' },
    {
      id: 5,
      type: 'TaskStateExited',
      timestamp: at(2),
      state: 'CheckCapacity',
      output: { interruption, capacity: { group } },
    },
  ];
  for (const event of happened) for (const update of updatesFrom(event, execution)) model.apply(update);
  expect(model.notices).toEqual([expect.objectContaining({ at: 1, reclaimAt: 121 })]);
  expect(model.group).toEqual([expect.objectContaining({ atSeconds: 2, desired: 2, usual: 1, serving: 1 })]);
  expect(statusSentence(model)).toContain('waits: 1 serve, the floor is 1');
  const output = { interruption, detachment: { left: true, how: left } };
  const end = [
    { id: 6, type: 'TaskStateEntered', timestamp: at(49), state: 'DetachInstances' },
    { id: 7, type: 'TaskStateExited', timestamp: at(50), state: 'DetachInstances', output },
    { id: 8, type: 'ExecutionSucceeded', timestamp: at(51), output },
  ];
  for (const event of end) for (const update of updatesFrom(event, execution)) model.apply(update);
  expect(model.instances.get(execution.instanceId)?.leftAtSeconds).toBe(50);
  expect(statusSentence(model)).toBe('i-1234567890abcdef0 left: the floor holds without it.');
});

it('says so where nobody answers', async () => {
  attached = new Attached({
    endpoint: 'http://127.0.0.1:9',
    stateMachineArn: 'arn:aws:states:us-east-2:123456789012:stateMachine:none',
    async *follow() {},
    log: new RunLog(),
  });
  await expect(attached.definition()).rejects.toThrow('Is npm run aws running there? Say where with AWS_ENDPOINT_URL.');
});

function at(seconds: number): string {
  return new Date(startedAt + seconds * 1000).toISOString();
}
