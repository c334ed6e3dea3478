import { Worker } from 'node:worker_threads';
import type { ComparisonLine } from '../shared/comparison.ts';
import type { Compared } from './comparison-worker.ts';

/** Plays a group and its notices with every strategy, and hands on what comes of each. Resolves at the end, or once aborted. */
export async function compare(
  compared: Compared,
  onLine: (line: ComparisonLine) => void,
  signal: AbortSignal,
): Promise<void> {
  const worker = new Worker(new URL('./comparison-worker.ts', import.meta.url), { workerData: compared });
  const ended = Promise.withResolvers<void>();
  worker.on('message', onLine);
  worker.on('error', (error: unknown) => {
    onLine({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
  });
  worker.on('exit', () => ended.resolve());
  signal.addEventListener('abort', () => worker.terminate());
  await ended.promise;
}
