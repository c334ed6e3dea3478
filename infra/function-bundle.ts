import { join } from 'node:path';
import { buildSync } from 'esbuild';
import type { FunctionName } from '../functions/shared/contract.ts';

/**
 * Writes one function's bundle.
 * @returns the files that it was made of, relative to the project.
 * @throws esbuild's BuildFailure, which names file and line.
 */
export function bundleFunction(name: FunctionName, outfile: string): readonly string[] {
  const { metafile } = buildSync({
    entryPoints: [join(functionsFolder, name, 'handler.ts')],
    outfile,
    absWorkingDir: projectFolder,
    bundle: true,
    minify: true,
    // Importing a module of Node.js's own would load what each of its exports needs; requiring it does not.
    format: 'cjs',
    platform: 'node',
    target: 'node24',
    // The SDK's ES modules before its CommonJS: only they are tree-shaken, which halves the bundle.
    mainFields: ['module', 'main'],
    alias: {
      // A quarter of a load and of a bundle: providers that look for credentials where Lambda never puts them.
      '@aws-sdk/credential-provider-node': join(import.meta.dirname, 'environment-credentials.ts'),
      // Lambda has no configuration files. In a local run somebody's own would take precedence over AWS_ENDPOINT_URL.
      'node:fs/promises': join(import.meta.dirname, 'no-config-files.ts'),
    },
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
  });
  return Object.keys(metafile.inputs);
}

const projectFolder = join(import.meta.dirname, '..');
export const functionsFolder = join(projectFolder, 'functions');
