import type { Expenses, InvocationCost } from '../../simulator/strategies/strategy.ts';
import { prices } from './prices.ts';

/** What a run used of services that are paid by use. */
export interface Usage {
  readonly stateTransitions: number;
  readonly invocations: number;
  readonly gigabyteSecondsArm: number;
  readonly gigabyteSecondsX86: number;
  /** Write request units: of 1 KB. */
  readonly tableWrites: number;
  /** Read request units: of 4 KB, strongly consistent. */
  readonly tableReads: number;
  readonly logBytes: number;
  readonly traces: number;
}

/** US dollars, by what they are paid for. */
export interface Cost {
  readonly stateTransitions: number;
  readonly functions: number;
  readonly table: number;
  readonly logsAndTraces: number;
  readonly total: number;
}

/**
 * What the start of an environment takes, in seconds of Init Duration. Node: several times what a bundle's load was
 * measured to take on a whole CPU. Python: what the labs sample's own documentation quotes.
 */
export const initSeconds = { node: 0.25, python: 0.43 } as const;

/** What a function's own code takes besides waiting: parsing, signing, logging, on a fraction of a CPU. */
export const computeMilliseconds = 15;

/** Adds up what a strategy uses. */
export class Bill implements Expenses {
  #invocations = 0;
  #gigabyteSecondsArm = 0;
  #gigabyteSecondsX86 = 0;
  #tableWrites = 0;
  #tableReads = 0;
  #logBytes = 0;
  #traces = 0;
  readonly otherCalls: Record<string, number> = {};

  invoked({ milliseconds, isCold, memoryMegabytes, runtime, logBytes, traced }: InvocationCost): void {
    const seconds = (milliseconds + computeMilliseconds) / 1000 + (isCold ? initSeconds[runtime] : 0);
    const gigabyteSeconds = (memoryMegabytes / 1024) * seconds;
    this.#invocations += 1;
    if (runtime === 'node') this.#gigabyteSecondsArm += gigabyteSeconds;
    else this.#gigabyteSecondsX86 += gigabyteSeconds;
    this.#logBytes += logBytes;
    if (traced) this.#traces += 1;
  }

  /** Write request units of the table. */
  wrote(units: number): void {
    this.#tableWrites += units;
  }

  /** Read request units of the table. */
  read(units: number): void {
    this.#tableReads += units;
  }

  /** A call of a service that is not simulated. */
  called(action: string): void {
    this.otherCalls[action] = (this.otherCalls[action] ?? 0) + 1;
  }

  usage(stateTransitions: number): Usage {
    return {
      stateTransitions,
      invocations: this.#invocations,
      gigabyteSecondsArm: this.#gigabyteSecondsArm,
      gigabyteSecondsX86: this.#gigabyteSecondsX86,
      tableWrites: this.#tableWrites,
      tableReads: this.#tableReads,
      logBytes: this.#logBytes,
      traces: this.#traces,
    };
  }
}

export function costOf(usage: Usage): Cost {
  const stateTransitions = usage.stateTransitions * prices.stateTransition;
  const functions =
    usage.invocations * prices.lambdaRequest +
    usage.gigabyteSecondsArm * prices.lambdaGigabyteSecondArm +
    usage.gigabyteSecondsX86 * prices.lambdaGigabyteSecondX86;
  const table = usage.tableWrites * prices.tableWrite + usage.tableReads * prices.tableRead;
  const logsAndTraces = (usage.logBytes / 1e9) * prices.logGigabyte + usage.traces * prices.trace;
  return {
    stateTransitions,
    functions,
    table,
    logsAndTraces,
    total: stateTransitions + functions + table + logsAndTraces,
  };
}
