/**
 * Takes the place of `node:fs/promises` in the functions' bundles. The SDK would read `~/.aws/config` and
 * `~/.aws/credentials` with it, for the settings that the environment does not have; on Lambda neither exists, and an
 * error is what the SDK takes for that.
 */
export async function readFile(path: string): Promise<never> {
  throw new Error(`${path} is not read: on Lambda the environment has every setting. See infra/function-bundle.ts.`);
}
