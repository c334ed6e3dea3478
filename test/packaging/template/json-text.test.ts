import { describe, expect, test } from 'vitest';
import { noValue, onlyIf } from '../../../packaging/template/intrinsics.ts';
import { jsonText, marked, parsedJsonText } from '../../../packaging/template/json-text.ts';
import { everyMarkReplaced, markOf } from '../../../packaging/template/marks.ts';

const topic = { Ref: 'Topic' };

describe('a JSON text', () => {
  test('is the same after it has been parsed and written', () => {
    const text = { 'Fn::Join': ['', ['{"Resource":"arn:', { Ref: 'AWS::Partition' }, ':sns","n":1,"none":null}']] };
    expect(jsonText(parsedJsonText(text))).toEqual(text);
  });

  test('without intrinsic functions is a plain text', () => {
    expect(jsonText({ a: [1, 'x"y', true] })).toBe('{"a":[1,"x\\"y",true]}');
  });

  test('has a condition around what differs only', () => {
    expect(jsonText({ a: onlyIf('Yes', 1, 'two'), b: 3 })).toEqual({
      'Fn::Join': ['', ['{"a":', { 'Fn::If': ['Yes', '1', '"two"'] }, ',"b":3}']],
    });
  });

  test.each([
    ['the first', { a: onlyIf('Yes', 1, noValue), b: 3 }],
    ['the last', { b: 3, a: onlyIf('Yes', 1, noValue) }],
  ])('is JSON with and without a member that may be missing, %s', (_, value) => {
    expect(jsonText(value)).toEqual({ 'Fn::Join': ['', ['{', { 'Fn::If': ['Yes', '"a":1,', ''] }, '"b":3}']] });
  });

  test('of members that may all be missing is refused', () => {
    expect(() => jsonText({ a: onlyIf('Yes', 1, noValue) })).toThrow('No member of an object is always there: a');
  });

  test('that is no text is refused', () => {
    expect(() => parsedJsonText(topic)).toThrow('Not a JSON text: {"Ref":"Topic"}');
  });
});

describe('a mark', () => {
  test('may stand in a key of what is written as a text', () => {
    const policy = { [`tag/${markOf({ Ref: 'Key' })}`]: topic };
    expect(jsonText(marked(policy))).toEqual({
      'Fn::Join': ['', ['{"tag/', { Ref: 'Key' }, '":"', topic, '"}']],
    });
  });

  test('becomes what it stands for, in a text and alone', () => {
    expect(everyMarkReplaced({ alone: markOf(topic), among: [`a=${markOf(topic)}`] })).toEqual({
      alone: topic,
      among: [{ 'Fn::Join': ['', ['a=', topic]] }],
    });
  });

  test('in a key that is not written as a text is refused', () => {
    expect(() => everyMarkReplaced({ [markOf(topic)]: 1 })).toThrow('A key depends on a parameter');
  });
});
