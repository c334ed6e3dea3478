import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { FunctionName } from '../functions/shared/contract.ts';
import type { GroupTag } from './config.ts';

/** The calls that each function makes, besides writing its own log and traces. */
export function functionPermissions(
  scope: Construct,
  table: ITable,
  groupTag: GroupTag | undefined,
): Readonly<Record<FunctionName, PolicyStatement[]>> {
  const changeGroup = (action: string) => changeOfGroups(scope, action, groupTag);
  return {
    'describe-instance': [
      observe('autoscaling:DescribeAutoScalingInstances'),
      // Only DescribeAutoScalingGroups answers a group's tags.
      ...(groupTag ? [observe('autoscaling:DescribeAutoScalingGroups')] : []),
    ],
    'check-capacity': [
      observe('autoscaling:DescribeAutoScalingGroups', 'elasticloadbalancing:DescribeTargetHealth'),
      useTable(table, 'dynamodb:Query'),
    ],
    'set-desired-capacity': [
      observe('autoscaling:DescribeAutoScalingGroups'),
      changeGroup('autoscaling:SetDesiredCapacity'),
      useTable(table, 'dynamodb:Query', 'dynamodb:UpdateItem'),
    ],
    'detach-instances': [
      observe('autoscaling:DescribeAutoScalingGroups'),
      changeGroup('autoscaling:DetachInstances'),
      // For the raise of an instance that somebody else took away.
      changeGroup('autoscaling:SetDesiredCapacity'),
      useTable(table, 'dynamodb:Query', 'dynamodb:UpdateItem'),
    ],
  };
}

/** Calls that IAM grants for every resource or none ("Actions, resources, and condition keys", both services). */
function observe(...actions: string[]): PolicyStatement {
  return new PolicyStatement({ actions, resources: ['*'] });
}

/** Any group of this account and region, and with a tag configured only those that carry it: IAM enforces it too. */
function changeOfGroups(scope: Construct, action: string, groupTag: GroupTag | undefined): PolicyStatement {
  return new PolicyStatement({
    actions: [action],
    resources: [
      Stack.of(scope).formatArn({
        service: 'autoscaling',
        resource: 'autoScalingGroup',
        resourceName: '*:autoScalingGroupName/*',
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
    ],
    ...(groupTag && {
      conditions: { StringEquals: { [`autoscaling:ResourceTag/${groupTag.key}`]: groupTag.value } },
    }),
  });
}

function useTable(table: ITable, ...actions: string[]): PolicyStatement {
  return new PolicyStatement({ actions, resources: [table.tableArn] });
}
