import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, type ITable, Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct, IConstruct } from 'constructs';
import { acknowledge } from './acknowledge.ts';

/**
 * Which instances are interrupted, and each group's ledger. Its items matter for minutes and expire by `expiresAt` (epoch
 * seconds): on demand, since it is idle between interruptions, and deleted with the stack.
 */
export function createInterruptionTable(scope: Construct, id: string): ITable {
  const table: IConstruct = new Table(scope, id, {
    partitionKey: { name: 'autoScalingGroupName', type: AttributeType.STRING },
    sortKey: { name: 'instanceId', type: AttributeType.STRING },
    timeToLiveAttribute: 'expiresAt',
    billingMode: BillingMode.PAY_PER_REQUEST,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  acknowledge(table, {
    id: 'AwsSolutions-DDB3',
    reason:
      'Its items matter for minutes and expire within about an hour: there is nothing to be restored to a point in time.',
  });
  if (!isTable(table)) throw new Error(`${table.node.path} is not a table.`);
  return table;
}

/** Table declares `tableStreamArn: string | undefined` and ITable `?: string`, which exact optional types tell apart. */
function isTable(construct: IConstruct): construct is ITable {
  return construct instanceof Table;
}
