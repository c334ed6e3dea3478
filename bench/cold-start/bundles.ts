import { join } from 'node:path';
import { buildSync } from 'esbuild';
import type { FunctionName } from '../../functions/shared/contract.ts';
import { bundleFunction } from '../../infra/function-bundle.ts';

/** boto3's names of the services that each function calls. */
export const servicesOf: Readonly<Record<FunctionName, readonly string[]>> = {
  'describe-instance': ['autoscaling'],
  'check-capacity': ['autoscaling', 'elbv2', 'dynamodb'],
  'set-desired-capacity': ['autoscaling', 'dynamodb'],
  'detach-instances': ['autoscaling', 'dynamodb'],
};

/** As it is deployed. Returns the file. */
export function bundled(name: FunctionName, folder: string): string {
  const file = join(folder, `${name}.cjs`);
  bundleFunction(name, file);
  return file;
}

/** The same source with what esbuild does by itself for Node.js: nothing left out, nothing minified. */
export function bundledPlainly(name: FunctionName, folder: string): string {
  const file = join(folder, `${name}.plain.cjs`);
  buildSync({
    entryPoints: [join(import.meta.dirname, '../../functions', name, 'handler.ts')],
    outfile: file,
    bundle: true,
    platform: 'node',
    target: 'node24',
    logLevel: 'error',
  });
  return file;
}
