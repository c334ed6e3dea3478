import { expect, test } from 'vitest';
import { parseArguments, UsageError } from '../../bench/command-line.ts';

test('measures everything with seed 1 by default', () => {
  expect(parseArguments([])).toMatchObject({ quick: false, report: false, seed: 1 });
});

test.each([[['--seed', 'x']], [['--seed', '-1']], [['--fast']], [['month']]])('refuses %j', (args) => {
  expect(() => parseArguments(args)).toThrow(UsageError);
});
