import type { StateMachine } from 'aws-local-stepfunctions';
import type { JsonValue } from '../../json.ts';

/** An event of an execution's history, flatter than GetExecutionHistory's, under its names. */
export interface ExecutionEvent {
  readonly id: number;
  /** `TaskStateEntered`, `TaskFailed`, `TaskRetried`, `ChoiceStateExited`, `ExecutionSucceeded`, … */
  readonly type: string;
  readonly timestamp: string;
  readonly state?: string;
  readonly input?: JsonValue;
  readonly output?: JsonValue;
  readonly error?: string;
  readonly cause?: string;
}

type InterpreterEvent =
  ReturnType<StateMachine['run']>['eventLogs'] extends AsyncGenerator<infer Event> ? Event : never;

/** Collects what the interpreter reports, and keeps count. */
export class ExecutionHistory {
  readonly events: ExecutionEvent[] = [];
  stateTransitions = 0;
  lastStateEntered: string | undefined;
  readonly #onEvent: (event: ExecutionEvent) => void;

  constructor(onEvent: (event: ExecutionEvent) => void) {
    this.#onEvent = onEvent;
  }

  record(reported: InterpreterEvent): void {
    const event = { id: this.events.length + 1, ...translate(reported) };
    if (reported.type === 'StateEntered' || reported.type === 'StateRetried') this.stateTransitions += 1;
    if (reported.type === 'StateEntered') this.lastStateEntered = reported.state.name;
    this.events.push(event);
    this.#onEvent(event);
  }
}

/** Inputs and outputs as the interpreter has them: it works on copies, and changes none that it has reported. */
function translate(event: InterpreterEvent): Omit<ExecutionEvent, 'id'> {
  const timestamp = new Date(event.timestamp).toISOString();
  switch (event.type) {
    case 'ExecutionStarted':
      return { type: event.type, timestamp, input: event.input };
    case 'ExecutionSucceeded':
      return { type: event.type, timestamp, output: event.output };
    case 'ExecutionFailed':
      return { type: event.type, timestamp, error: event.Error, cause: causeText(event.Cause) };
    case 'ExecutionTimeout':
      return { type: 'ExecutionTimedOut', timestamp, error: 'States.Timeout' };
    case 'StateEntered': {
      const { name: state, type, input } = event.state;
      return { type: `${type}StateEntered`, timestamp, state, input: input };
    }
    case 'StateExited': {
      const { name: state, type, output } = event.state;
      return { type: `${type}StateExited`, timestamp, state, output: output ?? null };
    }
    case 'StateFailed': {
      const { name: state, type } = event.state;
      return { type: `${type}Failed`, timestamp, state, error: event.Error, cause: causeText(event.Cause) };
    }
    case 'StateRetried':
      return { type: `${event.state.type}Retried`, timestamp, state: event.state.name };
    case 'StateCaught':
      return { type: `${event.state.type}Caught`, timestamp, state: event.state.name };
    default:
      return { type: event.type, timestamp };
  }
}

function causeText(cause: unknown): string {
  return typeof cause === 'string' ? cause : JSON.stringify(cause);
}
