import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';

/**
 * A topic for alarms and failed handlings, mailed to the addresses once each has confirmed its subscription. Encrypted with a
 * key of its own, because alarms cannot use the AWS managed key of SNS ("Key management", Amazon SNS).
 */
export class NotificationTopic extends Construct {
  /** To be given to the handler, and to publish to or subscribe to. */
  readonly topic: Topic;

  /** @param emails - addresses to be subscribed; none leaves it to you to subscribe to `topic`. */
  constructor(scope: Construct, id: string, emails: readonly string[] = []) {
    super(scope, id);
    const alarms = { principals: [new ServicePrincipal('cloudwatch.amazonaws.com')], conditions: fromAlarmsOf(this) };
    const key = new Key(this, 'Key', {
      description: 'Notifications of the Spot interruption handler',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    key.addToResourcePolicy(
      new PolicyStatement({ ...alarms, actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: ['*'] }),
    );
    this.topic = new Topic(this, 'Topic', { displayName: 'Spot interruptions', masterKey: key, enforceSSL: true });
    this.topic.addToResourcePolicy(
      new PolicyStatement({ ...alarms, actions: ['sns:Publish'], resources: [this.topic.topicArn] }),
    );
    for (const email of emails) this.topic.addSubscription(new EmailSubscription(email));
  }
}

function fromAlarmsOf(scope: Construct) {
  const stack = Stack.of(scope);
  const everyAlarm = stack.formatArn({
    service: 'cloudwatch',
    resource: 'alarm',
    resourceName: '*',
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  return { ArnLike: { 'aws:SourceArn': everyAlarm }, StringEquals: { 'aws:SourceAccount': stack.account } };
}
