/** Runs one job, which is given as JSON, in a process of its own: virtual time is a process's only time. */
import { type Job, runJob } from './jobs.ts';

const job: Job = JSON.parse(process.argv[2] ?? 'null');
process.stdout.write(JSON.stringify(await runJob(job)));
