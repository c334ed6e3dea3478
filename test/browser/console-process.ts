import { type ChildProcess, spawn } from 'node:child_process';

export interface ConsoleProcess {
  /** What it said its address is. */
  readonly address: string;
  readonly printed: string;
  /** As Ctrl-C. Resolves to the exit code. */
  interrupt(): Promise<number | null>;
}

/** `npm run console` with arguments, when it has said where it is. */
export function startConsole(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<ConsoleProcess> {
  return startServing('cli/console.ts', args, env);
}

/** A command of this project that serves something, when it has said where. */
export async function startServing(
  script: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<ConsoleProcess> {
  const child = spawn(process.execPath, [script, ...args], { env: { ...process.env, ...env } });
  const printed = await printedUntil(child, /http:\/\/\S+:\d+/);
  return {
    address: /http:\/\/\S+:\d+/.exec(printed)?.[0] ?? '',
    printed,
    interrupt: () =>
      new Promise((resolve) => {
        child.once('exit', (code) => resolve(code));
        child.kill('SIGINT');
      }),
  };
}

function printedUntil(child: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = '';
    const collect = (chunk: unknown) => {
      printed += String(chunk);
      if (pattern.test(printed)) resolve(printed);
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    child.once('exit', (code) => reject(new Error(`It ended with exit code ${code}:\n${printed}`)));
  });
}
