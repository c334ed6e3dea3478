import { join } from 'node:path';
import { functionNames } from '../functions/shared/contract.ts';
import { bundleFile } from '../infra/bundle-file.ts';
import { bundleFunction } from '../infra/function-bundle.ts';

/** Writes each function's bundle into a folder of its name. @throws esbuild's BuildFailure, which names file and line. */
export function writeFunctions(folder: string): void {
  for (const name of functionNames) bundleFunction(name, join(folder, name, bundleFile));
}
