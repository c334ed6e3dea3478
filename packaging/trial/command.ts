import { spawnSync } from 'node:child_process';

/** Runs a command to its end. @returns its standard output. @throws Error with all that it printed where it fails. */
export function run(command: string, arguments_: readonly string[], options: Options): string {
  const { cwd, environment = {} } = options;
  const env = { ...process.env, ...environment };
  const { error, status, stderr, stdout } = spawnSync(command, arguments_, { cwd, encoding: 'utf8', env });
  if (error) throw error;
  if (status === 0) return stdout;
  throw new Error(`${[command, ...arguments_].join(' ')} ended with ${status} in ${cwd}:\n${stdout}${stderr}`);
}

interface Options {
  readonly cwd: string;
  /** Besides this process's own. */
  readonly environment?: Readonly<Record<string, string>>;
}
