export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;
export interface JsonObject {
  [key: string]: JsonValue;
}

/** What arrives on the other side when the value is sent as JSON: a copy; `undefined` arrives as null. */
export function throughJson(value: unknown): JsonValue {
  const parsed: JsonValue = JSON.parse(JSON.stringify(value) ?? 'null');
  return parsed;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object at a key, or an empty one. */
export function objectAt(value: unknown, key: string): JsonObject {
  const member = isJsonObject(value) ? value[key] : undefined;
  return isJsonObject(member) ? member : {};
}

/** The string at a key; throws where it is missing, with `what` telling of which thing. */
export function stringAt(value: unknown, key: string, what: string): string {
  const member = isJsonObject(value) ? value[key] : undefined;
  if (typeof member === 'string') return member;
  throw new Error(`${what} has no string ${key}, but ${JSON.stringify(member)}.`);
}
