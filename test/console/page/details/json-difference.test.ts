import { expect, it } from 'vitest';
import { differences } from '../../../../console/page/details/json-difference.ts';

it('says what was added, changed and taken away, by its path', () => {
  const before = { interruption: { managed: true }, capacity: { changeBy: 1, leave: [1] }, error: 'old' };
  const after = { interruption: { managed: true }, capacity: { changeBy: 0, leave: [1], left: { by: 'me' } } };
  expect(differences(before, after)).toEqual([
    { path: 'capacity.changeBy', before: 1, after: 0 },
    { path: 'capacity.left.by', before: undefined, after: 'me' },
    { path: 'error', before: 'old', after: undefined },
  ]);
});

it('finds nothing in equal values, and compares as a whole what are no objects', () => {
  expect(differences({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] })).toEqual([]);
  expect(differences({ a: [1] }, { a: [2] })).toEqual([{ path: 'a', before: [1], after: [2] }]);
  expect(differences(undefined, 3)).toEqual([{ path: '', before: undefined, after: 3 }]);
});
