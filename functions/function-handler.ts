import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Handler } from 'aws-lambda';
import { readSettings, type Settings } from './configuration/settings.ts';
import { InterruptionTable } from './ledger/interruption-table.ts';
import { clientSettings } from './shared/clients.ts';
import type { FunctionName } from './shared/contract.ts';
import { lambdaHandler } from './telemetry/lambda-handler.ts';
import type { LogKeys } from './telemetry/log-keys.ts';
import { type Measurements, ofLeaseError } from './telemetry/measurements.ts';
import { measured } from './telemetry/metrics.ts';

interface WorkflowFunction<Input, Output> {
  readonly name: FunctionName;
  /** Called once, when Lambda loads the function. */
  readonly create: (table: InterruptionTable, settings: Settings) => (input: Input) => Promise<Output>;
  readonly keysOf: (input: Input) => LogKeys;
  readonly measure: (output: Output, input: Input) => Measurements;
}

/**
 * The Lambda handler of one of the workflow's functions: configured by its environment, with its table, logged and measured.
 * @throws Error that names the environment variable which is missing or wrong.
 */
export function functionHandler<Input, Output>({ name, create, keysOf, measure }: WorkflowFunction<Input, Output>) {
  const settings = readSettings(process.env);
  const run = create(new InterruptionTable(new DynamoDBClient(clientSettings), settings.tableName), settings);
  const ofError = (error: unknown, input: Input) => ofLeaseError(error, keysOf(input));
  return lambdaHandler(name, keysOf, measured(run, { ofOutput: measure, ofError })) satisfies Handler<Input, Output>;
}
