import { isJsonObject, type JsonObject, type JsonValue, throughJson } from '../../json.ts';
import type { Execution } from '../step-functions/workflow-runner.ts';

export interface EventRule {
  readonly eventPattern: JsonObject;
  /** The rule's target: starts an execution with the event as its input. */
  readonly start: (name: string, event: JsonValue) => Execution;
}

/** An EventBridge event bus with its rules. */
export class EventBus {
  readonly #rules: readonly EventRule[];
  #delivered = 0;

  constructor(...rules: readonly EventRule[]) {
    this.#rules = rules;
  }

  /** Puts an event on the bus. Returns the executions that the rules started: none where it matches none of them. */
  put(event: unknown): readonly Execution[] {
    const json = throughJson(event);
    const id = isJsonObject(json) && typeof json.id === 'string' ? json.id : 'event';
    return this.#rules
      .filter(({ eventPattern }) => matchesPattern(eventPattern, json))
      .map(({ start }) => {
        this.#delivered += 1;
        return start(`${id}_${this.#delivered}`, json);
      });
  }
}

/**
 * Whether an event matches a rule's EventPattern: exact values, `prefix`, `suffix`, `exists` and `anything-but` (of values).
 * Throws where the pattern uses another operator.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export function matchesPattern(pattern: JsonObject, event: JsonValue | undefined): boolean {
  return Object.entries(pattern).every(([key, expected]) => {
    if (key.startsWith('$')) throw unsupported(key);
    const value = isJsonObject(event) ? event[key] : undefined;
    if (isJsonObject(expected)) return matchesPattern(expected, value);
    if (!Array.isArray(expected)) {
      throw new Error(`The event pattern's ${key} is ${JSON.stringify(expected)}: it has to be an array or an object.`);
    }
    return expected.some((alternative) => matchesField(alternative, value));
  });
}

/** An event's array matches where one of its elements does. */
function matchesField(alternative: JsonValue, value: JsonValue | undefined): boolean {
  if (Array.isArray(value)) return value.some((element) => matchesField(alternative, element));
  if (!isJsonObject(alternative)) return alternative === value;
  return Object.entries(alternative).every(([operator, operand]) => applyOperator(operator, operand, value));
}

function applyOperator(operator: string, operand: JsonValue, value: JsonValue | undefined): boolean {
  if (operator === 'exists') return (value !== undefined) === operand;
  if (operator === 'prefix' && typeof operand === 'string')
    return typeof value === 'string' && value.startsWith(operand);
  if (operator === 'suffix' && typeof operand === 'string') return typeof value === 'string' && value.endsWith(operand);
  if (operator === 'anything-but' && !isJsonObject(operand)) {
    return value !== undefined && ![operand].flat().some((excluded) => excluded === value);
  }
  throw unsupported(`${operator}: ${JSON.stringify(operand)}`);
}

function unsupported(what: string): Error {
  return new Error(`The event pattern uses ${what}, which this event bus does not know.`);
}
