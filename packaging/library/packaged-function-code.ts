import { join } from 'node:path';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { FunctionName } from '../../functions/shared/contract.ts';

/** Takes the place of infra/function-code.ts in the npm package: the function's bundle, which lies beside the library. */
export function functionCode(name: FunctionName): Code {
  return Code.fromAsset(join(import.meta.dirname, 'functions', name));
}
