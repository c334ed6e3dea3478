import { createServer, type Server } from 'node:net';
import type { TestProject } from 'vitest/node';
import { startConsole } from './console-process.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Of the console that all tests share. */
    readonly address: string;
    /** What it printed when it started. */
    readonly printed: string;
    /** Which it wanted, and was taken. */
    readonly takenPort: number;
  }
}

/** One console for all files of tests, whose wanted port is taken. Ended as by Ctrl-C. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const taken = await occupyPort();
  const served = await startConsole(['--port', String(taken.port)]);
  project.provide('address', served.address);
  project.provide('printed', served.printed);
  project.provide('takenPort', taken.port);
  return async () => {
    taken.server.close();
    const exitCode = await served.interrupt();
    if (exitCode !== 0) throw new Error(`The console ended with exit code ${exitCode} after Ctrl-C.`);
  };
}

async function occupyPort(): Promise<{ readonly port: number; readonly server: Server }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The port is not known.');
  return { port: address.port, server };
}
