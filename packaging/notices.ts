import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The packages that files belong to, with their licenses, each text once.
 * @param files relative to the project.
 * @throws Error for a package that says nothing of its license.
 */
export function noticesOf(files: readonly string[], projectFolder: string): string {
  const folders = new Set(files.flatMap((file) => packageFolderOf(file) ?? []));
  const packagesByText = new Map<string, string[]>();
  for (const folder of [...folders].sort()) {
    const { name, text } = licenseOf(join(projectFolder, folder));
    packagesByText.set(text, [...(packagesByText.get(text) ?? []), name]);
  }
  return [...packagesByText]
    .map(([text, names]) => `${names.join('\n')}\n\n${text.trim()}\n`)
    .join(`\n${'-'.repeat(80)}\n\n`);
}

/** `node_modules/@scope/name` of a file in it; undefined for a file of the project's own. */
function packageFolderOf(file: string): string | undefined {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
}

function licenseOf(folder: string): { name: string; text: string } {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? license : readFileSync(join(folder, file), 'utf8');
  if (typeof text !== 'string') throw new Error(`${name} is bundled, but ${folder} says nothing of its license.`);
  return { name: `${name} ${version} (${license})`, text };
}
