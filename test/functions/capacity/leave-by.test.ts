import { describe, expect, test } from 'vitest';
import { leaveByFor, leaveByTag } from '../../../functions/capacity/leave-by.ts';
import { leaveByOf } from '../../../functions/configuration/values.ts';

describe('how the instances of a group leave', () => {
  test.each([
    [undefined, 'auto', 'auto', false],
    [undefined, 'detach', 'detach', false],
    ['detach', 'auto', 'detach', false],
    ['detach', 'terminate', 'detach', false],
    ['terminate', 'auto', 'terminate', false],
    ['auto', 'terminate', 'auto', false],
    ['detach', 'detach', 'detach', false],
    // IAM would refuse it.
    ['terminate', 'detach', 'detach', true],
    ['auto', 'detach', 'detach', true],
    ['leave', 'terminate', 'terminate', true],
  ] as const)('tag %s, configured %s: %s, tag ignored: %s', (tag, configured, leaveBy, isTagIgnored) => {
    const tags = new Map(tag === undefined ? [] : [[leaveByTag, tag]]);
    expect(leaveByFor({ tags }, configured)).toEqual({ leaveBy, isTagIgnored });
  });
});

test.each(['auto', 'detach', 'terminate'] as const)('%s can be asked for', (choice) => {
  expect(leaveByOf(choice)).toBe(choice);
});

test.each(['Auto', '', undefined])('%j cannot be asked for', (text) => {
  expect(leaveByOf(text)).toBeUndefined();
});
