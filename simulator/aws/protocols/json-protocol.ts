import { isJsonObject, type JsonObject, type JsonValue } from '../../json.ts';
import { constraintMessage, ServiceError } from './service-error.ts';

/** The AWS JSON protocol: the service and the action in the header X-Amz-Target, parameters and answers as JSON. */

/**
 * The parameters of a call. What is missing or out of its limits is a ValidationException, what is of the wrong type a
 * SerializationException; unknown parameters are ignored, as the services do.
 */
export class JsonParameters {
  readonly #members: JsonObject;

  constructor(members: JsonObject) {
    this.#members = members;
  }

  string(name: string): string | undefined {
    const value = this.#members[name];
    if (value === undefined || value === null || typeof value === 'string') return value ?? undefined;
    throw wrongType(name, value, 'a string');
  }

  requiredString(name: string): string {
    return this.string(name) ?? refuseMissing(name);
  }

  integer(name: string, { min, max }: { readonly min: number; readonly max: number }): number | undefined {
    const value = this.#members[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== 'number' || !Number.isInteger(value)) throw wrongType(name, value, 'an integer');
    if (value < min) throw constraintError(name, value, `Member must have value greater than or equal to ${min}`);
    if (value > max) throw constraintError(name, value, `Member must have value less than or equal to ${max}`);
    return value;
  }

  boolean(name: string): boolean | undefined {
    const value = this.#members[name];
    if (value === undefined || value === null || typeof value === 'boolean') return value ?? undefined;
    throw wrongType(name, value, 'a boolean');
  }

  /** Seconds since the epoch, as the protocol writes a time. */
  time(name: string): Date | undefined {
    const value = this.#members[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'number') return new Date(value * 1000);
    throw wrongType(name, value, 'a number of seconds');
  }

  /** Empty where it is missing. */
  stringMap(name: string): Record<string, string> {
    const value = this.#members[name] ?? {};
    if (!isJsonObject(value)) throw wrongType(name, value, 'a map of strings');
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => {
        if (typeof member !== 'string') throw wrongType(`${name}.${key}`, member, 'a string');
        return [key, member];
      }),
    );
  }

  strings(name: string): readonly string[] {
    return this.#list(name).map((value) => {
      if (typeof value === 'string') return value;
      throw wrongType(name, value, 'a list of strings');
    });
  }

  /** Lists of strings by name. */
  stringLists(name: string): Readonly<Record<string, readonly string[]>> {
    const value = this.#members[name] ?? {};
    if (!isJsonObject(value)) throw wrongType(name, value, 'a map of lists');
    const lists = new JsonParameters(value);
    return Object.fromEntries(Object.keys(value).map((key) => [key, lists.strings(key)]));
  }

  /** A list of at least one and at most `max` structures. */
  requiredStructures(name: string, max: number): readonly JsonParameters[] {
    if (this.#members[name] === undefined) refuseMissing(name);
    const list = this.#list(name);
    if (list.length === 0)
      throw constraintError(name, JSON.stringify(list), 'Member must have length greater than or equal to 1');
    if (list.length > max)
      throw constraintError(name, JSON.stringify(list), `Member must have length less than or equal to ${max}`);
    return list.map((value) => {
      if (isJsonObject(value)) return new JsonParameters(value);
      throw wrongType(name, value, 'a list of structures');
    });
  }

  #list(name: string): readonly JsonValue[] {
    const value = this.#members[name] ?? [];
    if (Array.isArray(value)) return value;
    throw wrongType(name, value, 'a list');
  }
}

export function constraintError(name: string, value: string | number | undefined, constraint: string): ServiceError {
  return new ServiceError('ValidationException', constraintMessage(name, value, constraint));
}

function refuseMissing(name: string): never {
  throw constraintError(name, undefined, 'Member must not be null');
}

function wrongType(name: string, value: JsonValue, expected: string): ServiceError {
  return new ServiceError('SerializationException', `${name} is ${JSON.stringify(value)}, but has to be ${expected}.`);
}

/** How the protocol writes a time. */
export function epochSeconds(time: Date | string): number {
  return new Date(time).getTime() / 1000;
}
