import { describe, expect, test } from 'vitest';
import type { SpotInterruptionStackProps } from '../../infra/spot-interruption-stack.ts';
import { allowedTo, synthesize } from './synthesis.ts';

const groups =
  'arn:{AWS::Partition}:autoscaling:{AWS::Region}:{AWS::AccountId}:autoScalingGroup:*:autoScalingGroupName/*';

describe('without a group tag', () => {
  const template = synthesize();

  test('DescribeInstance may look, and share what it saw', () => {
    expect(allowedTo(template, 'DescribeInstanceRole')).toEqual([
      'autoscaling:DescribeAutoScalingGroups on *',
      'autoscaling:DescribeAutoScalingInstances on *',
      'autoscaling:DescribeLifecycleHooks on *',
      'dynamodb:BatchGetItem on {InterruptionTable}',
      'dynamodb:UpdateItem on {InterruptionTable}',
      ...logsAndTraces('DescribeInstance'),
    ]);
  });

  test('CheckCapacity may look, and share what it saw', () => {
    expect(allowedTo(template, 'CheckCapacityRole')).toEqual([
      'autoscaling:DescribeAutoScalingGroups on *',
      'dynamodb:BatchGetItem on {InterruptionTable}',
      'dynamodb:BatchWriteItem on {InterruptionTable}',
      'dynamodb:Query on {InterruptionTable}',
      'dynamodb:UpdateItem on {InterruptionTable}',
      'elasticloadbalancing:DescribeTargetHealth on *',
      ...logsAndTraces('CheckCapacity'),
    ]);
  });

  test('SetDesiredCapacity may change the groups of this account and region', () => {
    expect(allowedTo(template, 'SetDesiredCapacityRole')).toEqual([
      'autoscaling:DescribeAutoScalingGroups on *',
      `autoscaling:SetDesiredCapacity on ${groups}`,
      'dynamodb:UpdateItem on {InterruptionTable}',
      ...logsAndTraces('SetDesiredCapacity'),
    ]);
  });

  test('DetachInstances may change the groups of this account and region', () => {
    expect(allowedTo(template, 'DetachInstancesRole')).toEqual([
      'autoscaling:DescribeAutoScalingGroups on *',
      `autoscaling:DetachInstances on ${groups}`,
      `autoscaling:TerminateInstanceInAutoScalingGroup on ${groups}`,
      'dynamodb:BatchGetItem on {InterruptionTable}',
      'dynamodb:BatchWriteItem on {InterruptionTable}',
      'dynamodb:UpdateItem on {InterruptionTable}',
      ...logsAndTraces('DetachInstances'),
    ]);
  });

  test('the workflow may invoke the four functions and update the table', () => {
    expect(allowedTo(template, 'WorkflowRole')).toEqual([
      'dynamodb:UpdateItem on {InterruptionTable}',
      'lambda:InvokeFunction on {CheckCapacityFunction}',
      'lambda:InvokeFunction on {DescribeInstanceFunction}',
      'lambda:InvokeFunction on {DetachInstancesFunction}',
      'lambda:InvokeFunction on {SetDesiredCapacityFunction}',
      'xray:GetSamplingRules on *',
      'xray:GetSamplingTargets on *',
      'xray:PutTelemetryRecords on *',
      'xray:PutTraceSegments on *',
    ]);
  });

  test('the rule may start the workflow only', () => {
    expect(allowedTo(template, 'WorkflowStateMachineEventsRole')).toEqual([
      'states:StartExecution on {WorkflowStateMachine}',
    ]);
  });

  test('there are no other roles', () => {
    expect(Object.keys(template.findResources('AWS::IAM::Role'))).toHaveLength(6);
  });
});

describe('with a group tag', () => {
  const template = synthesize({ groupTag: { key: 'spot-handler', value: 'yes' } });
  const condition = 'if {"StringEquals":{"autoscaling:ResourceTag/spot-handler":"yes"}}';

  test('SetDesiredCapacity may change only groups with the tag', () => {
    expect(allowedTo(template, 'SetDesiredCapacityRole')).toContain(
      `autoscaling:SetDesiredCapacity on ${groups} ${condition}`,
    );
  });

  test('DetachInstances may change only groups with the tag', () => {
    const allowed = allowedTo(template, 'DetachInstancesRole');
    expect(allowed).toContain(`autoscaling:DetachInstances on ${groups} ${condition}`);
    expect(allowed).toContain(`autoscaling:TerminateInstanceInAutoScalingGroup on ${groups} ${condition}`);
  });
});

describe('where instances leave by', () => {
  const ofLeaving = ['DescribeInstance', 'DetachInstances'];
  const by = (leaveBy: 'auto' | 'detach' | 'terminate') => {
    const template = synthesize({ leaveBy });
    return ofLeaving.flatMap((construct) => allowedTo(template, `${construct}Role`));
  };

  test('detaching, nothing is allowed for terminating', () => {
    const most = by('auto');
    const detaching = by('detach');
    expect(most.filter((line) => !detaching.includes(line))).toEqual([
      'autoscaling:DescribeLifecycleHooks on *',
      `autoscaling:TerminateInstanceInAutoScalingGroup on ${groups}`,
    ]);
    expect(detaching.filter((line) => !most.includes(line))).toEqual([]);
  });

  test('terminating, as much is allowed as by default: a tag of a group may ask for detaching', () => {
    expect(by('terminate')).toEqual(by('auto'));
  });
});

test('where instances serve on at MaxSize, DetachInstances may register and deregister targets, and nobody else', () => {
  const roles = ['DescribeInstance', 'CheckCapacity', 'SetDesiredCapacity', 'DetachInstances', 'Workflow'];
  const added = roles.map((construct) => {
    const without = allowedTo(synthesize(), `${construct}Role`);
    return allowedTo(synthesize({ serveOnAtMaxSize: true }), `${construct}Role`).filter(
      (line) => !without.includes(line),
    );
  });
  const targetGroups = 'arn:{AWS::Partition}:elasticloadbalancing:{AWS::Region}:{AWS::AccountId}:targetgroup/*/*';
  const both = ['DeregisterTargets', 'RegisterTargets'].map(
    (action) => `elasticloadbalancing:${action} on ${targetGroups}`,
  );
  expect(added).toEqual([[], [], [], both, []]);
});

describe('where what is left behind is terminated', () => {
  const added = (props: Parameters<typeof synthesize>[0]) => {
    const without = allowedTo(synthesize(), 'WorkflowRole');
    return allowedTo(synthesize(props), 'WorkflowRole').filter((line) => !without.includes(line));
  };

  test('the workflow may terminate instances, and see whether they are in a group', () => {
    expect(added({ terminateLeftBehindAfterMinutes: 10 })).toEqual([
      'autoscaling:DescribeAutoScalingInstances on *',
      'ec2:TerminateInstances on arn:{AWS::Partition}:ec2:{AWS::Region}:{AWS::AccountId}:instance/*',
    ]);
  });

  test('but not in a dry run', () => {
    expect(added({ terminateLeftBehindAfterMinutes: 10, dryRun: true })).toEqual([]);
  });
});

describe('in a dry run', () => {
  const template = synthesize({ dryRun: true, serveOnAtMaxSize: true });

  test('no function may change a group', () => {
    const functions = ['DescribeInstance', 'CheckCapacity', 'SetDesiredCapacity', 'DetachInstances'];
    const allowed = functions.flatMap((construct) => allowedTo(template, `${construct}Role`));
    expect(allowed.filter((line) => /^(?:autoscaling|elasticloadbalancing):(?!Describe)/.test(line))).toEqual([]);
  });
});

describe('with shutdown documents', () => {
  const documents = { shutdownDocument: 'finish-jobs', shutdownDocuments: ['drain', 'finish-jobs'] };
  const without = allowedTo(synthesize(), 'WorkflowRole');
  const arn = 'arn:{AWS::Partition}:ssm:{AWS::Region}:{AWS::AccountId}:document';

  test('the workflow may send exactly these, to any instance', () => {
    const template = synthesize(documents);
    expect(allowedTo(template, 'WorkflowRole').filter((line) => !without.includes(line))).toEqual([
      'ssm:SendCommand on arn:{AWS::Partition}:ec2:{AWS::Region}:{AWS::AccountId}:instance/*',
      `ssm:SendCommand on ${arn}/drain`,
      `ssm:SendCommand on ${arn}/finish-jobs`,
    ]);
  });

  test('the functions may do nothing more', () => {
    const functions = ['DescribeInstance', 'CheckCapacity', 'SetDesiredCapacity', 'DetachInstances'];
    const allowed = (props: SpotInterruptionStackProps) =>
      functions.map((construct) => allowedTo(synthesize(props), `${construct}Role`));
    expect(allowed(documents)).toEqual(allowed({}));
  });

  test('the workflow may send none in a dry run', () => {
    expect(allowedTo(synthesize({ ...documents, dryRun: true }), 'WorkflowRole')).toEqual(without);
  });
});

describe('with recommendations', () => {
  const roles = ['DescribeInstance', 'CheckCapacity', 'SetDesiredCapacity', 'DetachInstances', 'Workflow'];
  const allowed = (props: SpotInterruptionStackProps) => {
    const template = synthesize(props);
    return [...roles.map((role) => `${role}Role`), 'WorkflowStateMachineEventsRole'].map((role) =>
      allowedTo(template, role),
    );
  };

  test('nothing more is allowed: the second rule starts the same workflow, by the same role', () => {
    expect(allowed({ onRebalanceRecommendation: 'replace' })).toEqual(allowed({}));
  });
});

describe('with a topic of its own', () => {
  const template = synthesize({ notifications: { emails: ['ops@example.com'] } });

  test('the workflow may publish to it, and use its key, too', () => {
    const without = allowedTo(synthesize(), 'WorkflowRole');
    expect(allowedTo(template, 'WorkflowRole').filter((line) => !without.includes(line))).toEqual([
      'kms:Decrypt on {NotificationsKey}',
      'kms:GenerateDataKey on {NotificationsKey}',
      'sns:Publish on {NotificationsTopic}',
    ]);
  });
});

test('told of successes, too, the workflow may do nothing more', () => {
  const emails = ['ops@example.com'];
  const allowed = (notify: 'failures' | 'all') =>
    allowedTo(synthesize({ notifications: { emails, notify } }), 'WorkflowRole');
  expect(allowed('all')).toEqual(allowed('failures'));
});

test('with an existing topic the workflow may publish to it, too', () => {
  const topicArn = 'arn:aws:sns:eu-west-1:123456789012:alerts';
  const template = synthesize({ notifications: { topicArn, emails: [] } });
  expect(allowedTo(template, 'WorkflowRole')).toContain(`sns:Publish on ${topicArn}`);
});

function logsAndTraces(construct: string): string[] {
  return [
    `logs:CreateLogStream on {${construct}Logs}`,
    `logs:PutLogEvents on {${construct}Logs}`,
    'xray:PutTelemetryRecords on *',
    'xray:PutTraceSegments on *',
  ];
}
