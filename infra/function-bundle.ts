import { join } from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';
import type { FunctionName } from '../functions/shared/contract.ts';

/** What `bundledCode` is deployed with: the file `index.cjs` and its export `handler`. */
export const bundleHandler = 'index.handler';

/** Lambda's runtime looks for `.js`, `.mjs` and `.cjs`. Of these only `.cjs` is CommonJS in any folder, this package's included. */
const bundleFile = 'index.cjs';

/** A function's code as one minified file, made by esbuild in this process: no Docker, and no npx per function. */
export function bundledCode(name: FunctionName): Code {
  return Code.fromAsset(join(functionsFolder, name), {
    // The bundle's content, so that a change in a shared file or in the SDK deploys, and nothing else does.
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: DockerImage.fromRegistry('not-used-because-bundled-locally'),
      local: {
        tryBundle(outputFolder) {
          bundleFunction(name, join(outputFolder, bundleFile));
          return true;
        },
      },
    },
  });
}

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
    // A quarter of a load and of a bundle: providers that look for credentials where Lambda never puts them.
    alias: { '@aws-sdk/credential-provider-node': join(import.meta.dirname, 'environment-credentials.ts') },
    legalComments: 'none',
    logLevel: 'warning',
  });
}

const projectFolder = join(import.meta.dirname, '..');
const functionsFolder = join(projectFolder, 'functions');
