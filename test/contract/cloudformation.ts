import { DescribeStacksCommand, type DescribeStacksCommandInput } from '@aws-sdk/client-cloudformation';
import { expect } from 'vitest';
import { type Contract, contracts } from './contract.ts';
import { startAt, stateMachineArn } from './world.ts';

const reference = 'https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference';
/** What AWS answered to LocalStack's tests. */
const recorded =
  'https://github.com/localstack/localstack/blob/main/tests/aws/services/cloudformation/api/test_stacks.snapshot.json';

export const cloudFormation: readonly Contract[] = contracts(
  'DescribeStacks',
  ({ cloudFormation }, request: DescribeStacksCommandInput) => cloudFormation.send(new DescribeStacksCommand(request)),
  [
    {
      when: 'by name',
      request: { StackName: 'Handler' },
      answer: {
        Stacks: [
          {
            StackId: expect.stringMatching(
              /^arn:aws:cloudformation:us-east-2:123456789012:stack\/Handler\/[0-9a-f-]{36}$/,
            ),
            StackName: 'Handler',
            Description: 'Handles interruptions',
            CreationTime: startAt,
            StackStatus: 'CREATE_COMPLETE',
            DisableRollback: false,
            NotificationARNs: [],
            Capabilities: ['CAPABILITY_IAM'],
            DriftInformation: { StackDriftStatus: 'NOT_CHECKED' },
            EnableTerminationProtection: false,
            RollbackConfiguration: {},
            Tags: [],
            Parameters: [{ ParameterKey: 'BootstrapVersion', ParameterValue: '/cdk-bootstrap/hnb659fds/version' }],
            Outputs: [{ OutputKey: 'StateMachineArn', OutputValue: stateMachineArn, Description: 'To start it' }],
          },
        ],
      },
      source: `${recorded}#test_no_echo_parameter`,
    },
    {
      when: 'of all stacks',
      request: {},
      answer: { Stacks: [{ StackName: 'Handler' }] },
      source: `${reference}/API_DescribeStacks.html`,
    },
    {
      when: 'of a stack that does not exist',
      request: { StackName: 'Nobody' },
      error: { name: 'ValidationError', message: 'Stack with id Nobody does not exist' },
      source: `${recorded}#test_non_existing_stack_message`,
    },
  ],
);
