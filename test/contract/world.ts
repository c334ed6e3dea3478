import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { FisClient } from '@aws-sdk/client-fis';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { deployedServices } from '../../simulator/account/deployed-services.ts';
import { type LocalAws, type LocalAwsOptions, startLocalAws } from '../../simulator/account/local-aws.ts';
import type { SynthesizedApp } from '../../simulator/account/synthesized-app.ts';
import { EventBus } from '../../simulator/aws/event-bridge/event-bus.ts';
import type { GroupOptions, Intercept, SimulatedAws, TargetGroupOptions } from '../../simulator/aws/index.ts';
import { LambdaService } from '../../simulator/aws/lambda/lambda-service.ts';
import { WorkflowRunner } from '../../simulator/aws/step-functions/workflow-runner.ts';
import { isJsonObject } from '../../simulator/json.ts';
import { busy, inVirtualTime, sleep, type VirtualTime } from '../../simulator/time/virtual-time.ts';
import type { Given } from './contract.ts';

/** When it begins. */
export const startAt = new Date('2026-03-01T12:00:00.000Z');

export const table = { tableName: 'interruptions', partitionKey: 'autoScalingGroupName', sortKey: 'instanceId' };

export const stateMachineArn = 'arn:aws:states:us-east-2:123456789012:stateMachine:handler';

/** The stack that is deployed: its state machine calls a function and the table, waits a minute, and is done. */
export const app: SynthesizedApp = {
  stack: {
    name: 'Handler',
    description: 'Handles interruptions',
    parameters: [{ key: 'BootstrapVersion', value: '/cdk-bootstrap/hnb659fds/version' }],
    outputs: [{ key: 'StateMachineArn', value: stateMachineArn, description: 'To start it', exportName: undefined }],
  },
  stateMachineArn,
  roleArn: 'arn:aws:iam::123456789012:role/handler',
  isTraced: true,
  definition: {
    StartAt: 'Work',
    States: {
      Work: {
        Type: 'Task',
        Resource: 'arn:aws:lambda:us-east-2:123456789012:function:work',
        TimeoutSeconds: 5,
        Next: 'Record',
      },
      Record: {
        Type: 'Task',
        Resource: 'arn:aws:states:::dynamodb:updateItem',
        Parameters: {
          TableName: table.tableName,
          Key: { autoScalingGroupName: { S: 'web' }, instanceId: { S: 'i-1' } },
        },
        ResultPath: null,
        Next: 'Wait',
      },
      Wait: { Type: 'Wait', Seconds: 60, Next: 'Done' },
      Done: { Type: 'Succeed' },
    },
  },
  eventPatterns: [{ source: ['aws.ec2'] }],
  table,
  functions: [],
};

/** Local AWS with the stack deployed, in virtual time, and the SDK clients that call it over HTTP. */
export interface ContractWorld {
  readonly aws: SimulatedAws;
  readonly autoScaling: AutoScalingClient;
  readonly cloudFormation: CloudFormationClient;
  readonly dynamoDb: DynamoDBClient;
  readonly eventBridge: EventBridgeClient;
  readonly faultInjection: FisClient;
  readonly loadBalancing: ElasticLoadBalancingV2Client;
  readonly stepFunctions: SFNClient;
  readonly systemsManager: SSMClient;
  /** What becomes of DynamoDB's calls from then on. `aws` has the same for the others. */
  readonly setTableIntercept: (intercept: Intercept) => void;
  /** Makes a call, and lets time pass until it is answered. */
  answered<T>(call: () => Promise<T>): Promise<T>;
  /** Makes a call, lets time pass until it has failed, and returns its error. */
  refused(call: () => Promise<unknown>): Promise<Error>;
}

export async function inContractWorld(
  work: (world: ContractWorld) => Promise<void>,
  options: Pick<LocalAwsOptions, 'tableEngine'> = {},
): Promise<void> {
  await inVirtualTime({ startAt }, async (time) => {
    const local = await time.runUntilSettled(busy(() => startLocalAws({ table, ...options })));
    const stop = deploy(local);
    try {
      await work(worldOf(local, time));
    } finally {
      stop();
      await local.close();
    }
  });
}

/** A group named `web`, by default of one instance, behind a target group of the same name. */
export function group(options: Partial<GroupOptions> = {}, targetGroup: Partial<TargetGroupOptions> = {}): Given {
  return ({ aws }) => {
    const targets = aws.createTargetGroup({ name: 'web', requestsPerSecond: 0, ...targetGroup });
    aws.createGroup({ name: 'web', instances: [{ id: instanceId }], maxSize: 4, targetGroups: [targets], ...options });
  };
}

export const instanceId = 'i-1234567890abcdef0';

export const targetGroupArn = 'arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/web/a1637bbebc1d0ac2';

export function passed(seconds: number): Given {
  return () => sleep(seconds * 1000);
}

/** Returns what ends it. */
function deploy(local: LocalAws): () => void {
  const lambda = new LambdaService({ functions: { work: { handler: work } } });
  const runner = new WorkflowRunner({
    definition: app.definition,
    stateMachineArn,
    invokeFunction: (functionName, payload) => lambda.invoke(functionName, payload),
    callDynamoDb: (action, parameters) => local.dynamoDb.callFromWorkflow(action, parameters),
  });
  const bus = new EventBus(
    ...app.eventPatterns.map((eventPattern) => ({ eventPattern, start: runner.start.bind(runner) })),
  );
  local.add(...deployedServices(app, { bus, runner }, local));
  return () => runner.stop();
}

/** The function: answers, fails, or hangs, as the execution's input says. */
async function work(event: unknown): Promise<object> {
  const { outcome } = isJsonObject(event) ? event : {};
  if (outcome === 'fails') throw Object.assign(new Error('It is broken.'), { name: 'Broken' });
  if (outcome === 'hangs') await sleep(Number.POSITIVE_INFINITY);
  return { worked: true };
}

function worldOf({ aws, dynamoDb, endpoint }: LocalAws, time: VirtualTime): ContractWorld {
  const client = {
    endpoint,
    region: 'us-east-2',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    maxAttempts: 1,
  };
  return {
    aws,
    // Made when they are asked for: seven clients take longer than most of the tests.
    get autoScaling() {
      return new AutoScalingClient(client);
    },
    get cloudFormation() {
      return new CloudFormationClient(client);
    },
    get dynamoDb() {
      return new DynamoDBClient(client);
    },
    get eventBridge() {
      return new EventBridgeClient(client);
    },
    get faultInjection() {
      return new FisClient(client);
    },
    get loadBalancing() {
      return new ElasticLoadBalancingV2Client(client);
    },
    get stepFunctions() {
      return new SFNClient(client);
    },
    get systemsManager() {
      return new SSMClient(client);
    },
    setTableIntercept: (intercept) => dynamoDb.setIntercept(intercept),
    answered: (call) => time.runUntilSettled(busy(call)),
    refused: (call) => time.runUntilSettled(failureOf(busy(call))),
  };
}

async function failureOf(call: Promise<unknown>): Promise<Error> {
  try {
    await call;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('The call was expected to fail.');
}
