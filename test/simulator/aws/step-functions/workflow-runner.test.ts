import { describe, expect, it } from 'vitest';
import { admitCall } from '../../../../simulator/aws/lambda/invocation.ts';
import {
  type LambdaFunction,
  LambdaService,
  type LambdaServiceOptions,
} from '../../../../simulator/aws/lambda/lambda-service.ts';
import { type Execution, WorkflowRunner } from '../../../../simulator/aws/step-functions/workflow-runner.ts';
import type { JsonObject } from '../../../../simulator/json.ts';
import { inVirtualTime, sleep, type VirtualTime } from '../../../../simulator/time/virtual-time.ts';

const startAt = new Date('2026-01-01T00:00:00.000Z');
const functionArn = 'arn:aws:lambda:us-east-2:123456789012:function:work';

describe('workflow runner', () => {
  it('passes the input to the function and its answer to the output, both as JSON', async () => {
    const echo: LambdaFunction = { handler: async (event) => ({ event, at: new Date(0), absent: undefined }) };
    const execution = await execute(task(), echo, { payload: 1 });
    expect(execution.output).toEqual({ event: { payload: 1 }, at: '1970-01-01T00:00:00.000Z' });
  });

  it('fails with the name and the Cause of what the function throws', async () => {
    const execution = await execute(task(), failing('InvalidEvent', 'no instance id'));
    expect(execution).toMatchObject({ status: 'FAILED', error: 'InvalidEvent' });
    expect(JSON.parse(execution.cause ?? '')).toMatchObject({
      errorType: 'InvalidEvent',
      errorMessage: 'no instance id',
    });
  });

  it('retries after the interval that the definition gives', async () => {
    const startedAt: number[] = [];
    const handler = async () => {
      startedAt.push(Date.now() - startAt.getTime());
      throw new Error('again');
    };
    const retry = [{ ErrorEquals: ['Error'], IntervalSeconds: 2, BackoffRate: 2, MaxAttempts: 2 }];
    await execute(task({ Retry: retry }), { handler });
    expect(startedAt).toEqual([20, 2040, 6060]);
  });

  it('counts every state entered and every retry as a transition', async () => {
    const retry = [{ ErrorEquals: ['Error'], IntervalSeconds: 1, MaxAttempts: 2 }];
    const execution = await execute(task({ Retry: retry }), failing('Error', 'again'));
    expect(execution.stateTransitions).toBe(3);
  });

  it('catches an error by its name, with Error and Cause in the output', async () => {
    const definition = task({ Catch: [{ ErrorEquals: ['Broken'], ResultPath: '$.error', Next: 'After' }] });
    const execution = await execute(definition, failing('Broken', 'why'));
    expect(execution).toMatchObject({ finalState: 'After', output: { error: { Error: 'Broken' } } });
  });

  it('ends a function at its timeout, as Sandbox.Timedout', async () => {
    const execution = await execute(task(), { handler: () => sleep(Number.POSITIVE_INFINITY), timeoutSeconds: 3 });
    expect(execution).toMatchObject({ error: 'Sandbox.Timedout', stoppedAt: '2026-01-01T00:00:03.020Z' });
  });

  it('lets a function that has timed out make no more calls', async () => {
    let calls = 0;
    const handler = async () => {
      await sleep(5000);
      await admitCall();
      calls += 1;
    };
    await withRunner(task(), { handler, timeoutSeconds: 3 }, {}, async (runner, time) => {
      await time.runUntilSettled(runner.start('one', {}).ended);
      await time.runFor(10_000);
    });
    expect(calls).toBe(0);
  });

  it('kills a function between its calls, as Lambda.Unknown', async () => {
    let calls = 0;
    const handler = async () => {
      for (;;) {
        await admitCall();
        calls += 1;
      }
    };
    const execution = await execute(task(), { handler }, {}, { killAfterCalls: () => 2 });
    expect([execution.error, calls]).toEqual(['Lambda.Unknown', 2]);
  });

  it('kills a function after its last call, before it has answered', async () => {
    const execution = await execute(task(), { handler: admitCall }, {}, { killAfterCalls: () => 1 });
    expect(execution.error).toBe('Lambda.Unknown');
  });

  it.each([
    ['throttle', 'Lambda.TooManyRequestsException'],
    ['internal', 'Lambda.ServiceException'],
  ] as const)('names a Lambda service fault as the service does: %s', async (kind, error) => {
    const execution = await execute(task(), { handler: async () => null }, {}, { intercept: () => ({ kind }) });
    expect(execution.error).toBe(error);
  });

  it('waits until a timestamp', async () => {
    const execution = await execute(waitUntil('$.at'), undefined, { at: '2026-01-01T00:01:30.500Z' });
    expect(execution.stoppedAt).toBe('2026-01-01T00:01:30.500Z');
  });

  it('compares timestamps with the time at which a state is entered', async () => {
    const definition = {
      StartAt: 'Wait',
      States: {
        Wait: { Type: 'Wait', Seconds: 10, Next: 'Late?' },
        'Late?': {
          Type: 'Choice',
          Choices: [{ Variable: '$$.State.EnteredTime', TimestampGreaterThanEqualsPath: '$.deadline', Next: 'Late' }],
          Default: 'Early',
        },
        Late: { Type: 'Succeed' },
        Early: { Type: 'Succeed' },
      },
    };
    const ends = async (deadline: string) => (await execute(definition, undefined, { deadline })).finalState;
    expect(await ends('2026-01-01T00:00:10.000Z')).toBe('Late');
    expect(await ends('2026-01-01T00:00:10.001Z')).toBe('Early');
  });

  it('calls DynamoDB with the evaluated parameters', async () => {
    const calls: unknown[] = [];
    const definition = {
      StartAt: 'Record',
      States: {
        Record: {
          Type: 'Task',
          Resource: 'arn:aws:states:::dynamodb:updateItem',
          Parameters: { Key: { instanceId: { 'S.$': '$.id' } } },
          End: true,
        },
      },
    };
    await inVirtualTime({ startAt }, async (time) => {
      const runner = new WorkflowRunner({
        definition,
        invokeFunction: async () => null,
        callDynamoDb: async (action, parameters) => {
          calls.push([action, parameters]);
          return {};
        },
      });
      await time.runUntilSettled(runner.start('one', { id: 'i-1' }).ended);
    });
    expect(calls).toEqual([['UpdateItem', { Key: { instanceId: { S: 'i-1' } } }]]);
  });

  it('refuses to start a second execution of a name that has ended', async () => {
    const twice = withRunner(task(), { handler: async () => null }, {}, async (runner, time) => {
      await time.runUntilSettled(runner.start('one', {}).ended);
      runner.start('one', {});
    });
    await expect(twice).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
  });

  it('refuses a definition that the interpreter would misread', () => {
    const rule = { Variable: '$.a', IsPresent: false, Next: 'After' };
    const definition = { StartAt: 'A', States: { A: { Type: 'Choice', Choices: [rule] }, After: { Type: 'Succeed' } } };
    expect(() => new WorkflowRunner({ definition, invokeFunction: async () => null })).toThrow('"IsPresent":false');
  });

  it('refuses a resource that it cannot call, naming the state', () => {
    const definition = task({ Resource: 'arn:aws:states:::sqs:sendMessage' });
    expect(() => new WorkflowRunner({ definition, invokeFunction: async () => null })).toThrow('State Work has');
  });
});

function task(fields: JsonObject = {}): JsonObject {
  const work = { Type: 'Task', Resource: functionArn, Next: 'After', ...fields };
  return { StartAt: 'Work', States: { Work: work, After: { Type: 'Succeed' } } };
}

function waitUntil(TimestampPath: string): JsonObject {
  return { StartAt: 'Wait', States: { Wait: { Type: 'Wait', TimestampPath, End: true } } };
}

function failing(name: string, message: string): LambdaFunction {
  return { handler: async () => Promise.reject(Object.assign(new Error(message), { name })) };
}

function execute(
  definition: JsonObject,
  work: LambdaFunction | undefined,
  input: JsonObject = {},
  service: Partial<LambdaServiceOptions> = {},
): Promise<Execution> {
  return withRunner(definition, work, service, async (runner, time) => {
    const execution = runner.start('one', input);
    await time.runUntilSettled(execution.ended);
    return execution;
  });
}

function withRunner<T>(
  definition: JsonObject,
  work: LambdaFunction | undefined,
  service: Partial<LambdaServiceOptions>,
  use: (runner: WorkflowRunner, time: VirtualTime) => Promise<T>,
): Promise<T> {
  return inVirtualTime({ startAt }, async (time) => {
    const lambda = new LambdaService({ functions: work ? { work } : {}, ...service });
    const invokeFunction = (name: string, payload: unknown) => lambda.invoke(name, payload);
    return await use(new WorkflowRunner({ definition, invokeFunction }), time);
  });
}
