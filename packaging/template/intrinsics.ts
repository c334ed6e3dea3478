import { isArray, isObject, type Json, type JsonObject } from './json.ts';

/** Takes a property away, as one branch of a condition. */
export const noValue: JsonObject = { Ref: 'AWS::NoValue' };

export function onlyIf(condition: string, yes: Json, no: Json): JsonObject {
  return { 'Fn::If': [condition, yes, no] };
}

/** The condition and both branches of an `Fn::If`. */
export function branchesOf(value: Json): readonly [string, Json, Json] | undefined {
  if (!isObject(value)) return undefined;
  const branches = value['Fn::If'];
  if (!isArray(branches)) return undefined;
  const [condition, yes, no] = branches;
  return typeof condition === 'string' && yes !== undefined && no !== undefined ? [condition, yes, no] : undefined;
}

/** An object such as `{"Ref": "Topic"}`, which CloudFormation replaces by a value. */
export function isIntrinsic(value: Json): value is JsonObject {
  if (!isObject(value)) return false;
  const [key, ...others] = Object.keys(value);
  return key !== undefined && others.length === 0 && (key === 'Ref' || key.startsWith('Fn::'));
}

/** A text of parts, of which some are intrinsic functions. */
export function joined(parts: readonly Json[]): Json {
  const merged: Json[] = [];
  for (const part of parts.flatMap((part) => partsOf(part) ?? [part])) {
    const last = merged.at(-1);
    if (typeof part === 'string' && typeof last === 'string') merged[merged.length - 1] = last + part;
    else if (part !== '') merged.push(part);
  }
  const [only = '', ...others] = merged;
  return others.length === 0 ? only : { 'Fn::Join': ['', merged] };
}

/** The parts of a text that has been joined; undefined where it is none. */
export function partsOf(text: Json | undefined): readonly Json[] | undefined {
  if (typeof text === 'string') return [text];
  if (!isObject(text) || !isArray(text['Fn::Join'])) return undefined;
  const [separator, parts] = text['Fn::Join'];
  return separator === '' && isArray(parts) ? parts : undefined;
}
