import { parseWorld } from '../../../simulator/scenarios/world-file.ts';
import type { RunModel } from '../../shared/run-model.ts';
import {
  defaultSeed,
  defaultSpeed,
  InvalidRunSettings,
  parseRunSettings,
  type RunSettings,
} from '../../shared/run-settings.ts';
import type { PageData } from '../../shared/workflow-graph.ts';
import { byId, html, set, setText } from '../dom.ts';
import { post } from '../server-calls.ts';
import type { Store } from '../store.ts';
import { OwnGroupForm } from './own-group-form.ts';
import { PayloadEditor } from './payload-editor.ts';
import { type AddressedRun, addressOf } from './run-address.ts';

const speeds: readonly [string, string][] = [
  ['1', '1× (real time)'],
  ['5', '5×'],
  ['20', '20×'],
  ['60', '60×'],
  ['max', 'Full speed'],
];
const ownGroup = 'your own group';
const copiedMs = 1500;
const byHandNote = 'The payload is no event that the rule matches: executions were started with it by hand.';

/** What a run is started with: a scenario or a group of one's own, payload, speed and seed. */
export class StartForm {
  readonly #data: PageData;
  readonly #store: Store;
  readonly #scenario = byId('scenario', HTMLSelectElement);
  readonly #speed = byId('speed', HTMLSelectElement);
  readonly #seed = byId('seed', HTMLInputElement);
  readonly #start = byId('start', HTMLButtonElement);
  readonly #stop = byId('stop', HTMLButtonElement);
  readonly #share = byId('share', HTMLButtonElement);
  readonly #payload: PayloadEditor;
  readonly #own: OwnGroupForm;
  #unknownScenario = '';

  constructor(data: PageData, store: Store) {
    this.#data = data;
    this.#store = store;
    const scenarios = data.scenarios.map(({ name }) => html('option', { value: name }, name));
    this.#scenario.append(...scenarios, html('option', { value: ownGroup }, 'your own group …'));
    this.#speed.append(...speeds.map(([value, text]) => html('option', { value }, text)));
    this.#payload = new PayloadEditor(() => this.#check());
    this.#own = new OwnGroupForm(() => this.#check());
    this.fillFrom({
      scenario: data.scenarios[0]?.name ?? '',
      seed: String(defaultSeed),
      speed: String(defaultSpeed),
      event: data.sampleEvent,
    });
    this.#scenario.addEventListener('change', () => this.#showScenario());
    this.#stop.addEventListener('click', () => this.#sayIfRefused(() => post('runs/stop', {})));
    this.#share.addEventListener('click', () => this.#copyLink());
    byId('start-form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      this.start();
    });
    store.subscribe(
      ({ latest }) => [latest.id, latest.phase],
      ({ latest }) => this.#follow(latest),
    );
  }

  fill(settings: RunSettings): void {
    const { scenario, world, seed, speed, event } = settings;
    const isSample = !addressOf({ scenario, seed, speed, event }, this.#data.sampleEvent).includes('event=');
    // Nobody's typing is replaced by the same payload laid out otherwise.
    const isTyped =
      !this.#payload.hasProblem && JSON.stringify(JSON.parse(this.#payload.text)) === JSON.stringify(event);
    const text = isSample ? this.#data.sampleEvent : JSON.stringify(event, null, 2);
    this.fillFrom({
      scenario,
      ...(world && { world: JSON.stringify(world) }),
      seed: String(seed),
      speed: String(speed),
      event: isTyped ? this.#payload.text : text,
    });
  }

  fillFrom({ scenario, world, seed, speed, event }: AddressedRun): void {
    if (![...this.#speed.options].some(({ value }) => value === speed)) {
      this.#speed.append(html('option', { value: speed }, `${speed}×`));
    }
    this.#scenario.value = world === undefined ? scenario : ownGroup;
    this.#speed.value = speed;
    this.#seed.value = seed;
    this.#payload.text = event;
    if (world !== undefined) this.#fillWorld(world);
    this.#showScenario();
    this.#unknownScenario = scenario;
  }

  /** Starts a run with what is filled in, or says why not. */
  async start(): Promise<void> {
    if (this.#problem() !== undefined) return this.#check();
    await this.#sayIfRefused(() => post('runs', this.settings()));
  }

  /** Throws InvalidRunSettings. */
  settings(): RunSettings {
    const isOwn = this.#scenario.value === ownGroup;
    const given = {
      ...(isOwn ? { world: this.#own.world } : { scenario: this.#scenario.value || this.#unknownScenario }),
      event: JSON.parse(this.#payload.text),
      seed: this.#seed.value,
      speed: this.#speed.value,
    };
    return parseRunSettings(
      given,
      this.#data.scenarios.map(({ name }) => name),
    );
  }

  say(message: string, kind: 'error' | 'note' = 'error'): void {
    const element = byId('form-message', HTMLElement);
    setText(element, message);
    set(element, { 'data-kind': kind });
  }

  #fillWorld(json: string): void {
    try {
      this.#own.fill(JSON.parse(JSON.stringify(parseWorld(JSON.parse(json)))));
    } catch (error) {
      this.say(error instanceof Error ? error.message : String(error));
    }
  }

  #follow(model: RunModel): void {
    this.#stop.disabled = !model.isGoingOn;
    setText(this.#start, model.isGoingOn ? 'Start anew' : 'Start execution');
    if (model.phase === 'refused') this.say(model.refusal ?? '');
    else if (model.started?.byHand) this.say(byHandNote, 'note');
  }

  async #sayIfRefused(ask: () => Promise<unknown>): Promise<void> {
    this.say('');
    try {
      await ask();
    } catch (error) {
      this.say(error instanceof Error ? error.message : String(error));
    }
  }

  #showScenario(): void {
    const isOwn = this.#scenario.value === ownGroup;
    const scenario = this.#data.scenarios.find(({ name }) => name === this.#scenario.value);
    const own = 'What would become of your own group: fill it in, start, and compare with what else one could do.';
    setText(byId('scenario-shows', HTMLElement), isOwn ? own : (scenario?.shows ?? ''));
    this.#own.show(isOwn);
    this.#check();
  }

  #problem(): string | undefined {
    if (this.#payload.hasProblem) return 'The payload is not JSON.';
    return this.#scenario.value === ownGroup && !this.#own.world ? 'Something of your own group is wrong.' : undefined;
  }

  #check(): void {
    // The parts are made one after another, and tell of themselves before all are there.
    if (!this.#own || !this.#payload) return;
    const problem = this.#problem();
    this.#start.disabled = problem !== undefined;
    byId('compare', HTMLButtonElement).disabled = problem !== undefined;
    set(this.#start, { title: problem });
    const details = byId('payload-details', HTMLDetailsElement);
    if (this.#payload.hasProblem) details.open = true;
  }

  async #copyLink(): Promise<void> {
    try {
      const { isFollowing, atSeconds } = this.#store.snapshot;
      const hash = addressOf(this.settings(), this.#data.sampleEvent, isFollowing ? undefined : atSeconds);
      await navigator.clipboard.writeText(new URL(hash, location.href).href);
      setText(this.#share, 'Copied');
      setTimeout(() => setText(this.#share, 'Copy link'), copiedMs);
    } catch (error) {
      this.say(error instanceof InvalidRunSettings ? error.message : 'The link could not be copied.');
    }
  }
}
