import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { Refusal } from './problems.ts';

/** The values of a command's options. @throws Refusal for one that it does not have. */
export function valuesOf<Options extends ParseArgsOptionsConfig>(args: readonly string[], options: Options) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new Refusal(error instanceof Error ? error.message : String(error));
  }
}

/** Where the stack is. Absent: where the profile says. @throws Refusal where it is given and empty. */
export function regionOf(given: string | undefined): { readonly region?: string } {
  // The SDK for JavaScript knows only the first variable, the AWS CLI both.
  const region = given ?? (process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || undefined);
  return region === undefined ? {} : { region: notEmpty('--region', region) };
}

/** @throws Refusal */
export function notEmpty(option: string, value: string): string {
  if (value.trim() !== '') return value;
  throw new Refusal(`${option} is empty; see --help.`);
}
