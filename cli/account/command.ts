import type { Output } from '../terminal/live-lines.ts';
import { problemText, wasInterrupted } from './problems.ts';

/** What a command against an account is run in. */
export interface Surroundings {
  readonly output: Output;
  readonly errors: Output;
  /** Aborted by Ctrl-C: what was started is left running. */
  readonly signal: AbortSignal;
  /** Between two looks at what goes on. Default: the command's. */
  readonly pollMilliseconds?: number;
}

interface Command<Options> {
  readonly help: string;
  /** Throws Refusal. */
  readonly parseArguments: (args: readonly string[]) => Options | 'help';
  /** Returns the exit code. */
  readonly run: (options: Options) => Promise<number>;
  /** What is said where Ctrl-C comes before anything was started. */
  readonly nothingStarted: string;
}

/** Runs the process's command, until its end or Ctrl-C. */
export async function runInProcess(run: (args: readonly string[], surroundings: Surroundings) => Promise<number>) {
  const interrupt = new AbortController();
  // Only once: whoever presses Ctrl-C again does not want to wait.
  process.once('SIGINT', () => interrupt.abort());
  const { stdout: output, stderr: errors } = process;
  process.exitCode = await run(process.argv.slice(2), { output, errors, signal: interrupt.signal });
}

/** Returns the exit code. What goes wrong is one line on standard error. */
export async function runCommand<Options>(
  { help, nothingStarted, parseArguments, run }: Command<Options>,
  args: readonly string[],
  surroundings: Surroundings,
): Promise<number> {
  try {
    const options = parseArguments(args);
    if (options !== 'help') return await run(options);
    surroundings.output.write(`${help}\n`);
    return 0;
  } catch (error) {
    return gaveUp(error, nothingStarted, surroundings);
  }
}

/** Says why, and returns the exit code. `goesOn`: what goes on all the same. */
export function gaveUp(
  error: unknown,
  whenInterrupted: string,
  { errors, signal }: Surroundings,
  goesOn?: string,
): 2 | 130 {
  const isInterrupt = wasInterrupted(error, signal);
  const why = isInterrupt ? whenInterrupted : problemText(error);
  errors.write(`${why}${goesOn === undefined ? '' : ` ${goesOn}`}\n`);
  // As shells have it for what was ended by SIGINT.
  return isInterrupt ? 130 : 2;
}
