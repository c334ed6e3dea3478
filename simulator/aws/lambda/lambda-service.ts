import type { Context } from 'aws-lambda';
import { type JsonValue, throughJson } from '../../json.ts';
import { beginActivity, busy, sleep } from '../../time/virtual-time.ts';
import type { Fault, Intercept } from '../protocols/faults.ts';
import { Invocation } from './invocation.ts';

/**
 * A function's handler. What it is given is JSON from elsewhere, as on Lambda: whether that is the type which the handler
 * declares is not checked, so the parameter is deliberately bivariant.
 */
export type LambdaHandler = { handler(event: unknown, context: Context): Promise<unknown> }['handler'];

export interface LambdaFunction {
  readonly handler: LambdaHandler;
  /** Default 10. */
  readonly timeoutSeconds?: number;
}

export interface LambdaServiceOptions {
  readonly functions: Readonly<Record<string, LambdaFunction>>;
  /** Virtual milliseconds that each invocation takes besides the function's own code. Default 20. */
  readonly overheadMs?: number;
  /**
   * Asked before each invocation, as {service: 'lambda', action: 'Invoke', parameters: {FunctionName, Payload}}.
   * `throttle`: Lambda.TooManyRequestsException. `internal`: Lambda.ServiceException. `timeout-before` and `timeout-after`:
   * the function hangs before or after it has done its work, until its own timeout. Default: nothing goes wrong.
   */
  readonly intercept?: Intercept;
  /** After how many API calls the function's environment dies: `Lambda.Unknown`. Default: it does not. */
  readonly killAfterCalls?: (functionName: string, payload: JsonValue) => number | undefined;
  readonly region?: string;
  readonly account?: string;
}

/** An error of a Task, with the name that Retry and Catch match, and the Cause as its message. */
export class TaskError extends Error {
  constructor(name: string, cause: string) {
    super(cause);
    this.name = name;
  }
}

/** Invokes functions as Step Functions' Lambda integration does: payloads as JSON, errors by name, timeouts deadly. */
export class LambdaService {
  readonly #options: LambdaServiceOptions;
  #invocations = 0;

  constructor(options: LambdaServiceOptions) {
    this.#options = options;
  }

  /** Returns what the function answered, or throws a TaskError. */
  async invoke(functionName: string, payload: unknown): Promise<JsonValue> {
    const lambda = this.#function(functionName);
    const event = throughJson(payload);
    const parameters = { FunctionName: functionName, Payload: event };
    const fault = this.#options.intercept?.({ service: 'lambda', action: 'Invoke', parameters });
    const killAfterCalls = this.#options.killAfterCalls?.(functionName, event);
    return await busy(async () => {
      await sleep(fault?.latencyMs ?? this.#options.overheadMs ?? 20);
      this.#invocations += 1;
      const requestId = `00000000-0000-4000-8000-${String(this.#invocations).padStart(12, '0')}`;
      if (fault?.kind === 'throttle')
        throw refused('Lambda.TooManyRequestsException', 'Rate Exceeded.', 429, requestId);
      if (fault?.kind === 'internal') throw refused('Lambda.ServiceException', 'Service Exception.', 500, requestId);
      const context = this.#context(functionName, lambda, requestId);
      return await runToItsEnd(withFault(lambda, fault), event, context, killAfterCalls);
    });
  }

  #function(name: string): LambdaFunction {
    const lambda = this.#options.functions[name];
    if (lambda) return lambda;
    const known = Object.keys(this.#options.functions).join(', ');
    throw new TaskError(
      'Lambda.ResourceNotFoundException',
      `Function not found: ${name}. The functions that exist here: ${known}.`,
    );
  }

  #context(functionName: string, lambda: LambdaFunction, awsRequestId: string): Context {
    const { region = 'us-east-2', account = '123456789012' } = this.#options;
    const endsAt = Date.now() + timeoutMs(lambda);
    return {
      callbackWaitsForEmptyEventLoop: true,
      functionName,
      functionVersion: '$LATEST',
      invokedFunctionArn: `arn:aws:lambda:${region}:${account}:function:${functionName}`,
      memoryLimitInMB: '256',
      awsRequestId,
      logGroupName: `/aws/lambda/${functionName}`,
      logStreamName: awsRequestId,
      getRemainingTimeInMillis: () => endsAt - Date.now(),
      done: callbacksAreGone,
      fail: callbacksAreGone,
      succeed: callbacksAreGone,
    };
  }
}

function withFault(lambda: LambdaFunction, fault: Fault | undefined): LambdaFunction {
  if (fault?.kind === 'timeout-before') return { ...lambda, handler: () => sleep(Number.POSITIVE_INFINITY) };
  if (fault?.kind !== 'timeout-after') return lambda;
  const handler: LambdaHandler = async (event, context) => {
    await lambda.handler(event, context);
    await sleep(Number.POSITIVE_INFINITY);
  };
  return { ...lambda, handler };
}

/** Runs the handler until it answers, throws, is killed, or its time is over: whichever comes first counts. */
async function runToItsEnd(
  lambda: LambdaFunction,
  event: JsonValue,
  context: Context,
  killAfterCalls = Number.POSITIVE_INFINITY,
): Promise<JsonValue> {
  const { promise, resolve, reject } = Promise.withResolvers<JsonValue>();
  const invocation = new Invocation({ functionName: context.functionName, payload: event }, killAfterCalls, () =>
    reject(environmentDied(context)),
  );
  const timer = setTimeout(() => reject(timedOut(lambda, context)), timeoutMs(lambda));
  const activity = beginActivity();
  const run = () => invocation.run(async () => await lambda.handler(event, context));
  (activity ? activity.run(run) : run()).then(
    (answer) => invocation.admitsAnswer() && resolve(throughJson(answer)),
    (error) => invocation.admitsAnswer() && reject(functionError(error)),
  );
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    invocation.end();
    activity?.end();
  }
}

function timeoutMs(lambda: LambdaFunction): number {
  return (lambda.timeoutSeconds ?? 10) * 1000;
}

/** The Node.js runtime's error answer, which Step Functions takes the error's name and Cause from. */
function functionError(error: unknown): TaskError {
  if (!(error instanceof Error)) {
    const payload = { errorType: typeof error, errorMessage: String(error), trace: [] };
    return new TaskError(payload.errorType, JSON.stringify(payload));
  }
  const payload = { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
  return new TaskError(error.name, JSON.stringify(payload));
}

function timedOut(lambda: LambdaFunction, { awsRequestId }: Context): TaskError {
  const seconds = (timeoutMs(lambda) / 1000).toFixed(2);
  const errorMessage = `RequestId: ${awsRequestId} Error: Task timed out after ${seconds} seconds`;
  return new TaskError('Sandbox.Timedout', JSON.stringify({ errorType: 'Sandbox.Timedout', errorMessage }));
}

function environmentDied({ awsRequestId }: Context): TaskError {
  const errorMessage = `RequestId: ${awsRequestId} Process exited before completing request`;
  return new TaskError(
    'Lambda.Unknown',
    'The cause could not be determined because Lambda did not return an error type. ' +
      `Returned payload: ${JSON.stringify({ errorMessage })}`,
  );
}

function refused(name: string, message: string, status: number, requestId: string): TaskError {
  return new TaskError(name, `${message} (Service: Lambda, Status Code: ${status}, Request ID: ${requestId})`);
}

function callbacksAreGone(): never {
  throw new Error('The Node.js 24 runtime has no callbacks: return a promise instead.');
}
