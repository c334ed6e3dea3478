import { type Acknowledgment, ArnFormat, Stack, Token } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { FunctionName } from '../functions/shared/contract.ts';
import type { GroupTag, HandlerConfig } from './config.ts';

/**
 * The calls that each function makes, besides writing its own log and traces. In a dry run none that changes a group; and none
 * that terminates, or asks for what a termination would run, where instances are only detached. A group's tag may ask for
 * detaching anywhere.
 */
export function functionPermissions(
  scope: Construct,
  table: ITable,
  { dryRun, groupTag, leaveBy }: Pick<HandlerConfig, 'dryRun' | 'groupTag' | 'leaveBy'>,
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
      useTable(table, 'dynamodb:BatchGetItem', 'dynamodb:UpdateItem', 'dynamodb:BatchWriteItem'),
    ],
  };
}

/** Why the functions' roles have wildcards in resources, for cdk-nag. */
export function acknowledgedWildcards(scope: Construct): Acknowledgment[] {
  const { account, partition, region } = Stack.of(scope);
  const shown = (value: string, pseudoParameter: string) => (Token.isUnresolved(value) ? pseudoParameter : value);
  const groups = [
    'arn',
    shown(partition, '<AWS::Partition>'),
    'autoscaling',
    shown(region, '<AWS::Region>'),
    shown(account, '<AWS::AccountId>'),
    everyGroup,
  ].join(':');
  return [
    {
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'The Describe calls of Auto Scaling and Elastic Load Balancing, and X-Ray, take no other resource.',
    },
    {
      id: `AwsSolutions-IAM5[Resource::${groups}]`,
      reason:
        'Which groups will be interrupted is not known here; with groupTag, a condition restricts it to groups with the tag.',
    },
  ];
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

const everyGroup = 'autoScalingGroup:*:autoScalingGroupName/*';

function useTable(table: ITable, ...actions: string[]): PolicyStatement {
  return new PolicyStatement({ actions, resources: [table.tableArn] });
}
