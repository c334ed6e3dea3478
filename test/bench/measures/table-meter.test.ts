import {
  BatchGetItemCommand,
  DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { Bill } from '../../../bench/measures/bill.ts';
import { TableMeter } from '../../../bench/measures/table-meter.ts';
import { LocalDynamoDb } from '../../../simulator/aws/dynamodb/dynamodb.ts';
import { busy, inVirtualTime, sleep } from '../../../simulator/time/virtual-time.ts';

const table = 'interruptions';
const key = (number: number) => ({ autoScalingGroupName: { S: 'web' }, instanceId: { S: `i-${number}` } });

test('an update writes a unit for each KB of its item', async () => {
  expect(await unitsOf((client) => update(client, 1, 1500))).toEqual({ reads: 0, writes: 2 });
});

test('a condition that is refused writes the item, too', async () => {
  const units = await unitsOf(async (client) => {
    await update(client, 1, 1500);
    await update(client, 1, 1, 'attribute_not_exists(instanceId)').catch(() => undefined);
  });
  expect(units.writes).toBe(4);
});

test('a condition that is refused without an item writes one unit', async () => {
  const refused = (client: DynamoDBClient) =>
    update(client, 1, 1, 'attribute_exists(instanceId)').catch(() => undefined);
  expect((await unitsOf(refused)).writes).toBe(1);
});

test.each([
  ['a strongly consistent query by what it reads', query(true), 3],
  ['an eventually consistent query by half of that', query(false), 1.5],
  ['an item that is read strongly consistently', get(true), 1],
  ['an item that is not', get(false), 0.5],
  ['a batch item by item', batch([0, 1, 2]), 1.5],
  ['a query that finds nothing', query(true, 'nobody'), 1],
])('counts %s', async (_, read, units) => {
  const before = await unitsOf(fill);
  const all = await unitsOf(async (client) => {
    await fill(client);
    await read(client);
  });
  expect(all.reads - before.reads).toBe(units);
});

test('counts together what comes within one second', async () => {
  const { meter } = await metered(async (client) => {
    for (const seconds of [0.9, 0.9, 5]) {
      await update(client, 1, 10);
      await sleep(seconds * 1000);
    }
  });
  expect(meter.peakWriteUnits).toBe(2);
});

test('a transaction writes two units for each item', () => {
  const bill = new Bill();
  const TransactItems = [{ Update: { Key: key(1) } }, { Put: { Item: key(2) } }];
  const call = { service: 'dynamodb', action: 'TransactWriteItems', parameters: { TransactItems } } as const;
  new TableMeter(bill).answered(call, { statusCode: 200, body: {} });
  expect(bill.usage(0).tableWrites).toBe(4);
});

async function fill(client: DynamoDBClient): Promise<void> {
  for (let number = 0; number < 10; number += 1) await update(client, number, 1000);
}

function update(client: DynamoDBClient, number: number, bytes: number, condition?: string) {
  return client.send(
    new UpdateItemCommand({
      TableName: table,
      Key: key(number),
      UpdateExpression: 'SET note = :note',
      ExpressionAttributeValues: { ':note': { S: 'x'.repeat(bytes) } },
      ...(condition && { ConditionExpression: condition }),
    }),
  );
}

function query(ConsistentRead: boolean, group = 'web') {
  return (client: DynamoDBClient) =>
    client.send(
      new QueryCommand({
        TableName: table,
        ConsistentRead,
        KeyConditionExpression: 'autoScalingGroupName = :group',
        ExpressionAttributeValues: { ':group': { S: group } },
      }),
    );
}

function get(ConsistentRead: boolean) {
  return (client: DynamoDBClient) => client.send(new GetItemCommand({ TableName: table, Key: key(1), ConsistentRead }));
}

function batch(numbers: readonly number[]) {
  return (client: DynamoDBClient) =>
    client.send(new BatchGetItemCommand({ RequestItems: { [table]: { Keys: numbers.map(key) } } }));
}

async function unitsOf(work: (client: DynamoDBClient) => Promise<unknown>) {
  const { bill } = await metered(work);
  const { tableReads, tableWrites } = bill.usage(0);
  return { reads: tableReads, writes: tableWrites };
}

function metered(work: (client: DynamoDBClient) => Promise<unknown>): Promise<{ bill: Bill; meter: TableMeter }> {
  const bill = new Bill();
  const meter = new TableMeter(bill);
  return inVirtualTime({ startAt: new Date('2026-01-01T00:00:00Z') }, async (time) => {
    const dynamoDb = new LocalDynamoDb({ onAnswer: (call, answer) => meter.answered(call, answer) });
    const schema = { tableName: table, partitionKey: 'autoScalingGroupName', sortKey: 'instanceId' };
    await time.runUntilSettled(dynamoDb.createTable(schema));
    const client = new DynamoDBClient({
      region: 'us-east-2',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      requestHandler: dynamoDb.requestHandler(),
    });
    await time.runUntilSettled(busy(() => work(client)));
    return { bill, meter };
  });
}
