import { join } from 'node:path';
import { buildSync } from 'esbuild';
import type { FunctionName } from '../functions/shared/contract.ts';

/** Writes one function's bundle. @throws esbuild's BuildFailure, which names file and line. */
export function bundleFunction(name: FunctionName, outfile: string): void {
  buildSync({
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
    // What would be loaded and never used: each file says why the functions can do without.
    alias: {
      '@aws-sdk/credential-provider-node': bundled('environment-credentials.ts'),
      '@aws-sdk/middleware-endpoint-discovery': bundled('no-endpoint-discovery.ts'),
      '@smithy/core/event-streams': bundled('no-event-streams.ts'),
      'node:fs/promises': bundled('no-config-files.ts'),
    },
    inject: [bundled('global-crypto.ts')],
    legalComments: 'none',
    logLevel: 'warning',
  });
}

function bundled(file: string): string {
  return join(import.meta.dirname, 'bundled', file);
}

const projectFolder = join(import.meta.dirname, '..');
export const functionsFolder = join(projectFolder, 'functions');
