import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { metricNamespace, metricUnits } from '../../functions/telemetry/metric-names.ts';
import { type AlarmName, runbookAnchor } from '../../infra/alarms.ts';
import { exampleStack } from './example-stack.ts';
import { synthesize, text } from './synthesis.ts';

const runbookUrl = 'https://example.com/operations';
const template = synthesize({
  shutdownDocument: 'finish-jobs',
  onRebalanceRecommendation: 'replace',
  runbookUrl,
  notifications: { emails: ['ops@example.com', 'dev@example.com'] },
});
const alarmNames: AlarmName[] = [
  'ExecutionFailed',
  'ExecutionTimedOut',
  'NoticeUndelivered',
  'CapacityAtRisk',
  'FunctionErrors',
];

describe('alarms', () => {
  test('are named for the stack and for what has happened', () => {
    const names = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(
      (alarm) => alarm.Properties.AlarmName,
    );
    expect(names).toEqual(alarmNames.map((name) => `Stack-${name}`));
  });

  test.each(alarmNames)('%s says what it means and what to do, with a link to its section of the runbook', (name) => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: `Stack-${name}`,
      AlarmDescription: Match.stringLikeRegexp(
        `^Severity: (high|medium|low)\\. .{40,}\\. .{40,}\\. Runbook: ${runbookUrl}#${runbookAnchor(name)}$`,
      ),
    });
  });

  test.each(alarmNames)('%s has its section in the runbook', (name) => {
    const operations = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
    expect(operations).toMatch(new RegExp(`^#+ ${name}$`, 'm'));
  });

  test('are quiet between interruptions', () => {
    template.allResourcesProperties('AWS::CloudWatch::Alarm', { TreatMissingData: 'notBreaching' });
  });

  test('notify the topic', () => {
    const topic = { Ref: Match.stringLikeRegexp('NotificationsTopic') };
    template.allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: [topic] });
  });

  test.each([
    ['ExecutionFailed', 'AWS/States', 'ExecutionsFailed'],
    ['ExecutionTimedOut', 'AWS/States', 'ExecutionsTimedOut'],
    ['NoticeUndelivered', 'AWS/SQS', 'ApproximateNumberOfMessagesVisible'],
  ])('%s goes off with the first one, within a minute', (name, Namespace, MetricName) => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: `Stack-${name}`,
      Namespace,
      MetricName,
      Period: 60,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    });
  });

  test('CapacityAtRisk goes off with the first instance that leaves though the floor does not hold without it', () => {
    const Metric = {
      Namespace: metricNamespace,
      MetricName: 'CapacityAtRisk',
      Dimensions: [{ Name: 'service', Value: 'Stack' }],
    };
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'Stack-CapacityAtRisk',
      Metrics: [Match.objectLike({ MetricStat: { Metric, Period: 60, Stat: 'Sum' } })],
      Threshold: 1,
    });
  });

  test('CapacityAtRisk names the metric that says whether MaxSize was in the way', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'Stack-CapacityAtRisk',
      AlarmDescription: Match.stringLikeRegexp('no room below MaxSize, which the metric NoHeadroom counts'),
    });
  });

  test('FunctionErrors goes off at five errors that were no waits for a lease', () => {
    const [alarm] = Object.values(template.findResources('AWS::CloudWatch::Alarm')).filter(
      ({ Properties }) => Properties.AlarmName === 'Stack-FunctionErrors',
    );
    const [expression = ''] = (alarm?.Properties.Metrics ?? []).flatMap(({ Expression }: Row) => Expression ?? []);
    expect(alarm?.Properties.Threshold).toBe(5);
    expect(computed(expression, { describe: 1, check: 2, set: 3, detach: 4, leaseWaits: 6 })).toBe(4);
    expect(computed(expression, { check: 2 })).toBe(2);
  });
});

describe('the dashboard', () => {
  const [dashboard] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'));
  const body = text(dashboard?.Properties.DashboardBody);
  const { widgets } = JSON.parse(body);

  test('is named for stack and region, since all regions share one list', () => {
    expect(text(dashboard?.Properties.DashboardName)).toBe('Stack-{AWS::Region}');
  });

  test('answers how many, how fast, how close to the reclaim, and what failed', () => {
    const titles = widgets.map((widget: { properties: { title?: string } }) => widget.properties.title ?? 'text');
    expect(titles).toEqual([
      'text',
      'Alarm Status',
      'How many, in the time shown',
      'How notices ended',
      'Why instances left when they did',
      'Raises of DesiredCapacity, and what stood in their way',
      'How fast: seconds from the notice until the instance left',
      'How close: seconds left before the reclaim',
      'What failed: executions',
      'What failed: functions (waits for a lease included)',
      'What failed: notices in the dead-letter queue',
      'The latest errors of the functions',
    ]);
  });

  test.each(Object.keys(metricUnits))('shows %s', (name) => {
    expect(body).toContain(`["${metricNamespace}","${name}","service","Stack"`);
  });

  test('computes duplicates as the successes that no function has counted', () => {
    const expression = /"expression":"(IF\(succeeded[^"]+)"/.exec(body)?.[1] ?? '';
    expect(computed(expression, { succeeded: 9, handled: 5, notManaged: 2, alreadyDetached: 1 })).toBe(1);
    expect(computed(expression, { succeeded: 9 })).toBe(9);
    expect(computed(expression, { succeeded: 4, handled: 5 })).toBe(0);
  });

  test('shows every alarm', () => {
    for (const name of alarmNames) expect(body).toContain(`{Alarms${name}}`);
  });
});

describe('a topic for e-mail addresses', () => {
  test('has a subscription for each', () => {
    const subscriptions = Object.values(template.findResources('AWS::SNS::Subscription'));
    expect(subscriptions.map(({ Properties }) => [Properties.Protocol, Properties.Endpoint])).toEqual([
      ['email', 'ops@example.com'],
      ['email', 'dev@example.com'],
    ]);
  });

  test('is encrypted with a key of its own that is rotated', () => {
    template.hasResourceProperties('AWS::SNS::Topic', {
      KmsMasterKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('NotificationsKey'), 'Arn'] },
    });
    template.hasResourceProperties('AWS::KMS::Key', { EnableKeyRotation: true });
  });

  test('refuses what is not published over TLS, and takes messages of alarms of this account only', () => {
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: [
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
          Match.objectLike({
            Effect: 'Allow',
            Action: 'sns:Publish',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Condition: Match.objectLike({ StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } }),
          }),
        ],
      },
    });
  });

  test('is told of failed handlings by the workflow', () => {
    const [stateMachine] = Object.values(template.findResources('AWS::StepFunctions::StateMachine'));
    const { States: states } = JSON.parse(text(stateMachine?.Properties.DefinitionString));
    expect(states.NotifyOfFailure.Parameters.TopicArn).toBe('{NotificationsTopic}');
  });
});

describe('the runbook', () => {
  const operations = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');

  test('begins with how to switch the handler off', () => {
    expect(/^## (.*)$/m.exec(operations)?.[1]).toBe('Switch it off');
  });

  test('has the severity of each alarm', () => {
    const severities = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => {
      const severity = /^Severity: (\w+)/.exec(text(Properties.AlarmDescription))?.[1];
      const name = text(Properties.AlarmName).replace('Stack-', '');
      return `| [${name}](#${name.toLowerCase()}) | ${severity} |`;
    });
    for (const row of severities) expect(operations).toContain(row);
  });

  test.each([
    ['a stack of its own', synthesize({ onRebalanceRecommendation: 'replace' })],
    ["somebody's own stack", Template.fromStack(exampleStack())],
  ])('looks up resources by names that are there in %s', (_, stack) => {
    const lookups = [...operations.matchAll(/\$\(resource (AWS::\w+::\w+) (\w+)\)/g)];
    expect(lookups.length).toBeGreaterThan(3);
    for (const [, type = '', name = ''] of lookups) {
      const found = Object.keys(stack.findResources(type)).filter((id) => id.includes(name));
      expect([name, found.length]).toEqual([name, name === 'RecommendationRule' ? expect.any(Number) : 1]);
    }
  });
});

test('without a runbook, alarms link to no page', () => {
  const descriptions = Object.values(synthesize().findResources('AWS::CloudWatch::Alarm'));
  expect(
    descriptions.map(({ Properties }) => text(Properties.AlarmDescription)).filter((one) => /Runbook|#/.test(one)),
  ).toEqual([]);
});

describe('without notifications', () => {
  const silent = synthesize();

  test('there is no topic', () => {
    silent.resourceCountIs('AWS::SNS::Topic', 0);
    silent.resourceCountIs('AWS::KMS::Key', 0);
  });

  test('alarms have no actions', () => {
    silent.allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: Match.absent() });
  });
});

interface Row {
  readonly Expression?: string;
}

/** What CloudWatch's metric math makes of an expression, which JavaScript reads as well; a metric without data is undefined. */
function computed(expression: string, values: Readonly<Record<string, number>>): unknown {
  const ids = expression.match(/\b[a-z]\w*/g) ?? [];
  return runInNewContext(expression, {
    ...Object.fromEntries(ids.map((id) => [id, values[id]])),
    FILL: (value: number | undefined, otherwise: number) => value ?? otherwise,
    IF: (condition: boolean, then: number, otherwise: number) => (condition ? then : otherwise),
  });
}
