import { type JsonObject, type JsonValue, objectAt } from '../../json.ts';
import { epochSeconds } from '../protocols/json-protocol.ts';
import type { ExecutionEvent } from './execution-history.ts';
import type { Execution, TaskAttempt } from './workflow-runner.ts';

export interface HistoryOptions {
  /** The state machine's, where the resources and timeouts of its Tasks are found. */
  readonly definition: JsonObject;
  readonly roleArn: string;
  readonly region: string;
  /** Whether inputs and outputs are part of it. */
  readonly includeExecutionData: boolean;
}

/**
 * An execution's history as GetExecutionHistory tells it: each attempt of a Task is scheduled and started, and has succeeded,
 * failed or timed out; that an error was caught shows only by the state that comes next. What was told once is told again,
 * with the same ids.
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html
 */
export function serviceHistory(execution: Execution, options: HistoryOptions): JsonObject[] {
  const writer = new HistoryWriter(options);
  const attempts = new Attempts(execution.attempts);
  for (const event of execution.history) {
    writer.write(event, execution);
    if (event.type === 'TaskStateEntered' || event.type === 'TaskRetried') writer.begin(attempts.next(event.state));
  }
  return writer.events;
}

/** Which attempt an event begins: in a workflow without parallel branches they come in the order of the events. */
class Attempts {
  readonly #attempts: readonly TaskAttempt[];
  #taken = 0;

  constructor(attempts: readonly TaskAttempt[]) {
    this.#attempts = attempts;
  }

  /** Undefined where it has not begun yet, or the state failed before it could. */
  next(state: string | undefined): TaskAttempt | undefined {
    const attempt = this.#attempts[this.#taken];
    if (attempt?.state !== state) return undefined;
    this.#taken += 1;
    return attempt;
  }
}

class HistoryWriter {
  readonly events: JsonObject[] = [];
  readonly #options: HistoryOptions;
  /** The attempt that has been started and has not ended. */
  #open: { readonly attempt: TaskAttempt; readonly task: Task } | undefined;

  constructor(options: HistoryOptions) {
    this.#options = options;
  }

  write(event: ExecutionEvent, execution: Execution): void {
    const { type, state = '' } = event;
    if (type === 'TaskFailed') this.#end(event);
    if (type === 'TaskStateExited' && this.#open && 'output' in this.#open.attempt) this.#end(event);
    if (type.endsWith('StateEntered')) {
      this.#add(event.timestamp, type, 'stateEntered', { name: state, ...this.#data('input', event.input) });
    } else if (type.endsWith('StateExited')) {
      this.#add(event.timestamp, type, 'stateExited', { name: state, ...this.#data('output', event.output) });
    } else if (type.startsWith('Execution')) {
      this.#add(event.timestamp, type, undefined, this.#executionDetails(event, execution));
    }
  }

  begin(attempt: TaskAttempt | undefined): void {
    if (attempt === undefined) return;
    const task = taskOf(attempt.state, this.#options);
    const { parameters, startedAt } = attempt;
    const seconds = task.timeoutSeconds === undefined ? {} : { timeoutInSeconds: task.timeoutSeconds };
    if (task.kind === 'LambdaFunction') {
      const input = this.#data('input', parameters);
      this.#add(startedAt, 'LambdaFunctionScheduled', undefined, { ...task.names, ...input, ...seconds });
      this.#add(startedAt, 'LambdaFunctionStarted');
    } else {
      const call = { region: this.#options.region, parameters: this.#text(parameters) };
      this.#add(startedAt, 'TaskScheduled', undefined, { ...task.names, ...call, ...seconds });
      this.#add(startedAt, 'TaskStarted', undefined, task.names);
    }
    this.#open = { attempt, task };
  }

  #end({ timestamp, type, error, cause }: ExecutionEvent): void {
    if (this.#open === undefined) return;
    const { attempt, task } = this.#open;
    this.#open = undefined;
    const names = task.kind === 'Task' ? task.names : {};
    if (type === 'TaskStateExited') {
      const details = { ...names, ...this.#data('output', attempt.output) };
      this.#add(timestamp, `${task.kind}Succeeded`, undefined, details);
    } else if (error === 'States.Timeout') {
      this.#add(timestamp, `${task.kind}TimedOut`, undefined, { ...names, error });
    } else {
      this.#add(timestamp, `${task.kind}Failed`, undefined, { ...names, ...given({ error, cause }) });
    }
  }

  #executionDetails(event: ExecutionEvent, { error, cause }: Execution): JsonObject {
    switch (event.type) {
      case 'ExecutionStarted':
        return { ...this.#data('input', event.input), roleArn: this.#options.roleArn };
      case 'ExecutionSucceeded':
        return this.#data('output', event.output);
      case 'ExecutionTimedOut':
        return given({ error: event.error });
      default:
        return given({ error, cause });
    }
  }

  /** `kind`: of the details, where it is not the type's own. */
  #add(timestamp: string, type: string, kind = lowerFirst(type), details?: JsonObject): void {
    const id = this.events.length + 1;
    // The state that an execution enters first comes after no event, and nor does the end that StopExecution brings.
    const previousEventId = id === 2 || type === 'ExecutionAborted' ? 0 : id - 1;
    const event = { id, previousEventId, timestamp: epochSeconds(timestamp), type };
    this.events.push(details === undefined ? event : { ...event, [`${kind}EventDetails`]: details });
  }

  #data(name: 'input' | 'output', value: JsonValue | undefined): JsonObject {
    if (!this.#options.includeExecutionData) return {};
    return { [name]: JSON.stringify(value ?? null), [`${name}Details`]: { truncated: false } };
  }

  #text(value: JsonValue): string {
    return this.#options.includeExecutionData ? JSON.stringify(value) : '{}';
  }
}

interface Task {
  /** What its events' types begin with. */
  readonly kind: 'LambdaFunction' | 'Task';
  /** How its events name its resource. */
  readonly names: JsonObject;
  readonly timeoutSeconds: number | undefined;
}

function taskOf(state: string, { definition }: HistoryOptions): Task {
  const { Resource, TimeoutSeconds } = objectAt(objectAt(definition, 'States'), state);
  const resource = String(Resource);
  const timeoutSeconds = typeof TimeoutSeconds === 'number' ? TimeoutSeconds : undefined;
  const [, resourceType, action] = /^arn:[^:]+:states:::(.+):([^:]+)$/.exec(resource) ?? [];
  if (resourceType === undefined || action === undefined) {
    return { kind: 'LambdaFunction', names: { resource }, timeoutSeconds };
  }
  return { kind: 'Task', names: { resourceType, resource: action }, timeoutSeconds };
}

/** Without the members that are undefined. */
function given(members: Readonly<Record<string, string | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(members).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
