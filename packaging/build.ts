import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFunctions } from './functions.ts';
import { apiDocument } from './library/api-document.ts';
import { withDeclarations } from './library/declarations.ts';
import { writeLibrary } from './library/library.ts';

/** Writes dist/, which the npm package consists of, and API.md. */
const projectFolder = join(import.meta.dirname, '..');
const dist = join(projectFolder, 'dist');

rmSync(dist, { recursive: true, force: true });
writeFunctions(join(dist, 'functions'));
requireOnlyPeers(await writeLibrary(join(dist, 'index.cjs')));
withDeclarations(({ file, api }) => {
  copyFileSync(file, join(dist, 'index.d.cts'));
  writeFileSync(join(projectFolder, 'API.md'), apiDocument(api));
});
console.log(`wrote ${dist} and API.md`);

/** A consumer has nothing else installed. */
function requireOnlyPeers(required: readonly string[]): void {
  const { peerDependencies } = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8'));
  const missing = required.filter(
    (path) => !path.startsWith('node:') && !(path.split('/')[0] ?? '' in peerDependencies),
  );
  if (missing.length > 0)
    throw new Error(`The library requires ${missing.join(', ')}, which no peer dependency brings.`);
}
