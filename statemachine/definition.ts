import { App, Duration, Stack } from 'aws-cdk-lib';
import { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { StateGraph } from 'aws-cdk-lib/aws-stepfunctions';
import type { FunctionName } from '../functions/shared/contract.ts';
import type { Definition } from './graph.ts';
import { spotInterruptionWorkflow, workflowTimeoutFor } from './workflow.ts';

/** What is deployed differently where it is configured so; see `WorkflowProps`. Default: as it is exported. */
interface Variant {
  readonly dryRun?: boolean;
  readonly terminateLeftBehindAfterMinutes?: number;
  readonly notificationTopicName?: string;
  readonly notify?: 'failures' | 'all';
  readonly shutdownDocuments?: readonly string[];
  readonly rebalanceTimeoutMinutes?: number;
}

const env = { account: '123456789012', region: 'us-east-2' };

/**
 * The workflow in the Amazon States Language as it is deployed, but for the names of an example account: functions are
 * called as their folders, and the table `interruptions`.
 */
export function exportedDefinition(variant: Variant = {}): Definition {
  const stack = new Stack(new App(), 'Export', { env });
  const rebalance = variant.rebalanceTimeoutMinutes !== undefined && {
    rebalanceTimeout: Duration.minutes(variant.rebalanceTimeoutMinutes),
  };
  const workflow = spotInterruptionWorkflow(stack, {
    ...rebalance,
    functions: {
      'describe-instance': exampleFunction(stack, 'describe-instance'),
      'check-capacity': exampleFunction(stack, 'check-capacity'),
      'set-desired-capacity': exampleFunction(stack, 'set-desired-capacity'),
      'detach-instances': exampleFunction(stack, 'detach-instances'),
    },
    interruptionTable: Table.fromTableName(stack, 'interruptions', 'interruptions'),
    ...(variant.dryRun && { dryRun: true }),
    ...(variant.notify && { notify: variant.notify }),
    ...(variant.shutdownDocuments && { shutdownDocuments: variant.shutdownDocuments }),
    ...leftBehindOf(variant),
    ...(variant.notificationTopicName && { notificationTopic: exampleTopic(stack, variant.notificationTopicName) }),
  });
  const graph = new StateGraph(workflow.startState, 'spot-interruption');
  graph.timeout = workflowTimeoutFor({ ...leftBehindOf(variant), ...rebalance });
  return inPartitionAws(stack.resolve(graph.toGraphJson()));
}

function leftBehindOf({ terminateLeftBehindAfterMinutes: minutes }: Variant) {
  return minutes === undefined ? {} : { terminateLeftBehindAfterMinutes: minutes };
}

function exampleFunction(stack: Stack, name: FunctionName) {
  const arn = `arn:aws:lambda:${env.region}:${env.account}:function:${name}`;
  return LambdaFunction.fromFunctionArn(stack, name, arn);
}

function exampleTopic(stack: Stack, name: string) {
  return Topic.fromTopicArn(stack, name, `arn:aws:sns:${env.region}:${env.account}:${name}`);
}

/** Replaces what CloudFormation would: the partition in the ARNs of service integrations. */
function inPartitionAws(definition: Definition): Definition {
  const joined = /\{"Fn::Join":\["",\["([^"]*)",\{"Ref":"AWS::Partition"\},"([^"]*)"\]\]\}/g;
  return JSON.parse(JSON.stringify(definition).replaceAll(joined, '"$1aws$2"'));
}
