import { expect, test } from 'vitest';
import { synthesize } from './synthesis.ts';

/** What an upgrade or a change adds, removes or allows shows in this file's diff. `npx vitest run test/infra/template.test.ts -u` writes it. */
test('the stack has these resources, and its roles may do this', async () => {
  const { Resources: resources } = synthesize().toJSON();
  const lines = Object.entries(resources)
    .map(([id, resource]) => [id, lineOf(resource)] as const)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  await expect(`${lines.map(([id, line]) => `${id}: ${line}`).join('\n')}\n`).toMatchFileSnapshot(
    'template.snapshot.txt',
  );
});

function lineOf(resource: unknown): string {
  if (!isRecord(resource)) return 'nothing';
  const { PolicyDocument: document } = isRecord(resource.Properties) ? resource.Properties : {};
  const statements = isRecord(document) && Array.isArray(document.Statement) ? document.Statement : [];
  return [resource.Type, ...statements.flatMap(statementOf)].join(' ');
}

function statementOf(statement: unknown): string[] {
  if (!isRecord(statement)) return [];
  const actions = [statement.Action].flat().join(', ');
  return [`[${statement.Effect}: ${actions}${statement.Condition === undefined ? '' : ', with a condition'}]`];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
