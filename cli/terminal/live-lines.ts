import { styleText } from 'node:util';
import { reclaimSeconds } from '../../functions/shared/timing.ts';
import type { ExecutionEvent } from '../../simulator/aws/step-functions/execution-history.ts';

export interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Where an execution stands: beside every line. */
export interface Moment {
  readonly secondsSinceNotice: number;
  readonly secondsUntilReclaim: number;
  /** The group, in words. */
  readonly group: string;
}

/** How often the line about waiting is written where it cannot be redrawn: after that many quiet seconds. */
const lineEverySeconds = 10;

/** What is shown of executions while they go on, simulated or not: lines that stay, and below them one that is redrawn. */
export class LiveLines {
  readonly #output: Output;
  #drawn = false;
  #quietSeconds = 0;

  constructor(output: Output) {
    this.#output = output;
  }

  header(): void {
    this.#print(styleText('dim', ` notice  reclaim  ${'state entered'.padEnd(44)}  group`));
  }

  happened(what: string, moment: Moment): void {
    this.#quietSeconds = 0;
    this.#print(`${clock(moment)}  ${what.padEnd(44)}  ${moment.group}`);
  }

  /** To be called every second. */
  waiting(moment: Moment): void {
    this.#quietSeconds += 1;
    const line = `${clock(moment)}  ${bar(moment.secondsSinceNotice)}  ${moment.group}`;
    if (this.#output.isTTY) this.#redraw(line);
    else if (this.#quietSeconds % lineEverySeconds === 0) this.#print(line);
  }

  /** Leaves the output to others: the redrawn line is gone. */
  end(): void {
    if (this.#drawn) this.#output.write('\r\u001b[2K');
    this.#drawn = false;
  }

  #print(line: string): void {
    this.end();
    this.#output.write(`${line.trimEnd()}\n`);
  }

  #redraw(line: string): void {
    this.end();
    this.#output.write(line);
    this.#drawn = true;
  }
}

/** States entered, retries and errors: what one follows an execution by. Of other events, undefined. */
export function described({ type, state, error }: ExecutionEvent): string | undefined {
  if (state === undefined) return undefined;
  if (type.endsWith('Entered')) return type.startsWith('Fail') ? styleText('red', state) : state;
  if (type.endsWith('Failed') && type !== 'FailFailed') return styleText('yellow', `${state} failed: ${error}`);
  return type.endsWith('Retried') ? `${state} again` : undefined;
}

function clock({ secondsSinceNotice, secondsUntilReclaim }: Moment): string {
  const left = `${secondsUntilReclaim.toFixed(1)} s`.padStart(8);
  const since = `+${secondsSinceNotice.toFixed(1)} s`.padStart(8);
  return `${since} ${secondsUntilReclaim < 30 ? styleText('yellow', left) : left}`;
}

/** Of the two minutes that a notice leaves. */
function bar(seconds: number): string {
  const width = 24;
  const done = Math.min(width, Math.floor((width * seconds) / reclaimSeconds));
  return styleText('dim', `[${'='.repeat(done)}${' '.repeat(width - done)}]`.padEnd(44));
}
