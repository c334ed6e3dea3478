import { join } from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { FunctionName } from '../functions/shared/contract.ts';
import { bundleFile } from './bundle-file.ts';
import { bundleFunction, functionsFolder } from './function-bundle.ts';

/**
 * A function's code as one minified file, made by esbuild in this process: no Docker, and no npx per function. The npm package
 * has packaging/library/packaged-function-code.ts in the place of this file.
 */
export function functionCode(name: FunctionName): Code {
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
