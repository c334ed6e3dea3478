import { SendCommandCommand, type SendCommandCommandInput } from '@aws-sdk/client-ssm';
import { expect } from 'vitest';
import { type Contract, contracts, type Given } from './contract.ts';
import { group, instanceId } from './world.ts';

const reference = 'https://docs.aws.amazon.com/systems-manager/latest/APIReference';

const sendCommand = contracts(
  'SendCommand',
  ({ systemsManager }, request: SendCommandCommandInput) => systemsManager.send(new SendCommandCommand(request)),
  [
    {
      when: 'of a document that takes the parameters',
      given: [group(), document('ReclaimAt')],
      request: {
        DocumentName: 'shut-down',
        InstanceIds: [instanceId],
        TimeoutSeconds: 60,
        Parameters: { ReclaimAt: ['2026-03-01T12:02:00.000Z'] },
      },
      answer: {
        Command: {
          CommandId: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
          DocumentName: 'shut-down',
          InstanceIds: [instanceId],
          Parameters: { ReclaimAt: ['2026-03-01T12:02:00.000Z'] },
          Status: 'Pending',
          TimeoutSeconds: 60,
        },
      },
      source: `${reference}/API_SendCommand.html#API_SendCommand_ResponseSyntax`,
    },
    {
      when: 'of a document that does not take the parameters',
      given: [group(), document()],
      request: { DocumentName: 'shut-down', InstanceIds: [instanceId], Parameters: { ReclaimAt: ['now'] } },
      error: { name: 'InvalidParameters', message: /^You must specify values for all required parameters in/ },
      source: `${reference}/API_SendCommand.html#API_SendCommand_Errors`,
    },
    {
      when: 'to an instance without the agent',
      given: [group(), document(), ({ aws }) => aws.systemsManager.removeAgent(instanceId)],
      request: { DocumentName: 'shut-down', InstanceIds: [instanceId] },
      error: { name: 'InvalidInstanceId', message: /^Instances not in a valid state for account \d+$/ },
      source: `${reference}/API_SendCommand.html#API_SendCommand_Errors`,
    },
    {
      when: 'to an instance that does not run any more',
      given: [document()],
      request: { DocumentName: 'shut-down', InstanceIds: [instanceId] },
      error: { name: 'InvalidInstanceId', message: /^Instances not in a valid state/ },
      source: `${reference}/API_SendCommand.html#API_SendCommand_Errors`,
    },
    {
      when: 'of a document that does not exist',
      given: [group()],
      request: { DocumentName: 'shut-down', InstanceIds: [instanceId] },
      error: { name: 'InvalidDocument', message: 'Document with name shut-down does not exist.' },
      source: `${reference}/API_SendCommand.html#API_SendCommand_Errors`,
    },
    {
      when: 'that is to be dropped sooner than SSM can',
      given: [group(), document()],
      request: { DocumentName: 'shut-down', InstanceIds: [instanceId], TimeoutSeconds: 29 },
      error: { name: 'ValidationException', message: /Member must have value greater than or equal to 30$/ },
      source: `${reference}/API_SendCommand.html#API_SendCommand_RequestParameters`,
    },
  ],
);

export const systemsManager: readonly Contract[] = sendCommand;

function document(...parameters: string[]): Given {
  return ({ aws }) => aws.systemsManager.createDocument({ name: 'shut-down', parameters });
}
