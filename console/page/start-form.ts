import type { RunModel } from '../shared/run-model.ts';
import {
  defaultSeed,
  defaultSpeed,
  InvalidRunSettings,
  parseRunSettings,
  type RunSettings,
} from '../shared/run-settings.ts';
import type { PageData } from '../shared/workflow-graph.ts';
import { byId, html, set, setText } from './dom.ts';
import { type JsonProblem, jsonProblem } from './json-problem.ts';
import { type AddressedRun, addressOf } from './run-address.ts';
import type { View } from './view.ts';

const speeds: readonly [string, string][] = [
  ['1', '1× (real time)'],
  ['5', '5×'],
  ['20', '20×'],
  ['60', '60×'],
  ['max', 'Full speed'],
];
const copiedMs = 1500;
const byHandNote = 'The payload is no event that the rule matches: executions were started with it by hand.';

/** What a run is started with: scenario, payload, speed and seed. */
export class StartForm implements View {
  readonly #data: PageData;
  readonly #onEdit: (isWrong: boolean) => void;
  readonly #scenario = byId('scenario', HTMLSelectElement);
  readonly #speed = byId('speed', HTMLSelectElement);
  readonly #seed = byId('seed', HTMLInputElement);
  readonly #payload = byId('payload', HTMLTextAreaElement);
  readonly #marks = byId('payload-marks', HTMLElement);
  readonly #start = byId('start', HTMLButtonElement);
  readonly #stop = byId('stop', HTMLButtonElement);
  readonly #share = byId('share', HTMLButtonElement);
  #isDisabled = false;
  #unknownScenario = '';
  #said = '';

  constructor(data: PageData, { edited }: { edited: (isWrong: boolean) => void }) {
    this.#data = data;
    this.#onEdit = edited;
    this.#scenario.append(...data.scenarios.map(({ name }) => html('option', { value: name }, name)));
    this.#speed.append(...speeds.map(([value, text]) => html('option', { value }, text)));
    this.fillFrom({
      scenario: data.scenarios[0]?.name ?? '',
      seed: String(defaultSeed),
      speed: String(defaultSpeed),
      event: data.sampleEvent,
    });
    this.#scenario.addEventListener('change', () => this.#describeScenario());
    this.#payload.addEventListener('input', () => this.#check());
    this.#payload.addEventListener('scroll', () => this.#alignMarks());
    this.#stop.addEventListener('click', () => this.#sayIfRefused(() => post('runs/stop', {})));
    this.#share.addEventListener('click', () => this.#copyLink());
    byId('start-form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      this.start();
    });
  }

  get #hasProblem(): boolean {
    return jsonProblem(this.#payload.value) !== undefined;
  }

  fill(settings: RunSettings): void {
    const { scenario, seed, speed, event } = settings;
    const isSample = !addressOf(settings, this.#data.sampleEvent).includes('event=');
    // Nobody's typing is replaced by the same payload laid out otherwise.
    const isTyped = !this.#hasProblem && JSON.stringify(JSON.parse(this.#payload.value)) === JSON.stringify(event);
    const text = isSample ? this.#data.sampleEvent : JSON.stringify(event, null, 2);
    this.fillFrom({ scenario, seed: String(seed), speed: String(speed), event: isTyped ? this.#payload.value : text });
  }

  fillFrom({ scenario, seed, speed, event }: AddressedRun): void {
    if (![...this.#speed.options].some(({ value }) => value === speed)) {
      this.#speed.append(html('option', { value: speed }, `${speed}×`));
    }
    this.#scenario.value = scenario;
    this.#speed.value = speed;
    this.#seed.value = seed;
    this.#payload.value = event;
    this.#describeScenario();
    this.#check();
    this.#unknownScenario = scenario;
  }

  /** Starts a run with what is filled in, or says why not. */
  async start(): Promise<void> {
    if (this.#hasProblem) return this.#check();
    await this.#sayIfRefused(() => post('runs', this.#settings()));
  }

  /** For a page without a server. */
  disable(): void {
    this.#isDisabled = true;
    for (const control of [this.#scenario, this.#speed, this.#seed, this.#start, this.#stop, this.#share]) {
      control.disabled = true;
    }
    this.#payload.readOnly = true;
  }

  render(model: RunModel): void {
    if (this.#isDisabled) return;
    this.#stop.disabled = !model.isGoingOn;
    setText(this.#start, model.isGoingOn ? 'Start anew' : 'Start execution');
    const said = `${model.id} ${model.phase}`;
    if (said === this.#said || model.phase === 'idle') return;
    this.#said = said;
    if (model.phase === 'refused') this.#say(model.refusal ?? '');
    else this.#say(model.started?.byHand ? byHandNote : '', 'note');
  }

  async #sayIfRefused(ask: () => Promise<void>): Promise<void> {
    this.#say('');
    try {
      await ask();
    } catch (error) {
      this.#say(error instanceof Error ? error.message : String(error));
    }
  }

  #settings(): RunSettings {
    const given = {
      scenario: this.#scenario.value || this.#unknownScenario,
      event: JSON.parse(this.#payload.value),
      seed: this.#seed.value,
      speed: this.#speed.value,
    };
    return parseRunSettings(
      given,
      this.#data.scenarios.map(({ name }) => name),
    );
  }

  #describeScenario(): void {
    const scenario = this.#data.scenarios.find(({ name }) => name === this.#scenario.value);
    setText(byId('scenario-shows', HTMLElement), scenario?.shows ?? '');
  }

  #check(): void {
    const problem = jsonProblem(this.#payload.value);
    set(this.#payload, { 'aria-invalid': problem ? 'true' : undefined });
    setText(byId('payload-error', HTMLElement), problem ? described(problem) : '');
    this.#mark(problem);
    this.#start.disabled = this.#isDisabled || problem !== undefined;
    set(this.#start, { title: problem ? 'The payload is not JSON.' : undefined });
    this.#onEdit(problem !== undefined);
  }

  /** The same text lies behind the transparent one, with the wrong characters marked. */
  #mark(problem: JsonProblem | undefined): void {
    const text = this.#payload.value;
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
    this.#marks.scrollTop = this.#payload.scrollTop;
    this.#marks.scrollLeft = this.#payload.scrollLeft;
  }

  async #copyLink(): Promise<void> {
    try {
      const address = new URL(addressOf(this.#settings(), this.#data.sampleEvent), location.href);
      await navigator.clipboard.writeText(address.href);
      setText(this.#share, 'Copied');
      setTimeout(() => setText(this.#share, 'Copy link'), copiedMs);
    } catch (error) {
      this.#say(error instanceof InvalidRunSettings ? error.message : 'The link could not be copied.');
    }
  }

  #say(message: string, kind: 'error' | 'note' = 'error'): void {
    const element = byId('form-message', HTMLElement);
    setText(element, message);
    set(element, { 'data-kind': kind });
  }
}

function described({ line, column, message }: JsonProblem): string {
  return `Line ${line}, column ${column}: ${message}.`;
}

/** Throws with the server's message where it refuses, and where it does not answer. */
async function post(path: string, body: unknown): Promise<void> {
  const headers = { 'Content-Type': 'application/json' };
  const response = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) }).catch(() => {
    throw new Error('The console does not answer: is npm run console still running?');
  });
  if (response.ok) return;
  const { message } = await response.json();
  throw new Error(String(message));
}
