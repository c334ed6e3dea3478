import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { noticesOf } from '../../packaging/notices.ts';

const project = mkdtempSync(join(tmpdir(), 'notices-'));
afterAll(() => rmSync(project, { recursive: true }));

installed('node_modules/@scope/one', { license: 'MIT' }, 'The text');
installed('node_modules/two', { license: 'MIT' }, 'The text');
installed('node_modules/two/node_modules/three', { license: 'ISC' });
installed('node_modules/four', {});

test('each license is there once, with all bundled packages that it is of', () => {
  const files = [
    'functions/a.ts',
    'node_modules/@scope/one/x.js',
    'node_modules/two/lib/y.js',
    'node_modules/two/z.js',
  ];
  expect(noticesOf(files, project)).toBe('one 1.0.0 (MIT)\ntwo 1.0.0 (MIT)\n\nThe text\n');
});

test('of a package without a text its name has to do, also of one inside of another', () => {
  expect(noticesOf(['node_modules/two/node_modules/three/x.js'], project)).toBe('three 1.0.0 (ISC)\n\nISC\n');
});

test('a package without a license is refused', () => {
  expect(() => noticesOf(['node_modules/four/x.js'], project)).toThrow('four is bundled, but');
});

function installed(path: string, fields: object, license?: string): void {
  const folder = join(project, path);
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: path.split('/').at(-1), version: '1.0.0', ...fields }),
  );
  if (license !== undefined) writeFileSync(join(folder, 'LICENSE'), license);
}
