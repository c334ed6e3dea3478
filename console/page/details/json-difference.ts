import { isJsonObject, type JsonValue } from '../../../simulator/json.ts';

/** A member that one JSON value has otherwise than another: `capacity.group.serving`. */
export interface Difference {
  readonly path: string;
  /** Undefined: it was not there, or is not any more. */
  readonly before: JsonValue | undefined;
  readonly after: JsonValue | undefined;
}

/** What has been added, changed or taken away, from the top. Lists are compared as a whole. */
export function differences(before: JsonValue | undefined, after: JsonValue | undefined, path = ''): Difference[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  const isMember = isJsonObject(after) && (isJsonObject(before) || (before === undefined && path !== ''));
  if (!isMember) return [{ path, before, after }];
  const known: Readonly<Record<string, JsonValue>> = isJsonObject(before) ? before : {};
  const keys = new Set([...Object.keys(known), ...Object.keys(after)]);
  return [...keys].flatMap((key) => differences(known[key], after[key], path === '' ? key : `${path}.${key}`));
}
