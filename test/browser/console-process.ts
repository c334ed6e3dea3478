import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, type Server } from 'node:net';

export interface ConsoleProcess {
  /** What it said its address is. */
  readonly address: string;
  readonly printed: string;
  /** As Ctrl-C. Resolves to the exit code. */
  interrupt(): Promise<number | null>;
}

/** `npm run console -- --port N`, when it has said where it is. */
export async function startConsole(port: number): Promise<ConsoleProcess> {
  const child = spawn(process.execPath, ['console/server/start.ts', '--port', String(port)]);
  const printed = await printedUntil(child, /http:\/\/\S+:\d+/);
  const address = /http:\/\/\S+:\d+/.exec(printed)?.[0] ?? '';
  return {
    address,
    printed,
    interrupt: () =>
      new Promise((resolve) => {
        child.once('exit', (code) => resolve(code));
        child.kill('SIGINT');
      }),
  };
}

/** Takes a free port. */
export async function occupyPort(): Promise<{ readonly port: number; readonly server: Server }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The port is not known.');
  return { port: address.port, server };
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
    child.once('exit', (code) => reject(new Error(`The console ended with exit code ${code}:\n${printed}`)));
  });
}
