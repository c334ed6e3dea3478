import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { checkedWorlds, reportOf } from './check-worlds.ts';
import { emptyTally, merged, type Tally, tallyOf, tallyText } from './tally.ts';
import { theWellKnownHandler } from './well-known-handler.ts';

/**
 * Runs as many random worlds as are asked for, in parallel:
 *
 *     npm run test:soak -- --worlds 20000 --seed 1
 *
 * With `--reference` it is the well-known handler that they are driven through, and what it breaks is only counted.
 *
 * It prints progress and rate, for each world that breaks a guarantee the seed, the shrunk world and a timeline, and at
 * the end what was made to go wrong and how the executions ended. Exit code 1 where a guarantee is broken.
 */
const worldsPerBatch = 50;

type Message =
  | { readonly kind: 'progress'; readonly tally: Tally }
  | { readonly kind: 'broken'; readonly report: string }
  | { readonly kind: 'ready' };

if (process.send) serveBatches(process.send.bind(process));
else await soak(options());

function options() {
  const { values } = parseArgs({
    options: {
      worlds: { type: 'string', default: '1000' },
      seed: { type: 'string', default: '1' },
      workers: { type: 'string', default: String(availableParallelism()) },
      reference: { type: 'boolean', default: false },
    },
  });
  return {
    worlds: wholeNumber('worlds', values.worlds),
    seed: wholeNumber('seed', values.seed),
    workers: wholeNumber('workers', values.workers),
    reference: values.reference,
  };
}

function wholeNumber(name: string, text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  console.error(`--${name} is "${text}", but has to be a whole number from 1 on.`);
  process.exit(2);
}

async function soak(asked: ReturnType<typeof options>) {
  const startedAt = performance.now();
  const batches = batchesOf(asked);
  let total = emptyTally;
  let broken = 0;
  const told = (message: Message) => {
    if (message.kind === 'progress') total = merged(total, message.tally);
    if (message.kind !== 'broken') return;
    broken += 1;
    console.log(`\n${message.report}\n`);
  };
  const progress = setInterval(() => console.log(progressText(total.worlds, asked.worlds, startedAt, broken)), 5000);
  await Promise.all(Array.from({ length: asked.workers }, () => work(batches, told)));
  clearInterval(progress);
  console.log(progressText(total.worlds, asked.worlds, startedAt, broken));
  console.log(tallyText(total));
  process.exitCode = broken > 0 || total.worlds < asked.worlds ? 1 : 0;
}

interface Batch {
  readonly reference: boolean;
  readonly seed: number;
  readonly count: number;
}

function batchesOf({ worlds, seed, reference }: ReturnType<typeof options>): Batch[] {
  return Array.from({ length: Math.ceil(worlds / worldsPerBatch) }, (_, index) => ({
    reference,
    seed: seed * 1_000_000 + index,
    count: Math.min(worldsPerBatch, worlds - index * worldsPerBatch),
  }));
}

/** One process that works off batches until there are no more. */
function work(batches: Batch[], told: (message: Message) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    // A world leaves a lot of short-lived garbage: a larger young generation is collected a tenth as often.
    const child: ChildProcess = fork(new URL(import.meta.url), { execArgv: ['--max-semi-space-size=64'] });
    child.on('message', (message: Message) => {
      told(message);
      if (message.kind !== 'ready') return;
      const batch = batches.shift();
      if (batch) child.send(batch);
      else child.disconnect();
    });
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`A worker ended with exit code ${code}.`))));
  });
}

function serveBatches(send: (message: Message) => void): void {
  // The interpreter returns the value of a path by throwing it: most of its time would go into stack traces.
  Error.stackTraceLimit = 0;
  process.on('message', async ({ seed, count, reference }: Batch) => {
    for await (const checked of checkedWorlds(seed, count, reference ? theWellKnownHandler : {})) {
      send({ kind: 'progress', tally: tallyOf(checked) });
      const [first] = checked.violations;
      if (first && !reference) send({ kind: 'broken', report: await reportOf(checked, first.guarantee) });
    }
    send({ kind: 'ready' });
  });
  send({ kind: 'ready' });
}

function progressText(done: number, all: number, startedAt: number, broken: number): string {
  const seconds = (performance.now() - startedAt) / 1000;
  return `${done} of ${all} worlds, ${(done / seconds).toFixed(1)} a second, ${broken} broken`;
}
