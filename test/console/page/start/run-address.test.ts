import { expect, it } from 'vitest';
import { addressOf, isSameRun, momentAt, runAt, withMoment } from '../../../../console/page/start/run-address.ts';
import { parseWorld } from '../../../../simulator/scenarios/world-file.ts';

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

it('carries a whole world, and tells it from another', () => {
  const world = parseWorld({ group: { instances: 4 }, notices: [{ instance: 0, count: 2 }] });
  const own = { ...settings, scenario: world.name, world };
  const run = runAt(addressOf(own, sampleEvent), sampleEvent);
  expect(parseWorld(JSON.parse(run?.world ?? ''))).toEqual(world);
  expect(run && isSameRun(run, own, sampleEvent)).toBe(true);
  const larger = parseWorld({ group: { instances: 5 }, notices: [{ instance: 0, count: 2 }] });
  expect(run && isSameRun(run, { ...own, world: larger }, sampleEvent)).toBe(false);
  expect(run && isSameRun(run, settings, sampleEvent)).toBe(false);
});

it('carries the moment beside the run', () => {
  const hash = addressOf(settings, sampleEvent, 52.34);
  expect(momentAt(hash)).toBe(52.3);
  expect(momentAt(withMoment(hash, undefined))).toBeUndefined();
  expect(withMoment('', 7)).toBe('#at=7');
  expect(momentAt('#at=soon')).toBeUndefined();
});
