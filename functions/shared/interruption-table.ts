import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { InterruptionTableUnavailable } from './errors.ts';

/** Sort key of the item that is a group's lease; every other item of a group is an interrupted instance. */
export const leaseKey = '#lease';

/** What the table holds of one group. */
export interface GroupRecords {
  /** By instance id: who is interrupted. */
  readonly interruptions: ReadonlyMap<string, InterruptionRecord>;
  readonly lease: LeaseRecord;
}

export interface InterruptionRecord {
  /** The DesiredCapacity that this instance's raise led to; absent where it has none that is to be taken back. */
  readonly raisedTo?: number;
  /** Its raise was taken back. */
  readonly takenBack: boolean;
  /** It is being detached without a decrement, so that the group launches another instead. */
  readonly givingWay: boolean;
}

export interface LeaseRecord {
  /** A change of DesiredCapacity that was begun, and whose outcome nobody has noted yet. */
  readonly pendingChange?: PendingChange;
  /** When DesiredCapacity was last changed under the lease, in epoch milliseconds. */
  readonly changedAtMilliseconds?: number;
  /** What DesiredCapacity was after that change; absent while that is not known. */
  readonly settledDesiredCapacity?: number;
}

export interface PendingChange {
  readonly instanceId: string;
  readonly from: number;
  readonly to: number;
}

/** One of the group's items, changed under a condition. */
export interface Update {
  readonly instanceId: string;
  readonly update: string;
  readonly condition: string;
  readonly values: Readonly<Record<string, string | number | boolean>>;
}

/**
 * The one table: who is interrupted, and each group's lease.
 * All methods throw `InterruptionTableUnavailable` when DynamoDB does not answer as asked.
 */
export class InterruptionTable {
  readonly #dynamoDb: DynamoDBClient;
  readonly #tableName: string;

  constructor(dynamoDb: DynamoDBClient, tableName: string) {
    this.#dynamoDb = dynamoDb;
    this.#tableName = tableName;
  }

  /** All of a group's items, strongly consistent: the set of the interrupted has to be complete. */
  async read(autoScalingGroupName: string): Promise<GroupRecords> {
    const items: Item[] = [];
    let startKey: Item | undefined;
    do {
      const page = await this.#reach(
        this.#dynamoDb.send(
          new QueryCommand({
            TableName: this.#tableName,
            ConsistentRead: true,
            KeyConditionExpression: 'autoScalingGroupName = :group',
            ExpressionAttributeValues: { ':group': { S: autoScalingGroupName } },
            ExclusiveStartKey: startKey,
          }),
        ),
      );
      items.push(...(page.Items ?? []));
      startKey = page.LastEvaluatedKey;
    } while (startKey);
    return recordsOf(items, Date.now() / 1000);
  }

  /** @returns whether the condition held, and so whether the item was changed. */
  async update(autoScalingGroupName: string, change: Update): Promise<boolean> {
    const sent = this.#dynamoDb.send(
      new UpdateItemCommand({
        TableName: this.#tableName,
        Key: { autoScalingGroupName: { S: autoScalingGroupName }, instanceId: { S: change.instanceId } },
        UpdateExpression: change.update,
        ConditionExpression: change.condition,
        ExpressionAttributeValues: Object.fromEntries(
          Object.entries(change.values).map(([name, value]) => [name, attributeValue(value)]),
        ),
      }),
    );
    return this.#reach(
      sent.then(
        () => true,
        (error: unknown) => {
          if (error instanceof ConditionalCheckFailedException) return false;
          throw error;
        },
      ),
    );
  }

  async #reach<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      throw new InterruptionTableUnavailable(`The table ${this.#tableName} could not be used: ${error}`, {
        cause: error,
      });
    }
  }
}

type Item = Record<string, AttributeValue>;

/** An expired record that DynamoDB has not deleted yet is not there any more; nor is a raise that is as old. */
export function recordsOf(items: readonly Item[], nowSeconds: number): GroupRecords {
  const lease = items.find((item) => item.instanceId?.S === leaseKey) ?? {};
  const interruptions = items.filter(
    (item) => item.instanceId?.S !== leaseKey && (number(item, 'expiresAt') ?? 0) > nowSeconds,
  );
  return {
    interruptions: new Map(
      interruptions.map((item) => [item.instanceId?.S ?? '', interruptionRecord(item, nowSeconds)]),
    ),
    lease: leaseRecord(lease),
  };
}

function interruptionRecord(item: Item, nowSeconds: number): InterruptionRecord {
  const raisedTo = number(item, 'raisedTo');
  const raiseIsCurrent = (number(item, 'raiseExpiresAt') ?? 0) > nowSeconds;
  return {
    ...(raisedTo !== undefined && raiseIsCurrent && { raisedTo }),
    takenBack: item.takenBack?.BOOL ?? false,
    givingWay: item.givingWay?.BOOL ?? false,
  };
}

function leaseRecord(item: Item): LeaseRecord {
  const instanceId = item.pendingInstanceId?.S;
  const from = number(item, 'pendingFrom');
  const to = number(item, 'pendingTo');
  const changedAtMilliseconds = number(item, 'changedAtMilliseconds');
  const settledDesiredCapacity = number(item, 'settledDesiredCapacity');
  return {
    ...(instanceId !== undefined &&
      from !== undefined &&
      to !== undefined && { pendingChange: { instanceId, from, to } }),
    ...(changedAtMilliseconds !== undefined && { changedAtMilliseconds }),
    ...(settledDesiredCapacity !== undefined && { settledDesiredCapacity }),
  };
}

function number(item: Item, name: string): number | undefined {
  const value = item[name]?.N;
  return value === undefined ? undefined : Number(value);
}

function attributeValue(value: string | number | boolean): AttributeValue {
  if (typeof value === 'number') return { N: String(value) };
  return typeof value === 'boolean' ? { BOOL: value } : { S: value };
}
