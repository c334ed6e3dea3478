import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EventBus, matchesPattern } from '../../../../simulator/aws/event-bridge/event-bus.ts';
import { WorkflowRunner } from '../../../../simulator/aws/step-functions/workflow-runner.ts';
import type { JsonValue } from '../../../../simulator/json.ts';
import { eventFor, instanceIdOf } from '../../../../simulator/scenarios/event-file.ts';

const sample: JsonValue = JSON.parse(readFileSync('events/spot-interruption.json', 'utf8'));
const pattern = { source: ['aws.ec2'], 'detail-type': ['EC2 Spot Instance Interruption Warning'] };

describe('event pattern', () => {
  it('matches the sample event as it stands', () => {
    expect(matchesPattern(pattern, sample)).toBe(true);
  });

  it.each([
    ['another source', { source: 'aws.autoscaling', 'detail-type': 'EC2 Spot Instance Interruption Warning' }],
    ['another type', { source: 'aws.ec2', 'detail-type': 'EC2 Instance Rebalance Recommendation' }],
    ['a field that is missing', { source: 'aws.ec2' }],
  ])('does not match %s', (_, event) => {
    expect(matchesPattern(pattern, event)).toBe(false);
  });

  it.each([
    ['prefix', [{ prefix: 'term' }], 'terminate', 'stop'],
    ['suffix', [{ suffix: 'nate' }], 'terminate', 'stop'],
    ['anything-but one value', [{ 'anything-but': 'stop' }], 'terminate', 'stop'],
    ['anything-but several values', [{ 'anything-but': ['stop', 'hibernate'] }], 'terminate', 'hibernate'],
    ['exists', [{ exists: true }], 'terminate', undefined],
    ['one of several values', ['terminate', 'stop'], 'stop', 'hibernate'],
  ])('knows %s', (_, expected, matching, other) => {
    const matches = (action: string | undefined) =>
      matchesPattern({ detail: { action: expected } }, { detail: action === undefined ? {} : { action } });
    expect([matches(matching), matches(other)]).toEqual([true, false]);
  });

  it('refuses an operator that it does not know', () => {
    expect(() => matchesPattern({ detail: { n: [{ numeric: ['>', 1] }] } }, { detail: { n: 2 } })).toThrow('numeric');
  });
});

describe('event bus', () => {
  it('starts an execution with the event as its input', () => {
    expect(bus().put(sample)[0]?.input).toEqual(sample);
  });

  it('starts one for every delivery of the same event', () => {
    const twice = bus();
    expect(twice.put(sample)[0]?.name).not.toBe(twice.put(sample)[0]?.name);
  });

  it('starts none for an event that the rule does not match', () => {
    expect(bus().put({ source: 'aws.s3' })).toEqual([]);
  });
});

describe('event file', () => {
  it('is put as it stands for its own instance', () => {
    expect(eventFor(sample, instanceIdOf(sample) ?? '')).toEqual(sample);
  });

  it('names another instance in its detail and its resources', () => {
    expect(eventFor(sample, 'i-00000000000000001')).toMatchObject({
      resources: ['arn:aws:ec2:us-east-2:123456789012:instance/i-00000000000000001'],
      detail: { 'instance-id': 'i-00000000000000001' },
    });
  });
});

function bus(): EventBus {
  const definition = { StartAt: 'End', States: { End: { Type: 'Succeed' } } };
  const runner = new WorkflowRunner({ definition, invokeFunction: async () => null });
  return new EventBus({ eventPattern: pattern, start: (name, event) => runner.start(name, event) });
}
