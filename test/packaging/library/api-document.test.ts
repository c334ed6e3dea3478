import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { apiDocument } from '../../../packaging/library/api-document.ts';
import { withDeclarations } from '../../../packaging/library/declarations.ts';

let declarations = '';
let document = '';

// The compiler and the extractor read all that aws-cdk-lib declares.
beforeAll(() => {
  withDeclarations(({ file, api }) => {
    declarations = readFileSync(file, 'utf8');
    document = apiDocument(api);
  });
}, 300_000);

describe('API.md', () => {
  test('is what the docstrings say: npm run build writes it', () => {
    expect(readFileSync(new URL('../../../API.md', import.meta.url), 'utf8')).toBe(document);
  });

  test('leaves no property and no method unexplained', () => {
    const rows = document.split('\n').filter((line) => line.startsWith('| `'));
    expect(rows.length).toBeGreaterThan(40);
    expect(rows.filter((row) => /\|\s*\|$/.test(row))).toEqual([]);
  });
});

test('the declarations are one file that imports nothing but the peer dependencies', () => {
  const imported = [...declarations.matchAll(/from '([^']+)'/g)].map(([, path = '']) => path.split('/')[0]);
  expect(new Set(imported)).toEqual(new Set(['aws-cdk-lib', 'constructs']));
});
