import { readSilent } from '../configuration/settings.ts';
import type { LogKeys } from './log-keys.ts';

const isSilent = readSilent(process.env);

/**
 * Makes a Lambda handler of a function: it logs what went in and what came out, or the error, with the ids of the case.
 * Lambda's runtime makes a JSON line of each such object, under `message`, since the functions' log format is JSON: see
 * "Using Lambda advanced logging controls with Node.js" (AWS Lambda Developer Guide). Errors reach the workflow by their
 * name.
 */
export function lambdaHandler<Input, Output>(
  functionName: string,
  keysOf: (input: Input) => LogKeys,
  run: (input: Input) => Promise<Output>,
): (input: Input) => Promise<Output> {
  return async (input) => {
    const logged = { function: functionName, ...keysOf(input), input };
    try {
      const output = await run(input);
      if (!isSilent) console.info({ ...logged, output });
      return output;
    } catch (error) {
      // The runtime names an error's class, which the bundle has shortened.
      const errorName = error instanceof Error ? error.name : undefined;
      if (!isSilent) console.error({ ...logged, errorName, error });
      throw error;
    }
  };
}
