import { type Acknowledgment, ArnFormat, Stack, Token } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { GroupTag, HandlerConfig } from '../functions/configuration/handler-config.ts';
import type { FunctionName } from '../functions/shared/contract.ts';

/**
 * The calls that each function makes, besides writing its own log and traces. In a dry run none that changes a group; and none
 * that terminates, or asks for what a termination would run, where instances are only detached. A group's tag may ask for
 * detaching anywhere.
 */
export function functionPermissions(
  scope: Construct,
  table: ITable,
  {
    dryRun,
    groupTag,
    leaveBy,
    serveOnAtMaxSize,
  }: Pick<HandlerConfig, 'dryRun' | 'groupTag' | 'leaveBy' | 'serveOnAtMaxSize'>,
): Readonly<Record<FunctionName, PolicyStatement[]>> {
  const changeGroup = (...actions: string[]) => (dryRun ? [] : [changeOfGroups(scope, actions, groupTag)]);
  const mayTerminate = leaveBy !== 'detach';
  return {
    'describe-instance': [
      // Only DescribeAutoScalingGroups answers a group's tags.
      observe(
        'autoscaling:DescribeAutoScalingInstances',
        'autoscaling:DescribeAutoScalingGroups',
        ...(mayTerminate ? ['autoscaling:DescribeLifecycleHooks'] : []),
      ),
      useTable(table, 'dynamodb:BatchGetItem', 'dynamodb:UpdateItem'),
    ],
    'check-capacity': [
      observe('autoscaling:DescribeAutoScalingGroups', 'elasticloadbalancing:DescribeTargetHealth'),
      useTable(table, 'dynamodb:BatchGetItem', 'dynamodb:Query', 'dynamodb:UpdateItem', 'dynamodb:BatchWriteItem'),
    ],
    'set-desired-capacity': [
      observe('autoscaling:DescribeAutoScalingGroups'),
      ...changeGroup('autoscaling:SetDesiredCapacity'),
      useTable(table, 'dynamodb:UpdateItem'),
    ],
    'detach-instances': [
      observe('autoscaling:DescribeAutoScalingGroups'),
      ...changeGroup(
        'autoscaling:DetachInstances',
        ...(mayTerminate ? ['autoscaling:TerminateInstanceInAutoScalingGroup'] : []),
      ),
      ...(serveOnAtMaxSize && !dryRun ? [registerTargets(scope)] : []),
      useTable(table, 'dynamodb:BatchGetItem', 'dynamodb:UpdateItem', 'dynamodb:BatchWriteItem'),
    ],
  };
}

/** Why the functions' roles have wildcards in resources, for cdk-nag. */
export function acknowledgedWildcards(scope: Construct): Acknowledgment[] {
  return [
    {
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'The Describe calls of Auto Scaling and Elastic Load Balancing, and X-Ray, take no other resource.',
    },
    {
      id: `AwsSolutions-IAM5[Resource::${shownArn(scope, 'autoscaling', everyGroup)}]`,
      reason:
        'Which groups will be interrupted is not known here; with groupTag, a condition restricts it to groups with the tag.',
    },
    {
      id: `AwsSolutions-IAM5[Resource::${shownArn(scope, 'elasticloadbalancing', everyTargetGroup)}]`,
      reason: 'With serveOnAtMaxSize: which target groups the interrupted groups have is not known here.',
    },
  ];
}

/** As cdk-nag shows an ARN of the stack's account and region. */
export function shownArn(scope: Construct, service: string, resource: string): string {
  const { account, partition, region } = Stack.of(scope);
  const shown = (value: string, pseudoParameter: string) => (Token.isUnresolved(value) ? pseudoParameter : value);
  return [
    'arn',
    shown(partition, '<AWS::Partition>'),
    service,
    shown(region, '<AWS::Region>'),
    shown(account, '<AWS::AccountId>'),
    resource,
  ].join(':');
}

/** Calls that IAM grants for every resource or none ("Actions, resources, and condition keys", both services). */
function observe(...actions: string[]): PolicyStatement {
  return new PolicyStatement({ actions, resources: ['*'] });
}

/** Any group of this account and region, and with a tag configured only those that carry it: IAM enforces it too. */
function changeOfGroups(scope: Construct, actions: string[], groupTag: GroupTag | undefined): PolicyStatement {
  return new PolicyStatement({
    actions,
    resources: [
      Stack.of(scope).formatArn({
        service: 'autoscaling',
        resource: everyGroup,
        arnFormat: ArnFormat.NO_RESOURCE_NAME,
      }),
    ],
    ...(groupTag && {
      conditions: { StringEquals: { [`autoscaling:ResourceTag/${groupTag.key}`]: groupTag.value } },
    }),
  });
}

/** Any target group of this account and region: those of the groups are not known here. */
function registerTargets(scope: Construct): PolicyStatement {
  return new PolicyStatement({
    actions: ['elasticloadbalancing:RegisterTargets', 'elasticloadbalancing:DeregisterTargets'],
    resources: [
      Stack.of(scope).formatArn({
        service: 'elasticloadbalancing',
        resource: everyTargetGroup,
        arnFormat: ArnFormat.NO_RESOURCE_NAME,
      }),
    ],
  });
}

const everyTargetGroup = 'targetgroup/*/*';

const everyGroup = 'autoScalingGroup:*:autoScalingGroupName/*';

function useTable(table: ITable, ...actions: string[]): PolicyStatement {
  return new PolicyStatement({ actions, resources: [table.tableArn] });
}
