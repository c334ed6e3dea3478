import { describe, expect, it, test } from 'vitest';
import type { DescribeInstanceInput } from '../../../functions/shared/contract.ts';
import { withFunctions } from '../../support/functions.ts';
import { createWeb, instanceId } from '../../support/handling.ts';

function inputFor(id: string): DescribeInstanceInput {
  const execution = {
    arn: 'arn:aws:states:us-east-2:123456789012:execution:spot:1',
    startedAt: '2026-01-01T00:00:01.000Z',
  };
  return {
    event: { time: '2026-01-01T00:00:00Z', detail: { 'instance-id': id, 'instance-action': 'stop' } },
    execution,
  };
}

describe('an instance of a group', () => {
  it('is managed, with its deadlines', () =>
    withFunctions({}, async ({ app, describeInstance, settled }) => {
      const group = createWeb(app, {});
      expect(await settled(describeInstance(inputFor(instanceId(group))))).toMatchObject({
        managed: true,
        instanceId: instanceId(group),
        instanceAction: 'stop',
        autoScalingGroupName: 'web',
        weight: 1,
        noticeAt: '2026-01-01T00:00:00.000Z',
        retryUntil: '2026-01-01T00:01:15.000Z',
        decideBy: '2026-01-01T00:01:26.000Z',
        detachBy: '2026-01-01T00:01:30.000Z',
        reclaimAt: '2026-01-01T00:02:00.000Z',
      });
    }));

  it('is to be detached earlier where more time is wanted for draining', () =>
    withFunctions({ settings: { drainSeconds: 60 } }, async ({ app, describeInstance, settled }) => {
      const interruption = await settled(describeInstance(inputFor(instanceId(createWeb(app, {})))));
      expect(interruption).toMatchObject({ detachBy: '2026-01-01T00:01:00.000Z' });
    }));

  it('counts for its weight', () =>
    withFunctions({}, async ({ app, describeInstance, settled }) => {
      const interruption = await settled(describeInstance(inputFor(instanceId(createWeb(app, { weight: 4 })))));
      expect(interruption).toMatchObject({ weight: 4 });
    }));
});

test.each([
  ['Pending', true, undefined],
  ['InService', true, undefined],
  ['Standby', true, undefined],
  ['Terminating', false, 'already leaving its Auto Scaling group'],
  ['Detaching', false, 'already leaving its Auto Scaling group'],
  ['Warmed:Stopped', false, 'in a warm pool, not in service'],
] as const)('an instance that is %s: managed %s', (lifecycleState, managed, reason) =>
  withFunctions({}, async ({ app, describeInstance, settled }) => {
    const group = createWeb(app, { instances: [{ lifecycleState }], desiredCapacity: 1 });
    const answer = await settled(describeInstance(inputFor(instanceId(group))));
    expect(answer).toMatchObject({ managed, ...(reason && { reason }) });
  }),
);

it('asks for no tags where no tag is asked for', () =>
  withFunctions({}, async ({ app, describeInstance, settled }) => {
    await settled(describeInstance(inputFor(instanceId(createWeb(app, {})))));
    expect(app.aws.apiCalls).toEqual({ DescribeAutoScalingInstances: 1 });
  }));

it('passes the errors of the service on by their names', () =>
  withFunctions({ intercept: () => ({ kind: 'throttle' }) }, async ({ app, describeInstance, settled }) => {
    const answer = describeInstance(inputFor(instanceId(createWeb(app, {}))));
    await expect(settled(answer)).rejects.toMatchObject({ name: 'Throttling' });
  }));
