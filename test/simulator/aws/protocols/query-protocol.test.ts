import { describe, expect, test } from 'vitest';
import { answerXml, errorXml, parseForm, QueryParameters } from '../../../../simulator/aws/protocols/query-protocol.ts';
import { ServiceError } from '../../../../simulator/aws/protocols/service-error.ts';

const parametersOf = (form: string) => new QueryParameters(parseForm(form));

describe('parameters', () => {
  test('decodes a form', () => {
    expect(parametersOf('Name=a%26b+c').string('Name')).toBe('a&b c');
  });

  test('reads a list in the order of its numbers', () => {
    const form = [10, 2, 1].map((index) => `Ids.member.${index}=${index}`).join('&');
    expect(parametersOf(form).list('Ids')).toEqual(['1', '2', '10']);
  });

  test('reads an empty list', () => {
    const parameters = parametersOf('Ids=');
    expect(parameters.list('Ids')).toEqual([]);
    expect(() => parameters.refuseOthers()).not.toThrow();
  });

  test('reads structures', () => {
    const parameters = parametersOf(
      'Filters.member.1.Name=a&Filters.member.1.Values.member.1=x&Filters.member.1.Values.member.2=y&Filters.member.2.Name=b',
    );
    const filters = parameters.structures('Filters', (filter) => ({
      name: filter.requiredString('Name'),
      values: filter.list('Values'),
    }));
    expect(filters).toEqual([
      { name: 'a', values: ['x', 'y'] },
      { name: 'b', values: [] },
    ]);
    expect(() => parameters.refuseOthers()).not.toThrow();
  });

  test.each([
    ['a missing parameter', '', /^1 validation error detected: Value null at 'size' failed .*Member must not be null$/],
    ['an empty one', 'Size=', /Value '' at 'size' failed to satisfy constraint: Member must have length greater/],
    ['text for a number', 'Size=many', /^Value \(many\) for parameter Size is not an integer\.$/],
    ['a fraction', 'Size=1.5', /^Value \(1\.5\) for parameter Size is not an integer\.$/],
    ['a number too large', 'Size=9', /Value '9' at 'size' .*Member must have value less than or equal to 5$/],
    ['a number too small', 'Size=0', /Value '0' at 'size' .*Member must have value greater than or equal to 1$/],
  ])('refuses %s', (_, form, message) => {
    expect(() => parametersOf(form).requiredInteger('Size', { min: 1, max: 5 })).toThrow(message);
  });

  test('refuses a boolean that is neither true nor false', () => {
    expect(() => parametersOf('Now=yes').boolean('Now')).toThrow('Value (yes) for parameter Now is not a boolean.');
  });

  test('refuses what nobody has read', () => {
    const parameters = parametersOf('Action=A&Version=1&Name=a&Colour=red');
    parameters.string('Name');
    expect(() => parameters.refuseOthers()).toThrow('Unknown parameter: Colour');
  });
});

describe('XML', () => {
  const answer = { namespace: 'http://example.com/', requestId: 'r-1' };

  test('writes an answer in its envelope', () => {
    const result = { Names: ['a', '<&>'], None: [], At: new Date(0), Left: undefined, Yes: true };
    expect(answerXml('List', { ...answer, result })).toBe(
      '<ListResponse xmlns="http://example.com/"><ListResult><Names><member>a</member><member>&lt;&amp;&gt;</member>' +
        '</Names><None></None><At>1970-01-01T00:00:00.000Z</At><Yes>true</Yes></ListResult>' +
        '<ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></ListResponse>',
    );
  });

  test('leaves out the result of an action that has none', () => {
    expect(answerXml('Set', { ...answer, result: undefined })).toBe(
      '<SetResponse xmlns="http://example.com/"><ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata>' +
        '</SetResponse>',
    );
  });

  test.each([
    [400, 'Sender'],
    [500, 'Receiver'],
  ] as const)('blames the right side for an error with status %i', (status, type) => {
    expect(errorXml(new ServiceError('Wrong', 'a < b', status), answer)).toBe(
      `<ErrorResponse xmlns="http://example.com/"><Error><Type>${type}</Type><Code>Wrong</Code>` +
        '<Message>a &lt; b</Message></Error><RequestId>r-1</RequestId></ErrorResponse>',
    );
  });
});
