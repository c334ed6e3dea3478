import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { clientSettings } from '../../functions/shared/clients.ts';
import { LocalDynamoDb, type LocalDynamoDbOptions } from '../aws/dynamodb/dynamodb.ts';
import type { DynamoDbEngine } from '../aws/dynamodb/engine.ts';
import { type Intercept, SimulatedAws } from '../aws/index.ts';
import { forLiveInvocations } from '../aws/lambda/invocation.ts';
import { type LambdaFunction, LambdaService } from '../aws/lambda/lambda-service.ts';
import type { ExecutionEvent } from '../aws/step-functions/execution-history.ts';
import { sdkIntegrations } from '../aws/step-functions/sdk-integrations.ts';
import { type Execution, WorkflowRunner } from '../aws/step-functions/workflow-runner.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import { seedMathRandom } from '../seeded-random.ts';
import { inVirtualTime, type VirtualTime } from '../time/virtual-time.ts';

export interface InProcessAppOptions {
  /** The Amazon States Language definition. Its Tasks name functions by ARN: `arn:aws:lambda:…:function:NAME`. */
  readonly definition: JsonObject;
  /** The functions by NAME, made with clients of the simulated services. */
  readonly functions: (clients: SdkClients) => Readonly<Record<string, LambdaFunction>>;
  /** As the definition and the functions name it. Default `interruptions`, the exported definition's. */
  readonly tableName?: string;
  /** Default 2026-01-01T00:00:00Z. */
  readonly startAt?: Date;
  /** Of the interpreter's jitter. Default 1. */
  readonly seed?: number;
  /** Asked about every call of every simulated service, Lambda included. Default: nothing goes wrong. */
  readonly intercept?: Intercept;
  readonly onTableAnswer?: LocalDynamoDbOptions['onAnswer'];
  /** Default: dynalite. */
  readonly tableEngine?: DynamoDbEngine;
  /** After how many API calls an invocation's environment dies. Default: it does not. */
  readonly killAfterCalls?: (functionName: string, payload: JsonValue) => number | undefined;
  readonly onEvent?: (execution: Execution, event: ExecutionEvent) => void;
}

export interface SdkClients {
  readonly autoScaling: AutoScalingClient;
  readonly loadBalancing: ElasticLoadBalancingV2Client;
  readonly dynamoDb: DynamoDBClient;
}

export interface InProcessApp {
  readonly time: VirtualTime;
  readonly aws: SimulatedAws;
  readonly dynamoDb: LocalDynamoDb;
  readonly clients: SdkClients;
  readonly executions: readonly Execution[];
  /** Starts an execution; it proceeds whenever time does. Default name: `execution-1`, `execution-2`, … */
  start(input: unknown, name?: string): Execution;
  /** As StopExecution and RedriveExecution, by the execution's name. */
  stopExecution(name: string): void;
  redriveExecution(name: string): void;
  /** Lets time pass until every execution started so far has ended. */
  untilAllEnded(): Promise<void>;
  /** Both: starts an execution, and returns it ended. */
  execute(input: unknown, name?: string): Promise<Execution>;
}

/**
 * Runs a workflow and its functions against the simulated services: one process, no socket, no bundle, virtual time. What
 * happens is a pure function of the options and of what `work` does.
 */
export async function inProcessApp<T>(
  options: InProcessAppOptions,
  work: (app: InProcessApp) => Promise<T>,
): Promise<T> {
  const startAt = options.startAt ?? new Date('2026-01-01T00:00:00.000Z');
  const restoreRandom = seedMathRandom(options.seed ?? 1);
  try {
    return await inVirtualTime({ startAt }, (time) => inSimulatedAws(options, time, work));
  } finally {
    restoreRandom();
  }
}

async function inSimulatedAws<T>(
  options: InProcessAppOptions,
  time: VirtualTime,
  work: (app: InProcessApp) => Promise<T>,
): Promise<T> {
  const { intercept, onTableAnswer, tableEngine, tableName = 'interruptions' } = options;
  const faults = intercept ? { intercept } : {};
  const dynamoDb = new LocalDynamoDb({
    ...faults,
    ...(onTableAnswer && { onAnswer: onTableAnswer }),
    ...(tableEngine && { engine: tableEngine }),
  });
  const table = { tableName, partitionKey: 'autoScalingGroupName', sortKey: 'instanceId' };
  await time.runUntilSettled(dynamoDb.createTable(table));
  const aws = new SimulatedAws(faults);
  const clients = sdkClients(aws, dynamoDb);
  const runner = workflowRunner(options, clients, aws, dynamoDb);
  try {
    return await work(inProcess(time, aws, dynamoDb, clients, runner));
  } finally {
    runner.stop();
    aws.stop();
  }
}

function workflowRunner(
  options: InProcessAppOptions,
  clients: SdkClients,
  aws: SimulatedAws,
  dynamoDb: LocalDynamoDb,
): WorkflowRunner {
  const { definition, intercept, killAfterCalls, onEvent } = options;
  const lambda = new LambdaService({
    functions: options.functions(clients),
    ...(intercept && { intercept }),
    ...(killAfterCalls && { killAfterCalls }),
  });
  return new WorkflowRunner({
    definition,
    invokeFunction: (functionName, payload) => lambda.invoke(functionName, payload),
    callDynamoDb: (action, parameters) => dynamoDb.callFromWorkflow(action, parameters),
    callSdk: sdkIntegrations(aws, intercept ? { intercept } : {}),
    ...(onEvent && { onEvent }),
  });
}

function inProcess(
  time: VirtualTime,
  aws: SimulatedAws,
  dynamoDb: LocalDynamoDb,
  clients: SdkClients,
  runner: WorkflowRunner,
): InProcessApp {
  const app: InProcessApp = {
    time,
    aws,
    dynamoDb,
    clients,
    executions: runner.executions,
    start: (input, name = `execution-${runner.executions.length + 1}`) => runner.start(name, input),
    stopExecution: (name) => runner.stopExecution(name),
    redriveExecution: (name) => runner.redriveExecution(name),
    untilAllEnded: async () => {
      await time.runUntil(() => runner.executions.every((execution) => execution.status !== 'RUNNING'));
    },
    execute: async (input, name) => {
      const execution = app.start(input, name);
      await time.runUntilSettled(execution.ended);
      return execution;
    },
  };
  return app;
}

/** As the functions' own clients are, but for the sockets and what only matters on a network. */
function sdkClients(aws: SimulatedAws, dynamoDb: LocalDynamoDb): SdkClients {
  const common = {
    ...clientSettings,
    region: aws.region,
    // Without one they look for it in the environment and in files, at each call.
    endpoint: 'https://in-process.invalid',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    cacheMiddleware: true,
  };
  const requestHandler = forLiveInvocations(aws.requestHandler());
  return {
    autoScaling: withoutNetwork(new AutoScalingClient({ ...common, requestHandler })),
    loadBalancing: withoutNetwork(new ElasticLoadBalancingV2Client({ ...common, requestHandler })),
    dynamoDb: withoutNetwork(
      new DynamoDBClient({ ...common, requestHandler: forLiveInvocations(dynamoDb.requestHandler()) }),
    ),
  };
}

/** Leaves a client its serialization, its retries and its errors: the simulated services look at nothing of the rest, which takes longer. */
function withoutNetwork<Client extends { readonly middlewareStack: { remove(name: string): boolean } }>(
  client: Client,
): Client {
  for (const name of networkMiddleware) {
    if (!client.middlewareStack.remove(name)) throw new Error(`The SDK's clients have no middleware ${name} any more.`);
  }
  return client;
}

const networkMiddleware = [
  'loggerMiddleware',
  'contentLengthMiddleware',
  'getUserAgentMiddleware',
  'hostHeaderMiddleware',
  'recursionDetectionMiddleware',
  'httpAuthSchemeMiddleware',
  'httpSigningMiddleware',
];
