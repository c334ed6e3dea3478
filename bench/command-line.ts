import { parseArgs } from 'node:util';

export interface Options {
  readonly quick: boolean;
  readonly seed: number;
  /** Write the documents again from the results that are there, without measuring anything. */
  readonly report: boolean;
  readonly help: boolean;
}

/** What was asked for cannot be done: the message says why. Exit code 2. */
export class UsageError extends Error {}

export const help = `npm run bench -- [options]

  --quick     a short run of everything, in at most a minute; writes to bench/quick/ only
  --seed N    of all that is random (default 1)
  --report    writes the documents again from bench/results.json
  --help      this

Writes bench/results.json, docs/benchmarks.md and its charts in docs/benchmarks/.
`;

/** @throws UsageError */
export function parseArguments(args: readonly string[]): Options {
  const { quick, seed, report, help: isHelp } = parsed(args);
  if (!/^\d{1,9}$/.test(seed)) throw new UsageError(`--seed is "${seed}", but has to be a whole number.`);
  return { quick, seed: Number(seed), report, help: isHelp };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean', default: false },
        seed: { type: 'string', default: '1' },
        report: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
