import { isJsonObject, type JsonObject, type JsonValue, stringAt } from '../../json.ts';
import { ConsumedCapacity } from './consumed-capacity.ts';
import type { DynamoDbCall, DynamoDbEngine } from './engine.ts';
import { type Compiled, conditionOf, updateOf } from './expressions.ts';
import type { HttpAnswer } from './http-in-process.ts';

/**
 * One table with the operations that the ledger uses, in the place of dynalite where thousands of worlds are run: a call takes
 * a twentieth of the time. The rows of test/contract/dynamodb.ts hold for both. What it does not know it refuses with an error
 * of the program.
 */
export class InMemoryTable implements DynamoDbEngine {
  /** By partition key, then by sort key. */
  readonly #partitions = new Map<string, Map<string, JsonObject>>();
  #keyNames: readonly string[] = [];
  #tableName = '';
  /** Of the call at hand, where it asks for it. */
  #consumed: ConsumedCapacity | undefined;

  async answer({ action, parameters }: DynamoDbCall): Promise<HttpAnswer> {
    const act = this.#actions[action];
    if (!act) throw new Error(`The in-memory table does not know ${action}. Teach it, or use dynalite.`);
    const { ReturnConsumedCapacity, ...others } = parameters;
    this.#consumed = ReturnConsumedCapacity === 'TOTAL' ? new ConsumedCapacity() : undefined;
    try {
      return answerOf(200, { ...act(others), ...this.#consumedBy(action) });
    } catch (error) {
      if (error instanceof Refusal) return answerOf(400, error.body);
      throw error;
    }
  }

  readonly #actions: Readonly<Record<string, (parameters: JsonObject) => JsonObject>> = {
    CreateTable: ({ TableName, KeySchema }) => {
      this.#tableName = String(TableName);
      this.#keyNames = objectsIn(KeySchema).map((key) => stringAt(key, 'AttributeName', 'A key'));
      return {};
    },
    Scan: () => ({ Items: [...this.#partitions.values()].flatMap((partition) => [...partition.values()]) }),
    PutItem: (parameters) => {
      known(parameters, ['TableName', 'Item']);
      this.#refuseOtherTables(parameters.TableName);
      this.#put(objectIn(parameters, 'Item'));
      return {};
    },
    BatchWriteItem: (parameters) => {
      known(parameters, ['RequestItems']);
      for (const request of objectsIn(this.#ofTable(parameters))) {
        known(request, ['PutRequest']);
        this.#put(objectIn(objectIn(request, 'PutRequest'), 'Item'));
      }
      return { UnprocessedItems: {} };
    },
    BatchGetItem: (parameters) => {
      known(parameters, ['RequestItems']);
      const request = this.#ofTable(parameters);
      known(request, ['Keys', 'ConsistentRead']);
      const keys = objectsIn(isJsonObject(request) ? request.Keys : []);
      if (new Set(keys.map((key) => this.#keyOf(key).join())).size < keys.length) {
        throw validation('Provided list of item keys contains duplicates');
      }
      const found = inAnyOrder(keys.map((key) => this.#at(key)));
      const consistent = isJsonObject(request) ? request.ConsistentRead : undefined;
      for (const item of found) this.#consumed?.read([item], consistent);
      return { Responses: { [this.#tableName]: found.filter(isJsonObject) }, UnprocessedKeys: {} };
    },
    Query: (parameters) => this.#query(parameters),
    UpdateItem: (parameters) => this.#update(parameters),
  };

  #query(parameters: JsonObject): JsonObject {
    known(parameters, ['TableName', 'KeyConditionExpression', 'ExpressionAttributeValues', 'ConsistentRead']);
    this.#refuseOtherTables(parameters.TableName);
    const holds = conditionOf(stringAt(parameters, 'KeyConditionExpression', 'A Query'));
    refuseUnused(parameters, [holds]);
    const scope = scopeOf(parameters);
    const [partitionKey = ''] = this.#keyNames;
    const partition = [...this.#partitions].find(([key]) => {
      return holds.evaluate({ ...scope, item: { [partitionKey]: { S: key } } });
    });
    const Items = [...(partition?.[1] ?? [])]
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([, item]) => item);
    this.#consumed?.read(Items, parameters.ConsistentRead);
    return { Items, Count: Items.length, ScannedCount: Items.length };
  }

  #update(parameters: JsonObject): JsonObject {
    known(parameters, updateParameters);
    this.#refuseOtherTables(parameters.TableName);
    const key = objectIn(parameters, 'Key');
    const item = this.#at(key);
    const scope = { ...scopeOf(parameters), item };
    const condition = expressionAt(parameters, 'ConditionExpression', conditionOf);
    const update = expressionAt(parameters, 'UpdateExpression', updateOf);
    refuseUnused(parameters, [condition, update]);
    if (condition?.evaluate(scope) === false) {
      throw new Refusal(`${dynamoDb}#ConditionalCheckFailedException`, 'The conditional request failed');
    }
    const before = item ?? key;
    const updated = update?.evaluate({ ...scope, item: before }) ?? before;
    this.#put(updated);
    if (parameters.ReturnValues === undefined) return {};
    if (parameters.ReturnValues === 'ALL_NEW') return { Attributes: updated };
    throw new Error(`The in-memory table does not know ReturnValues ${JSON.stringify(parameters.ReturnValues)}.`);
  }

  #consumedBy(action: string): JsonObject {
    if (this.#consumed === undefined) return {};
    const consumed = { TableName: this.#tableName, CapacityUnits: this.#consumed.units };
    return { ConsumedCapacity: action.startsWith('Batch') ? [consumed] : consumed };
  }

  #at(key: JsonObject): JsonObject | undefined {
    const [partition, sort] = this.#keyOf(key);
    return this.#partitions.get(partition)?.get(sort);
  }

  #put(item: JsonObject): void {
    const [partition, sort] = this.#keyOf(item);
    const items = this.#partitions.get(partition) ?? new Map<string, JsonObject>();
    this.#consumed?.wrote(items.get(sort), item);
    this.#partitions.set(partition, items.set(sort, item));
  }

  #keyOf(item: JsonObject): [string, string] {
    const [partition, sort] = this.#keyNames.map((name) => stringAt(item[name], 'S', `The key ${name}`));
    if (partition === undefined || sort === undefined) throw new Error('The in-memory table was not created.');
    return [partition, sort];
  }

  #ofTable(parameters: JsonObject): JsonValue | undefined {
    const requests = objectIn(parameters, 'RequestItems');
    for (const tableName of Object.keys(requests)) this.#refuseOtherTables(tableName);
    return requests[this.#tableName];
  }

  #refuseOtherTables(tableName: JsonValue | undefined): void {
    if (tableName === this.#tableName) return;
    throw new Refusal(`${dynamoDb}#ResourceNotFoundException`, 'Requested resource not found');
  }
}

const dynamoDb = 'com.amazonaws.dynamodb.v20120810';

const updateParameters = [
  'TableName',
  'Key',
  'UpdateExpression',
  'ConditionExpression',
  'ExpressionAttributeNames',
  'ExpressionAttributeValues',
  'ReturnValues',
];

function answerOf(statusCode: number, body: JsonObject): HttpAnswer {
  return { statusCode, headers: { 'content-type': 'application/x-amz-json-1.0' }, body: JSON.stringify(body) };
}

/** What the service answers with an error. */
class Refusal extends Error {
  readonly body: JsonObject;

  constructor(type: string, message: string) {
    super(message);
    this.body = { __type: type, message };
  }
}

function known(parameters: unknown, names: readonly string[]): void {
  const unknown = Object.keys(isJsonObject(parameters) ? parameters : {}).filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    throw new Error(
      `The in-memory table does not know the parameter ${unknown.join(', ')}. Teach it, or use dynalite.`,
    );
  }
}

function scopeOf(parameters: JsonObject) {
  const { ExpressionAttributeNames, ExpressionAttributeValues } = parameters;
  return {
    names: isJsonObject(ExpressionAttributeNames) ? ExpressionAttributeNames : {},
    values: isJsonObject(ExpressionAttributeValues) ? ExpressionAttributeValues : {},
  };
}

function expressionAt<T>(
  parameters: JsonObject,
  name: string,
  compile: (text: string) => Compiled<T>,
): Compiled<T> | undefined {
  return parameters[name] === undefined ? undefined : compile(stringAt(parameters, name, 'The call'));
}

function refuseUnused(parameters: JsonObject, expressions: readonly (Compiled<unknown> | undefined)[]): void {
  const { values } = scopeOf(parameters);
  const unused = Object.keys(values).filter((name) => !expressions.some((expression) => expression?.uses.has(name)));
  const undefinedOnes = expressions
    .flatMap((one) => [...(one?.uses ?? [])])
    .filter((name) => values[name] === undefined);
  if (unused.length > 0)
    throw validation(`Value provided in ExpressionAttributeValues unused in expressions: keys: {${unused.join(', ')}}`);
  if (undefinedOnes.length > 0)
    throw validation(
      `An expression attribute value used in expression is not defined; attribute value: ${undefinedOnes[0]}`,
    );
}

function validation(message: string): Refusal {
  return new Refusal('com.amazon.coral.validate#ValidationException', message);
}

function objectIn(value: JsonObject, name: string): JsonObject {
  const member = value[name];
  if (isJsonObject(member)) return member;
  throw new Error(`The in-memory table needs an object ${name}, not ${JSON.stringify(member)}.`);
}

function objectsIn(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** A batch's answer is in no order, on AWS as in dynalite, which shuffles it in just this way. */
function inAnyOrder<T>(items: readonly (T | undefined)[]): (T | undefined)[] {
  const shuffled = [...items];
  for (let last = shuffled.length - 1; last >= 1; last -= 1) {
    const other = Math.floor(Math.random() * (last + 1));
    [shuffled[last], shuffled[other]] = [shuffled[other], shuffled[last]];
  }
  return shuffled;
}
