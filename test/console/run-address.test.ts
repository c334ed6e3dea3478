import { expect, it } from 'vitest';
import { addressOf, isSameRun, runAt } from '../../console/page/run-address.ts';

const sampleEvent = '{ "source": "aws.ec2" }';
const settings = { scenario: 'pair', seed: 7, speed: 60, event: { source: 'aws.ec2' } };

it('names scenario, seed and speed', () => {
  expect(addressOf(settings, sampleEvent)).toBe('#scenario=pair&seed=7&speed=60');
});

it('names a payload that is not the sample event', () => {
  const event = { detail: { 'instance-id': 'i-1234567890abcdef0' } };
  const run = runAt(addressOf({ ...settings, event }, sampleEvent), sampleEvent);
  expect(JSON.parse(run?.event ?? '')).toEqual(event);
});

it('takes the defaults for what an address leaves out', () => {
  expect(runAt('#scenario=single', sampleEvent)).toEqual({
    scenario: 'single',
    seed: '1',
    speed: '20',
    event: sampleEvent,
  });
});

it.each(['', '#', '#seed=3'])('names no run: %j', (hash) => {
  expect(runAt(hash, sampleEvent)).toBeUndefined();
});

it.each([
  ['the same', {}, true],
  ['another seed', { seed: '8' }, false],
  ['another speed', { speed: 'max' }, false],
  ['another payload', { event: '{}' }, false],
  ['the same payload, laid out otherwise', { event: '{"source":"aws.ec2"}' }, true],
])('tells whether an address names a run: %s', (_, change, expected) => {
  const run = { scenario: 'pair', seed: '7', speed: '60', event: sampleEvent, ...change };
  expect(isSameRun(run, settings, sampleEvent)).toBe(expected);
});
