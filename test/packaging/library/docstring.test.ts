import { expect, test } from 'vitest';
import { docstringOf } from '../../../packaging/library/docstring.ts';

test('a docstring on several lines is taken apart', () => {
  const comment = `/**
 * Seconds between two looks:
 * 1 to 30.
 *
 * @param scope - where it is put - as always
 *
 * @default - the stack's name
 *
 * @throws InvalidConfig
 */`;
  expect(docstringOf(comment)).toEqual({
    summary: 'Seconds between two looks: 1 to 30.',
    default: "- the stack's name",
    parameters: new Map([['scope', 'where it is put - as always']]),
    throws: ['InvalidConfig'],
  });
});

test('a docstring of one line is a summary', () => {
  expect(docstringOf('/** Its alarms. */')).toEqual({
    summary: 'Its alarms.',
    default: undefined,
    parameters: new Map(),
    throws: [],
  });
});

test('without a docstring everything is empty', () => {
  expect(docstringOf('').summary).toBe('');
});
