import { describe, expect, it } from 'vitest';
import { LocalDynamoDb } from '../../../../simulator/aws/dynamodb/dynamodb.ts';
import { Dynalite, type DynamoDbEngine } from '../../../../simulator/aws/dynamodb/engine.ts';
import { InMemoryTable } from '../../../../simulator/aws/dynamodb/in-memory-table.ts';
import type { JsonObject, JsonValue } from '../../../../simulator/json.ts';
import { busy, inVirtualTime } from '../../../../simulator/time/virtual-time.ts';

const Key = { autoScalingGroupName: { S: 'web' }, instanceId: { S: 'i-1' } };

async function tableWithKeys(): Promise<InMemoryTable> {
  const table = new InMemoryTable();
  const KeySchema = Object.keys(Key).map((AttributeName) => ({ AttributeName }));
  await call(table, 'CreateTable', { TableName: 'interruptions', KeySchema });
  return table;
}

const call = (table: InMemoryTable, action: string, parameters: JsonObject) => table.answer({ action, parameters });

/** What it answers is test/contract's. */
describe('the in-memory table', () => {
  it.each<[string, string, JsonObject, string]>([
    ['an action', 'TransactWriteItems', {}, 'does not know TransactWriteItems'],
    ['a parameter', 'Query', { FilterExpression: 'x' }, 'does not know the parameter FilterExpression'],
    ['a clause', 'UpdateItem', { Key, UpdateExpression: 'ADD raised :one' }, 'does not know "ADD" at this place'],
    ['a function', 'UpdateItem', { Key, ConditionExpression: 'begins_with(a, :b)' }, 'does not know "("'],
    ['half an expression', 'UpdateItem', { Key, ConditionExpression: 'a =' }, 'does not know "the end"'],
    ['a path into a document', 'UpdateItem', { Key, UpdateExpression: 'SET a.b = :c' }, 'does not know "."'],
  ])('refuses %s that it does not know, with an error of the program', async (_, action, parameters, message) => {
    const table = await tableWithKeys();
    await expect(call(table, action, { TableName: 'interruptions', ...parameters })).rejects.toThrow(message);
  });

  it('refuses a value that is not given, as the service does', async () => {
    const parameters = { TableName: 'interruptions', Key, UpdateExpression: 'SET a = :b' };
    const answer = await call(await tableWithKeys(), 'UpdateItem', parameters);
    expect(answer).toMatchObject({
      statusCode: 400,
      body: expect.stringContaining('not defined; attribute value: :b'),
    });
  });

  it('consumes as much capacity as dynalite, call by call', async () => {
    const [inMemory, dynalite] = [await consumedIn(new InMemoryTable()), await consumedIn(new Dynalite())];
    expect(inMemory).toEqual(dynalite);
    // The sizes are around the one at which a further unit is consumed.
    expect(new Set(inMemory.slice(0, 80).map((one) => JSON.stringify(one))).size).toBe(2);
    expect(inMemory).toHaveLength(calls.length);
  });
});

const TableName = 'interruptions';
const put = (id: string, attributes: JsonObject): JsonObject => ({
  PutRequest: { Item: { autoScalingGroupName: { S: 'web' }, instanceId: { S: id }, ...attributes } },
});
const read = (ids: readonly string[], ConsistentRead: boolean): JsonObject => {
  const Keys = ids.map((id) => ({ autoScalingGroupName: { S: 'web' }, instanceId: { S: id } }));
  return { RequestItems: { [TableName]: { Keys, ConsistentRead } } };
};
const query = (ConsistentRead: boolean): JsonObject => ({
  TableName,
  KeyConditionExpression: 'autoScalingGroupName = :group',
  ExpressionAttributeValues: { ':group': { S: 'web' } },
  ConsistentRead,
});
const update = (note: string): JsonObject => ({
  TableName,
  Key,
  UpdateExpression: 'SET note = :note',
  ExpressionAttributeValues: { ':note': { S: note } },
});

/** With numbers of each kind, and each type that the ledger uses. */
const numbers = ['0', '7', '100', '-12.5', '1780000000.123', '0.05', '1234567'];
const sized = (bytes: number): JsonObject => ({
  text: { S: 'x'.repeat(bytes) },
  list: { L: numbers.map((N) => ({ N })) },
  map: { M: { is: { BOOL: true }, none: { NULL: true } } },
});

const calls: readonly (readonly [string, JsonObject])[] = [
  // Around the size at which a further unit is consumed, byte by byte: any difference in what a value takes would show.
  ...Array.from({ length: 80 }, (_, index): [string, JsonObject] => [
    'BatchWriteItem',
    { RequestItems: { [TableName]: [put(`i-${index}`, sized(1024 - 130 + index))] } },
  ]),
  ['UpdateItem', update('x'.repeat(2500))],
  ['UpdateItem', update('shorter')],
  ['BatchGetItem', read(['i-1', 'i-2', 'i-none'], true)],
  ['BatchGetItem', read(['i-1', 'i-2', 'i-none'], false)],
  ['Query', query(true)],
  ['Query', query(false)],
];

async function consumedIn(engine: DynamoDbEngine): Promise<JsonValue[]> {
  const consumed: JsonValue[] = [];
  await inVirtualTime({ startAt: new Date('2026-01-01T00:00:00.000Z') }, async (time) => {
    const dynamoDb = new LocalDynamoDb({
      engine,
      onAnswer: (_, { body }) => void consumed.push(body.ConsumedCapacity ?? null),
    });
    const created = dynamoDb.createTable({
      tableName: TableName,
      partitionKey: 'autoScalingGroupName',
      sortKey: 'instanceId',
    });
    await time.runUntilSettled(created);
    for (const [action, parameters] of calls) {
      await time.runUntilSettled(busy(() => dynamoDb.callFromWorkflow(action, parameters)));
    }
  });
  return consumed;
}
