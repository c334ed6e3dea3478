import { describe, it } from 'vitest';
import { InMemoryTable } from '../../simulator/aws/dynamodb/in-memory-table.ts';
import { autoScaling } from './auto-scaling.ts';
import { cloudFormation } from './cloudformation.ts';
import { dynamoDb } from './dynamodb.ts';
import { elasticLoadBalancing } from './elastic-load-balancing.ts';
import { eventBridge } from './event-bridge.ts';
import { faultInjection } from './fault-injection.ts';
import { stepFunctions } from './step-functions.ts';
import { systemsManager } from './systems-manager.ts';
import { inContractWorld } from './world.ts';

/** To add one: a row in the service's file, with its source. */
describe.each([
  ['Auto Scaling', autoScaling],
  ['CloudFormation', cloudFormation],
  ['DynamoDB', dynamoDb],
  ['Elastic Load Balancing', elasticLoadBalancing],
  ['EventBridge', eventBridge],
  ['Fault Injection Service', faultInjection],
  ['Step Functions', stepFunctions],
  ['Systems Manager', systemsManager],
])('%s answers as AWS does', (_, contracts) => {
  it.each(contracts)('$action, $when', (contract) => inContractWorld((world) => contract.check(world)));
});

/** What the ledger has no use for, and the in-memory table refuses. */
const unknownToIt = [
  'of some of their attributes',
  'of a page',
  'of the next page',
  'with a filter, after what is read was counted',
  'that adds to a number, and to one that is not there',
];

describe('The in-memory table answers as DynamoDB does', () => {
  const rows = dynamoDb.filter(({ action, when }) => action !== 'GetItem' && !unknownToIt.includes(when));

  it.each(rows)('$action, $when', (contract) =>
    inContractWorld((world) => contract.check(world), { tableEngine: new InMemoryTable() }),
  );
});
