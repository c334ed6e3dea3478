import { App, CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { describe, expect, test } from 'vitest';
import { HandlerAlarms } from '../../infra/alarms.ts';
import { HandlerDashboard } from '../../infra/dashboard.ts';
import { NotificationTopic } from '../../infra/notification-topic.ts';
import { SpotInterruptionHandler } from '../../infra/spot-interruption-handler.ts';
import type { SpotInterruptionStackProps } from '../../infra/spot-interruption-stack.ts';
import { allowedTo, createApp, synthesize, text } from './synthesis.ts';

const template = synthesize();

describe('the rule', () => {
  test('matches the interruption notices of Spot Instances and Capacity Reservations, and nothing else', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      State: 'ENABLED',
      EventPattern: Match.exact({
        source: ['aws.ec2'],
        'detail-type': [
          'EC2 Spot Instance Interruption Warning',
          'EC2 Capacity Reservation Instance Interruption Warning',
          'EC2 Interruptible Capacity Reservation Instance Interruption Warning',
        ],
      }),
    });
  });

  test('retries for no longer than the notice is worth, then keeps the event', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      Targets: [
        Match.objectLike({
          RetryPolicy: { MaximumEventAgeInSeconds: 120, MaximumRetryAttempts: 185 },
          DeadLetterConfig: { Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('DeadLetterQueue'), 'Arn'] } },
        }),
      ],
    });
  });

  test('hands the event to the workflow as it is', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      Targets: [
        { Arn: { Ref: Match.stringLikeRegexp('StateMachine') }, Input: Match.absent(), InputPath: Match.absent() },
      ],
    });
  });
});

describe('the rule for recommendations', () => {
  test('is there only where they are acted on', () => {
    template.resourceCountIs('AWS::Events::Rule', 1);
  });

  test('starts the same workflow, for as long as a recommendation is waited for', () => {
    const replacing = synthesize({ onRebalanceRecommendation: 'replace', rebalanceTimeoutMinutes: 20 });
    replacing.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: Match.exact({ source: ['aws.ec2'], 'detail-type': ['EC2 Instance Rebalance Recommendation'] }),
      Targets: [
        Match.objectLike({
          Arn: { Ref: Match.stringLikeRegexp('StateMachine') },
          RetryPolicy: { MaximumEventAgeInSeconds: 1200, MaximumRetryAttempts: 185 },
          DeadLetterConfig: Match.absent(),
        }),
      ],
    });
  });

  test('gives the executions the time that they need', () => {
    const timeoutOf = (props: SpotInterruptionStackProps) => {
      const [stateMachine] = Object.values(synthesize(props).findResources('AWS::StepFunctions::StateMachine'));
      return JSON.parse(text(stateMachine?.Properties.DefinitionString)).TimeoutSeconds;
    };
    const replacing = { onRebalanceRecommendation: 'replace', rebalanceTimeoutMinutes: 20 } as const;
    expect([timeoutOf({}), timeoutOf(replacing)]).toEqual([600, 1800]);
  });
});

describe('the dead-letter queue', () => {
  test('keeps what was not delivered for 14 days, encrypted', () => {
    template.hasResourceProperties('AWS::SQS::Queue', {
      MessageRetentionPeriod: 14 * 24 * 3600,
      SqsManagedSseEnabled: true,
    });
  });

  test('refuses requests without TLS, and takes events of the rule only', () => {
    template.hasResourceProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: {
        Statement: [
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
          Match.objectLike({
            Effect: 'Allow',
            Action: 'sqs:SendMessage',
            Principal: { Service: 'events.amazonaws.com' },
            Condition: { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': [Match.stringLikeRegexp('Rule'), 'Arn'] } } },
          }),
        ],
      },
    });
  });
});

describe('the functions', () => {
  test.each([
    ['DescribeInstance', 8],
    ['CheckCapacity', 5],
    ['SetDesiredCapacity', 10],
    ['DetachInstances', 10],
  ])('%s runs for %i s at most, on Node.js 24 and arm64, traced, with JSON logs', (construct, timeoutSeconds) => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      MemorySize: 512,
      Timeout: timeoutSeconds,
      TracingConfig: { Mode: 'Active' },
      LoggingConfig: { LogFormat: 'JSON', LogGroup: { Ref: Match.stringLikeRegexp(`${construct}Logs`) } },
    });
  });

  test('are the only ones: nothing else is deployed that runs code', () => {
    template.resourceCountIs('AWS::Lambda::Function', 4);
  });

  test('get their settings from the environment', () => {
    template.allResourcesProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.exact({
          TABLE_NAME: { Ref: Match.stringLikeRegexp('InterruptionTable') },
          MIN_SERVING: '100%',
          POLL_SECONDS: '4',
          DRAIN_SECONDS: '30',
          LEAVE_BY: 'auto',
          SERVICE_NAME: 'Stack',
        }),
      },
    });
  });

  test('write to log groups that are kept for a month and deleted with the stack', () => {
    template.resourceCountIs('AWS::Logs::LogGroup', 4);
    template.allResources('AWS::Logs::LogGroup', {
      Properties: { RetentionInDays: 30 },
      DeletionPolicy: 'Delete',
      UpdateReplacePolicy: 'Delete',
    });
  });
});

describe('the table', () => {
  test('is keyed by group and instance, on demand, with expiring items', () => {
    template.hasResourceProperties('AWS::DynamoDB::Table', {
      KeySchema: [
        { AttributeName: 'autoScalingGroupName', KeyType: 'HASH' },
        { AttributeName: 'instanceId', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'autoScalingGroupName', AttributeType: 'S' },
        { AttributeName: 'instanceId', AttributeType: 'S' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    });
  });

  test('is deleted with the stack', () => {
    template.hasResource('AWS::DynamoDB::Table', { DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
  });
});

describe('the state machine', () => {
  test('is a traced Standard workflow', () => {
    template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
      StateMachineType: 'STANDARD',
      TracingConfiguration: { Enabled: true },
    });
  });

  test('invokes the four functions by their ARNs', () => {
    const [stateMachine] = Object.values(template.findResources('AWS::StepFunctions::StateMachine'));
    const { States: states } = JSON.parse(text(stateMachine?.Properties.DefinitionString));
    expect(states).toMatchObject({
      DescribeInstance: { Resource: '{DescribeInstanceFunction}' },
      CheckCapacity: { Resource: '{CheckCapacityFunction}' },
      SetDesiredCapacity: { Resource: '{SetDesiredCapacityFunction}' },
      DetachInstances: { Resource: '{DetachInstancesFunction}' },
    });
  });
});

test('the stack puts out what one needs to start an execution by hand', () => {
  expect(Object.keys(template.findOutputs('*'))).toEqual(['StateMachineArn', 'TableName']);
});

describe('as a construct in an app of its own', () => {
  test('takes all settings as props', () => {
    const groupTag = { key: 'team', value: 'web=1' };
    const values = { minServing: '90%', pollSeconds: 5, drainSeconds: 60, serviceName: 'web' };
    const custom = synthesize({ ...values, groupTag, includeServiceManagedGroups: true, dryRun: true });
    custom.allResourcesProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: {
          MIN_SERVING: '90%',
          POLL_SECONDS: '5',
          DRAIN_SECONDS: '60',
          GROUP_TAG: 'team=web=1',
          INCLUDE_SERVICE_MANAGED_GROUPS: 'true',
          DRY_RUN: 'true',
          SERVICE_NAME: 'web',
        },
      },
    });
  });

  test('takes the floor as a number, too', () => {
    synthesize({ minServing: 2 }).allResourcesProperties('AWS::Lambda::Function', {
      Environment: { Variables: { MIN_SERVING: '2' } },
    });
  });

  test('keeps logs for as long as it is told', () => {
    const custom = synthesize({ logRetention: RetentionDays.ONE_WEEK });
    custom.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 7 });
  });

  test('says in an annotation that every group is handled where there is no group tag', () => {
    const stack = new Stack(createApp(), 'Stack');
    new SpotInterruptionHandler(stack, 'Handler');
    const everyGroup = Match.stringLikeRegexp(
      '^No groupTag is configured: interrupted instances of every Auto Scaling',
    );
    Annotations.fromStack(stack).hasInfo('/Stack/Handler', everyGroup);
  });

  test('says nothing where there is a group tag', () => {
    const stack = new Stack(createApp(), 'Stack');
    new SpotInterruptionHandler(stack, 'Handler', { groupTag: { key: 'team', value: 'web' } });
    expect(Annotations.fromStack(stack).findInfo('*', Match.anyValue())).toEqual([]);
  });

  test('refuses to tell nobody of successes', () => {
    const stack = new Stack(new App());
    expect(() => new SpotInterruptionHandler(stack, 'Handler', { notify: 'all' })).toThrow('there is nobody to tell');
  });

  test('lets whom it is told start executions, and do nothing else', () => {
    const stack = new Stack(createApp(), 'Stack');
    const operator = new Role(stack, 'Operator', { assumedBy: new AccountRootPrincipal() });
    new SpotInterruptionHandler(stack, 'Handler').grantStartExecution(operator);
    expect(allowedTo(Template.fromStack(stack), 'Operator')).toEqual([
      'states:StartExecution on {WorkflowStateMachine}',
    ]);
  });

  test('offers its metrics with their dimension, to be told apart from another stack', () => {
    const handler = new SpotInterruptionHandler(new Stack(createApp(), 'Stack'), 'Handler', { serviceName: 'web' });
    const shown = handler.metricSecondsToLeave({ period: Duration.minutes(5) });
    expect(shown.toMetricConfig().metricStat).toMatchObject({
      namespace: 'SpotInterruptionHandler',
      metricName: 'SecondsToLeave',
      dimensions: [{ name: 'service', value: 'web' }],
      statistic: 'Maximum',
      period: Duration.minutes(5),
    });
  });

  test('tells its own topic of alarms, too', () => {
    const stack = new Stack(createApp(), 'Stack');
    const { topic } = new NotificationTopic(stack, 'Notifications');
    const handler = new SpotInterruptionHandler(stack, 'Handler', { notificationTopic: topic });
    new HandlerAlarms(stack, 'Alarms', { handler });
    const actions = [{ Ref: Match.stringLikeRegexp('NotificationsTopic') }];
    Template.fromStack(stack).allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: actions });
  });

  test('takes parameters of CloudFormation, which are known at deployment only', () => {
    const stack = new Stack(createApp(), 'Stack');
    const minServing = new CfnParameter(stack, 'MinServing').valueAsString;
    const drainSeconds = new CfnParameter(stack, 'DrainSeconds', { type: 'Number' }).valueAsNumber;
    const handler = new SpotInterruptionHandler(stack, 'Handler', { minServing, drainSeconds });
    new HandlerDashboard(stack, 'Dashboard', { handler, alarms: [] });
    Template.fromStack(stack).allResourcesProperties('AWS::Lambda::Function', {
      Environment: { Variables: { MIN_SERVING: { Ref: 'MinServing' }, DRAIN_SECONDS: { Ref: 'DrainSeconds' } } },
    });
  });

  test('refuses a prop out of its range beside a parameter, too', () => {
    const stack = new Stack(new App());
    const drainSeconds = new CfnParameter(stack, 'DrainSeconds', { type: 'Number' }).valueAsNumber;
    expect(() => new SpotInterruptionHandler(stack, 'Handler', { drainSeconds, pollSeconds: 0 })).toThrow(
      'pollSeconds is 0, but has to be a whole number from 1 to 30.',
    );
  });

  test('refuses a prop out of its range', () => {
    const stack = new Stack(new App());
    expect(() => new SpotInterruptionHandler(stack, 'Handler', { pollSeconds: 0 })).toThrow(
      'pollSeconds is 0, but has to be a whole number from 1 to 30.',
    );
  });
});
