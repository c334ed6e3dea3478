import { branchesOf, isIntrinsic, joined, noValue, onlyIf, partsOf } from './intrinsics.ts';
import { isArray, isObject, isSame, type Json } from './json.ts';
import { markOf, withoutMarks } from './marks.ts';

/** What a property says that takes JSON as a text: intrinsic functions in it are marks. */
export function parsedJsonText(text: Json | undefined): Json {
  const parts = partsOf(text);
  if (!parts) throw new Error(`Not a JSON text: ${JSON.stringify(text)}`);
  return JSON.parse(parts.map((part) => (isObject(part) ? markOf(part) : String(part))).join(''));
}

/** The text of a value in which there may be marks and `Fn::If`, also one that takes a member away. */
export function jsonText(value: Json): Json {
  return joined(textParts(value));
}

/** A value whose keys have marks, which only a text may have: its intrinsic functions become marks, too. */
export function marked(value: Json): Json {
  if (isIntrinsic(value)) return markOf(value);
  if (isArray(value)) return value.map(marked);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, marked(member)]));
}

function textParts(value: Json): Json[] {
  const branches = branchesOf(value);
  if (branches) return [onlyIf(branches[0], jsonText(branches[1]), jsonText(branches[2]))];
  if (isArray(value)) return ['[', ...value.flatMap((element, index) => [comma(index), ...textParts(element)]), ']'];
  if (isObject(value)) return ['{', ...memberParts(Object.entries(value)), '}'];
  return [withoutMarks(JSON.stringify(value))];
}

/** Those that may be missing come first, each with a comma of its own, so that one that is always there ends the object. */
function memberParts(members: readonly (readonly [string, Json])[]): Json[] {
  const certain = members.filter(([, value]) => !mayBeMissing(value));
  const uncertain = members.filter(([, value]) => mayBeMissing(value));
  if (uncertain.length > 0 && certain.length === 0) {
    throw new Error(`No member of an object is always there: ${uncertain.map(([key]) => key).join(', ')}`);
  }
  return [
    ...uncertain.map(([key, value]) => uncertainMember(key, value)),
    ...certain.flatMap(([key, value], index) => [comma(index), ...keyParts(key), ...textParts(value)]),
  ];
}

function uncertainMember(key: string, value: Json): Json {
  if (isSame(value, noValue)) return '';
  const branches = branchesOf(value);
  if (!branches) return joined([...keyParts(key), ...textParts(value), ',']);
  return onlyIf(branches[0], uncertainMember(key, branches[1]), uncertainMember(key, branches[2]));
}

function mayBeMissing(value: Json): boolean {
  return isSame(value, noValue) || (branchesOf(value)?.slice(1).some(mayBeMissing) ?? false);
}

function keyParts(key: string): Json[] {
  return [withoutMarks(JSON.stringify(key)), ':'];
}

function comma(index: number): string {
  return index === 0 ? '' : ',';
}
