import { describe, it } from 'vitest';
import { autoScaling } from './auto-scaling.ts';
import { cloudFormation } from './cloudformation.ts';
import { dynamoDb } from './dynamodb.ts';
import { elasticLoadBalancing } from './elastic-load-balancing.ts';
import { eventBridge } from './event-bridge.ts';
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
  ['Step Functions', stepFunctions],
  ['Systems Manager', systemsManager],
])('%s answers as AWS does', (_, contracts) => {
  it.each(contracts)('$action, $when', (contract) => inContractWorld((world) => contract.check(world)));
});
