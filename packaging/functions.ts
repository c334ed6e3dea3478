import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { functionNames } from '../functions/shared/contract.ts';
import { bundleFile } from '../infra/bundle-file.ts';
import { bundleFunction } from '../infra/function-bundle.ts';
import { noticesOf } from './notices.ts';

/**
 * Writes each function's bundle into a folder of its name, and beside them the licenses of what is bundled, which have to go with it.
 * @throws esbuild's BuildFailure, which names file and line.
 */
export function writeFunctions(folder: string): void {
  const files = functionNames.flatMap((name) => bundleFunction(name, join(folder, name, bundleFile)));
  writeFileSync(join(folder, 'THIRD-PARTY-LICENSES.txt'), noticesOf(files, join(import.meta.dirname, '..')));
}
