import { pathToFileURL } from 'node:url';
import type { LambdaFunction, LambdaHandler } from '../aws/lambda/lambda-service.ts';
import type { SynthesizedFunction } from './synthesized-app.ts';

/**
 * Loads the bundles as Lambda's runtime does: their environment variables are in place before. All functions live in this
 * process, so that they share the virtual clock, and therefore its environment too.
 * @throws Error where two functions want different values of one variable, or a bundle does not export its handler.
 */
export async function loadFunctions(
  functions: readonly SynthesizedFunction[],
): Promise<Readonly<Record<string, LambdaFunction>>> {
  for (const [name, value] of mergedEnvironment(functions)) process.env[name] = value;
  const loaded: Record<string, LambdaFunction> = {};
  for (const { name, bundlePath, handlerExport, timeoutSeconds } of functions) {
    const bundle: Record<string, unknown> = await import(pathToFileURL(bundlePath).href);
    const handler = bundle[handlerExport];
    if (!isHandler(handler)) throw new Error(`The bundle of ${name} exports no function ${handlerExport}.`);
    loaded[name] = { handler, timeoutSeconds };
  }
  return loaded;
}

function mergedEnvironment(functions: readonly SynthesizedFunction[]): Map<string, string> {
  const merged = new Map<string, string>();
  for (const { name, environment } of functions) {
    for (const [variable, value] of Object.entries(environment)) {
      const other = merged.get(variable) ?? value;
      if (other !== value) throw new Error(`${name} has ${variable} "${value}", but another function has "${other}".`);
      merged.set(variable, value);
    }
  }
  return merged;
}

function isHandler(value: unknown): value is LambdaHandler {
  return typeof value === 'function';
}
