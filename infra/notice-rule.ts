import { Duration } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SfnStateMachine } from 'aws-cdk-lib/aws-events-targets';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';

/**
 * Starts the workflow for each notice of EC2's that it takes back an instance: a Spot Instance, or one in an interruptible
 * Capacity Reservation or a Capacity Block. What could not be delivered is kept in a queue.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitor-interruptible-cr.html
 */
export class NoticeRule extends Construct {
  readonly rule: Rule;
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string, stateMachine: IStateMachine) {
    super(scope, id);
    this.deadLetterQueue = new Queue(this, 'DeadLetterQueue', {
      enforceSSL: true,
      encryption: QueueEncryption.SQS_MANAGED,
      retentionPeriod: Duration.days(14),
    });
    acknowledge(this.deadLetterQueue, {
      id: 'AwsSolutions-SQS3',
      reason: 'It is the dead-letter queue, of an EventBridge rule; nothing consumes it but people.',
    });
    this.rule = new Rule(this, 'Rule', {
      description: 'EC2 instance interruption notices to the Spot interruption handler',
      eventPattern: {
        source: ['aws.ec2'],
        detailType: [
          'EC2 Spot Instance Interruption Warning',
          'EC2 Capacity Reservation Instance Interruption Warning',
          // By this name in older versions of the same page.
          'EC2 Interruptible Capacity Reservation Instance Interruption Warning',
        ],
      },
      targets: [
        new SfnStateMachine(stateMachine, {
          // EC2 reclaims the instance two minutes after the notice: a later delivery helps nobody.
          maxEventAge: Duration.minutes(2),
          // EventBridge's maximum, so that the age alone decides.
          retryAttempts: 185,
          deadLetterQueue: this.deadLetterQueue,
        }),
      ],
    });
  }
}

/**
 * Starts the workflow for each rebalance recommendation. One that could not be delivered before it would be given up is dropped:
 * a notice comes, or nothing was to be done.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/rebalance-recommendations.html
 */
export class RecommendationRule extends Construct {
  readonly rule: Rule;

  constructor(scope: Construct, id: string, stateMachine: IStateMachine, timeoutMinutes: number) {
    super(scope, id);
    this.rule = new Rule(this, 'Rule', {
      description: 'EC2 instance rebalance recommendations to the Spot interruption handler',
      eventPattern: { source: ['aws.ec2'], detailType: ['EC2 Instance Rebalance Recommendation'] },
      targets: [
        new SfnStateMachine(stateMachine, { maxEventAge: Duration.minutes(timeoutMinutes), retryAttempts: 185 }),
      ],
    });
  }
}
