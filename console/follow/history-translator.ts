import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { ExecutionEvent } from '../../simulator/aws/step-functions/execution-history.ts';
import type { JsonValue } from '../../simulator/json.ts';

/**
 * Translates GetExecutionHistory's events into those that the simulator records. The service names the state only where
 * it is entered and left, and tells a retry by nothing but one more attempt within it.
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html
 */
export class HistoryTranslator {
  #state: string | undefined;
  #attempts = 0;

  /** One event, or none where nobody follows what it tells. To be called in the order of the events. */
  translate(event: HistoryEvent): ExecutionEvent[] {
    const { id = 0, type = '', timestamp = new Date(0) } = event;
    const common = { id, timestamp: timestamp.toISOString() };
    if (type.startsWith('Execution')) return [{ ...common, type, ...inputAndOutput(event), ...errorOf(event) }];
    if (type.endsWith('StateEntered')) {
      this.#state = event.stateEnteredEventDetails?.name;
      this.#attempts = 0;
      return [{ ...common, type, ...this.#inState(), ...inputAndOutput(event) }];
    }
    if (type.endsWith('StateExited')) return [{ ...common, type, ...this.#inState(), ...inputAndOutput(event) }];
    if (/^(?:Task|LambdaFunction)Scheduled$/.test(type)) {
      this.#attempts += 1;
      return this.#attempts > 1 ? [{ ...common, type: 'TaskRetried', ...this.#inState() }] : [];
    }
    const error = errorOf(event);
    return error === undefined ? [] : [{ ...common, type: 'TaskFailed', ...this.#inState(), ...error }];
  }

  #inState(): { state?: string } {
    return this.#state === undefined ? {} : { state: this.#state };
  }
}

function inputAndOutput(event: HistoryEvent): { input?: JsonValue; output?: JsonValue } {
  const input = event.executionStartedEventDetails?.input ?? event.stateEnteredEventDetails?.input;
  const output = event.executionSucceededEventDetails?.output ?? event.stateExitedEventDetails?.output;
  return {
    ...(input !== undefined && { input: parsed(input) }),
    ...(output !== undefined && { output: parsed(output) }),
  };
}

function errorOf(event: HistoryEvent): { error: string; cause?: string } | undefined {
  const details =
    event.lambdaFunctionFailedEventDetails ??
    event.lambdaFunctionTimedOutEventDetails ??
    event.lambdaFunctionScheduleFailedEventDetails ??
    event.lambdaFunctionStartFailedEventDetails ??
    event.taskFailedEventDetails ??
    event.taskTimedOutEventDetails ??
    event.taskStartFailedEventDetails ??
    event.taskSubmitFailedEventDetails ??
    event.executionFailedEventDetails ??
    event.executionTimedOutEventDetails ??
    event.executionAbortedEventDetails;
  const isFailure = /(?:Failed|TimedOut|Aborted)$/.test(event.type ?? '') && !event.type?.includes('State');
  if (!isFailure) return undefined;
  const { error = defaultError(event.type ?? ''), cause } = details ?? {};
  return { error, ...(cause !== undefined && { cause }) };
}

/** Where the service gives none, as for an execution that was stopped without a reason. */
function defaultError(type: string): string {
  if (type.endsWith('TimedOut')) return 'States.Timeout';
  return type.endsWith('Aborted') ? 'stopped' : 'an error without a name';
}

function parsed(json: string): JsonValue {
  const value: JsonValue = JSON.parse(json);
  return value;
}
