import type { JsonObject, JsonValue } from '../../json.ts';
import { TaskError } from '../lambda/lambda-service.ts';
import { uuidFrom } from '../protocols/identifiers.ts';
import type { JsonApi } from '../protocols/json-endpoint.ts';
import { constraintError, epochSeconds, type JsonParameters } from '../protocols/json-protocol.ts';
import { positionOf, tokenFor } from '../protocols/paging.ts';
import { ServiceError } from '../protocols/service-error.ts';
import { serviceHistory } from './step-functions-history.ts';
import type { Execution, StopReason } from './workflow-runner.ts';

/** The state machine that the API shows, and what runs its executions. */
export interface HostedStateMachine {
  readonly arn: string;
  readonly roleArn: string;
  readonly definition: JsonObject;
  readonly isTraced: boolean;
  readonly createdAt: Date;
  /** In the order of their start. */
  readonly executions: readonly Execution[];
  /** Throws a TaskError where the name is taken. */
  start(name: string, input: JsonValue): Execution;
  stop(name: string, why: StopReason): void;
}

/**
 * The part of Step Functions' API (2016-11-23) that is simulated, for one Standard state machine: parameters, limits and
 * errors as documented; error messages as AWS words them.
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_Operations.html
 */
export function stepFunctionsApi(machine: HostedStateMachine): JsonApi {
  return {
    service: 'states',
    title: 'Step Functions',
    targetPrefix: 'AWSStepFunctions',
    version: '1.0',
    actions: {
      StartExecution: (parameters) => startExecution(machine, parameters),
      StopExecution: (parameters) => stopExecution(machine, parameters),
      DescribeExecution: (parameters) => describeExecution(machine, parameters),
      GetExecutionHistory: (parameters) => getExecutionHistory(machine, parameters),
      ListExecutions: (parameters) => listExecutions(machine, parameters),
      DescribeStateMachine: (parameters) => describeStateMachine(machine, parameters),
    },
  };
}

function startExecution(machine: HostedStateMachine, parameters: JsonParameters): JsonObject {
  requireMachine(machine, parameters.requiredString('stateMachineArn'));
  const name = parameters.string('name') ?? uuidFrom(`execution ${machine.executions.length + 1} of ${machine.arn}`);
  refuseBadName(name);
  const input = executionInput(parameters.string('input') ?? '{}');
  try {
    const { arn, startedAt } = machine.start(name, input);
    return { executionArn: arn, startDate: epochSeconds(startedAt) };
  } catch (error) {
    throw error instanceof TaskError ? new ServiceError(error.name, error.message) : error;
  }
}

async function stopExecution(machine: HostedStateMachine, parameters: JsonParameters): Promise<JsonObject> {
  const execution = requireExecution(machine, parameters.requiredString('executionArn'));
  const error = parameters.string('error');
  const cause = parameters.string('cause');
  machine.stop(execution.name, { ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) });
  await execution.ended;
  return { stopDate: epochSeconds(execution.stoppedAt ?? new Date()) };
}

function describeExecution(machine: HostedStateMachine, parameters: JsonParameters): JsonObject {
  const execution = requireExecution(machine, parameters.requiredString('executionArn'));
  const included = parameters.string('includedData') !== 'METADATA_ONLY';
  const { input, output, error, cause, status } = execution;
  const data = (name: string, value: JsonValue) => ({
    ...(included && { [name]: JSON.stringify(value) }),
    [`${name}Details`]: { included },
  });
  return {
    ...listed(machine, execution),
    ...data('input', input),
    ...(output !== undefined && data('output', output)),
    ...(error !== undefined && { error }),
    ...(cause !== undefined && { cause }),
    ...redriveStatus(status),
  };
}

function getExecutionHistory(machine: HostedStateMachine, parameters: JsonParameters): JsonObject {
  const execution = requireExecution(machine, parameters.requiredString('executionArn'));
  const size = pageSize(parameters);
  const reverse = parameters.boolean('reverseOrder') ?? false;
  const includeExecutionData = parameters.boolean('includeExecutionData') ?? true;
  const { definition, roleArn } = machine;
  const events = serviceHistory(execution, { definition, roleArn, region: regionOf(machine), includeExecutionData });
  const page = growingPage(events, { action: 'GetExecutionHistory', size, reverse, token: tokenIn(parameters) });
  return { events: page.items, ...page.next };
}

/** Newest first. */
function listExecutions(machine: HostedStateMachine, parameters: JsonParameters): JsonObject {
  requireMachine(machine, parameters.requiredString('stateMachineArn'));
  const status = parameters.string('statusFilter');
  if (status !== undefined && !statuses.includes(status)) {
    const allowed = `Member must satisfy enum value set: [${statuses.join(', ')}]`;
    throw constraintError('statusFilter', status, allowed);
  }
  const size = pageSize(parameters);
  const chosen = machine.executions.filter((execution) => status === undefined || execution.status === status);
  const page = growingPage(chosen, { action: 'ListExecutions', size, reverse: true, token: tokenIn(parameters) });
  return { executions: page.items.map((execution) => listed(machine, execution)), ...page.next };
}

function describeStateMachine(machine: HostedStateMachine, parameters: JsonParameters): JsonObject {
  requireMachine(machine, parameters.requiredString('stateMachineArn'));
  return {
    stateMachineArn: machine.arn,
    name: nameOf(machine),
    status: 'ACTIVE',
    definition: JSON.stringify(machine.definition),
    roleArn: machine.roleArn,
    type: 'STANDARD',
    creationDate: epochSeconds(machine.createdAt),
    loggingConfiguration: { level: 'OFF', includeExecutionData: false },
    tracingConfiguration: { enabled: machine.isTraced },
  };
}

/** What ListExecutions tells of one, and DescribeExecution too. */
function listed({ arn: stateMachineArn }: HostedStateMachine, execution: Execution): JsonObject {
  const { arn, name, status, startedAt, stoppedAt } = execution;
  return {
    executionArn: arn,
    stateMachineArn,
    name,
    status,
    startDate: epochSeconds(startedAt),
    ...(stoppedAt !== undefined && { stopDate: epochSeconds(stoppedAt) }),
    redriveCount: 0,
  };
}

function redriveStatus(status: Execution['status']): JsonObject {
  if (status !== 'RUNNING' && status !== 'SUCCEEDED') return { redriveStatus: 'REDRIVABLE' };
  return {
    redriveStatus: 'NOT_REDRIVABLE',
    redriveStatusReason: `Execution is ${status} and cannot be redriven`,
  };
}

const statuses = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'PENDING_REDRIVE'];

function requireMachine(machine: HostedStateMachine, arn: string): void {
  refuseOtherArns(arn, 'stateMachine');
  if (arn !== machine.arn) throw new ServiceError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
}

function requireExecution(machine: HostedStateMachine, arn: string): Execution {
  refuseOtherArns(arn, 'execution');
  const execution = machine.executions.find((one) => one.arn === arn);
  if (execution) return execution;
  throw new ServiceError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
}

function refuseOtherArns(arn: string, resourceType: 'stateMachine' | 'execution'): void {
  const [, type] = /^arn:[^:]+:states:[^:]*:[^:]*:([^:]+):.+/.exec(arn) ?? [];
  if (type === undefined) throw new ServiceError('InvalidArn', `Invalid Arn: 'Invalid ARN prefix: ${arn}'`);
  if (type === resourceType) return;
  throw new ServiceError('InvalidArn', `Invalid Arn: 'Resource type not valid in this context: ${type}'`);
}

/** @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html */
function refuseBadName(name: string): void {
  if (name === '') throw constraintError('name', name, 'Member must have length greater than or equal to 1');
  if (name.length > 80) throw constraintError('name', name, 'Member must have length less than or equal to 80');
  if (/[\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}\p{Cs}]/u.test(name)) {
    throw new ServiceError('InvalidName', `Invalid Name: '${name}'`);
  }
}

/** At most 256 KiB of JSON. */
function executionInput(text: string): JsonValue {
  if (Buffer.byteLength(text) > 262_144) {
    throw constraintError('input', '...', 'Member must have length less than or equal to 262144');
  }
  try {
    const input: JsonValue = JSON.parse(text);
    return input;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ServiceError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${reason}'`);
  }
}

/** 0 is the default, 100. */
function pageSize(parameters: JsonParameters): number {
  return parameters.integer('maxResults', { min: 0, max: 1000 }) || 100;
}

function tokenIn(parameters: JsonParameters): string | undefined {
  return parameters.string('nextToken');
}

/** A page of a list that grows at its end. A token stays right while it does, whichever way the list is read. */
function growingPage<T>(
  all: readonly T[],
  request: {
    readonly action: string;
    readonly size: number;
    readonly reverse: boolean;
    readonly token?: string | undefined;
  },
): { readonly items: T[]; readonly next: { readonly nextToken?: string } } {
  const { action, size, reverse, token } = request;
  const first = reverse ? all.length - 1 : 0;
  const from = token === undefined ? first : positionOf(action, token);
  if (from === undefined) throw new ServiceError('InvalidToken', `Invalid Token: '${token}'`);
  const items = reverse ? all.slice(Math.max(0, from + 1 - size), from + 1).toReversed() : all.slice(from, from + size);
  const to = reverse ? from - size : from + size;
  const isLast = reverse ? to < 0 : to >= all.length;
  return { items, next: isLast ? {} : { nextToken: tokenFor(action, to) } };
}

function nameOf({ arn }: HostedStateMachine): string {
  return arn.split(':').at(-1) ?? arn;
}

function regionOf({ arn }: HostedStateMachine): string {
  return arn.split(':')[3] ?? '';
}
