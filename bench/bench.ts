/** `npm run bench`: measures the handler beside what people would use instead. See docs/benchmarks.md. */
import { availableParallelism } from 'node:os';
import { styleText } from 'node:util';
import { functionNames } from '../functions/shared/contract.ts';
import { measureColdStarts } from './cold-start/cold-start.ts';
import { help, type Options, parseArguments, UsageError } from './command-line.ts';
import { runJobs } from './job-pool.ts';
import { type Job, jobsOf } from './jobs.ts';
import { thisMachine } from './machine.ts';
import { ProgressBar } from './progress-bar.ts';
import { readResults, writeReport } from './report/files.ts';
import { targetsOf } from './report/reach.ts';
import { terminalTable } from './report/table.ts';
import {
  balancedMonthTable,
  coldStartTable,
  costTable,
  loadTable,
  monthTable,
  pollingTable,
  priceTable,
  scaleTable,
  scenarioFigures,
  scenarioTable,
  sensitivityTable,
} from './report/tables.ts';
import { type Results, resultsOf } from './results.ts';

/** More than two would leave the figures about real time to the machine's size. */
const mostProcesses = 2;

try {
  const options = parseArguments(process.argv.slice(2));
  if (options.help) process.stdout.write(help);
  else await bench(options);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n\n${help}`);
  process.exitCode = 2;
}

async function bench(options: Options): Promise<void> {
  const results = options.report ? readResults() : await measure(options);
  print(results);
  for (const path of writeReport(results)) process.stdout.write(`Wrote ${path}\n`);
}

async function measure({ quick, seed }: Options): Promise<Results> {
  const begun = performance.now();
  const jobs = jobsOf({ quick, seed });
  const bar = new ProgressBar(process.stderr, jobs.length + functionNames.length);
  // First, and alone: nothing else is to disturb what is timed.
  const coldStarts = measureColdStarts(quick ? 3 : 20, (name) => bar.step(`cold start of ${name}`));
  const outcomes = await runJobs(jobs, Math.min(mostProcesses, availableParallelism()), (job) =>
    bar.step(described(job)),
  );
  bar.end();
  const realSeconds = (performance.now() - begun) / 1000;
  const command = `npm run bench${quick || seed !== 1 ? ' --' : ''}${quick ? ' --quick' : ''}${seed === 1 ? '' : ` --seed ${seed}`}`;
  return resultsOf({ command, quick, seed, machine: thisMachine(), realSeconds }, jobs, outcomes, coldStarts);
}

function described({ worlds, row, seed }: Job): string {
  const { kind } = worlds;
  if (kind === 'scale') return `${worlds.groups * worlds.noticesInEach} notices in ${worlds.groups} groups`;
  return kind === 'month' ? `month ${seed}: ${row}` : `${kind}: ${row}`;
}

function print(results: Results): void {
  const tables = [
    ...scenarioFigures.slice(0, 4).map((figure) => scenarioTable(results, figure)),
    monthTable(results),
    sensitivityTable(results),
    balancedMonthTable(results),
    priceTable(results),
    costTable(results),
    pollingTable(results),
    scaleTable(results),
    loadTable(results),
    coldStartTable(results),
  ];
  process.stdout.write(`${tables.map(terminalTable).join('\n')}\n\n`);
  for (const { target, reached, figures } of targetsOf(results)) {
    const mark = reached ? styleText('green', 'reached    ') : styleText('red', 'NOT REACHED');
    process.stdout.write(`${mark}  ${target}: ${figures}\n`);
  }
  process.stdout.write(`\n${results.run.command}: ${results.run.realSeconds.toFixed(0)} s\n`);
}
