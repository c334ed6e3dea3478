import { describe, expect, it } from 'vitest';
import { InMemoryTable } from '../../../../simulator/aws/dynamodb/in-memory-table.ts';
import type { JsonObject } from '../../../../simulator/json.ts';

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
});
