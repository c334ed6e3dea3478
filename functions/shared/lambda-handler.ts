import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import type { LogKeys } from './log-keys.ts';

/**
 * Makes a Lambda handler of a function: it logs what went in and what came out, or the error, as one JSON line each,
 * with the ids of the case. Errors reach the workflow by their name.
 */
export function lambdaHandler<Input, Output>(
  functionName: string,
  keysOf: (input: Input) => LogKeys,
  run: (input: Input) => Promise<Output>,
): (input: Input, context: Context) => Promise<Output> {
  const logger = new Logger({ serviceName: functionName });
  return async (input, context) => {
    const log = logger.createChild({ persistentKeys: { ...keysOf(input), requestId: context.awsRequestId } });
    try {
      const output = await run(input);
      log.info('done', { input: asLogged(input), output: asLogged(output) });
      return output;
    } catch (error) {
      log.error('failed', { input: asLogged(input), error: error instanceof Error ? error : new Error(String(error)) });
      throw error;
    }
  };
}

/** Powertools takes objects only; what a function gets and gives is JSON. */
function asLogged(value: unknown): { readonly value: unknown } {
  return { value };
}
