import { EventBus } from '../aws/event-bridge/event-bus.ts';
import { LambdaService } from '../aws/lambda/lambda-service.ts';
import type { ExecutionEvent } from '../aws/step-functions/execution-history.ts';
import { sdkIntegrations } from '../aws/step-functions/sdk-integrations.ts';
import { type Execution, WorkflowRunner } from '../aws/step-functions/workflow-runner.ts';
import type { JsonValue } from '../json.ts';
import { loadFunctions } from './function-bundles.ts';
import type { LocalAws } from './local-aws.ts';
import type { SynthesizedApp } from './synthesized-app.ts';

export interface DeployedApp {
  readonly bus: EventBus;
  /** As StartExecution does: the input need not match the rule. */
  startByHand(input: unknown): Execution;
  readonly executions: readonly Execution[];
  readonly runner: WorkflowRunner;
  /** Aborts what still runs. */
  stop(): void;
}

/**
 * Brings a synthesized app to life in local AWS: its bundles with their environment, its state machine, its rule. The
 * functions reach the services over HTTP, as AWS_ENDPOINT_URL tells their SDK clients, which is set for this process.
 */
export async function deploy(
  app: SynthesizedApp,
  local: LocalAws,
  onEvent: (execution: Execution, event: ExecutionEvent) => void = () => {},
): Promise<DeployedApp> {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: local.endpoint,
    AWS_REGION: local.aws.region,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    // What the functions write would go to standard output, which is the run's.
    SILENT: 'true',
  });
  const { region, accountId } = local.aws;
  const lambda = new LambdaService({ functions: await loadFunctions(app.functions), region, account: accountId });
  const runner = new WorkflowRunner({
    definition: app.definition,
    stateMachineArn: app.stateMachineArn,
    invokeFunction: (functionName, payload) => lambda.invoke(functionName, payload),
    callDynamoDb: (action, parameters) => local.dynamoDb.callFromWorkflow(action, parameters),
    callSdk: sdkIntegrations(local.aws),
    onEvent,
  });
  const start = (name: string, event: JsonValue) => runner.start(name, event);
  const bus = new EventBus(...app.eventPatterns.map((eventPattern) => ({ eventPattern, start })));
  const startByHand = (input: unknown) => runner.start(`by-hand-${runner.executions.length + 1}`, input);
  return { bus, startByHand, executions: runner.executions, runner, stop: () => runner.stop() };
}
