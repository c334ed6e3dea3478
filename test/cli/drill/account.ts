import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { vi } from 'vitest';
import { runDrill } from '../../../cli/drill/run-drill.ts';
import { clientSettings } from '../../../functions/shared/clients.ts';
import { deployedServices } from '../../../simulator/account/deployed-services.ts';
import { readExportedDefinition } from '../../../simulator/account/exported-definition.ts';
import { handlerFunctions } from '../../../simulator/account/handler-functions.ts';
import { type LocalAws, startLocalAws } from '../../../simulator/account/local-aws.ts';
import type { SynthesizedApp } from '../../../simulator/account/synthesized-app.ts';
import { EventBus } from '../../../simulator/aws/event-bridge/event-bus.ts';
import {
  type ExperimentTemplate,
  spotInterruptionTemplate,
} from '../../../simulator/aws/fault-injection/experiment-template.ts';
import type { GroupOptions, Intercept, SimulatedAws, TargetGroupOptions } from '../../../simulator/aws/index.ts';
import { LambdaService } from '../../../simulator/aws/lambda/lambda-service.ts';
import { WorkflowRunner } from '../../../simulator/aws/step-functions/workflow-runner.ts';
import type { JsonObject } from '../../../simulator/json.ts';
import { seedMathRandom } from '../../../simulator/seeded-random.ts';
import { busy, inVirtualTime } from '../../../simulator/time/virtual-time.ts';
import { defaultSettings } from '../../support/handling.ts';

const stateMachineArn = 'arn:aws:states:us-east-2:123456789012:stateMachine:Handler';
const accountId = '123456789012';

export interface AccountOptions {
  readonly group?: Partial<GroupOptions>;
  readonly targetGroup?: Partial<TargetGroupOptions>;
  /** Default: one that interrupts one instance of the group `web`. */
  readonly template?: ExperimentTemplate;
  /** The stack's outputs besides the state machine's ARN. Default: the template's id. */
  readonly outputs?: Readonly<Record<string, string>>;
  readonly eventPattern?: JsonObject;
  readonly intercept?: Intercept;
  /** What others do, beginning before the drill. */
  readonly before?: (aws: SimulatedAws, put: (event: unknown) => void) => void;
  /** Ctrl-C as soon as this has been printed. */
  readonly interruptAt?: string;
}

export interface Drill {
  readonly exitCode: number;
  readonly output: string;
  readonly errors: string;
  /** What was written to the file, if anything was. */
  readonly report: string | undefined;
  /** An instance of the group has its notice when the drill ends. */
  readonly isAnyInterrupted: boolean;
  /** How often an execution's history was asked for in the minute after it. */
  readonly readsAfterwards: number;
  readonly seconds: number;
}

/**
 * `npm run drill`, through its real SDK clients over HTTP, in an account where the handler is deployed: its workflow and its
 * functions' code, on simulated services, in virtual time.
 */
export async function drill(
  options: AccountOptions = {},
  args: readonly string[] = ['--stack', 'Web'],
): Promise<Drill> {
  const folder = mkdtempSync(join(tmpdir(), 'drill-'));
  const restoreRandom = seedMathRandom(1);
  try {
    return await inVirtualTime({ startAt: new Date('2026-03-01T12:00:00.000Z') }, async (time) => {
      let reads = 0;
      const intercept: Intercept = (call) => {
        if (call.action === 'GetExecutionHistory') reads += 1;
        return options.intercept?.(call);
      };
      const local = await time.runUntilSettled(busy(() => startLocalAws({ table, intercept })));
      const stop = deploy(local, { ...options, intercept });
      try {
        const command = [...args, '--report', join(folder, 'drill.md')];
        const done = await time.runUntilSettled(busy(() => run(local, options, command)));
        reads = 0;
        await time.runFor(60_000);
        return { ...done, readsAfterwards: reads };
      } finally {
        stop();
        await local.close();
      }
    });
  } finally {
    restoreRandom();
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  }
}

async function run(
  local: LocalAws,
  { interruptAt }: AccountOptions,
  args: readonly string[],
): Promise<Omit<Drill, 'readsAfterwards'>> {
  const interrupt = new AbortController();
  const printed = { output: '', errors: '' };
  const write = (where: keyof typeof printed) => (text: string) => {
    printed[where] += stripVTControlCharacters(text);
    if (interruptAt !== undefined && printed[where].includes(interruptAt)) interrupt.abort();
  };
  const begun = Date.now();
  const exitCode = await runDrill(args, {
    output: { write: write('output') },
    errors: { write: write('errors') },
    signal: interrupt.signal,
    pollMilliseconds: 8000,
  });
  const isAnyInterrupted = local.aws.groups.some((group) => group.snapshot().interrupted > 0);
  return {
    exitCode,
    ...printed,
    report: reportAt(args.at(-1)),
    isAnyInterrupted,
    seconds: (Date.now() - begun) / 1000,
  };
}

function reportAt(path: string | undefined): string | undefined {
  try {
    return path && readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

const table = { tableName: defaultSettings.tableName, partitionKey: 'autoScalingGroupName', sortKey: 'instanceId' };

/** Returns what ends it. */
function deploy(local: LocalAws, options: AccountOptions): () => void {
  const { template = spotInterruptionTemplate('web', { accountId }), outputs = { ExperimentTemplateId: template.id } } =
    options;
  const environment = { AWS_ENDPOINT_URL: local.endpoint, AWS_REGION: 'us-east-2', AWS_ACCESS_KEY_ID: 'local' };
  for (const [name, value] of Object.entries({ ...environment, AWS_SECRET_ACCESS_KEY: 'local' }))
    vi.stubEnv(name, value);
  const runner = workflow(local);
  const app = appWith({ StateMachineArn: stateMachineArn, ...outputs }, options.eventPattern);
  const bus = new EventBus(
    ...app.eventPatterns.map((eventPattern) => ({ eventPattern, start: runner.start.bind(runner) })),
  );
  const { intercept } = options;
  local.add(...deployedServices(app, { bus, runner }, local, { intercept, experimentTemplates: [template] }));
  createWeb(local.aws, options);
  options.before?.(local.aws, (event) => bus.put(event));
  return () => runner.stop();
}

/** Room for a raise, launches of 40 s, and health checks of 10 s, unless the options say otherwise. */
function createWeb(aws: SimulatedAws, { group, targetGroup }: AccountOptions): void {
  const targets = aws.createTargetGroup({ name: 'web', healthCheckSeconds: 10, ...targetGroup });
  aws.createGroup({ name: 'web', instances: 2, maxSize: 6, targetGroups: [targets], ...group });
}

function workflow(local: LocalAws): WorkflowRunner {
  const client = { ...clientSettings, endpoint: local.endpoint, region: 'us-east-2' };
  const clients = {
    autoScaling: new AutoScalingClient(client),
    dynamoDb: new DynamoDBClient(client),
    loadBalancing: new ElasticLoadBalancingV2Client(client),
  };
  const lambda = new LambdaService({ functions: handlerFunctions(clients, defaultSettings) });
  return new WorkflowRunner({
    definition: readExportedDefinition(),
    stateMachineArn,
    invokeFunction: (functionName, payload) => lambda.invoke(functionName, payload),
    callDynamoDb: (action, parameters) => local.dynamoDb.callFromWorkflow(action, parameters),
  });
}

function appWith(outputs: Readonly<Record<string, string>>, eventPattern: JsonObject = notices): SynthesizedApp {
  return {
    stack: {
      name: 'Web',
      description: undefined,
      parameters: [],
      outputs: Object.entries(outputs).map(([key, value]) => ({
        key,
        value,
        description: undefined,
        exportName: undefined,
      })),
    },
    stateMachineArn,
    roleArn: `arn:aws:iam::${accountId}:role/handler`,
    isTraced: false,
    definition: readExportedDefinition(),
    eventPatterns: [eventPattern],
    table,
    functions: [],
  };
}

const notices = { source: ['aws.ec2'], 'detail-type': ['EC2 Spot Instance Interruption Warning'] };
