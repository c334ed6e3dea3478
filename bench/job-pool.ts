import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Job, JobOutcome } from './jobs.ts';

const worker = new URL('worker.ts', import.meta.url);
/** The workflow's interpreter throws, and catches, an error for each optional field that is absent. */
const quicker = ['--stack-trace-limit=0'];
/** Each process loads the same large modules: Node.js compiles them once for all. */
const compileCache = join(import.meta.dirname, '../node_modules/.cache/node');
const mostOutputBytes = 256 * 1024 * 1024;

/** Runs the jobs in that number of processes at a time. Their outcomes come in the order of the jobs. */
export async function runJobs(
  jobs: readonly Job[],
  processes: number,
  onDone: (job: Job) => void,
): Promise<JobOutcome[]> {
  const outcomes: JobOutcome[] = [];
  const left = [...jobs.entries()];
  const worksThroughThem = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const [index, job] = next;
      outcomes[index] = await inProcessOfItsOwn(job);
      onDone(job);
    }
  };
  await Promise.all(Array.from({ length: processes }, worksThroughThem));
  return outcomes;
}

async function inProcessOfItsOwn(job: Job): Promise<JobOutcome> {
  const args = [...quicker, fileURLToPath(worker), JSON.stringify(job)];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    maxBuffer: mostOutputBytes,
    env: { NODE_COMPILE_CACHE: compileCache, ...process.env },
  });
  const outcome: JobOutcome = JSON.parse(stdout);
  return outcome;
}
