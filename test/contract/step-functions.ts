import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandInput,
  DescribeStateMachineCommand,
  type DescribeStateMachineCommandInput,
  GetExecutionHistoryCommand,
  type GetExecutionHistoryCommandInput,
  ListExecutionsCommand,
  type ListExecutionsCommandInput,
  StartExecutionCommand,
  type StartExecutionCommandInput,
  StopExecutionCommand,
  type StopExecutionCommandInput,
} from '@aws-sdk/client-sfn';
import { expect } from 'vitest';
import { type Contract, contracts, type Given } from './contract.ts';
import { app, passed, startAt, stateMachineArn } from './world.ts';

const reference = 'https://docs.aws.amazon.com/step-functions/latest/apireference';
/** What AWS answered to LocalStack's tests. */
const records = 'https://github.com/localstack/localstack/blob/main/tests/aws/services/stepfunctions/v2';
const recorded = `${records}/test_sfn_api.snapshot.json` as const;

const executionArn = 'arn:aws:states:us-east-2:123456789012:execution:handler:one';
const data = { truncated: false };

const startExecution = contracts(
  'StartExecution',
  ({ stepFunctions }, request: StartExecutionCommandInput) => stepFunctions.send(new StartExecutionCommand(request)),
  [
    {
      when: 'with a name',
      request: { stateMachineArn, name: 'one', input: '{}' },
      answer: { executionArn, startDate: expect.any(Date) },
      source: `${recorded}#test_start_execution`,
    },
    {
      when: 'without a name, which makes one up',
      request: { stateMachineArn },
      answer: {
        executionArn: expect.stringMatching(
          /^arn:aws:states:us-east-2:123456789012:execution:handler:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
        ),
      },
      source: `${reference}/API_StartExecution.html`,
    },
    {
      when: 'again, with the name and the input of one that runs',
      given: [started({ input: '{"a": 1}' })],
      request: { stateMachineArn, name: 'one', input: '{"a": 1}' },
      answer: { executionArn },
      source: `${recorded}#test_start_execution_idempotent`,
    },
    {
      when: 'with the name of one that runs and another input',
      given: [started({ input: '{"a": 1}' })],
      request: { stateMachineArn, name: 'one', input: '{"a": 2}' },
      error: { name: 'ExecutionAlreadyExists', message: `Execution Already Exists: '${executionArn}'` },
      source: `${recorded}#test_start_execution_idempotent`,
    },
    {
      when: 'with the name and the input of one that has ended',
      given: [started(), passed(90)],
      request: { stateMachineArn, name: 'one' },
      error: { name: 'ExecutionAlreadyExists', message: `Execution Already Exists: '${executionArn}'` },
      source: `${reference}/API_StartExecution.html`,
    },
    {
      when: 'with an input that is no JSON',
      request: { stateMachineArn, input: 'not json' },
      error: { name: 'InvalidExecutionInput', message: /^Invalid State Machine Execution Input: '.+'$/ },
      source: `${recorded}#test_invalid_start_execution_input`,
    },
    {
      when: 'with an empty input',
      request: { stateMachineArn, input: '' },
      error: { name: 'InvalidExecutionInput', message: /^Invalid State Machine Execution Input: '.+'$/ },
      source: `${recorded}#test_invalid_start_execution_input`,
    },
    {
      when: 'with an input that is JSON, but no object',
      request: { stateMachineArn, input: '2' },
      answer: { startDate: expect.any(Date) },
      source: `${recorded}#test_invalid_start_execution_input`,
    },
    {
      when: 'with a name that is not allowed',
      request: { stateMachineArn, name: 'one/two' },
      error: { name: 'InvalidName', message: "Invalid Name: 'one/two'" },
      source: `${reference}/API_StartExecution.html`,
    },
    {
      when: 'with a name of more than 80 characters',
      request: { stateMachineArn, name: 'x'.repeat(81) },
      error: {
        name: 'ValidationException',
        message: `1 validation error detected: Value '${'x'.repeat(81)}' at 'name' failed to satisfy constraint: Member must have length less than or equal to 80`,
      },
      source: 'https://github.com/getmoto/moto/blob/master/moto/stepfunctions/exceptions.py',
    },
    {
      when: 'of a state machine that does not exist',
      request: { stateMachineArn: `${stateMachineArn}2` },
      error: { name: 'StateMachineDoesNotExist', message: `State Machine Does Not Exist: '${stateMachineArn}2'` },
      source: `${recorded}#test_invalid_start_execution_arn`,
    },
    {
      when: 'of what is no state machine',
      request: { stateMachineArn: executionArn },
      error: { name: 'InvalidArn', message: "Invalid Arn: 'Resource type not valid in this context: execution'" },
      source: `${reference}/API_StartExecution.html#API_StartExecution_Errors`,
    },
  ],
);

const describeExecution = contracts(
  'DescribeExecution',
  ({ stepFunctions }, request: DescribeExecutionCommandInput) =>
    stepFunctions.send(new DescribeExecutionCommand(request)),
  [
    {
      when: 'of one that runs',
      given: [started({ input: '{"a": 1}' }), passed(1)],
      request: { executionArn },
      answer: {
        executionArn,
        stateMachineArn,
        name: 'one',
        status: 'RUNNING',
        startDate: expect.any(Date),
        input: '{"a":1}',
        inputDetails: { included: true },
        redriveCount: 0,
        redriveStatus: 'NOT_REDRIVABLE',
        redriveStatusReason: 'Execution is RUNNING and cannot be redriven',
      },
      source: `${recorded}#test_describe_execution`,
    },
    {
      when: 'of one that has succeeded',
      given: [started(), passed(90)],
      request: { executionArn },
      answer: {
        status: 'SUCCEEDED',
        stopDate: expect.any(Date),
        output: '{"worked":true}',
        outputDetails: { included: true },
        redriveStatus: 'NOT_REDRIVABLE',
        redriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven',
      },
      source: `${recorded}#test_describe_execution`,
    },
    {
      when: 'of one that has failed',
      given: [started({ input: '{"outcome": "fails"}' }), passed(1)],
      request: { executionArn },
      answer: {
        status: 'FAILED',
        error: 'Broken',
        cause: expect.stringMatching(/^\{"errorType":"Broken","errorMessage":"It is broken\.","trace":\[.+\]\}$/),
        redriveStatus: 'REDRIVABLE',
      },
      source: `${records}/error_handling/test_task_lambda.snapshot.json#test_raise_exception`,
    },
    {
      when: 'of one that was stopped',
      given: [started(), passed(1), stopped({ error: 'Stopped', cause: 'by hand' })],
      request: { executionArn },
      answer: { status: 'ABORTED', error: 'Stopped', cause: 'by hand', stopDate: expect.any(Date) },
      source: `${reference}/API_DescribeExecution.html`,
    },
    {
      when: 'of one that does not exist',
      request: { executionArn },
      error: { name: 'ExecutionDoesNotExist', message: `Execution Does Not Exist: '${executionArn}'` },
      source: `${recorded}#test_describe_execution_no_such_state_machine`,
    },
    {
      when: 'of what is no ARN',
      request: { executionArn: 'nonsense' },
      error: { name: 'InvalidArn', message: "Invalid Arn: 'Invalid ARN prefix: nonsense'" },
      source: `${recorded}#test_describe_execution_invalid_arn`,
    },
  ],
);

const getExecutionHistory = contracts(
  'GetExecutionHistory',
  ({ stepFunctions }, request: GetExecutionHistoryCommandInput) =>
    stepFunctions.send(new GetExecutionHistoryCommand(request)),
  [
    {
      when: 'from its beginning, through a function and the table',
      given: [started({ input: '{"a": 1}' }), passed(1)],
      request: { executionArn },
      answer: {
        events: [
          {
            id: 1,
            previousEventId: 0,
            type: 'ExecutionStarted',
            timestamp: expect.any(Date),
            executionStartedEventDetails: { input: '{"a":1}', inputDetails: data, roleArn: app.roleArn },
          },
          {
            id: 2,
            previousEventId: 0,
            type: 'TaskStateEntered',
            stateEnteredEventDetails: { name: 'Work', input: '{"a":1}', inputDetails: data },
          },
          {
            id: 3,
            previousEventId: 2,
            type: 'LambdaFunctionScheduled',
            lambdaFunctionScheduledEventDetails: {
              resource: 'arn:aws:lambda:us-east-2:123456789012:function:work',
              input: '{"a":1}',
              inputDetails: data,
              timeoutInSeconds: 5,
            },
          },
          { id: 4, previousEventId: 3, type: 'LambdaFunctionStarted' },
          {
            id: 5,
            previousEventId: 4,
            type: 'LambdaFunctionSucceeded',
            lambdaFunctionSucceededEventDetails: { output: '{"worked":true}', outputDetails: data },
          },
          {
            id: 6,
            previousEventId: 5,
            type: 'TaskStateExited',
            stateExitedEventDetails: { name: 'Work', output: '{"worked":true}', outputDetails: data },
          },
          { id: 7, previousEventId: 6, type: 'TaskStateEntered', stateEnteredEventDetails: { name: 'Record' } },
          {
            id: 8,
            type: 'TaskScheduled',
            taskScheduledEventDetails: {
              resourceType: 'dynamodb',
              resource: 'updateItem',
              region: 'us-east-2',
              parameters:
                '{"TableName":"interruptions","Key":{"autoScalingGroupName":{"S":"web"},"instanceId":{"S":"i-1"}}}',
            },
          },
          { id: 9, type: 'TaskStarted', taskStartedEventDetails: { resourceType: 'dynamodb', resource: 'updateItem' } },
          {
            id: 10,
            type: 'TaskSucceeded',
            taskSucceededEventDetails: { resourceType: 'dynamodb', resource: 'updateItem', output: expect.any(String) },
          },
          { id: 11, type: 'TaskStateExited', stateExitedEventDetails: { name: 'Record' } },
          { id: 12, type: 'WaitStateEntered', stateEnteredEventDetails: { name: 'Wait' } },
        ],
      },
      source: `${records}/services/test_dynamodb_task_service.snapshot.json#test_base_integrations[DYNAMODB_PUT_UPDATE_GET_ITEM]`,
    },
    {
      when: 'from its end',
      given: [started(), passed(90)],
      request: { executionArn, reverseOrder: true, maxResults: 4 },
      answer: {
        events: [
          {
            id: 16,
            previousEventId: 15,
            type: 'ExecutionSucceeded',
            executionSucceededEventDetails: { output: '{"worked":true}', outputDetails: data },
          },
          { id: 15, previousEventId: 14, type: 'SucceedStateExited' },
          { id: 14, previousEventId: 13, type: 'SucceedStateEntered' },
          { id: 13, previousEventId: 12, type: 'WaitStateExited' },
        ],
        nextToken: expect.any(String),
      },
      source: `${recorded}#test_get_execution_history_reversed`,
    },
    {
      when: 'of a function that has failed',
      given: [started({ input: '{"outcome": "fails"}' }), passed(1)],
      request: { executionArn, reverseOrder: true, maxResults: 2 },
      answer: {
        events: [
          {
            id: 6,
            previousEventId: 5,
            type: 'ExecutionFailed',
            executionFailedEventDetails: { error: 'Broken', cause: expect.stringContaining('It is broken.') },
          },
          {
            id: 5,
            previousEventId: 4,
            type: 'LambdaFunctionFailed',
            lambdaFunctionFailedEventDetails: { error: 'Broken', cause: expect.stringContaining('It is broken.') },
          },
        ],
      },
      source: `${records}/error_handling/test_task_lambda.snapshot.json#test_raise_exception`,
    },
    {
      when: 'of a function that has hung',
      given: [started({ input: '{"outcome": "hangs"}' }), passed(10)],
      request: { executionArn, reverseOrder: true, maxResults: 2 },
      answer: {
        events: [
          { id: 6, type: 'ExecutionFailed', executionFailedEventDetails: { error: 'States.Timeout' } },
          { id: 5, type: 'LambdaFunctionTimedOut', lambdaFunctionTimedOutEventDetails: { error: 'States.Timeout' } },
        ],
      },
      source: `${records}/timeouts/test_timeouts.snapshot.json#test_fixed_timeout_lambda`,
    },
    {
      when: 'of an execution that was stopped',
      given: [started(), passed(1), stopped({ error: 'Stopped', cause: 'by hand' })],
      request: { executionArn, reverseOrder: true, maxResults: 2 },
      answer: {
        events: [
          {
            id: 13,
            previousEventId: 0,
            type: 'ExecutionAborted',
            executionAbortedEventDetails: { error: 'Stopped', cause: 'by hand' },
          },
          { id: 12, type: 'WaitStateEntered' },
        ],
      },
      source: `${recorded}#test_stop_execution`,
    },
    {
      when: 'without data',
      given: [started({ input: '{"a": 1}' })],
      request: { executionArn, includeExecutionData: false, maxResults: 1 },
      answer: { events: [{ executionStartedEventDetails: expect.not.objectContaining({ input: expect.anything() }) }] },
      source: `${reference}/API_GetExecutionHistory.html`,
    },
    {
      when: 'with a token that nobody gave',
      given: [started()],
      request: { executionArn, nextToken: 'mine' },
      error: { name: 'InvalidToken', message: /^Invalid Token: / },
      source: `${reference}/API_GetExecutionHistory.html#API_GetExecutionHistory_Errors`,
    },
    {
      when: 'of an execution that does not exist',
      request: { executionArn },
      error: { name: 'ExecutionDoesNotExist', message: `Execution Does Not Exist: '${executionArn}'` },
      source: `${recorded}#test_get_execution_history_no_such_execution`,
    },
  ],
);

const listExecutions = contracts(
  'ListExecutions',
  ({ stepFunctions }, request: ListExecutionsCommandInput) => stepFunctions.send(new ListExecutionsCommand(request)),
  [
    {
      when: 'newest first',
      given: [started(), passed(90), started({ name: 'two' })],
      request: { stateMachineArn },
      answer: {
        executions: [
          { name: 'two', status: 'RUNNING' },
          {
            executionArn,
            stateMachineArn,
            name: 'one',
            status: 'SUCCEEDED',
            startDate: expect.any(Date),
            stopDate: expect.any(Date),
            redriveCount: 0,
          },
        ],
      },
      source: `${recorded}#test_start_execution`,
    },
    {
      when: 'of one status',
      given: [started(), passed(90), started({ name: 'two' })],
      request: { stateMachineArn, statusFilter: 'SUCCEEDED' },
      answer: { executions: [{ name: 'one' }] },
      source: `${reference}/API_ListExecutions.html`,
    },
    {
      when: 'a page at a time',
      given: [started(), started({ name: 'two' })],
      request: { stateMachineArn, maxResults: 1 },
      answer: { executions: [{ name: 'two' }], nextToken: expect.any(String) },
      source: `${recorded}#test_list_executions_pagination`,
    },
    {
      when: 'of a page that is too long',
      request: { stateMachineArn, maxResults: 1001 },
      error: {
        name: 'ValidationException',
        message:
          "1 validation error detected: Value '1001' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 1000",
      },
      source: `${recorded}#test_list_executions_pagination`,
    },
    {
      when: 'of a state machine that does not exist',
      request: { stateMachineArn: `${stateMachineArn}2` },
      error: { name: 'StateMachineDoesNotExist', message: `State Machine Does Not Exist: '${stateMachineArn}2'` },
      source: `${recorded}#test_list_execution_no_such_state_machine`,
    },
  ],
);

const describeStateMachine = contracts(
  'DescribeStateMachine',
  ({ stepFunctions }, request: DescribeStateMachineCommandInput) =>
    stepFunctions.send(new DescribeStateMachineCommand(request)),
  [
    {
      when: 'of a Standard one',
      request: { stateMachineArn },
      answer: {
        stateMachineArn,
        name: 'handler',
        status: 'ACTIVE',
        type: 'STANDARD',
        definition: JSON.stringify(app.definition),
        roleArn: app.roleArn,
        creationDate: startAt,
        loggingConfiguration: { level: 'OFF', includeExecutionData: false },
        tracingConfiguration: { enabled: true },
      },
      source: `${recorded}#test_cloudformation_definition_create_describe[dumps]`,
    },
    {
      when: 'of one that does not exist',
      request: { stateMachineArn: `${stateMachineArn}2` },
      error: { name: 'StateMachineDoesNotExist', message: `State Machine Does Not Exist: '${stateMachineArn}2'` },
      source: `${recorded}#test_describe_nonexistent_sm`,
    },
    {
      when: 'of what is no ARN',
      request: { stateMachineArn: 'nonsense' },
      error: { name: 'InvalidArn', message: "Invalid Arn: 'Invalid ARN prefix: nonsense'" },
      source: `${recorded}#test_describe_invalid_arn_sm`,
    },
  ],
);

const stopExecution = contracts(
  'StopExecution',
  ({ stepFunctions }, request: StopExecutionCommandInput) => stepFunctions.send(new StopExecutionCommand(request)),
  [
    {
      when: 'of one that runs',
      given: [started(), passed(1)],
      request: { executionArn },
      answer: { stopDate: expect.any(Date) },
      source: `${recorded}#test_stop_execution`,
    },
    {
      when: 'of one that does not exist',
      request: { executionArn },
      error: { name: 'ExecutionDoesNotExist', message: `Execution Does Not Exist: '${executionArn}'` },
      source: `${reference}/API_StopExecution.html#API_StopExecution_Errors`,
    },
  ],
);

export const stepFunctions: readonly Contract[] = [
  ...startExecution,
  ...describeExecution,
  ...getExecutionHistory,
  ...listExecutions,
  ...describeStateMachine,
  ...stopExecution,
];

function started({ name = 'one', input = '{}' } = {}): Given {
  return ({ stepFunctions }) => stepFunctions.send(new StartExecutionCommand({ stateMachineArn, name, input }));
}

function stopped(why: { readonly error: string; readonly cause: string }): Given {
  return ({ stepFunctions }) => stepFunctions.send(new StopExecutionCommand({ executionArn, ...why }));
}
