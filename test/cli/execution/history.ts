/** Histories as GetExecutionHistory answers them: JSON, times in epoch seconds. */
export interface HistoryEventJson {
  readonly id: number;
  readonly previousEventId: number;
  readonly timestamp: number;
  readonly type: string;
  readonly [details: string]: unknown;
}

/** 17:00:00.000Z, when the execution starts. */
const startedAt = Date.UTC(2026, 0, 1, 17);

export const instanceId = 'i-1234567890abcdef0';

export const interruption = {
  managed: true,
  instanceId,
  instanceAction: 'terminate',
  executionArn: 'arn',
  noticeAt: '2026-01-01T17:00:00.000Z',
  reclaimAt: '2026-01-01T17:02:00.000Z',
  autoScalingGroupName: 'web',
  weight: 1,
};

const short = {
  observedAt: '2026-01-01T17:00:01.000Z',
  group: { desiredCapacity: 1, serving: 1, floor: 1, interrupted: 1 },
};
const enough = { ...short, group: { ...short.group, desiredCapacity: 2, serving: 2 } };

export const detachment = {
  left: true,
  how: {
    at: '2026-01-01T17:00:53.250Z',
    by: 'arn',
    decremented: true,
    reason: 'the floor holds without it',
  },
};

/** Writes a history event by event; `second` is since the start. */
export class HistoryWriter {
  readonly events: HistoryEventJson[] = [];
  #second = 0;

  started(input: unknown = {}): this {
    return this.#add('ExecutionStarted', { executionStartedEventDetails: { input: JSON.stringify(input) } });
  }

  at(second: number): this {
    this.#second = second;
    return this;
  }

  /** A function that fails with each of the errors, and answers after that where `output` is given. */
  functionState(name: string, output?: unknown, ...errors: { error: string; cause: string }[]): this {
    this.#entered('Task', name);
    for (const failure of errors) {
      this.#add('LambdaFunctionScheduled', { lambdaFunctionScheduledEventDetails: { resource: 'arn', input: '{}' } });
      this.#add('LambdaFunctionStarted').#add('LambdaFunctionFailed', { lambdaFunctionFailedEventDetails: failure });
    }
    if (output === undefined) return this;
    this.#add('LambdaFunctionScheduled', { lambdaFunctionScheduledEventDetails: { resource: 'arn', input: '{}' } });
    this.#add('LambdaFunctionStarted');
    this.#add('LambdaFunctionSucceeded', { lambdaFunctionSucceededEventDetails: { output: '{}' } });
    return this.#exited('Task', name, output);
  }

  /** A DynamoDB integration, likewise. */
  tableState(name: string, output?: unknown, ...errors: { error: string; cause: string }[]): this {
    const resource = { resourceType: 'dynamodb', resource: 'updateItem' };
    this.#entered('Task', name);
    for (const failure of errors) {
      this.#add('TaskScheduled', { taskScheduledEventDetails: { ...resource, region: 'us-east-2', parameters: '{}' } });
      this.#add('TaskStarted', { taskStartedEventDetails: resource });
      this.#add('TaskFailed', { taskFailedEventDetails: { ...resource, ...failure } });
    }
    if (output === undefined) return this;
    this.#add('TaskScheduled', { taskScheduledEventDetails: { ...resource, region: 'us-east-2', parameters: '{}' } });
    this.#add('TaskStarted', { taskStartedEventDetails: resource });
    this.#add('TaskSucceeded', { taskSucceededEventDetails: { ...resource, output: '{}' } });
    return this.#exited('Task', name, output);
  }

  passing(type: 'Choice' | 'Pass', name: string, output: unknown = {}): this {
    return this.#entered(type, name).#exited(type, name, output);
  }

  waiting(name: string): this {
    return this.#entered('Wait', name);
  }

  waited(name: string): this {
    return this.#exited('Wait', name, {});
  }

  succeeded(name: string, output: unknown): this {
    this.#entered('Succeed', name).#exited('Succeed', name, output);
    return this.#add('ExecutionSucceeded', { executionSucceededEventDetails: { output: JSON.stringify(output) } });
  }

  failed(name: string, failure: { error: string; cause: string }): this {
    this.#entered('Fail', name);
    return this.#add('ExecutionFailed', { executionFailedEventDetails: failure });
  }

  timedOut(): this {
    return this.#add('ExecutionTimedOut', { executionTimedOutEventDetails: { error: 'States.Timeout' } });
  }

  aborted(): this {
    return this.#add('ExecutionAborted', { executionAbortedEventDetails: {} });
  }

  #entered(type: string, name: string): this {
    return this.#add(`${type}StateEntered`, { stateEnteredEventDetails: { name, input: '{}' } });
  }

  #exited(type: string, name: string, output: unknown): this {
    return this.#add(`${type}StateExited`, { stateExitedEventDetails: { name, output: JSON.stringify(output) } });
  }

  #add(type: string, details: Record<string, unknown> = {}): this {
    const id = this.events.length + 1;
    const timestamp = startedAt / 1000 + this.#second;
    this.events.push({ id, previousEventId: id - 1, timestamp, type, ...details });
    return this;
  }
}

/** From the notice to the first wait, as a group of one has it. */
export function untilFirstWait(): HistoryWriter {
  return new HistoryWriter()
    .started()
    .functionState('DescribeInstance', { interruption })
    .passing('Choice', 'ManagedInstance?')
    .at(0.1)
    .tableState('RecordInterruption', { interruption })
    .functionState('CheckCapacity', { interruption, capacity: short })
    .passing('Choice', 'EnoughCapacity?')
    .functionState('SetDesiredCapacity', { interruption, capacity: short, scaleOut: { from: 1, to: 2 } })
    .at(0.3)
    .waiting('WaitForInService');
}

/** The whole of it, with one wait. */
export function untilHandled(): HistoryWriter {
  const handling = { interruption, capacity: enough, scaleOut: { from: 1, to: 2 } };
  return untilFirstWait()
    .at(52)
    .waited('WaitForInService')
    .functionState('CheckCapacity', handling)
    .passing('Choice', 'EnoughCapacity?')
    .at(53.25)
    .functionState('DetachInstances', { ...handling, detachment })
    .succeeded('Handled', { ...handling, detachment });
}
