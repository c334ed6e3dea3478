import { joined } from './intrinsics.ts';
import { isArray, isObject, type Json, type JsonObject } from './json.ts';

/**
 * An intrinsic function as a text that may stand where CDK takes nothing but a known text, such as in a key, and inside of a
 * text. It passes as the key and the value of a tag.
 */
export function markOf(intrinsic: JsonObject): string {
  return `@@${Buffer.from(JSON.stringify(intrinsic)).toString('hex')}@@`;
}

/** A text with its marks, as what CloudFormation is to make of it. */
export function withoutMarks(text: string): Json {
  return joined(
    text.split(/(@@[\da-f]+@@)/).map((part): Json => {
      const hex = /^@@([\da-f]+)@@$/.exec(part)?.[1];
      return hex === undefined ? part : JSON.parse(Buffer.from(hex, 'hex').toString());
    }),
  );
}

/** The same for all texts in a value. @throws Error for a mark in a key, where CloudFormation replaces nothing. */
export function everyMarkReplaced(value: Json): Json {
  if (typeof value === 'string') return withoutMarks(value);
  if (isArray(value)) return value.map(everyMarkReplaced);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => {
      if (typeof withoutMarks(key) !== 'string')
        throw new Error(`A key depends on a parameter: ${JSON.stringify(value)}`);
      return [key, everyMarkReplaced(member)];
    }),
  );
}
