import { DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { LocalDynamoDb, type LocalDynamoDbOptions } from '../../../../simulator/aws/dynamodb/dynamodb.ts';
import { busy, inVirtualTime } from '../../../../simulator/time/virtual-time.ts';

const startAt = new Date('2026-01-01T00:00:00.000Z');
const item = { autoScalingGroupName: { S: 'web' }, instanceId: { S: 'i-1' } };

describe('local DynamoDB', () => {
  it('answers the SDK client without a socket', async () => {
    const count = await withTable({}, async ({ client }) => {
      await client.send(new PutItemCommand({ TableName: 'table', Item: item }));
      return (await client.send(queryWeb)).Count;
    });
    expect(count).toBe(1);
  });

  it('takes 5 ms a call', async () => {
    const elapsed = await withTable({}, async ({ client }) => {
      await client.send(queryWeb);
      return Date.now() - startAt.getTime();
    });
    expect(elapsed).toBe(5);
  });

  it('throttles as DynamoDB does', async () => {
    const query = withTable({ intercept: () => ({ kind: 'throttle' }) }, ({ client }) => client.send(queryWeb));
    await expect(query).rejects.toMatchObject({ name: 'ProvisionedThroughputExceededException' });
  });

  it('fails as DynamoDB does', async () => {
    const query = withTable({ intercept: () => ({ kind: 'internal' }) }, ({ client }) => client.send(queryWeb));
    await expect(query).rejects.toMatchObject({ name: 'InternalServerError' });
  });

  it('tells what each answered call consumed', async () => {
    const consumed: unknown[] = [];
    const onAnswer: LocalDynamoDbOptions['onAnswer'] = ({ action }, { body }) => {
      consumed.push([action, body.ConsumedCapacity]);
    };
    await withTable({ onAnswer }, async ({ client }) => {
      await client.send(new PutItemCommand({ TableName: 'table', Item: { ...item, note: { S: 'x'.repeat(1500) } } }));
      await client.send(queryWeb);
    });
    expect(consumed).toEqual([
      ['PutItem', { CapacityUnits: 2, TableName: 'table' }],
      ['Query', { CapacityUnits: 1, TableName: 'table' }],
    ]);
  });

  it('writes the item although the answer is lost', async () => {
    const items = await withTable(lostPut('timeout-after'), async ({ client, dynamoDb }) => {
      await client.send(new PutItemCommand({ TableName: 'table', Item: item })).catch(() => undefined);
      return await dynamoDb.items('table');
    });
    expect(items).toEqual([item]);
  });

  it('writes nothing when the request is lost', async () => {
    const items = await withTable(lostPut('timeout-before'), async ({ client, dynamoDb }) => {
      await client.send(new PutItemCommand({ TableName: 'table', Item: item })).catch(() => undefined);
      return await dynamoDb.items('table');
    });
    expect(items).toEqual([]);
  });

  it('names errors for the workflow as Step Functions does', async () => {
    const put = { TableName: 'table', Item: item, ConditionExpression: 'attribute_exists(instanceId)' };
    const call = withTable({}, ({ dynamoDb }) => dynamoDb.callFromWorkflow('PutItem', put));
    await expect(call).rejects.toMatchObject({ name: 'DynamoDB.ConditionalCheckFailedException' });
  });

  it('counts calls by action', async () => {
    const apiCalls = await withTable({}, async ({ client, dynamoDb }) => {
      await client.send(queryWeb);
      await dynamoDb.callFromWorkflow('PutItem', { TableName: 'table', Item: item });
      return dynamoDb.apiCalls;
    });
    expect(apiCalls).toEqual({ Query: 1, PutItem: 1 });
  });
});

const queryWeb = new QueryCommand({
  TableName: 'table',
  KeyConditionExpression: 'autoScalingGroupName = :name',
  ExpressionAttributeValues: { ':name': { S: 'web' } },
  ConsistentRead: true,
});

function lostPut(kind: 'timeout-before' | 'timeout-after'): LocalDynamoDbOptions {
  return { intercept: () => ({ kind, seconds: 2 }) };
}

function withTable<T>(
  options: LocalDynamoDbOptions,
  work: (table: { client: DynamoDBClient; dynamoDb: LocalDynamoDb }) => Promise<T>,
): Promise<T> {
  return inVirtualTime({ startAt }, async (time) => {
    const dynamoDb = new LocalDynamoDb(options);
    const schema = { tableName: 'table', partitionKey: 'autoScalingGroupName', sortKey: 'instanceId' };
    await time.runUntilSettled(dynamoDb.createTable(schema));
    const client = new DynamoDBClient({
      region: 'us-east-2',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      maxAttempts: 1,
      requestHandler: dynamoDb.requestHandler(),
    });
    // The first call of a client reads its configuration files: real work, which time has to wait for.
    return await time.runUntilSettled(busy(() => work({ client, dynamoDb })));
  });
}
