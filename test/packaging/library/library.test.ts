import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import * as source from '../../../infra/index.ts';
import { writeLibrary } from '../../../packaging/library/library.ts';

// Where it is, the library finds the packages that it requires.
const folder = mkdtempSync(join(import.meta.dirname, '../../../node_modules/.cache-library-'));
const file = join(folder, 'index.cjs');
const required = await writeLibrary(file);
afterAll(() => rmSync(folder, { recursive: true }));

test('the library requires the peer dependencies and nothing else: no esbuild, no client of AWS', () => {
  const packages = required.map((path) => path.split('/')[0]);
  expect(new Set(packages)).toEqual(new Set(['aws-cdk-lib', 'constructs', 'node:path']));
});

test('an ES module imports by name whatever the source exports', async () => {
  const library = await import(pathToFileURL(file).href);
  const names = Object.keys(library).filter((name) => name !== 'default' && name !== 'module.exports');
  expect(names.sort()).toEqual(Object.keys(source).sort());
});

test('a function that has not been bundled is missed with its path', async () => {
  const { SpotInterruptionStack } = await import(pathToFileURL(file).href);
  expect(() => new SpotInterruptionStack()).toThrow(join(folder, 'functions/describe-instance'));
});
