export interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const width = 30;
/** Where a line cannot be redrawn, one is written after this number of steps. */
const stepsPerLine = 10;

/** Shows how much of the work is done: one line, redrawn. */
export class ProgressBar {
  readonly #output: Output;
  readonly #steps: number;
  #done = 0;

  constructor(output: Output, steps: number) {
    this.#output = output;
    this.#steps = steps;
  }

  /** One step more is done. */
  step(what: string): void {
    this.#done += 1;
    const filled = Math.round((width * this.#done) / this.#steps);
    const bar = `[${'='.repeat(filled)}${' '.repeat(width - filled)}] ${this.#done}/${this.#steps} ${what}`;
    if (this.#output.isTTY) this.#output.write(`\r\u001b[2K${bar.slice(0, 110)}`);
    else if (this.#done % stepsPerLine === 0 || this.#done === this.#steps) this.#output.write(`${bar}\n`);
  }

  end(): void {
    if (this.#output.isTTY) this.#output.write('\r\u001b[2K');
  }
}
