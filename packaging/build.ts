import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFunctions } from './functions.ts';
import { apiDocument } from './library/api-document.ts';
import { withDeclarations } from './library/declarations.ts';
import { writeLibrary } from './library/library.ts';
import { writeTemplate } from './template/template-file.ts';

/** Writes dist/, which the npm package consists of, and API.md. */
const projectFolder = join(import.meta.dirname, '..');
const dist = join(projectFolder, 'dist');

rmSync(dist, { recursive: true, force: true });
writeFunctions(join(dist, 'functions'));
writeTemplate(join(dist, 'template.json'));
requireOnlyPeers(await writeLibrary(join(dist, 'index.cjs')));
withDeclarations(({ file, api }) => {
  copyFileSync(file, join(dist, 'index.d.cts'));
  writeFileSync(join(projectFolder, 'API.md'), apiDocument(api));
});
console.log(`wrote ${dist} and API.md`);

/** A consumer has nothing else installed. */
function requireOnlyPeers(required: readonly string[]): void {
  const { peerDependencies } = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8'));
  const allowed = Object.keys(peerDependencies);
  const others = required.filter((path) => !path.startsWith('node:') && !allowed.includes(path.split('/')[0] ?? path));
  if (others.length === 0) return;
  throw new Error(
    `The library requires ${others.join(', ')}, but only its peer dependencies are there: ${allowed.join(', ')}.`,
  );
}
