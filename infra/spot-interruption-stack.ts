import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { HandlerAlarms } from './alarms.ts';
import type { Notifications } from './context.ts';
import { HandlerDashboard } from './dashboard.ts';
import { NotificationTopic } from './notification-topic.ts';
import { SpotInterruptionHandler, type SpotInterruptionHandlerProps } from './spot-interruption-handler.ts';

/** The handler's properties, and who is told. */
export interface SpotInterruptionStackProps
  extends StackProps,
    Omit<SpotInterruptionHandlerProps, 'notificationTopic' | 'notify'> {
  /**
   * Who is told of alarms and failed handlings.
   *
   * @default - nobody
   */
  readonly notifications?: Notifications;
  /**
   * Where docs/operations.md can be read.
   *
   * @default - alarms link to no page
   */
  readonly runbookUrl?: string;
}

/** The handler with its alarms and its dashboard as a stack of its own. Outputs: `StateMachineArn`, `TableName`. */
export class SpotInterruptionStack extends Stack {
  /** The handler of this stack. */
  readonly handler: SpotInterruptionHandler;
  /** Its alarms. */
  readonly alarms: HandlerAlarms;

  constructor(scope: Construct, id: string, props: SpotInterruptionStackProps = {}) {
    super(scope, id, props);
    const topic = notificationTopic(this, props.notifications);
    const monitoring = {
      ...(props.runbookUrl !== undefined && { runbookUrl: props.runbookUrl }),
      ...(topic && { notificationTopic: topic }),
    };
    const notify = props.notifications?.notify;
    this.handler = new SpotInterruptionHandler(this, 'Handler', { ...props, ...monitoring, ...(notify && { notify }) });
    this.alarms = new HandlerAlarms(this, 'Alarms', { handler: this.handler, ...monitoring });
    const alarms = Object.values(this.alarms.alarms);
    new HandlerDashboard(this, 'Dashboard', { handler: this.handler, alarms, ...monitoring });
    new CfnOutput(this, 'StateMachineArn', {
      description: 'To start an execution by hand: aws stepfunctions start-execution --state-machine-arn ...',
      value: this.handler.stateMachine.stateMachineArn,
    });
    new CfnOutput(this, 'TableName', {
      description: 'Who is interrupted, and the capacity lease of each Auto Scaling group',
      value: this.handler.interruptionTable.tableName,
    });
  }
}

function notificationTopic(scope: Construct, notifications: Notifications | undefined): ITopic | undefined {
  if (notifications?.topicArn !== undefined) return Topic.fromTopicArn(scope, 'Notifications', notifications.topicArn);
  const emails = notifications?.emails ?? [];
  return emails.length > 0 ? new NotificationTopic(scope, 'Notifications', emails).topic : undefined;
}
