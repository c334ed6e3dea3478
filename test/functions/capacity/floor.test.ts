import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  type Floor,
  floorFor,
  floorOf,
  taggedDrainSeconds,
  unreadableTags,
} from '../../../functions/capacity/floor.ts';
import { minServingOf, minServingText } from '../../../functions/configuration/values.ts';
import { snapshotWith } from './group-answer.ts';
import { minServing } from './situations.ts';

describe('how much has to serve', () => {
  test.each([
    ['100%', 7, 7],
    ['90%', 10, 9],
    ['50%', 7, 4],
    ['1%', 1, 1],
    ['1%', 1000, 10],
    // In floating point 0.07 * 100 is more than 7.
    ['7%', 100, 7],
    ['100%', 0, 0],
    ['2', 10, 2],
    ['0', 10, 0],
    ['10', 3, 3],
  ])('%s of a usual size of %i is %i', (text, usualSize, floor) => {
    expect(floorOf(minServing(text), usualSize)).toBe(floor);
  });

  it('is never more than the usual size', () => {
    const texts = fc.oneof(
      fc.integer({ min: 1, max: 100 }).map((percent) => `${percent}%`),
      fc.integer({ min: 0, max: 10_000 }).map(String),
    );
    fc.assert(
      fc.property(texts, fc.nat(5_000), (text, usualSize) => floorOf(minServing(text), usualSize) <= usualSize),
    );
  });

  test.each(['', '0%', '101%', '1.5%', '-1', '1.5', '10001', '90 %', ' 2', 'all', '2units', '090%'])(
    'cannot be %j',
    (text) => {
      expect(minServingOf(text)).toBeUndefined();
    },
  );
});

test.each(['90%', '2'])('%s is written as it is read', (text) => {
  expect(minServingText(minServing(text))).toBe(text);
});

describe('the floor of a group', () => {
  const configured = minServing('100%');
  const tag = (Value: string) => ({ Key: 'spot-interruption-handler:min-serving', Value });

  test.each<[string, Partial<AutoScalingGroup>, Floor]>([
    [
      'its tag, before its instance maintenance policy',
      { Tags: [tag('2')], InstanceMaintenancePolicy: { MinHealthyPercentage: 80 } },
      { minServing: minServing('2'), from: 'tag' },
    ],
    [
      'its instance maintenance policy, before the configuration',
      { InstanceMaintenancePolicy: { MinHealthyPercentage: 80 } },
      { minServing: minServing('80%'), from: 'instance maintenance policy' },
    ],
    [
      'nothing, where its instance maintenance policy asks for 0 %',
      { InstanceMaintenancePolicy: { MinHealthyPercentage: 0 } },
      { minServing: { kind: 'share', percent: 0 }, from: 'instance maintenance policy' },
    ],
    [
      'the configuration, where its instance maintenance policy sets no minimum',
      { InstanceMaintenancePolicy: { MinHealthyPercentage: -1 } },
      { minServing: configured, from: 'configuration' },
    ],
    ['the configuration, where it says nothing itself', {}, { minServing: configured, from: 'configuration' }],
    [
      'what comes next, where its tag cannot be read',
      { Tags: [tag('most')], InstanceMaintenancePolicy: { MinHealthyPercentage: 80 } },
      { minServing: minServing('80%'), from: 'instance maintenance policy' },
    ],
  ])('is %s', (_, answer, floor) => {
    expect(floorFor(snapshotWith(answer), configured)).toEqual(floor);
  });
});

describe("a group's tag for the drain window", () => {
  test.each([
    ['0', 0],
    ['5', 5],
    ['60', 60],
    ['90', 90],
    ['91', undefined],
    ['-1', undefined],
    ['30s', undefined],
    ['1.5', undefined],
    ['', undefined],
  ])('%j is %s seconds', (value, seconds) => {
    expect(taggedDrainSeconds({ tags: new Map([['spot-interruption-handler:drain-seconds', value]]) })).toBe(seconds);
  });

  it('is not needed', () => {
    expect(taggedDrainSeconds({ tags: new Map() })).toBeUndefined();
  });
});

describe('the tags that cannot be read', () => {
  test.each<[string, Record<string, string>, string[]]>([
    ['are none, where they say what they may', { 'min-serving': '90%', 'drain-seconds': '60' }, []],
    ['are none, where there are none', {}, []],
    ['are the floor', { 'min-serving': '0.9', 'drain-seconds': '60' }, ['min-serving']],
    ['are the drain window', { 'min-serving': '90%', 'drain-seconds': 'long' }, ['drain-seconds']],
    ['are both', { 'min-serving': '', 'drain-seconds': '' }, ['min-serving', 'drain-seconds']],
  ])('%s', (_, given, expected) => {
    const tags = new Map(Object.entries(given).map(([key, value]) => [`spot-interruption-handler:${key}`, value]));
    expect(unreadableTags({ tags })).toEqual(expected.map((key) => `spot-interruption-handler:${key}`));
  });
});
