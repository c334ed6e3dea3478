import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';

/** What the files of a folder may import besides their own folder's. The order is that of the arrows: nothing points back. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  functions: [],
  statemachine: ['functions'],
  infra: ['statemachine', 'functions'],
  examples: ['infra'],
  packaging: ['infra', 'functions'],
  simulator: ['functions'],
  console: ['simulator', 'statemachine', 'functions'],
  bench: ['simulator', 'functions', 'infra', 'statemachine'],
  cli: ['console', 'simulator', 'functions', 'statemachine'],
};

/** The same for the folders within `functions/` that no function has for itself, which may import all of them. */
const mayImportInFunctions: Readonly<Record<string, readonly string[]>> = {
  shared: [],
  configuration: ['shared'],
  capacity: ['configuration', 'shared'],
  ledger: ['capacity', 'shared'],
  telemetry: ['configuration', 'shared'],
};

/** The same for the folders within `simulator/`; its own files are helpers that all of them use. */
const mayImportInSimulator: Readonly<Record<string, readonly string[]>> = {
  time: [],
  aws: ['time'],
  actors: ['aws'],
  judging: ['aws'],
  account: ['aws', 'time'],
  scenarios: ['account', 'actors', 'aws', 'judging', 'time'],
  strategies: ['account', 'aws', 'scenarios', 'time'],
};

const project = join(import.meta.dirname, '..');
const files = globSync(`{${Object.keys(mayImport).join()}}/**/*.ts`, { cwd: project });
const imports = new Map(files.map((file) => [file, importsOf(file)]));

it('has imports to look at', () => {
  expect(imports.get('simulator/aws/index.ts')).toContain('simulator/aws/simulated-aws.ts');
});

it.each(Object.entries(mayImport))('imports into %s what stands before it: %j', (folder, others) => {
  expect(
    arrowsFrom(`${folder}/`, (file) => file.split('/')[0]).filter(({ to }) => ![folder, ...others].includes(to)),
  ).toEqual([]);
});

it.each([
  ...Object.entries(mayImportInFunctions).map(([room, others]) => ['functions', room, others] as const),
  ...Object.entries(mayImportInSimulator).map(([room, others]) => ['simulator', room, others] as const),
])('imports into %s/%s what stands before it: %j', (folder, room, others) => {
  const within = (file: string) => (file.startsWith(`${folder}/`) ? /^\w+\/([\w-]+)\//.exec(file)?.[1] : undefined);
  expect(arrowsFrom(`${folder}/${room}/`, within).filter(({ to }) => ![room, ...others].includes(to))).toEqual([]);
});

it('has no circle of imports', () => {
  expect(firstCircle()).toEqual([]);
});

/** The imports out of a folder, with the room that each leads to; those that lead to no room are left out. */
function arrowsFrom(folder: string, roomOf: (file: string) => string | undefined) {
  return [...imports]
    .filter(([file]) => file.startsWith(folder))
    .flatMap(([file, imported]) => imported.map((other) => ({ file, imports: other, to: roomOf(other) ?? '' })))
    .filter(({ to }) => to !== '');
}

/** The files of one circle, each of which imports the next; empty where there is none. */
function firstCircle(): string[] {
  const done = new Set<string>();
  const follow = (file: string, path: readonly string[]): string[] => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return [];
    for (const next of imports.get(file) ?? []) {
      const circle = follow(next, [...path, file]);
      if (circle.length > 0) return circle;
    }
    done.add(file);
    return [];
  };
  for (const file of files) {
    const circle = follow(file, []);
    if (circle.length > 0) return circle;
  }
  return [];
}

/** The project's own files that a file imports, of types, too. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(project, file), 'utf8');
  const specifiers = [...text.matchAll(/(?:\bfrom |\bimport\(|^import )'(\.[^']+)'/gm)].map(([, path = '']) => path);
  return specifiers.map((path) => join(dirname(file), path));
}
