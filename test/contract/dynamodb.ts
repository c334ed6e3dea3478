import {
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  BatchWriteItemCommand,
  type BatchWriteItemCommandInput,
  GetItemCommand,
  type GetItemCommandInput,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { expect } from 'vitest';
import { type Contract, contracts, type Given } from './contract.ts';
import { table } from './world.ts';

const reference = 'https://docs.aws.amazon.com/amazondynamodb/latest/APIReference';
const guide = 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide';
const examples = 'https://github.com/boto/botocore/blob/develop/botocore/data/dynamodb/2012-08-10/examples-1.json';

const TableName = table.tableName;
const key = (instanceId: string) => ({ autoScalingGroupName: { S: 'web' }, instanceId: { S: instanceId } });

const getItem = contracts(
  'GetItem',
  ({ dynamoDb }, request: GetItemCommandInput) => dynamoDb.send(new GetItemCommand(request)),
  [
    {
      when: 'of an item that is there',
      given: [item('i-1', { raised: { N: '2' } })],
      request: { TableName, Key: key('i-1'), ConsistentRead: true },
      answer: { Item: { ...key('i-1'), raised: { N: '2' } } },
      source: `${examples}#to-read-an-item-from-a-table-1475884258350`,
    },
    {
      when: 'of an item that is not there',
      request: { TableName, Key: key('i-1') },
      answer: expect.not.objectContaining({ Item: expect.anything() }),
      source: `${reference}/API_GetItem.html`,
    },
    {
      when: 'from a table that does not exist',
      request: { TableName: 'nobody', Key: key('i-1') },
      error: { name: 'ResourceNotFoundException', message: 'Requested resource not found' },
      source: `${guide}/Programming.Errors.html`,
    },
    {
      when: 'by half of the key',
      request: { TableName, Key: { autoScalingGroupName: { S: 'web' } } },
      error: { name: 'ValidationException', message: 'The provided key element does not match the schema' },
      source: `${guide}/Programming.Errors.html`,
    },
  ],
);

const batchGetItem = contracts(
  'BatchGetItem',
  ({ dynamoDb }, request: BatchGetItemCommandInput) => dynamoDb.send(new BatchGetItemCommand(request)),
  [
    {
      when: 'of items that are there and one that is not',
      given: [item('i-1', { left: { BOOL: true } })],
      request: { RequestItems: { [TableName]: { Keys: [key('i-1'), key('i-2')], ConsistentRead: true } } },
      answer: { Responses: { [TableName]: [{ ...key('i-1'), left: { BOOL: true } }] }, UnprocessedKeys: {} },
      source: `${reference}/API_BatchGetItem.html`,
    },
    {
      when: 'of some of their attributes',
      given: [item('i-1', { left: { BOOL: true }, weight: { N: '3' } })],
      request: { RequestItems: { [TableName]: { Keys: [key('i-1')], ProjectionExpression: 'weight' } } },
      answer: { Responses: { [TableName]: [{ weight: { N: '3' } }] } },
      source: `${examples}#to-retrieve-multiple-items-from-a-table-1476118438992`,
    },
    {
      when: 'of one item twice',
      request: { RequestItems: { [TableName]: { Keys: [key('i-1'), key('i-1')] } } },
      error: { name: 'ValidationException', message: 'Provided list of item keys contains duplicates' },
      source: `${reference}/API_BatchGetItem.html`,
    },
    ...refusals({ RequestItems: { [TableName]: { Keys: [key('i-1')] } } }),
  ],
);

const batchWriteItem = contracts(
  'BatchWriteItem',
  ({ dynamoDb }, request: BatchWriteItemCommandInput) => dynamoDb.send(new BatchWriteItemCommand(request)),
  [
    {
      when: 'of an item that is there and one that is not',
      given: [item('i-1', { left: { BOOL: true } })],
      request: {
        RequestItems: {
          [TableName]: [{ PutRequest: { Item: key('i-1') } }, { PutRequest: { Item: key('i-2') } }],
        },
      },
      answer: { UnprocessedItems: {} },
      source: `${reference}/API_BatchWriteItem.html`,
    },
    ...refusals({ RequestItems: { [TableName]: [{ PutRequest: { Item: key('i-1') } }] } }),
  ],
);

const ofGroup = {
  TableName,
  KeyConditionExpression: 'autoScalingGroupName = :group',
  ExpressionAttributeValues: { ':group': { S: 'web' } },
  ConsistentRead: true,
};

const query = contracts(
  'Query',
  ({ dynamoDb }, request: QueryCommandInput) => dynamoDb.send(new QueryCommand(request)),
  [
    {
      when: 'of a partition, in the order of the sort key',
      given: [item('i-2'), item('i-1'), item('#lease')],
      request: ofGroup,
      answer: { Count: 3, ScannedCount: 3, Items: [key('#lease'), key('i-1'), key('i-2')] },
      source: `${guide}/Query.KeyConditionExpressions.html`,
    },
    {
      when: 'of a partition without items',
      request: ofGroup,
      answer: { Count: 0, Items: [] },
      source: `${reference}/API_Query.html`,
    },
    {
      when: 'of a page',
      given: [item('i-1'), item('i-2')],
      request: { ...ofGroup, Limit: 1 },
      answer: { Items: [key('i-1')], LastEvaluatedKey: key('i-1') },
      source: `${guide}/Query.Pagination.html`,
    },
    {
      when: 'of the next page',
      given: [item('i-1'), item('i-2')],
      request: { ...ofGroup, ExclusiveStartKey: key('i-1') },
      answer: { Items: [key('i-2')] },
      source: `${guide}/Query.Pagination.html`,
    },
    {
      when: 'with a filter, after what is read was counted',
      given: [item('i-1', { left: { BOOL: true } }), item('i-2')],
      request: {
        ...ofGroup,
        FilterExpression: 'attribute_not_exists(#left)',
        ExpressionAttributeNames: { '#left': 'left' },
      },
      answer: { Count: 1, ScannedCount: 2, Items: [key('i-2')] },
      source: `${guide}/Query.FilterExpression.html`,
    },
    ...refusals(ofGroup),
  ],
);

const leaseIsFree =
  '(attribute_not_exists(version) OR version = :version) AND attribute_not_exists(pending) AND ' +
  '(attribute_not_exists(holder) OR holder = :me OR heldUntil < :now)';

const leaseValues = { ':me': { S: 'me' }, ':version': { N: '3' }, ':now': { N: '100' } };

const updateItem = contracts(
  'UpdateItem',
  ({ dynamoDb }, request: UpdateItemCommandInput) => dynamoDb.send(new UpdateItemCommand(request)),
  [
    {
      when: 'of an item that is not there, which makes it',
      request: update('SET raised = :one', { ':one': { N: '1' } }, { ReturnValues: 'ALL_NEW' }),
      answer: { Attributes: { ...key('i-1'), raised: { N: '1' } } },
      source: `${reference}/API_UpdateItem.html`,
    },
    {
      when: 'of attributes that are reserved words, by other names',
      given: [item('i-1', { year: { N: '2025' } })],
      request: update(
        'SET #Y = :y',
        { ':y': { N: '2026' } },
        { ExpressionAttributeNames: { '#Y': 'year' }, ReturnValues: 'ALL_NEW' },
      ),
      answer: { Attributes: { year: { N: '2026' } } },
      source: `${examples}#to-update-an-item-in-a-table-1476118250055`,
    },
    {
      when: 'that adds to a number, and to one that is not there',
      given: [item('i-1', { raised: { N: '2' } })],
      request: update('ADD raised :one, looks :one', { ':one': { N: '1' } }, { ReturnValues: 'UPDATED_NEW' }),
      answer: { Attributes: { raised: { N: '3' }, looks: { N: '1' } } },
      source: `${guide}/Expressions.UpdateExpressions.html`,
    },
    {
      when: 'that removes an attribute',
      given: [item('i-1', { pendingTo: { N: '2' } })],
      request: update('REMOVE pendingTo', undefined, { ReturnValues: 'ALL_NEW' }),
      answer: { Attributes: key('i-1') },
      source: `${guide}/Expressions.UpdateExpressions.html`,
    },
    {
      when: 'that sets and removes at once, in the order of the attributes that are there',
      given: [item('i-1', { look: { S: 'old' }, lookingUntil: { N: '2' }, known: { N: '1' } })],
      request: update(
        'SET look = :new, version = :one REMOVE lookingUntil, pending',
        { ':new': { S: 'new' }, ':one': { N: '1' } },
        { ReturnValues: 'ALL_NEW' },
      ),
      answer: { Attributes: { ...key('i-1'), look: { S: 'new' }, known: { N: '1' }, version: { N: '1' } } },
      source: `${guide}/Expressions.UpdateExpressions.html`,
    },
    {
      when: 'that keeps what is there',
      given: [item('i-1', { raised: { N: '2' } })],
      request: update(
        'SET raised = if_not_exists(raised, :zero), known = if_not_exists(known, :zero)',
        { ':zero': { N: '0' } },
        { ReturnValues: 'ALL_NEW' },
      ),
      answer: { Attributes: { raised: { N: '2' }, known: { N: '0' } } },
      source: `${guide}/Expressions.UpdateExpressions.html`,
    },
    {
      when: 'whose condition holds',
      given: [item('i-1', { holder: { S: 'me' } })],
      request: update(
        'SET raised = :one',
        { ':one': { N: '1' }, ':me': { S: 'me' } },
        { ConditionExpression: 'holder = :me' },
      ),
      answer: { $metadata: { httpStatusCode: 200 } },
      source: `${guide}/Expressions.ConditionExpressions.html`,
    },
    {
      when: 'whose condition does not hold',
      given: [item('i-1', { holder: { S: 'you' } })],
      request: update(
        'SET raised = :one',
        { ':one': { N: '1' }, ':me': { S: 'me' } },
        { ConditionExpression: 'holder = :me' },
      ),
      error: { name: 'ConditionalCheckFailedException', message: 'The conditional request failed' },
      source: `${guide}/Expressions.ConditionExpressions.html`,
    },
    {
      when: 'on the condition that it is not there, or expired',
      given: [item('i-1', { expiresAt: { N: '100' } })],
      request: update(
        'SET holder = :me',
        { ':me': { S: 'me' }, ':now': { N: '101' } },
        { ConditionExpression: 'attribute_not_exists(instanceId) OR expiresAt < :now' },
      ),
      answer: { $metadata: { httpStatusCode: 200 } },
      source: `${guide}/Expressions.OperatorsAndFunctions.html`,
    },
    {
      when: 'on a condition of several parts, of which numbers are compared as numbers',
      given: [item('i-1', { version: { N: '3' }, holder: { S: 'you' }, heldUntil: { N: '99' } })],
      request: update('SET holder = :me', leaseValues, { ConditionExpression: leaseIsFree }),
      answer: { $metadata: { httpStatusCode: 200 } },
      source: `${guide}/Expressions.OperatorsAndFunctions.html`,
    },
    {
      when: 'on a condition of several parts, one of which does not hold',
      given: [item('i-1', { version: { N: '3' }, pending: { S: '{}' } })],
      request: update('SET holder = :me', leaseValues, { ConditionExpression: leaseIsFree }),
      error: { name: 'ConditionalCheckFailedException', message: 'The conditional request failed' },
      source: `${guide}/Expressions.OperatorsAndFunctions.html`,
    },
    {
      when: 'on the condition that an attribute is there',
      given: [item('i-1', { releasedAt: { S: 'now' } })],
      request: update(
        'SET holder = :me',
        { ':me': { S: 'me' } },
        { ConditionExpression: 'NOT attribute_not_exists(releasedAt) AND attribute_exists(releasedAt)' },
      ),
      answer: { $metadata: { httpStatusCode: 200 } },
      source: `${guide}/Expressions.OperatorsAndFunctions.html`,
    },
    {
      when: 'on a condition about an attribute that is not there',
      request: update('SET holder = :me', { ':me': { S: 'me' } }, { ConditionExpression: 'holder <> :me' }),
      answer: { $metadata: { httpStatusCode: 200 } },
      source: `${guide}/Expressions.OperatorsAndFunctions.html`,
    },
    {
      when: 'on a condition about one of several values',
      given: [item('i-1', { holder: { S: 'you' } })],
      request: update(
        'SET raised = :one',
        { ':one': { N: '1' }, ':me': { S: 'me' }, ':us': { S: 'us' } },
        { ConditionExpression: 'holder IN (:me, :us)' },
      ),
      error: { name: 'ConditionalCheckFailedException', message: 'The conditional request failed' },
      source: `${guide}/Expressions.OperatorsAndFunctions.html`,
    },
    {
      when: 'with a value that its expressions do not use',
      request: update('SET raised = :one', { ':one': { N: '1' }, ':two': { N: '2' } }),
      error: {
        name: 'ValidationException',
        message: /^Value provided in ExpressionAttributeValues unused in expressions: keys: \{:two\}$/,
      },
      source: `${guide}/Expressions.ExpressionAttributeValues.html`,
    },
    ...refusals(update('SET raised = :one', { ':one': { N: '1' } })),
  ],
);

export const dynamoDb: readonly Contract[] = [...getItem, ...batchGetItem, ...batchWriteItem, ...query, ...updateItem];

/** What each of them answers where the table is asked for too much, and where DynamoDB fails. */
function refusals<Request>(request: Request) {
  const source = `${guide}/Programming.Errors.html` as const;
  const given = (kind: 'throttle' | 'internal'): Given[] => [
    ({ setTableIntercept }) => setTableIntercept(() => ({ kind })),
  ];
  const exceeded = /^The level of configured provisioned throughput for the table was exceeded/;
  return [
    {
      when: 'throttled',
      given: given('throttle'),
      request,
      error: { name: 'ProvisionedThroughputExceededException', message: exceeded },
      source,
    },
    {
      when: 'while DynamoDB fails',
      given: given('internal'),
      request,
      error: { name: 'InternalServerError', message: 'Internal server error', status: 500 },
      source,
    },
  ];
}

type Attributes = NonNullable<UpdateItemCommandInput['ExpressionAttributeValues']>;

function item(instanceId: string, attributes: Attributes = {}): Given {
  const put = { TableName, Item: { ...key(instanceId), ...attributes } };
  return ({ dynamoDb }) => dynamoDb.send(new PutItemCommand(put));
}

function update(
  UpdateExpression: string,
  ExpressionAttributeValues: Attributes | undefined,
  rest: Partial<UpdateItemCommandInput> = {},
): UpdateItemCommandInput {
  return { TableName, Key: key('i-1'), UpdateExpression, ExpressionAttributeValues, ...rest };
}
