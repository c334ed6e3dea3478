import { isJsonObject, type JsonObject, type JsonValue, objectAt } from '../../simulator/json.ts';
import type { StateEvent, WorldLog } from './world-log.ts';

/**
 * The edges of a definition's graph, and which of them a run took: `State → Next`, `State → Next: comment of the choice`,
 * `State ⇢ Next: errors caught`, `State ↻ errors retried`.
 */
export function edgesOf(definition: JsonObject): readonly string[] {
  return statesOf(definition).flatMap(([name, state]) => [
    ...(typeof state.Next === 'string' ? [`${name} → ${state.Next}`] : []),
    ...listAt(state, 'Choices').map((choice) => choiceEdge(name, choice)),
    ...(typeof state.Default === 'string' ? [defaultEdge(name, state)] : []),
    ...listAt(state, 'Catch').map((catcher) => catchEdge(name, catcher)),
    ...listAt(state, 'Retry')
      .filter(({ MaxAttempts }) => MaxAttempts !== 0)
      .map((retrier) => retryEdge(name, retrier)),
  ]);
}

export function edgesTaken(definition: JsonObject, log: WorldLog): readonly string[] {
  return log.histories.flatMap((history) =>
    history.flatMap((event, index) => {
      const state = objectAt(objectAt(definition, 'States'), event.state ?? '');
      const error = history.slice(0, index).findLast((one) => one.type === 'TaskFailed')?.error ?? '';
      return edgeTaken(event, history.slice(index + 1), state, error);
    }),
  );
}

function edgeTaken(event: StateEvent, later: readonly StateEvent[], state: JsonObject, error: string): string[] {
  const name = event.state ?? '';
  if (event.type === 'TaskRetried') return edgesFor(listAt(state, 'Retry'), error, (one) => retryEdge(name, one));
  if (event.type === 'TaskCaught') return edgesFor(listAt(state, 'Catch'), error, (one) => catchEdge(name, one));
  if (event.type === 'ChoiceStateEntered') {
    const choice = listAt(state, 'Choices').find((one) => matches(one, event));
    return [choice ? choiceEdge(name, choice) : defaultEdge(name, state)];
  }
  const next = later.find(({ type }) => type.endsWith('StateEntered'))?.state;
  const isLeft = event.type.endsWith('StateExited') && next !== undefined && next === state.Next;
  return isLeft ? [`${name} → ${next}`] : [];
}

function edgesFor(rules: readonly JsonObject[], error: string, edge: (rule: JsonObject) => string): string[] {
  const rule = rules.find(({ ErrorEquals }) => {
    const errors = Array.isArray(ErrorEquals) ? ErrorEquals : [];
    return errors.includes(error) || errors.includes('States.ALL');
  });
  return rule ? [edge(rule)] : [];
}

/** What the interpreter does not tell: which rule of a Choice it was. */
function matches(rule: JsonObject, event: StateEvent): boolean {
  if (rule.Not !== undefined) return !matches(objectAt(rule, 'Not'), event);
  if (rule.And !== undefined) return listAt(rule, 'And').every((one) => matches(one, event));
  if (rule.Or !== undefined) return listAt(rule, 'Or').some((one) => matches(one, event));
  const value = valueAt(rule.Variable, event);
  for (const [operator, operand] of Object.entries(rule)) {
    if (['BooleanEquals', 'NumericEquals', 'StringEquals'].includes(operator)) return value === operand;
    if (operator === 'IsPresent') return (value !== undefined) === operand;
    if (operator === 'NumericGreaterThan') return Number(value) > Number(operand);
    if (operator === 'TimestampGreaterThanEqualsPath') return time(value) >= time(valueAt(operand, event));
  }
  throw new Error(`This rule of a Choice is of a kind that is not read here yet: ${JSON.stringify(rule)}.`);
}

function valueAt(path: JsonValue | undefined, { input, timestamp }: StateEvent): JsonValue | undefined {
  if (path === '$$.State.EnteredTime') return timestamp;
  const names = String(path).split('.').slice(1);
  return names.reduce<JsonValue | undefined>((value, name) => objectAt({ value }, 'value')[name], input);
}

function time(value: JsonValue | undefined): number {
  return Date.parse(String(value));
}

function choiceEdge(name: string, { Next, Comment }: JsonObject): string {
  return `${name} → ${Next}: ${Comment}`;
}

function defaultEdge(name: string, { Default }: JsonObject): string {
  return `${name} → ${Default}: otherwise`;
}

function catchEdge(name: string, { Next, ErrorEquals }: JsonObject): string {
  return `${name} ⇢ ${Next}: ${String(ErrorEquals)}`;
}

function retryEdge(name: string, { ErrorEquals }: JsonObject): string {
  return `${name} ↻ ${String(ErrorEquals)}`;
}

function statesOf(definition: JsonObject): [string, JsonObject][] {
  return Object.entries(objectAt(definition, 'States')).flatMap(([name, state]): [string, JsonObject][] =>
    isJsonObject(state) ? [[name, state]] : [],
  );
}

function listAt(value: JsonObject, key: string): JsonObject[] {
  const member = value[key];
  return Array.isArray(member) ? member.filter(isJsonObject) : [];
}
