import { isIntrinsic, noValue, onlyIf } from './intrinsics.ts';
import { isArray, isObject, isSame, type Json } from './json.ts';

/** Of each of the template's conditions, whether it holds. */
export type Answers = Readonly<Record<string, boolean>>;

/** A value in the template for certain answers; undefined where it is not there. */
export interface Case {
  readonly answers: Answers;
  readonly value: Json | undefined;
}

/** One value for all cases, in which `Fn::If` tells them apart as far inside as it can be. Undefined where no case has one. */
export function mergedCases(cases: readonly Case[]): Json | undefined {
  const [first, ...others] = cases;
  if (others.every(({ value }) => isSame(value, first?.value))) return first?.value;
  return mergedObjects(cases) ?? mergedArrays(cases) ?? split(cases);
}

/** The condition that holds exactly where there is a value; undefined where there always is. @throws Error where it takes several. */
export function conditionOf(what: string, cases: readonly Case[]): string | undefined {
  if (cases.every(({ value }) => value !== undefined)) return undefined;
  const holds = Object.keys(cases[0]?.answers ?? {}).find((condition) =>
    cases.every(({ answers, value }) => answers[condition] === (value !== undefined)),
  );
  if (holds !== undefined) return holds;
  throw new Error(`${what} is there under more than one condition: the template needs a condition for that.`);
}

/** A value that is null is there: the workflow's `"ResultPath": null`, for one. */
function mergedOrNone(cases: readonly Case[]): Json {
  const value = mergedCases(cases);
  return value === undefined ? noValue : value;
}

function mergedObjects(cases: readonly Case[]): Json | undefined {
  const objects = cases.flatMap(({ answers, value }) =>
    isObject(value) && !isIntrinsic(value) ? [{ answers, value }] : [],
  );
  if (objects.length < cases.length) return undefined;
  const keys = new Set(objects.flatMap(({ value }) => Object.keys(value)));
  return Object.fromEntries(
    [...keys].map((key) => [key, mergedOrNone(objects.map(({ answers, value }) => ({ answers, value: value[key] })))]),
  );
}

function mergedArrays(cases: readonly Case[]): Json | undefined {
  const arrays = cases.flatMap(({ answers, value }) => (isArray(value) ? [{ answers, value }] : []));
  const length = arrays[0]?.value.length ?? 0;
  if (arrays.length < cases.length || arrays.some(({ value }) => value.length !== length)) return undefined;
  return Array.from({ length }, (_, index) =>
    mergedOrNone(arrays.map(({ answers, value }) => ({ answers, value: value[index] }))),
  );
}

function split(cases: readonly Case[]): Json {
  const conditions = Object.keys(cases[0]?.answers ?? {});
  const decisive = conditions.find((condition) => isDecisive(condition, cases));
  if (decisive === undefined) throw new Error(`No condition tells these apart: ${JSON.stringify(cases)}`);
  const branch = (holds: boolean) => mergedOrNone(cases.filter(({ answers }) => answers[decisive] === holds));
  return onlyIf(decisive, branch(true), branch(false));
}

/** Two cases that differ in nothing else have different values. */
function isDecisive(condition: string, cases: readonly Case[]): boolean {
  const valueWithout = new Map<string, Json | undefined>();
  return cases.some(({ answers, value }) => {
    const others = JSON.stringify({ ...answers, [condition]: null });
    if (!valueWithout.has(others)) valueWithout.set(others, value);
    return !isSame(valueWithout.get(others), value);
  });
}
