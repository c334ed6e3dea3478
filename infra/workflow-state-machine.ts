import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { DefinitionBody, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { spotInterruptionWorkflow, type WorkflowProps, workflowTimeout } from '../statemachine/workflow.ts';
import { acknowledge } from './acknowledge.ts';

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
      inlinePolicies: { Workflow: workflowPolicy(props) },
    });
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      comment: 'Takes an interrupted Spot Instance out of its Auto Scaling group',
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromChainable(spotInterruptionWorkflow(new Construct(this, 'States'), props)),
      timeout: workflowTimeout,
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
      reason: 'X-Ray takes no other resource.',
    });
  }
}

/** Exactly what the workflow calls, and X-Ray, whose actions IAM grants for every resource only. */
function workflowPolicy({ functions, interruptionTable, notificationTopic }: WorkflowProps): PolicyDocument {
  return new PolicyDocument({
    statements: [
      new PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        resources: Object.values(functions).map(({ functionArn }) => functionArn),
      }),
      new PolicyStatement({ actions: ['dynamodb:UpdateItem'], resources: [interruptionTable.tableArn] }),
      ...(notificationTopic ? publishTo(notificationTopic) : []),
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
