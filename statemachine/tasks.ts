import { Duration } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { JsonPath, TaskInput, type TaskStateBase, Timeout } from 'aws-cdk-lib/aws-stepfunctions';
import {
  CallAwsService,
  DynamoAttributeValue,
  DynamoUpdateItem,
  LambdaInvoke,
  SnsPublish,
} from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import type { WorkflowUpdate } from '../functions/ledger/interruption-table.ts';
import {
  commandDeliverySeconds,
  commandTaskTimeoutSeconds,
  functionTaskTimeoutSeconds,
  serviceTaskTimeoutSeconds,
  tableTaskTimeoutSeconds,
  topicTaskTimeoutSeconds,
} from '../functions/shared/timing.ts';
import { stepFunctionsConsole } from './console-link.ts';
import type { RetryPolicy } from './retry-policies.ts';

const functionTaskTimeout = Timeout.duration(Duration.seconds(functionTaskTimeoutSeconds));
const tableTaskTimeout = Timeout.duration(Duration.seconds(tableTaskTimeoutSeconds));
const commandTaskTimeout = Timeout.duration(Duration.seconds(commandTaskTimeoutSeconds));
const serviceTaskTimeout = Timeout.duration(Duration.seconds(serviceTaskTimeoutSeconds));
const topicTaskTimeout = Timeout.duration(Duration.seconds(topicTaskTimeoutSeconds));

/** A payload to be passed on: strings that start with `$` are read from the state or the context object. */
interface Payload {
  readonly [key: string]: string | boolean | Payload;
}

interface FunctionTaskProps {
  /** Default: the whole state. */
  readonly payload?: Payload;
  readonly resultPath?: string;
  readonly resultSelector?: Record<string, string>;
  readonly retry: RetryPolicy;
}

export function invokeFunction(
  scope: Construct,
  stateName: string,
  lambdaFunction: IFunction,
  props: FunctionTaskProps,
) {
  const { payload, retry, ...paths } = props;
  const task = new LambdaInvoke(scope, stateName, {
    lambdaFunction,
    payloadResponseOnly: true,
    retryOnServiceExceptions: false,
    taskTimeout: functionTaskTimeout,
    ...paths,
    ...(payload && { payload: TaskInput.fromObject(withJsonPaths(payload)) }),
  });
  addRetries(task, retry);
  return task;
}

/** One of the table's own updates of the instance's item. */
export function updateRecord(
  scope: Construct,
  stateName: string,
  table: ITable,
  { condition, update, values }: WorkflowUpdate,
  props: { retry: RetryPolicy },
) {
  const task = new DynamoUpdateItem(scope, stateName, {
    table,
    key: recordKey,
    updateExpression: update,
    conditionExpression: condition,
    expressionAttributeValues: Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        value.type === 'number' ? number(value.path) : string(value.path),
      ]),
    ),
    resultPath: JsonPath.DISCARD,
    taskTimeout: tableTaskTimeout,
  });
  addRetries(task, props.retry);
  return task;
}

/**
 * Sends the instance that has left its SSM document: with what it may need to know, or without parameters.
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_SendCommand.html
 */
export function sendShutdownCommand(
  scope: Construct,
  stateName: string,
  props: { readonly withParameters: boolean; readonly retry: RetryPolicy },
) {
  const task = new CallAwsService(scope, stateName, {
    service: 'ssm',
    action: 'sendCommand',
    parameters: {
      DocumentName: path('$.interruption.shutdownDocument'),
      InstanceIds: JsonPath.array(path('$.interruption.instanceId')),
      TimeoutSeconds: commandDeliverySeconds,
      ...(props.withParameters && {
        Parameters: {
          AutoScalingGroupName: JsonPath.array(path('$.interruption.autoScalingGroupName')),
          InstanceId: JsonPath.array(path('$.interruption.instanceId')),
          ReclaimAt: JsonPath.array(path('$.interruption.reclaimAt')),
        },
      }),
    },
    // The workflow's role says exactly what it may do: infra/workflow-state-machine.ts.
    iamResources: ['*'],
    resultSelector: { commandId: path('$.Command.CommandId') },
    resultPath: '$.shutdownCommand',
    taskTimeout: commandTaskTimeout,
  });
  addRetries(task, props.retry);
  return task;
}

/** A notification's title and sentences, each a text or an intrinsic function, and what it is about. */
interface NotificationText {
  readonly title: string;
  readonly description: string;
  readonly threadId: string;
}

/** Tells people which instance was not taken out of which group, why, and where to look. Needs `$.interruption` and `$.error`. */
export function notifyOfFailure(scope: Construct, stateName: string, topic: ITopic, props: { retry: RetryPolicy }) {
  return notify(scope, stateName, topic, props, {
    title: JsonPath.format('Spot interruption of {} was not handled', path('$.interruption.instanceId')),
    description: JsonPath.format(
      'The interrupted instance {} was not taken out of its Auto Scaling group {}, ' +
        `because of {}: {} - The execution: ${executionPage(scope)}{} - The notice: {}`,
      path('$.interruption.instanceId'),
      path('$.interruption.autoScalingGroupName'),
      path('$.error.Error'),
      path('$.error.Cause'),
      path('$$.Execution.Id'),
      JsonPath.jsonToString(JsonPath.objectAt('$$.Execution.Input')),
    ),
    threadId: path('$.interruption.autoScalingGroupName'),
  });
}

/** Tells people which instance has left which group. Needs `$.interruption`. */
export function notifyOfSuccess(
  scope: Construct,
  stateName: string,
  topic: ITopic,
  props: { readonly retry: RetryPolicy; readonly isDryRun: boolean },
) {
  const done = props.isDryRun ? 'would have been handled (dry run)' : 'was handled';
  return notify(scope, stateName, topic, props, {
    title: JsonPath.format(`Interruption of {} ${done}`, path('$.interruption.instanceId')),
    description: JsonPath.format(
      `The instance {} of the Auto Scaling group {} ${done}. Signal: {} at {} - The execution: ${executionPage(scope)}{}`,
      path('$.interruption.instanceId'),
      path('$.interruption.autoScalingGroupName'),
      path('$.interruption.signal'),
      path('$.interruption.noticeAt'),
      path('$$.Execution.Id'),
    ),
    threadId: path('$.interruption.autoScalingGroupName'),
  });
}

/**
 * One text for e-mail, and for everything else the custom notification that chat channels of Amazon Q Developer show (AWS
 * Chatbot): a JSON text, of which other webhooks take title and description. An intrinsic function's text is not documented to
 * take line breaks.
 * @see https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
 */
function notify(
  scope: Construct,
  stateName: string,
  topic: ITopic,
  { retry }: { readonly retry: RetryPolicy },
  { description, threadId, title }: NotificationText,
) {
  const quoted = (text: string) => JsonPath.jsonToString(text);
  const template =
    '\\{"version":"1.0","source":"custom","content":\\{"textType":"client-markdown","title":{},"description":{}\\},' +
    '"metadata":\\{"threadId":{},"summary":{}\\}\\}';
  const task = new SnsPublish(scope, stateName, {
    topic,
    subject: title,
    messagePerSubscriptionType: true,
    message: TaskInput.fromObject({
      default: JsonPath.format(template, quoted(title), quoted(description), quoted(threadId), quoted(title)),
      email: description,
    }),
    resultPath: JsonPath.DISCARD,
    taskTimeout: topicTaskTimeout,
  });
  addRetries(task, retry);
  return task;
}

function executionPage(scope: Construct): string {
  return `${stepFunctionsConsole(scope)}#/v2/executions/details/`;
}

/** How many groups the instance is in: none, or one that somebody has attached it to again. As `groups`. */
export function findInGroups(scope: Construct, stateName: string, props: { resultPath: string; retry: RetryPolicy }) {
  const task = new CallAwsService(scope, stateName, {
    service: 'autoscaling',
    action: 'describeAutoScalingInstances',
    parameters: ofInstance,
    iamResources: ['*'],
    resultSelector: { groups: JsonPath.arrayLength(JsonPath.objectAt('$.AutoScalingInstances')) },
    resultPath: props.resultPath,
    taskTimeout: serviceTaskTimeout,
  });
  addRetries(task, props.retry);
  return task;
}

/** EC2's TerminateInstances, which has no effect on an instance that is terminated already. */
export function terminateInstance(scope: Construct, stateName: string, props: { retry: RetryPolicy }) {
  const task = new CallAwsService(scope, stateName, {
    service: 'ec2',
    action: 'terminateInstances',
    parameters: ofInstance,
    iamResources: ['*'],
    resultPath: JsonPath.DISCARD,
    taskTimeout: serviceTaskTimeout,
  });
  addRetries(task, props.retry);
  return task;
}

const ofInstance = { InstanceIds: JsonPath.array(JsonPath.stringAt('$.interruption.instanceId')) };

const recordKey = {
  autoScalingGroupName: string('$.interruption.autoScalingGroupName'),
  instanceId: string('$.interruption.instanceId'),
};

function path(jsonPath: string): string {
  return JsonPath.stringAt(jsonPath);
}

function string(path: string): DynamoAttributeValue {
  return DynamoAttributeValue.fromString(JsonPath.stringAt(path));
}

/** DynamoDB takes numbers as strings. */
function number(path: string): DynamoAttributeValue {
  return DynamoAttributeValue.numberFromString(JsonPath.format('{}', JsonPath.stringAt(path)));
}

function withJsonPaths(payload: Payload): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(payload).map(([key, value]) => {
      if (typeof value === 'object') return [key, withJsonPaths(value)];
      return [key, typeof value === 'string' ? JsonPath.objectAt(value) : value];
    }),
  );
}

function addRetries(task: Pick<TaskStateBase, 'addRetry'>, policy: RetryPolicy): void {
  for (const retrier of policy) task.addRetry(retrier);
}
