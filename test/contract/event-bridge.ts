import { PutEventsCommand, type PutEventsCommandInput, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandInput,
  ListExecutionsCommand,
  type ListExecutionsCommandInput,
} from '@aws-sdk/client-sfn';
import { expect } from 'vitest';
import { type Contract, contracts, type Given } from './contract.ts';
import { stateMachineArn } from './world.ts';

const reference = 'https://docs.aws.amazon.com/eventbridge/latest/APIReference';
/** What AWS answered to LocalStack's tests. */
const recorded =
  'https://github.com/localstack/localstack/blob/main/tests/aws/services/events/test_events.snapshot.json';
const structure = 'https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html';

const notice: PutEventsRequestEntry = {
  Source: 'aws.ec2',
  DetailType: 'EC2 Spot Instance Interruption Warning',
  Detail: '{"instance-id": "i-1234567890abcdef0", "instance-action": "terminate"}',
};

const putEvents = contracts(
  'PutEvents',
  ({ eventBridge }, request: PutEventsCommandInput) => eventBridge.send(new PutEventsCommand(request)),
  [
    {
      when: 'of an event',
      request: { Entries: [notice] },
      answer: { FailedEntryCount: 0, Entries: [{ EventId: expect.stringMatching(/^[0-9a-f-]{36}$/) }] },
      source: `${recorded}#test_put_events_with_time_field`,
    },
    {
      when: 'without a source',
      request: { Entries: [{ ...notice, Source: undefined }] },
      answer: {
        FailedEntryCount: 1,
        Entries: [
          {
            ErrorCode: 'InvalidArgument',
            ErrorMessage: 'Parameter Source is not valid. Reason: Source is a required argument.',
          },
        ],
      },
      source: `${recorded}#test_put_events_without_source`,
    },
    {
      when: 'without a detail type',
      request: { Entries: [{ ...notice, DetailType: undefined }] },
      answer: {
        FailedEntryCount: 1,
        Entries: [
          {
            ErrorCode: 'InvalidArgument',
            ErrorMessage: 'Parameter DetailType is not valid. Reason: DetailType is a required argument.',
          },
        ],
      },
      source: `${recorded}#test_put_event_without_detail_type`,
    },
    {
      when: 'without a detail',
      request: { Entries: [{ ...notice, Detail: undefined }] },
      answer: {
        FailedEntryCount: 1,
        Entries: [
          {
            ErrorCode: 'InvalidArgument',
            ErrorMessage: 'Parameter Detail is not valid. Reason: Detail is a required argument.',
          },
        ],
      },
      source: `${recorded}#test_put_event_without_detail`,
    },
    {
      when: 'of a detail that is no JSON',
      request: { Entries: [{ ...notice, Detail: '{"instance-id": ' }] },
      answer: {
        FailedEntryCount: 1,
        Entries: [{ ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' }],
      },
      source: `${recorded}#test_put_event_malformed_detail[MALFORMED_JSON]`,
    },
    {
      when: 'of a detail that is a list',
      request: { Entries: [{ ...notice, Detail: '["i-1234567890abcdef0"]' }] },
      answer: {
        FailedEntryCount: 1,
        Entries: [{ ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' }],
      },
      source: `${recorded}#test_put_event_malformed_detail[ARRAY]`,
    },
    {
      when: 'of one event that may be put and one that may not, in their order',
      request: { Entries: [{ ...notice, Detail: undefined }, notice] },
      answer: {
        FailedEntryCount: 1,
        Entries: [{ ErrorCode: 'InvalidArgument' }, { EventId: expect.any(String) }],
      },
      source: `${reference}/API_PutEvents.html`,
    },
    {
      when: 'to a bus that does not exist',
      request: { Entries: [{ ...notice, EventBusName: 'nobody' }] },
      answer: { FailedEntryCount: 0, Entries: [{ EventId: expect.any(String) }] },
      source: `${recorded}#test_put_events_nonexistent_event_bus`,
    },
    {
      when: 'of more than ten events',
      request: { Entries: Array.from({ length: 11 }, () => notice) },
      error: {
        name: 'ValidationException',
        message:
          /^1 validation error detected: Value '.+' at 'entries' failed to satisfy constraint: Member must have length less than or equal to 10$/,
      },
      source: `${recorded}#test_put_events_exceed_limit_ten_entries[default]`,
    },
  ],
);

const startedExecutions = contracts(
  'ListExecutions',
  ({ stepFunctions }, request: ListExecutionsCommandInput) => stepFunctions.send(new ListExecutionsCommand(request)),
  [
    {
      when: 'after an event that the rule matches',
      given: [put(notice)],
      request: { stateMachineArn },
      answer: { executions: [{ status: 'RUNNING' }] },
      source: 'https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html',
    },
    {
      when: 'after an event that the rule does not match',
      given: [put({ ...notice, Source: 'shop' })],
      request: { stateMachineArn },
      answer: { executions: [] },
      source: 'https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html',
    },
    {
      when: 'after an event on another bus',
      given: [put({ ...notice, EventBusName: 'nobody' })],
      request: { stateMachineArn },
      answer: { executions: [] },
      source: `${reference}/API_PutEventsRequestEntry.html`,
    },
  ],
);

const executionInputs = contracts(
  'DescribeExecution',
  async ({ stepFunctions }, request: Omit<DescribeExecutionCommandInput, 'executionArn'>) => {
    const { executions = [] } = await stepFunctions.send(new ListExecutionsCommand({ stateMachineArn }));
    const [{ executionArn } = {}] = executions;
    const { input = '' } = await stepFunctions.send(new DescribeExecutionCommand({ executionArn, ...request }));
    const event: object = JSON.parse(input);
    return event;
  },
  [
    {
      when: 'started by an event, with the event as its input',
      given: [put({ ...notice, Time: new Date('2026-03-01T11:59:58Z'), Resources: ['arn:aws:ec2:::instance/i-1'] })],
      request: {},
      answer: {
        version: '0',
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        'detail-type': 'EC2 Spot Instance Interruption Warning',
        source: 'aws.ec2',
        account: '123456789012',
        time: '2026-03-01T11:59:58Z',
        region: 'us-east-2',
        resources: ['arn:aws:ec2:::instance/i-1'],
        detail: { 'instance-id': 'i-1234567890abcdef0', 'instance-action': 'terminate' },
      },
      source: structure,
    },
    {
      when: 'started by an event without time and resources',
      given: [put(notice)],
      request: {},
      answer: { time: '2026-03-01T12:00:00Z', resources: [] },
      source: `${recorded}#test_put_events_time`,
    },
  ],
);

export const eventBridge: readonly Contract[] = [...putEvents, ...startedExecutions, ...executionInputs];

function put(entry: PutEventsRequestEntry): Given {
  return ({ eventBridge }) => eventBridge.send(new PutEventsCommand({ Entries: [entry] }));
}
