import { isJsonObject, type JsonObject, type JsonValue, objectAt, throughJson } from '../../../simulator/json.ts';
import type { Problem } from '../../../simulator/scenarios/json-reader.ts';
import { InvalidWorld, parseWorld, type World } from '../../../simulator/scenarios/world-file.ts';
import { byId, download, html, set, setText } from '../dom.ts';
import { jsonProblem } from './json-problem.ts';
import { noticesAllowed, noticesText, parseNotices } from './notices-text.ts';
import { isSimpleKind, plansOf, type SimpleOther, simpleKinds, simpleOf } from './simple-others.ts';

interface Field {
  /** Of the world's JSON. */
  readonly path: string;
  readonly label: string;
  readonly unit: string;
  /** How the JSON's value is written, and read. */
  readonly write?: (value: JsonValue | undefined) => string;
  readonly read?: (text: string) => JsonValue;
}

const percent = {
  write: (value: JsonValue | undefined) => (typeof value === 'number' ? String(Math.round(value * 1000) / 10) : ''),
  read: (text: string) => (isNumber(text) ? Number(text) / 100 : text),
};
const fields: readonly Field[] = [
  { path: 'group.instances', label: 'Instances', unit: '' },
  { path: 'group.minSize', label: 'MinSize', unit: '' },
  { path: 'group.maxSize', label: 'MaxSize', unit: '' },
  { path: 'group.weight', label: 'Weight of each', unit: '' },
  { path: 'group.launchSeconds', label: 'Launch takes', unit: 's, or never' },
  { path: 'group.failedLaunches', label: 'Launches that fail first', unit: '' },
  { path: 'group.healthCheckSeconds', label: 'Health check', unit: 's' },
  { path: 'group.load', label: 'Load', unit: '% of the group', ...percent },
  { path: 'handler.minServing', label: 'Floor', unit: '% or a number', read: (text) => text },
  { path: 'handler.drainSeconds', label: 'Drain window', unit: 's' },
  { path: 'faults.throttledShare', label: 'Throttled API calls', unit: '%', ...percent },
  {
    path: 'notices',
    label: 'Notices',
    unit: 'instances@seconds',
    write: (value) => noticesText(parseNoticesJson(value)),
    read: (text) => throughJson(parseNotices(text) ?? text),
  },
];

const firstWorld = {
  name: 'own-group',
  group: { instances: 20, maxSize: 30 },
  notices: [{ instance: 0, count: 10, afterSeconds: 0, withinSeconds: 2 }],
};

/** A group of one's own: fields for what is asked for most, JSON for all, and one check for both. */
export class OwnGroupForm {
  readonly #card = byId('own-group', HTMLElement);
  readonly #json = byId('world-json', HTMLTextAreaElement);
  readonly #jsonError = byId('world-error', HTMLElement);
  readonly #inputs = new Map<
    string,
    { readonly field: Field; readonly input: HTMLInputElement; readonly error: HTMLElement }
  >();
  readonly #other = html('select', { id: 'other-kind' });
  readonly #otherAfter = html('input', { inputmode: 'numeric', autocomplete: 'off', id: 'other-after' });
  readonly #otherValue = html('input', { inputmode: 'numeric', autocomplete: 'off', id: 'other-value' });
  readonly #otherLabel = html('span', {});
  readonly #onEdit: () => void;
  /** What is filled in, right or wrong. */
  #draft: JsonValue = {};
  #world: World | undefined;

  constructor(onEdit: () => void) {
    this.#onEdit = onEdit;
    byId('own-group-fields', HTMLElement).append(...fields.map((field) => this.#field(field)), ...this.#otherFields());
    this.#json.addEventListener('input', () => this.#readJson());
    byId('world-save', HTMLButtonElement).addEventListener('click', () => this.#save());
    byId('world-load', HTMLInputElement).addEventListener('change', ({ target }) => this.#load(target));
    this.fill(throughJson(parseWorld(firstWorld)));
  }

  /** Undefined while something is wrong. */
  get world(): World | undefined {
    return this.#world;
  }

  show(isShown: boolean): void {
    this.#card.hidden = !isShown;
  }

  fill(draft: JsonValue): void {
    this.#draft = draft;
    this.#json.value = JSON.stringify(draft, null, 2);
    this.#writeFields();
    this.#check();
  }

  #field(field: Field): HTMLElement {
    const id = `world-${field.path.replace('.', '-')}`;
    const input = html('input', { id, autocomplete: 'off', 'aria-describedby': `${id}-error` });
    const error = html('span', { id: `${id}-error`, class: 'field-error' });
    this.#inputs.set(field.path, { field, input, error });
    input.addEventListener('input', () => {
      const read = field.read ?? ((text: string) => (isNumber(text) ? Number(text) : text));
      this.#change(field.path, read(input.value.trim()));
    });
    const unit = field.unit === '' ? [] : [' ', html('small', {}, field.unit)];
    const isWide = field.path === 'notices' ? 'field field-wide' : 'field';
    return html('label', { class: isWide }, html('span', {}, field.label, ...unit), input, error);
  }

  #otherFields(): HTMLElement[] {
    const options = Object.entries(simpleKinds).map(([kind, { title }]) => html('option', { value: kind }, title));
    this.#other.append(...options);
    for (const control of [this.#other, this.#otherAfter, this.#otherValue]) {
      control.addEventListener('input', () => this.#changeOther());
    }
    return [
      html('label', { class: 'field field-wide' }, html('span', {}, 'Who else changes the group'), this.#other),
      html('label', { class: 'field' }, html('span', {}, 'after ', html('small', {}, 's')), this.#otherAfter),
      html('label', { class: 'field' }, this.#otherLabel, this.#otherValue),
    ];
  }

  #changeOther(): void {
    const kind = isSimpleKind(this.#other.value) ? this.#other.value : 'nobody';
    const plans = plansOf({
      kind,
      afterSeconds: Number(this.#otherAfter.value),
      value: Number(this.#otherValue.value),
    });
    this.#showOther(kind);
    if (plans) this.#change('others', throughJson(plans));
  }

  #showOther(kind: SimpleOther['kind']): void {
    const { value } = simpleKinds[kind];
    setText(this.#otherLabel, value ?? '–');
    this.#otherValue.disabled = value === undefined;
    this.#otherAfter.disabled = value === undefined;
  }

  #change(path: string, value: JsonValue): void {
    this.#draft = changed(isJsonObject(this.#draft) ? this.#draft : {}, path.split('.'), value);
    this.#json.value = JSON.stringify(this.#draft, null, 2);
    this.#check();
  }

  #writeFields(): void {
    for (const [path, { field, input }] of this.#inputs) {
      const value = valueAt(this.#draft, path.split('.'));
      input.value = field.write ? field.write(value) : String(value ?? '');
    }
    const simple = simpleOf(othersIn(this.#draft));
    this.#other.value = simple.kind;
    this.#otherAfter.value = String(simple.afterSeconds);
    this.#otherValue.value = String(simple.value);
    this.#showOther(simple.kind);
  }

  #readJson(): void {
    const problem = jsonProblem(this.#json.value);
    if (problem) {
      this.#world = undefined;
      this.#showProblems([{ path: '', message: `Line ${problem.line}, column ${problem.column}: ${problem.message}` }]);
      return;
    }
    this.#draft = JSON.parse(this.#json.value);
    this.#check();
    if (this.#world) this.#draft = throughJson(this.#world);
    this.#writeFields();
  }

  #check(): void {
    try {
      this.#world = parseWorld(this.#draft);
      this.#showProblems([]);
    } catch (error) {
      if (!(error instanceof InvalidWorld)) throw error;
      this.#world = undefined;
      this.#showProblems(error.problems);
    }
  }

  /** Each at its field, and those that have none at the JSON. */
  #showProblems(problems: readonly Problem[]): void {
    for (const [path, { input, error }] of this.#inputs) {
      const own = problems.find(
        (problem) => problem.path === path || (path === 'notices' && problem.path.startsWith(path)),
      );
      const isNotices = own && path === 'notices' && typeof valueAt(this.#draft, ['notices']) === 'string';
      setText(error, isNotices ? `has to be ${noticesAllowed}` : (own?.message ?? ''));
      set(input, { 'aria-invalid': own ? 'true' : undefined });
    }
    const others = problems.filter(({ path }) => !this.#inputs.has(path) && !path.startsWith('notices'));
    setText(this.#jsonError, others.map(({ path, message }) => `${path} ${message}`.trim()).join('; '));
    set(this.#json, { 'aria-invalid': others.length > 0 ? 'true' : undefined });
    if (others.length > 0) byId('world-as-json', HTMLDetailsElement).open = true;
    this.#onEdit();
  }

  #save(): void {
    const name = this.#world?.name ?? 'own-group';
    download(`${name}.json`, `${this.#json.value}\n`);
  }

  async #load(target: EventTarget | null): Promise<void> {
    const file = target instanceof HTMLInputElement ? target.files?.[0] : undefined;
    if (!file) return;
    this.#json.value = await file.text();
    this.#readJson();
  }
}

function isNumber(text: string): boolean {
  return text !== '' && Number.isFinite(Number(text));
}

function valueAt(json: JsonValue, path: readonly string[]): JsonValue | undefined {
  const [key = '', ...rest] = path;
  const value = isJsonObject(json) ? json[key] : undefined;
  return rest.length === 0 || value === undefined ? value : valueAt(value, rest);
}

function changed(json: JsonObject, path: readonly string[], value: JsonValue): JsonObject {
  const [key = '', ...rest] = path;
  return { ...json, [key]: rest.length === 0 ? value : changed(objectAt(json, key), rest, value) };
}

function parseNoticesJson(value: JsonValue | undefined): World['notices'] {
  return worldWith({ notices: value ?? [] })?.notices ?? [];
}

function othersIn(draft: JsonValue): World['others'] {
  return worldWith({ others: objectAt({ draft }, 'draft').others ?? [] })?.others ?? [];
}

/** Reads one part of a world, beside whatever fits it. */
function worldWith(part: JsonObject): World | undefined {
  const anyGroup = { instances: 300, maxSize: 10_000 };
  try {
    return parseWorld({ group: anyGroup, notices: [{ instance: 0 }], ...part });
  } catch {
    return undefined;
  }
}
