import { StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';
import { isJsonObject, type JsonObject, type JsonValue, objectAt, throughJson } from '../../json.ts';
import { busy } from '../../time/virtual-time.ts';
import { TaskError } from '../lambda/lambda-service.ts';
import { type ExecutionEvent, ExecutionHistory } from './execution-history.ts';
import type { SdkIntegrations } from './sdk-integrations.ts';

export interface WorkflowRunnerOptions {
  /** The Amazon States Language definition, JSONPath, every resource resolved. */
  readonly definition: JsonObject;
  /** Runs a Task that names a function. Throws a TaskError. */
  readonly invokeFunction: (functionName: string, payload: JsonValue) => Promise<JsonValue>;
  /** Runs a Task that names a DynamoDB action (`UpdateItem`, …). Throws a TaskError. Default: no such Task may occur. */
  readonly callDynamoDb?: (action: string, parameters: JsonValue) => Promise<JsonValue>;
  /** Runs a Task that calls a service by `arn:aws:states:::aws-sdk:SERVICE:ACTION`. Default: no such Task may occur. */
  readonly callSdk?: SdkIntegrations;
  /** Told of every history event as it happens. */
  readonly onEvent?: (execution: Execution, event: ExecutionEvent) => void;
  /** Default `arn:aws:states:us-east-2:123456789012:stateMachine:spot-interruption`. */
  readonly stateMachineArn?: string;
}

type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** What StopExecution says of its reasons. */
export interface StopReason {
  readonly error?: string;
  readonly cause?: string;
}

/** One call of a Task's resource. */
export interface TaskAttempt {
  readonly state: string;
  readonly startedAt: string;
  /** What its resource was called with: the state's input, or what its Parameters make of it. */
  readonly parameters: JsonValue;
  /** What its resource answered. Absent until then, and where it failed. */
  output?: JsonValue;
}

/** An execution, as DescribeExecution and GetExecutionHistory show it. */
export interface Execution {
  readonly arn: string;
  readonly name: string;
  readonly input: JsonValue;
  readonly startedAt: string;
  readonly status: ExecutionStatus;
  readonly history: readonly ExecutionEvent[];
  /** In the order in which they began. */
  readonly attempts: readonly TaskAttempt[];
  /** The state entered last. */
  readonly finalState: string | undefined;
  /** As Standard workflows are billed: every state entered, and every retry of one. */
  readonly stateTransitions: number;
  readonly stoppedAt?: string;
  readonly output?: JsonValue;
  readonly error?: string;
  readonly cause?: string;
  /** Resolves when it has ended, however it ended. */
  readonly ended: Promise<void>;
}

/** Runs executions of one state machine with the `aws-local-stepfunctions` interpreter. */
export class WorkflowRunner {
  readonly #running: RunningExecution[] = [];
  readonly #options: WorkflowRunnerOptions;
  readonly #stateMachine: StateMachine;
  readonly #tasks: Tasks;
  readonly #stateMachineArn: string;

  get executions(): readonly Execution[] {
    return this.#running;
  }

  /** Throws where the definition is invalid, or needs what the interpreter does not do as the service does. */
  constructor(options: WorkflowRunnerOptions) {
    const states = statesOf(options.definition);
    refuseWhatTheInterpreterMisreads(options.definition);
    this.#options = options;
    this.#stateMachine = stateMachineOf(options.definition);
    this.#tasks = Object.fromEntries(states.flatMap(([name, state]) => this.#task(name, state)));
    this.#stateMachineArn =
      options.stateMachineArn ?? 'arn:aws:states:us-east-2:123456789012:stateMachine:spot-interruption';
  }

  /**
   * Starts an execution and returns it running. As StartExecution does, it returns the running execution for the same name
   * and input, and throws `ExecutionAlreadyExists` where the name was used otherwise.
   */
  start(name: string, input: unknown): Execution {
    const json = throughJson(input);
    const same = this.#running.find((execution) => execution.name === name);
    if (same?.status === 'RUNNING' && JSON.stringify(same.input) === JSON.stringify(json)) return same;
    if (same) throw alreadyExists(same);
    const execution = new RunningExecution(this.#stateMachineArn, name, json, this.#options.onEvent);
    this.#running.push(execution);
    execution.run(this.#stateMachine, this.#tasks);
    return execution;
  }

  /** As StopExecution for each that is running. */
  stop(): void {
    for (const execution of this.#running) execution.abort();
  }

  /** As StopExecution: what its Task does goes on, but nobody waits for it any more. */
  stopExecution(name: string, why: StopReason = {}): void {
    this.#named(name).abort(why);
  }

  /**
   * As RedriveExecution: enters the state it ended in again, with the same input, under the same ARN. Throws
   * `ExecutionNotRedrivable` where it runs or has succeeded.
   */
  redriveExecution(name: string): void {
    const execution = this.#named(name);
    const last = execution.history.findLast(({ type }) => type.endsWith('StateEntered'));
    if (execution.status === 'RUNNING' || execution.status === 'SUCCEEDED' || last?.state === undefined) {
      throw new TaskError('ExecutionNotRedrivable', `Execution '${execution.arn}' is ${execution.status}.`);
    }
    const definition = startingAt(last.state, this.#options.definition);
    // A part of what was validated as a whole: validating it anew takes longer than most executions.
    const stateMachine = stateMachineOf(definition, { noValidate: true });
    execution.redrive(stateMachine, this.#tasks, last.input ?? null);
  }

  #named(name: string): RunningExecution {
    const execution = this.#running.find((one) => one.name === name);
    if (execution) return execution;
    throw new TaskError('ExecutionDoesNotExist', `Execution Does Not Exist: '${name}'`);
  }

  #task(name: string, state: JsonObject): [string, (input: JsonValue) => Promise<JsonValue>][] {
    if (state.Type !== 'Task') return [];
    const resource = parseResource(name, state.Resource);
    if (resource.kind === 'lambda') {
      return [[name, (input) => this.#options.invokeFunction(resource.functionName, input)]];
    }
    const { callDynamoDb, callSdk } = this.#options;
    if (resource.kind === 'sdk') {
      if (!callSdk) throw new Error(`State ${name} calls ${resource.service}, but this runner was given no callSdk.`);
      return [[name, (input) => busy(() => callSdk(resource.service, resource.action, input))]];
    }
    if (!callDynamoDb) throw new Error(`State ${name} calls DynamoDB, but this runner was given no callDynamoDb.`);
    return [[name, (input) => busy(() => callDynamoDb(resource.action, input))]];
  }
}

class RunningExecution implements Execution {
  readonly arn: string;
  readonly name: string;
  readonly input: JsonValue;
  readonly startedAt = new Date().toISOString();
  ended: Promise<void>;
  #end: () => void;
  readonly #history: ExecutionHistory;
  readonly #stateMachineArn: string;
  status: ExecutionStatus = 'RUNNING';
  stoppedAt?: string;
  output?: JsonValue;
  error?: string;
  cause?: string;
  readonly attempts: TaskAttempt[] = [];
  abort: (why?: StopReason) => void = () => {};
  #stopReason: StopReason = {};

  constructor(
    stateMachineArn: string,
    name: string,
    input: JsonValue,
    onEvent: ((execution: Execution, event: ExecutionEvent) => void) | undefined,
  ) {
    this.#stateMachineArn = stateMachineArn;
    this.arn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
    this.name = name;
    this.input = input;
    this.#history = new ExecutionHistory((event) => onEvent?.(this, event));
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.#end = resolve;
  }

  get history(): readonly ExecutionEvent[] {
    return this.#history.events;
  }

  get finalState(): string | undefined {
    return this.#history.lastStateEntered;
  }

  get stateTransitions(): number {
    return this.#history.stateTransitions;
  }

  redrive(stateMachine: StateMachine, tasks: Tasks, input: JsonValue): void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.#end = resolve;
    this.status = 'RUNNING';
    delete this.stoppedAt;
    delete this.error;
    delete this.cause;
    this.run(stateMachine, tasks, input);
  }

  async run(stateMachine: StateMachine, tasks: Tasks, input = this.input): Promise<void> {
    const aborted = new AbortController();
    const run = stateMachine.run(input, {
      overrides: { taskResourceLocalHandlers: untilAborted(this.#kept(tasks), aborted.signal) },
      context: this.#context(),
    });
    this.abort = (why = {}) => {
      this.#stopReason = why;
      aborted.abort();
      run.abort();
    };
    const failure = run.result.then(
      () => undefined,
      (error: unknown) => error,
    );
    for await (const event of run.eventLogs) this.#history.record(event);
    this.#conclude(await failure);
  }

  #conclude(failure: unknown): void {
    const last = this.#history.events.at(-1);
    this.stoppedAt = last?.timestamp ?? new Date().toISOString();
    this.status = statusAfter(last);
    if (last?.output !== undefined) this.output = last.output;
    if (last?.error !== undefined) this.error = last.error;
    if (last?.cause !== undefined) this.cause = last.cause;
    if (this.status === 'ABORTED') Object.assign(this, this.#stopReason);
    if (this.status === 'RUNNING')
      throw new Error(`Execution ${this.name} ended without saying how.`, { cause: failure });
    this.#end();
  }

  /** The same Tasks, whose calls are kept. */
  #kept(tasks: Tasks): Tasks {
    const call = async (state: string, task: Tasks[string], parameters: JsonValue) => {
      const attempt: TaskAttempt = { state, startedAt: new Date().toISOString(), parameters };
      this.attempts.push(attempt);
      const output = await task(parameters);
      attempt.output = output;
      return output;
    };
    return Object.fromEntries(
      Object.entries(tasks).map(([state, task]) => [state, (parameters) => call(state, task, parameters)]),
    );
  }

  /** The interpreter adds Execution.Input and Execution.StartTime itself. */
  #context() {
    return {
      Execution: { Id: this.arn, Name: this.name },
      StateMachine: { Id: this.#stateMachineArn, Name: this.#stateMachineArn.split(':').at(-1) },
      State: {
        /** A state's fields are evaluated as it is entered; only for a retried one this is later than on AWS. */
        get EnteredTime(): string {
          return new Date().toISOString();
        },
      },
    };
  }
}

/** The interpreter finishes the retries of a Task even when its execution was stopped; Step Functions does not. */
function untilAborted(tasks: Tasks, signal: AbortSignal): Tasks {
  return Object.fromEntries(
    Object.entries(tasks).map(([name, task]) => [
      name,
      (input: JsonValue) => (signal.aborted ? new Promise<JsonValue>(() => {}) : task(input)),
    ]),
  );
}

type Tasks = Readonly<Record<string, (input: JsonValue) => Promise<JsonValue>>>;

type Resource =
  | { kind: 'lambda'; functionName: string }
  | { kind: 'dynamodb'; action: string }
  | { kind: 'sdk'; service: string; action: string };

function parseResource(stateName: string, resource: JsonValue | undefined): Resource {
  const text = typeof resource === 'string' ? resource : JSON.stringify(resource);
  const functionName = /^arn:[^:]+:lambda:[^:]*:[^:]*:function:([^:]+)/.exec(text)?.[1];
  if (functionName !== undefined) return { kind: 'lambda', functionName };
  const action = /^arn:[^:]+:states:::dynamodb:(getItem|putItem|updateItem|deleteItem)$/.exec(text)?.[1];
  if (action !== undefined) return { kind: 'dynamodb', action: action.charAt(0).toUpperCase() + action.slice(1) };
  const [, service, sdkAction] = /^arn:[^:]+:states:::aws-sdk:([a-z0-9]+):([a-zA-Z]+)$/.exec(text) ?? [];
  if (service !== undefined && sdkAction !== undefined) return { kind: 'sdk', service, action: sdkAction };
  throw new Error(
    `State ${stateName} has the resource ${text}. This runner knows function ARNs and ` +
      'arn:aws:states:::dynamodb:getItem, putItem, updateItem and deleteItem, or aws-sdk:SERVICE:ACTION.',
  );
}

/** All states by name, those inside of Map and Parallel states included. */
function statesOf(definition: JsonValue | undefined): [string, JsonObject][] {
  if (Array.isArray(definition)) return definition.flatMap(statesOf);
  if (!isJsonObject(definition) || !isJsonObject(definition.States)) return [];
  return Object.entries(definition.States).flatMap(([name, state]): [string, JsonObject][] => {
    if (!isJsonObject(state)) return [];
    return [[name, state], ...[state.Branches, state.Iterator, state.ItemProcessor].flatMap(statesOf)];
  });
}

function refuseWhatTheInterpreterMisreads(definition: JsonObject): void {
  if (definition.QueryLanguage === 'JSONata')
    throw new Error('The definition is in JSONata. The interpreter reads JSONPath.');
  const negatedTest = /"Is(?:Null|Present|Numeric|String|Boolean|Timestamp)":false/.exec(JSON.stringify(definition));
  if (negatedTest) {
    throw new Error(
      `The interpreter takes ${negatedTest[0]} for false always. Write it as a Not of the same test for true.`,
    );
  }
}

/** The same workflow from a later state on, without the states before it: the interpreter takes no unreachable ones. */
function startingAt(startAt: string, definition: JsonObject): JsonObject {
  const states = new Map(Object.entries(objectAt(definition, 'States')));
  const reached = new Set([startAt]);
  for (const name of reached) {
    for (const [, next] of JSON.stringify(states.get(name)).matchAll(/"(?:Next|Default)":"([^"]+)"/g)) {
      if (next !== undefined) reached.add(next);
    }
  }
  const States = Object.fromEntries([...states].filter(([name]) => reached.has(name)));
  return { ...definition, StartAt: startAt, States };
}

/** Validating a definition takes longer than running it, so what was validated is kept. */
const stateMachines = new Map<string, StateMachine>();

function stateMachineOf(definition: JsonObject, { noValidate = false } = {}): StateMachine {
  const text = JSON.stringify(definition);
  const known = stateMachines.get(text);
  if (known) return known;
  const parsed: StateMachineDefinition = JSON.parse(text);
  const stateMachine = new StateMachine(parsed, {
    validationOptions: { checkArn: true, checkPaths: true, noValidate },
  });
  stateMachines.set(text, stateMachine);
  return stateMachine;
}

function statusAfter(event: ExecutionEvent | undefined): ExecutionStatus {
  switch (event?.type) {
    case 'ExecutionSucceeded':
      return 'SUCCEEDED';
    case 'ExecutionFailed':
      return 'FAILED';
    case 'ExecutionTimedOut':
      return 'TIMED_OUT';
    case 'ExecutionAborted':
      return 'ABORTED';
    default:
      return 'RUNNING';
  }
}

function alreadyExists(execution: Execution): TaskError {
  return new TaskError('ExecutionAlreadyExists', `Execution Already Exists: '${execution.arn}'`);
}
