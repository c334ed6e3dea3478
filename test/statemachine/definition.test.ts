import { readFileSync } from 'node:fs';
import validate from 'asl-validator';
import { expect, it } from 'vitest';
import { exportedDefinition } from '../../statemachine/definition.ts';
import { withGraph } from '../../statemachine/drawn-graph.ts';

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

it('is drawn in docs/architecture.md as it is (npm run export)', () => {
  const document = readFileSync(new URL('../../docs/architecture.md', import.meta.url), 'utf8');
  expect(withGraph(document, exportedDefinition())).toBe(document);
});
