import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';

const file = new URL('../../simulator/until-stopped.ts', import.meta.url);
const script = `
  import { untilStopped } from '${file}';
  const stopped = untilStopped();
  const alive = setInterval(() => {}, 1000);
  console.log('waiting');
  await stopped;
  clearInterval(alive);
  console.log('stopped');
`;
const command = [process.execPath, '--input-type=module', '--eval', script];

it.each(['SIGINT', 'SIGTERM'] as const)('is stopped by %s', async (signal) => {
  const [node = '', ...args] = command;
  const child = spawn(node, args);
  expect(await printedAfter(child, signal)).toBe('waiting\nstopped\n');
});

it('is stopped when the shell that npm started it in is gone', async () => {
  // `exit` keeps the shell from making way for the command.
  const child = spawn('/bin/sh', ['-c', '"$@"; exit', 'sh', ...command], {
    env: { ...process.env, npm_lifecycle_event: 'aws' },
  });
  expect(await printedAfter(child, 'SIGTERM')).toBe('waiting\nstopped\n');
});

/** All that a process and its children print, where it gets the signal as soon as they print anything. */
async function printedAfter(child: ChildProcess, signal: NodeJS.Signals): Promise<string> {
  let printed = '';
  child.stdout?.on('data', (chunk) => {
    if (printed === '') child.kill(signal);
    printed += chunk;
  });
  // Not before all of them have ended: they share the pipe.
  await once(child, 'close');
  return printed;
}
