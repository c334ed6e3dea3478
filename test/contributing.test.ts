import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

/** The rows of the section's table: the packages, in backticks, and the reason. */
const reasons = new Map(
  section('Dependencies, and why').flatMap((line): [string, string][] => {
    const [, packages = '', why = ''] = /^\| (`.+`) \| (.+) \|$/.exec(line) ?? [];
    return [...packages.matchAll(/`([^`]+)`/g)].map(([, name = '']) => [name, why]);
  }),
);

it('CONTRIBUTING.md says why each dependency is needed, and of no other', () => {
  expect([...reasons.keys()].sort()).toEqual(dependencies().sort());
});

it('the lockfile has no address of a registry', () => {
  expect(read('package-lock.json')).not.toMatch(/"resolved": "http/);
});

function section(title: string): string[] {
  const [, text = ''] = read('CONTRIBUTING.md').split(`\n## ${title}\n`);
  return (text.split('\n## ')[0] ?? '').split('\n');
}

/** Of every kind. */
function dependencies(): string[] {
  const kinds = Object.entries<Record<string, string>>(JSON.parse(read('package.json'))).filter(([key]) =>
    /^(?:d|devD|peerD|optionalD)ependencies$/.test(key),
  );
  return [...new Set(kinds.flatMap(([, packages]) => Object.keys(packages)))];
}

function read(file: string): string {
  return readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
}
