import { readFileSync } from 'node:fs';
import validate from 'asl-validator';
import { expect, it } from 'vitest';
import { exportedDefinition } from '../../statemachine/definition.ts';
import { withGraph } from '../../statemachine/readme-graph.ts';

const committed: unknown = JSON.parse(
  readFileSync(new URL('../../statemachine/spot-interruption.asl.json', import.meta.url), 'utf8'),
);

it('is exported as the code defines it (npm run export)', () => {
  expect(committed).toEqual(exportedDefinition());
});

it('is valid Amazon States Language', () => {
  const { isValid, errorsText } = validate(committed, { checkArn: true, checkPaths: true });
  expect(isValid ? '' : errorsText('\n')).toBe('');
});

it('is drawn in the README as it is (npm run export)', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  expect(withGraph(readme, exportedDefinition())).toBe(readme);
});
