import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { DefinitionBody, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { spotInterruptionWorkflow, type WorkflowProps, workflowTimeout } from '../statemachine/workflow.ts';

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
      inlinePolicies: { Workflow: workflowPolicy(Object.values(props.functions), props.interruptionTable) },
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
  }
}

/** Exactly what the workflow calls, and X-Ray, whose actions IAM grants for every resource only. */
function workflowPolicy(functions: IFunction[], table: ITable): PolicyDocument {
  return new PolicyDocument({
    statements: [
      new PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        resources: functions.map(({ functionArn }) => functionArn),
      }),
      new PolicyStatement({ actions: ['dynamodb:UpdateItem'], resources: [table.tableArn] }),
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
