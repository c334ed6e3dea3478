import { isJsonObject, type JsonObject } from '../json.ts';

/** What is wrong with a JSON document, and where: `group.maxSize`, `notices[2].instance`. */
export interface Problem {
  readonly path: string;
  readonly message: string;
}

export interface NumberLimits {
  readonly min: number;
  readonly max: number;
  /** No fractions. Default false. */
  readonly whole?: boolean;
  /** Where the member is missing. Default: it must not be. */
  readonly default?: number;
}

/** Reads an object's members one by one, and notes all that is wrong with them. What is wrong is read as its default, or 0. */
export class JsonReader {
  readonly #object: JsonObject;
  readonly #path: string;
  readonly #problems: Problem[];
  readonly #read = new Set<string>();

  constructor(value: unknown, path: string, problems: Problem[]) {
    this.#path = path;
    this.#problems = problems;
    this.#object = isJsonObject(value) ? value : {};
    if (!isJsonObject(value)) this.refuse(undefined, `${written(value)} is no object`);
  }

  has(key: string): boolean {
    return this.#object[key] !== undefined;
  }

  number(key: string, { min, max, whole = false, default: otherwise }: NumberLimits): number {
    const value = this.#member(key) ?? otherwise;
    const isRight = typeof value === 'number' && value >= min && value <= max && (!whole || Number.isInteger(value));
    if (isRight) return value;
    this.refuse(key, `${written(value)} has to be a ${whole ? 'whole ' : ''}number from ${min} to ${max}`);
    return otherwise ?? 0;
  }

  /** One of these words, or what `number` allows. */
  numberOr<Word extends string>(key: string, word: Word, limits: NumberLimits): number | Word {
    if (this.#object[key] !== word) return this.number(key, limits);
    this.#read.add(key);
    return word;
  }

  boolean(key: string, otherwise: boolean): boolean {
    const value = this.#member(key) ?? otherwise;
    if (typeof value === 'boolean') return value;
    this.refuse(key, `${written(value)} has to be true or false`);
    return otherwise;
  }

  /** A text that `isRight`; `allowed` says which are. */
  text(key: string, otherwise: string, isRight: (text: string) => boolean, allowed: string): string {
    const value = this.#member(key) ?? otherwise;
    if (typeof value === 'string' && isRight(value)) return value;
    this.refuse(key, `${written(value)} has to be ${allowed}`);
    return otherwise;
  }

  /** An object; an empty one where it is missing. */
  object(key: string): JsonReader {
    return new JsonReader(this.#member(key) ?? {}, this.#pathOf(key), this.#problems);
  }

  /** A list of objects; an empty one where it is missing. */
  list<T>(key: string, read: (item: JsonReader) => T): T[] {
    const value = this.#member(key) ?? [];
    if (Array.isArray(value)) {
      return value.map((item, index) => read(new JsonReader(item, `${this.#pathOf(key)}[${index}]`, this.#problems)));
    }
    this.refuse(key, `${written(value)} has to be a list`);
    return [];
  }

  numbers(key: string, limits: NumberLimits): number[] {
    const value = this.#member(key);
    if (!Array.isArray(value)) {
      this.refuse(key, `${written(value)} has to be a list of numbers`);
      return [];
    }
    const items = new JsonReader(Object.fromEntries(value.entries()), this.#pathOf(key), this.#problems);
    return value.map((_, index) => items.number(String(index), limits));
  }

  /** A member whose name is misspelled would otherwise pass for one that is missing. */
  refuseOthers(): void {
    const known = [...this.#read].join(', ');
    for (const key of Object.keys(this.#object)) {
      if (!this.#read.has(key)) this.refuse(key, `there is no such setting; there are ${known}`);
    }
  }

  refuse(key: string | undefined, message: string): void {
    this.#problems.push({ path: key === undefined ? this.#path : this.#pathOf(key), message });
  }

  #member(key: string): unknown {
    this.#read.add(key);
    return this.#object[key];
  }

  #pathOf(key: string): string {
    return this.#path === '' ? key : `${this.#path}.${key}`;
  }
}

function written(value: unknown): string {
  return value === undefined ? 'it is missing, and' : JSON.stringify(value);
}
