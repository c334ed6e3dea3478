import {
  GetExperimentCommand,
  GetExperimentTemplateCommand,
  type GetExperimentTemplateCommandInput,
  ListExperimentResolvedTargetsCommand,
  StartExperimentCommand,
  type StartExperimentCommandInput,
} from '@aws-sdk/client-fis';
import { DescribeExecutionCommand, ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { expect } from 'vitest';
import { spotInterruptionTemplate } from '../../simulator/aws/fault-injection/experiment-template.ts';
import { type Contract, contracts } from './contract.ts';
import { type ContractWorld, group, instanceId, passed, startAt, stateMachineArn } from './world.ts';

const reference = 'https://docs.aws.amazon.com/fis/latest/APIReference';
const actionReference =
  'https://docs.aws.amazon.com/fis/latest/userguide/fis-actions-reference.html#send-spot-instance-interruptions';
/** What the AWS CLI prints as examples. */
const examples = 'https://github.com/aws/aws-cli/blob/develop/awscli/examples/fis';
/** What AWS's own workshop says of the states, and of the reason for a failure. */
const workshop = 'https://github.com/awslabs/ec2-spot-workshops/tree/master/content/rendering-with-batch/monitor';

const template = spotInterruptionTemplate('web', { accountId: '123456789012' });

const getExperimentTemplate = contracts(
  'GetExperimentTemplate',
  ({ faultInjection }, request: GetExperimentTemplateCommandInput) =>
    faultInjection.send(new GetExperimentTemplateCommand(request)),
  [
    {
      when: 'of one that interrupts a Spot Instance of a group',
      given: [group()],
      request: { id: template.id },
      answer: {
        experimentTemplate: {
          id: template.id,
          roleArn: expect.stringMatching(/^arn:aws:iam::123456789012:role\//),
          targets: {
            Instances: {
              resourceType: 'aws:ec2:spot-instance',
              resourceTags: { 'aws:autoscaling:groupName': 'web' },
              filters: [{ path: 'State.Name', values: ['running'] }],
              selectionMode: 'COUNT(1)',
            },
          },
          actions: {
            Interrupt: {
              actionId: 'aws:ec2:send-spot-instance-interruptions',
              parameters: { durationBeforeInterruption: 'PT2M' },
              targets: { SpotInstances: 'Instances' },
            },
          },
          stopConditions: [{ source: 'none' }],
          creationTime: startAt,
          lastUpdateTime: startAt,
          tags: {},
        },
      },
      source: `${examples}/get-experiment-template.rst`,
    },
    {
      when: 'of one that does not exist',
      request: { id: 'EXTnobody' },
      error: { name: 'ResourceNotFoundException', message: /EXTnobody/, status: 404 },
      source: `${reference}/API_GetExperimentTemplate.html`,
    },
  ],
);

const startExperiment = contracts(
  'StartExperiment',
  ({ faultInjection }, request: StartExperimentCommandInput) =>
    faultInjection.send(new StartExperimentCommand(request)),
  [
    {
      when: 'of a template',
      given: [group()],
      request: { experimentTemplateId: template.id, clientToken: 'once', tags: { Name: 'drill' } },
      answer: {
        experiment: {
          id: expect.stringMatching(/^EXP\w+$/),
          experimentTemplateId: template.id,
          state: { status: 'initiating', reason: 'Experiment is initiating.' },
          actions: { Interrupt: { state: { status: 'pending', reason: 'Initial state' } } },
          creationTime: expect.any(Date),
          startTime: expect.any(Date),
          tags: { Name: 'drill' },
        },
      },
      source: `${examples}/start-experiment.rst`,
    },
    {
      when: 'of a template that does not exist',
      request: { experimentTemplateId: 'EXTnobody', clientToken: 'once' },
      error: { name: 'ResourceNotFoundException', message: /EXTnobody/, status: 404 },
      source: `${reference}/API_StartExperiment.html`,
    },
  ],
);

const repeatedStarts = contracts(
  'StartExperiment',
  async ({ faultInjection }, clientTokens: readonly [string, string]) => {
    const ids = [];
    for (const clientToken of clientTokens) {
      const command = new StartExperimentCommand({ experimentTemplateId: template.id, clientToken });
      ids.push((await faultInjection.send(command)).experiment?.id);
    }
    return { experiments: new Set(ids).size };
  },
  [
    {
      when: 'twice with the same client token, which is one experiment',
      given: [group()],
      request: ['once', 'once'],
      answer: { experiments: 1 },
      source: `${reference}/API_StartExperiment.html`,
    },
    {
      when: 'twice with two client tokens',
      given: [group()],
      request: ['once', 'again'],
      answer: { experiments: 2 },
      source: `${reference}/API_StartExperiment.html`,
    },
  ],
);

/** An experiment is started, and that number of seconds passes. */
async function experimentAfter(world: ContractWorld, seconds: number): Promise<string> {
  const started = await world.faultInjection.send(
    new StartExperimentCommand({ experimentTemplateId: template.id, clientToken: 'once' }),
  );
  await passed(seconds)(world);
  return started.experiment?.id ?? '';
}

const getExperiment = contracts(
  'GetExperiment',
  async (world, seconds: number) => {
    const id = await experimentAfter(world, seconds);
    return await world.faultInjection.send(new GetExperimentCommand({ id }));
  },
  [
    {
      when: 'whose targets are being resolved',
      given: [group()],
      request: 0,
      answer: { experiment: { state: { status: 'initiating' } } },
      source: `${examples}/get-experiment.rst`,
    },
    {
      when: 'of which EC2 has been told',
      given: [group()],
      request: 5,
      answer: {
        experiment: {
          state: { status: 'completed', reason: 'Experiment completed.' },
          actions: { Interrupt: { state: { status: 'completed' } } },
          endTime: expect.any(Date),
        },
      },
      source: `${workshop}/optional_fis.md`,
    },
    {
      when: 'that finds no instance',
      given: [group({ instances: 0 })],
      request: 5,
      answer: { experiment: { state: { status: 'failed', reason: 'Target resolution returned empty set' } } },
      source: `${workshop}/optional_fis.md`,
    },
  ],
);

const unknownExperiments = contracts(
  'GetExperiment',
  ({ faultInjection }, id: string) => faultInjection.send(new GetExperimentCommand({ id })),
  [
    {
      when: 'of one that does not exist',
      request: 'EXPnobody',
      error: { name: 'ResourceNotFoundException', message: /EXPnobody/, status: 404 },
      source: `${reference}/API_GetExperiment.html`,
    },
  ],
);

const resolvedTargets = contracts(
  'ListExperimentResolvedTargets',
  async (world, seconds: number) => {
    const experimentId = await experimentAfter(world, seconds);
    return await world.faultInjection.send(new ListExperimentResolvedTargetsCommand({ experimentId }));
  },
  [
    {
      when: 'before they are resolved',
      given: [group()],
      request: 0,
      answer: { resolvedTargets: [] },
      source: `${reference}/API_ListExperimentResolvedTargets.html`,
    },
    {
      when: 'once they are',
      given: [group()],
      request: 5,
      answer: {
        resolvedTargets: [
          {
            resourceType: 'aws:ec2:spot-instance',
            targetName: 'Instances',
            targetInformation: { arn: `arn:aws:ec2:us-east-2:123456789012:instance/${instanceId}` },
          },
        ],
      },
      source: `${reference}/API_ListExperimentResolvedTargets.html`,
    },
  ],
);

/** EC2 announces what an experiment interrupts as it does any interruption: the rule's state machine gets the events. */
const events = contracts(
  'DescribeExecution',
  async (world, seconds: number) => {
    await experimentAfter(world, seconds);
    const { executions = [] } = await world.stepFunctions.send(new ListExecutionsCommand({ stateMachineArn }));
    const inputs = [];
    for (const { executionArn } of executions.toReversed()) {
      const { input = '' } = await world.stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
      const event: object = JSON.parse(input);
      inputs.push(event);
    }
    return { inputs };
  },
  [
    {
      when: 'started by an experiment: the recommendation first, then the notice',
      given: [group()],
      request: 5,
      answer: {
        inputs: [
          { 'detail-type': 'EC2 Instance Rebalance Recommendation', detail: { 'instance-id': instanceId } },
          {
            'detail-type': 'EC2 Spot Instance Interruption Warning',
            source: 'aws.ec2',
            detail: { 'instance-id': instanceId, 'instance-action': 'terminate' },
          },
        ],
      },
      source: actionReference,
    },
  ],
);

export const faultInjection: readonly Contract[] = [
  ...getExperimentTemplate,
  ...startExperiment,
  ...repeatedStarts,
  ...getExperiment,
  ...unknownExperiments,
  ...resolvedTargets,
  ...events,
];
