import type { RunModel } from '../shared/run-model.ts';
import { byId, html } from './dom.ts';
import type { View } from './view.ts';

/** Which execution is looked at, or all of them. */
export class ExecutionPicker implements View {
  readonly #select = byId('execution', HTMLSelectElement);
  #shown = '';

  constructor(onPick: () => void) {
    this.#select.addEventListener('change', onPick);
  }

  get selected(): string | undefined {
    return this.#select.value === '' ? undefined : this.#select.value;
  }

  render(model: RunModel): void {
    const executions = [...model.executions.values()];
    const ones = executions.map(({ name, instanceId, status }) => ({ name, text: `${instanceId} · ${status}` }));
    const all = ones.length > 1 ? `All ${ones.length} executions` : (ones[0]?.text ?? 'None yet');
    const options = [{ name: '', text: all }, ...(ones.length > 1 ? ones : [])];
    const shown = JSON.stringify([model.id, options]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const selected = this.#select.value;
    this.#select.replaceChildren(...options.map(({ name, text }) => html('option', { value: name }, text)));
    this.#select.value = options.some(({ name }) => name === selected) ? selected : '';
  }
}
