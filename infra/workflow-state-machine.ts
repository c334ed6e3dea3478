import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { DefinitionBody, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { spotInterruptionWorkflow, type WorkflowProps, workflowTimeoutFor } from '../statemachine/workflow.ts';
import { acknowledge } from './acknowledge.ts';
import { shownArn } from './permissions.ts';

/**
 * The workflow as a Standard state machine, traced. Without a log group: its history is kept for 90 days anyway, and
 * log delivery would take permissions on every resource of the account.
 */
export class WorkflowStateMachine extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, props: WorkflowProps) {
    super(scope, id);
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('states.amazonaws.com'),
      inlinePolicies: { Workflow: workflowPolicy(this, props) },
    });
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      comment: 'Takes an interrupted Spot Instance out of its Auto Scaling group',
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromChainable(spotInterruptionWorkflow(new Construct(this, 'States'), props)),
      timeout: workflowTimeoutFor(props),
      tracingEnabled: true,
      // The tasks would grant every version of the functions, too.
      role: role.withoutPolicyUpdates(),
    });
    acknowledge(this.stateMachine, {
      id: 'AwsSolutions-SF1',
      reason:
        'Step Functions keeps the history of each execution for 90 days; delivering it to a log group would take permissions ' +
        'on every resource of the account.',
    });
    acknowledge(role, {
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'X-Ray, and DescribeAutoScalingInstances, take no other resource.',
    });
    acknowledge(role, {
      id: `AwsSolutions-IAM5[Resource::${shownArn(this, 'ec2', everyInstance)}]`,
      reason: 'Which instances will be left behind, or be sent a shutdown document, is not known here.',
    });
  }
}

/** Exactly what the workflow calls, and X-Ray, whose actions IAM grants for every resource only. */
function workflowPolicy(
  scope: Construct,
  {
    dryRun,
    functions,
    interruptionTable,
    notificationTopic,
    shutdownDocuments = [],
    terminateLeftBehindAfterMinutes,
  }: WorkflowProps,
): PolicyDocument {
  return new PolicyDocument({
    statements: [
      new PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        resources: Object.values(functions).map(({ functionArn }) => functionArn),
      }),
      new PolicyStatement({ actions: ['dynamodb:UpdateItem'], resources: [interruptionTable.tableArn] }),
      ...(terminateLeftBehindAfterMinutes !== undefined && !dryRun ? terminateInstances(scope) : []),
      ...(notificationTopic ? publishTo(notificationTopic) : []),
      ...(dryRun ? [] : sendCommands(scope, shutdownDocuments)),
      new PolicyStatement({
        actions: [
          'xray:PutTraceSegments',
          'xray:PutTelemetryRecords',
          'xray:GetSamplingRules',
          'xray:GetSamplingTargets',
        ],
        resources: ['*'],
      }),
    ],
  });
}

/**
 * Exactly the documents, and any instance: which will be interrupted is not known here (SendCommand needs both; "Actions,
 * resources, and condition keys for AWS Systems Manager").
 */
function sendCommands(scope: Construct, documents: readonly string[]): PolicyStatement[] {
  if (documents.length === 0) return [];
  const arn = (service: string, resource: string, resourceName: string) =>
    Stack.of(scope).formatArn({ service, resource, resourceName });
  const resources = documents.map((name) => arn('ssm', 'document', name));
  return [
    new PolicyStatement({ actions: ['ssm:SendCommand'], resources: [...resources, arn('ec2', 'instance', '*')] }),
  ];
}

/** Only of instances that are found to be in no group; IAM knows no condition for that. */
function terminateInstances(scope: Construct): PolicyStatement[] {
  const arn = { service: 'ec2', resource: everyInstance, arnFormat: ArnFormat.NO_RESOURCE_NAME };
  return [
    new PolicyStatement({ actions: ['autoscaling:DescribeAutoScalingInstances'], resources: ['*'] }),
    new PolicyStatement({ actions: ['ec2:TerminateInstances'], resources: [Stack.of(scope).formatArn(arn)] }),
  ];
}

const everyInstance = 'instance/*';

/** Its key, too, where the topic is encrypted with one that is known here ("Key management", Amazon SNS). */
function publishTo(topic: ITopic): PolicyStatement[] {
  const publish = new PolicyStatement({ actions: ['sns:Publish'], resources: [topic.topicArn] });
  if (!topic.masterKey) return [publish];
  const useKey = new PolicyStatement({
    actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
    resources: [topic.masterKey.keyArn],
  });
  return [publish, useKey];
}
