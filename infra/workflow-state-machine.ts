import { Stack, Validations } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { DefinitionBody, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { spotInterruptionWorkflow, type WorkflowProps, workflowTimeout } from '../statemachine/workflow.ts';
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
      timeout: workflowTimeout(props),
      tracingEnabled: true,
      // The tasks would grant every version of the functions, too.
      role: role.withoutPolicyUpdates(),
    });
    Validations.of(this.stateMachine).acknowledge({
      id: 'AwsSolutions-SF1',
      reason:
        'Step Functions keeps the history of each execution for 90 days; delivering it to a log group would take permissions ' +
        'on every resource of the account.',
    });
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'X-Ray takes no other resource.',
    });
    if (props.shutdownDocuments?.length) {
      Validations.of(role).acknowledge({
        id: `AwsSolutions-IAM5[Resource::${shownArn(this, 'ec2', 'instance/*')}]`,
        reason: 'Which instances will be interrupted is not known here; the documents that they may be sent are.',
      });
    }
  }
}

/** Exactly what the workflow calls, and X-Ray, whose actions IAM grants for every resource only. */
function workflowPolicy(scope: Construct, props: WorkflowProps): PolicyDocument {
  const { dryRun, functions, interruptionTable, notificationTopic, shutdownDocuments = [] } = props;
  return new PolicyDocument({
    statements: [
      new PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        resources: Object.values(functions).map(({ functionArn }) => functionArn),
      }),
      new PolicyStatement({ actions: ['dynamodb:UpdateItem'], resources: [interruptionTable.tableArn] }),
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
