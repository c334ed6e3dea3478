import { byId, html, set, setText } from '../dom.ts';
import { type JsonProblem, jsonProblem } from './json-problem.ts';

/** Where the payload is typed: what is no JSON is marked in it, and said. */
export class PayloadEditor {
  readonly #text = byId('payload', HTMLTextAreaElement);
  readonly #marks = byId('payload-marks', HTMLElement);
  readonly #error = byId('payload-error', HTMLElement);
  readonly #onEdit: () => void;

  constructor(onEdit: () => void) {
    this.#onEdit = onEdit;
    this.#text.addEventListener('input', () => this.#check());
    this.#text.addEventListener('scroll', () => this.#alignMarks());
  }

  get text(): string {
    return this.#text.value;
  }

  set text(text: string) {
    this.#text.value = text;
    this.#check();
  }

  get hasProblem(): boolean {
    return jsonProblem(this.#text.value) !== undefined;
  }

  #check(): void {
    const problem = jsonProblem(this.#text.value);
    set(this.#text, { 'aria-invalid': problem ? 'true' : undefined });
    setText(this.#error, problem ? `Line ${problem.line}, column ${problem.column}: ${problem.message}.` : '');
    this.#mark(problem);
    this.#onEdit();
  }

  /** The same text lies behind the transparent one, with the wrong characters marked. */
  #mark(problem: JsonProblem | undefined): void {
    const text = this.#text.value;
    const from = problem?.offset ?? text.length;
    const wrong = problem ? text.slice(from, from + problem.length) : '';
    const shown = wrong.trim() === '' && problem ? '·' : wrong;
    this.#marks.replaceChildren(
      text.slice(0, from),
      ...(problem ? [html('mark', {}, shown)] : []),
      `${text.slice(from + wrong.length)}\n`,
    );
    this.#alignMarks();
  }

  #alignMarks(): void {
    this.#marks.scrollTop = this.#text.scrollTop;
    this.#marks.scrollLeft = this.#text.scrollLeft;
  }
}
