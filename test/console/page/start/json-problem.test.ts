import fc from 'fast-check';
import { expect, it } from 'vitest';
import { jsonProblem } from '../../../../console/page/start/json-problem.ts';

it.each([
  ['{"a": 1,}', 1, 9, 'a property name in double quotes is expected'],
  ['{\n  "a": 1\n  "b": 2\n}', 3, 3, 'a comma is expected'],
  ['{"a": yes}', 1, 7, 'this is neither a string in double quotes, nor a number, true, false or null'],
  ['{"a": 1', 1, 8, 'a closing brace is expected'],
  ['{"a": "b}', 1, 7, 'the string is not closed'],
  ['', 1, 1, 'a value is expected'],
  ['{} {}', 1, 4, 'nothing more is expected here'],
  ['{} // why', 1, 4, 'JSON has no comments'],
])('says where %j is wrong, and why', (text, line, column, message) => {
  expect(jsonProblem(text)).toMatchObject({ line, column, message });
});

it('finds a problem exactly where JSON.parse would throw', () => {
  const nearlyJson = fc
    .tuple(fc.json(), fc.nat(200), fc.constantFrom('', ',', '"', '}', '{', ' ', '0', '-', 'e', '\\', '\u0001', '/*'))
    .map(([json, at, inserted]) => json.slice(0, at) + inserted + json.slice(at + 1));
  fc.assert(
    fc.property(fc.oneof(fc.json(), nearlyJson), (text) => {
      expect(jsonProblem(text) === undefined).toBe(parses(text));
    }),
    { numRuns: 1000, seed: 1 },
  );
});

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
