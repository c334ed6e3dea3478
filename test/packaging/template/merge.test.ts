import { describe, expect, test } from 'vitest';
import { noValue } from '../../../packaging/template/intrinsics.ts';
import type { Json } from '../../../packaging/template/json.ts';
import { conditionOf, mergedCases } from '../../../packaging/template/merge.ts';

const off = { A: false, B: false };
const a = { A: true, B: false };
const b = { A: false, B: true };
const both = { A: true, B: true };

describe('cases are merged', () => {
  test('to the value where they agree', () => {
    expect(
      mergedCases([
        { answers: off, value: 1 },
        { answers: a, value: 1 },
      ]),
    ).toBe(1);
  });

  test('to a condition as far inside as it can be', () => {
    const cases = [
      { answers: off, value: { same: 1, list: ['x', { deep: 1 }] } },
      { answers: a, value: { same: 1, list: ['x', { deep: 2 }] } },
    ];
    expect(mergedCases(cases)).toEqual({ same: 1, list: ['x', { deep: { 'Fn::If': ['A', 2, 1] } }] });
  });

  test('to a condition around an intrinsic function, which is not taken apart', () => {
    const cases = [
      { answers: off, value: { Ref: 'X' } },
      { answers: a, value: { Ref: 'Y' } },
    ];
    expect(mergedCases(cases)).toEqual({ 'Fn::If': ['A', { Ref: 'Y' }, { Ref: 'X' }] });
  });

  test('to no value where a property is missing', () => {
    const cases = [
      { answers: off, value: { always: 1 } },
      { answers: a, value: { always: 1, more: 2 } },
    ];
    expect(mergedCases(cases)).toEqual({ always: 1, more: { 'Fn::If': ['A', 2, noValue] } });
  });

  test('with null as a value like any other', () => {
    const cases = [
      { answers: off, value: { path: null, n: 1 } },
      { answers: a, value: { path: null, n: 2 } },
    ];
    expect(mergedCases(cases)).toMatchObject({ path: null });
  });

  test('by the condition that makes the difference', () => {
    const value = (answers: { B: boolean }): Json => (answers.B ? [1, 2] : [1]);
    const cases = [off, a, b, both].map((answers) => ({ answers, value: value(answers) }));
    expect(mergedCases(cases)).toEqual({ 'Fn::If': ['B', [1, 2], [1]] });
  });

  test('by several, one in the other', () => {
    const cases = [
      { answers: off, value: 0 },
      { answers: a, value: 1 },
      { answers: b, value: 2 },
      { answers: both, value: 3 },
    ];
    expect(mergedCases(cases)).toEqual({ 'Fn::If': ['A', { 'Fn::If': ['B', 3, 1] }, { 'Fn::If': ['B', 2, 0] }] });
  });

  test('by conditions that exclude each other', () => {
    const cases = [
      { answers: off, value: 'none' },
      { answers: a, value: 'a' },
      { answers: b, value: 'b' },
    ];
    expect(mergedCases(cases)).toEqual({ 'Fn::If': ['A', 'a', { 'Fn::If': ['B', 'b', 'none'] }] });
  });
});

describe('a resource', () => {
  test('that is always there has no condition', () => {
    expect(
      conditionOf('Table', [
        { answers: off, value: 1 },
        { answers: a, value: 2 },
      ]),
    ).toBeUndefined();
  });

  test('has the condition under which it is there', () => {
    const cases = [off, a, b, both].map((answers) => ({ answers, value: answers.B ? 1 : undefined }));
    expect(conditionOf('Topic', cases)).toBe('B');
  });

  test('that is there under two conditions is refused by its name', () => {
    const cases = [off, a, b, both].map((answers) => ({ answers, value: answers.A && answers.B ? 1 : undefined }));
    expect(() => conditionOf('Topic', cases)).toThrow('Topic is there under more than one condition');
  });
});
