import {
  type AttributeValue,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { InterruptionRecord } from '../capacity/interruption-record.ts';
import type { GroupNumbers, Interruption, Left, NotManagedReason } from '../shared/contract.ts';
import { InterruptionTableUnavailable } from '../shared/errors.ts';
import { keptSeconds, leaseSeconds, lookClaimSeconds } from '../shared/timing.ts';

/** Sort keys of a group's items, besides the instance ids of the interrupted: its ledger, and that an instance has left. */
const groupKey = '#group';
const departureKey = (instanceId: string) => `#left ${instanceId}`;

/** What the table holds of one group. */
export interface GroupRecords {
  /** By instance id: which are interrupted. */
  readonly interruptions: ReadonlyMap<string, InterruptionRecord>;
  readonly ledger: Ledger;
}

/** The group's item: what is ours in its DesiredCapacity, and which execution changes it. docs/protocol.md draws it. */
export interface Ledger {
  /** Counts the changes of the ledger: what was decided on one version must not be done on another. */
  readonly version: number;
  /** Capacity units of ours that are in DesiredCapacity. */
  readonly raised: number;
  /** DesiredCapacity as we last left or saw it. */
  readonly known?: number | undefined;
  /** The change that is about to be made: written before the call, cleared after it. */
  readonly pending?: PendingChange | undefined;
  /** When DesiredCapacity was last changed by us, in epoch milliseconds; 0: never. */
  readonly changedAtMilliseconds: number;
  /** When somebody else's change last voided a raise: those noticed before it are not raised for again. */
  readonly voidedAtMilliseconds?: number | undefined;
  readonly holder?: string | undefined;
  readonly heldUntilMilliseconds: number;
  /** Until then, in epoch milliseconds, another execution need not look: one has announced that it does. */
  readonly lookingUntilMilliseconds: number;
  /** The last look at the group, for all its executions. */
  readonly look?: SharedLook | undefined;
  readonly facts?: SharedFacts | undefined;
}

export interface PendingChange {
  readonly from: number;
  readonly to: number;
}

/** What one execution's look tells the others. */
export interface SharedLook {
  readonly group: GroupNumbers;
  /** Until then nobody needs to look again, in epoch milliseconds. */
  readonly freshUntilMilliseconds: number;
  /** Looks in a row that had no answer of DescribeTargetHealth. */
  readonly targetHealthFailures: number;
}

/** What DescribeInstance needs to know of the group. */
export interface SharedFacts extends Pick<Interruption, 'hookSeconds' | 'hooksUnknown'> {
  readonly readAtMilliseconds: number;
  readonly notManaged?: NotManagedReason;
  readonly drainSeconds?: number;
  readonly shutdownDocument?: string;
  /** Absent where the group is not managed. */
  readonly leaveBy?: Interruption['leaveBy'];
}

/** A change of the ledger's numbers. */
export interface Settlement {
  readonly raised: number;
  readonly known: number;
  readonly voidedAtMilliseconds?: number;
  /** Where a change was begun, but not made: when the last one was. */
  readonly changedAtMilliseconds?: number;
}

/** What a holder of the lease does after an outcome: goes on to another change, keeps the lease, or releases it. */
export type Then = PendingChange | 'keep' | 'release';

/**
 * The one table, and its schema: which instances are interrupted, and each group's ledger. Whoever writes to it does so by
 * one of these methods, or by the expressions at the end of this file.
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
  async read(group: string): Promise<GroupRecords> {
    const items: Item[] = [];
    let startKey: Item | undefined;
    do {
      const page = await this.#reach(
        this.#dynamoDb.send(
          new QueryCommand({
            TableName: this.#tableName,
            ConsistentRead: true,
            KeyConditionExpression: 'autoScalingGroupName = :group',
            ExpressionAttributeValues: { ':group': { S: group } },
            ExclusiveStartKey: startKey,
          }),
        ),
      );
      items.push(...(page.Items ?? []));
      startKey = page.LastEvaluatedKey;
    } while (startKey);
    return recordsOf(items, Date.now() / 1000);
  }

  /**
   * The group's ledger, and how one instance has left since its notice (ISO 8601), or at all; for a recommendation, also which
   * execution handles the instance. Eventually consistent, so at half the price: what it misses is seen later.
   */
  async glance(
    group: string,
    instanceId: string,
    noticeAt = '',
    isRecommendation = false,
  ): Promise<{ readonly ledger: Ledger; readonly left?: Left; readonly by?: string }> {
    const sortKeys = [departureKey(instanceId), groupKey, ...(isRecommendation ? [instanceId] : [])];
    const keys = sortKeys.map((sortKey) => keyOf(group, sortKey));
    const answer = await this.#reach(
      this.#dynamoDb.send(new BatchGetItemCommand({ RequestItems: { [this.#tableName]: { Keys: keys } } })),
    );
    const items = current(answer.Responses?.[this.#tableName] ?? [], Date.now() / 1000);
    const left = departureOf(items, instanceId, noticeAt);
    const by = items.find((item) => item.instanceId?.S === instanceId)?.executionArn?.S;
    return { ledger: ledgerIn(items), ...(left && { left }), ...(by !== undefined && { by }) };
  }

  /** Announces a look at the group. @returns false where another execution looks already. */
  claimLook(group: string): Promise<boolean> {
    const now = Date.now();
    return this.#update(group, groupKey, {
      update: `SET lookingUntil = :until, ${keepExpired}`,
      condition: 'attribute_not_exists(lookingUntil) OR lookingUntil < :now',
      values: { ':until': now + lookClaimSeconds * 1000, ':now': now, ':expiresAt': expiresAtSeconds(now) },
    });
  }

  /** Ends a look: what it found for the others, and what it settled. @returns false where the ledger changed meanwhile. */
  noteLook(group: string, version: number, look: SharedLook, settlement?: Settlement): Promise<boolean> {
    const settled = settlement && settlementExpression(settlement);
    return this.#update(group, groupKey, {
      update:
        `SET look = :look, expiresAt = :expiresAt${settled ? `, version = :next, ${settled.set}` : ''} ` +
        `REMOVE lookingUntil${settled ? ', pending' : ''}`,
      condition: versionCondition,
      values: {
        ':look': JSON.stringify(look),
        ':version': version,
        ':expiresAt': expiresAtSeconds(Date.now()),
        ...(settled && { ':next': version + 1, ...settled.values }),
      },
    });
  }

  /** Ends a look that came to nothing, so that nobody waits for it. */
  async endLook(group: string): Promise<void> {
    await this.#update(group, groupKey, { update: 'REMOVE lookingUntil', values: {} });
  }

  /** Ends a look at the group's tags. */
  noteFacts(group: string, facts: SharedFacts): Promise<boolean> {
    return this.#update(group, groupKey, {
      update: `SET facts = :facts, ${keepExpired} REMOVE lookingUntil`,
      values: { ':facts': JSON.stringify(facts), ':expiresAt': expiresAtSeconds(Date.now()) },
    });
  }

  /**
   * Takes the lease, and notes what is about to be changed under it. @returns the ledger's version from now on, or undefined
   * where another execution has the lease, an outcome is open, or the ledger is not what was decided on.
   */
  async begin(group: string, holder: string, version: number, pending?: PendingChange): Promise<number | undefined> {
    const now = Date.now();
    const isHeld = await this.#update(group, groupKey, {
      update:
        'SET holder = :holder, heldUntil = :until, version = :next, expiresAt = :expiresAt' +
        (pending ? ', pending = :pending, changedAt = :now' : ''),
      condition: `${versionCondition} AND attribute_not_exists(pending) AND (attribute_not_exists(holder) OR holder = :holder OR heldUntil < :now)`,
      values: {
        ':holder': holder,
        ':until': now + leaseSeconds * 1000,
        ':now': now,
        ':version': version,
        ':next': version + 1,
        ':expiresAt': expiresAtSeconds(now),
        ...(pending && { ':pending': JSON.stringify(pending) }),
      },
    });
    return isHeld ? version + 1 : undefined;
  }

  /**
   * Notes the outcome of what was begun, and goes on as `then` says.
   * @returns the ledger's version from now on; undefined where the lease was lost.
   */
  async settle(
    group: string,
    holder: string,
    version: number,
    settlement: Settlement,
    then: Then,
  ): Promise<number | undefined> {
    const { set, values } = settlementExpression(settlement);
    const isNoted = await this.#update(group, groupKey, {
      update: `SET version = :next, ${set}${goingOn(then)}`,
      condition: 'holder = :holder AND version = :version',
      values: {
        ':holder': holder,
        ':version': version,
        ':next': version + 1,
        ...values,
        ...(typeof then === 'object' && { ':changedAt': Date.now(), ':pending': JSON.stringify(then) }),
      },
    });
    return isNoted ? version + 1 : undefined;
  }

  /** Notes how instances left: at most 20 of them. What cannot be noted can be seen in the group, too. */
  async noteLeft(group: string, left: ReadonlyMap<string, Left>): Promise<void> {
    if (left.size === 0) return;
    const expiresAt = attributeValue(expiresAtSeconds(Date.now()));
    const puts = [...left].map(([instanceId, how]) => ({
      PutRequest: {
        Item: { ...keyOf(group, departureKey(instanceId)), departure: { S: JSON.stringify(how) }, expiresAt },
      },
    }));
    await this.#reach(this.#dynamoDb.send(new BatchWriteItemCommand({ RequestItems: { [this.#tableName]: puts } })));
  }

  /** @returns whether the condition held, and so whether the item was changed. */
  #update(group: string, sortKey: string, change: Update): Promise<boolean> {
    const sent = this.#dynamoDb.send(
      new UpdateItemCommand({
        TableName: this.#tableName,
        Key: keyOf(group, sortKey),
        UpdateExpression: change.update,
        ConditionExpression: change.condition,
        ...valuesOf(change),
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

interface Update {
  readonly update: string;
  readonly condition?: string;
  readonly values: Readonly<Record<string, string | number>>;
}

/** DynamoDB refuses an empty list. */
function valuesOf({ values }: Update) {
  const entries = Object.entries(values).map(([name, value]) => [name, attributeValue(value)]);
  return entries.length === 0 ? {} : { ExpressionAttributeValues: Object.fromEntries(entries) };
}

const versionCondition = '(attribute_not_exists(version) OR version = :version)';

/** A new item gets an expiry; an expired item must not come back with its old numbers. */
const keepExpired = 'expiresAt = if_not_exists(expiresAt, :expiresAt)';

function goingOn(then: Then): string {
  if (then === 'release') return ' REMOVE pending, holder, heldUntil';
  return then === 'keep' ? ' REMOVE pending' : ', changedAt = :changedAt, pending = :pending';
}

function settlementExpression({ raised, known, voidedAtMilliseconds, changedAtMilliseconds }: Settlement) {
  const values = {
    ':raised': raised,
    ':known': known,
    ...(voidedAtMilliseconds !== undefined && { ':voidedAt': voidedAtMilliseconds }),
    ...(changedAtMilliseconds !== undefined && { ':changedAt': changedAtMilliseconds }),
  };
  return {
    set: Object.keys(values)
      .map((value) => `${value.slice(1)} = ${value}`)
      .join(', '),
    values,
  };
}

function keyOf(group: string, sortKey: string): Item {
  return { autoScalingGroupName: { S: group }, instanceId: { S: sortKey } };
}

function expiresAtSeconds(nowMilliseconds: number): number {
  return Math.ceil(nowMilliseconds / 1000) + keptSeconds;
}

// Reading --------------------------------------------------------------------------------------------------------------

type Item = Record<string, AttributeValue>;

/** What a group's items say. */
function recordsOf(items: readonly Item[], nowSeconds: number): GroupRecords {
  const valid = current(items, nowSeconds);
  const interruptions = valid.filter((item) => item.executionArn !== undefined);
  return {
    interruptions: new Map(interruptions.map((item) => interruptionRecord(item, valid))),
    ledger: ledgerIn(valid),
  };
}

/** An expired item that DynamoDB has not deleted yet counts as deleted, but for what is not outdated by that. */
function current(items: readonly Item[], nowSeconds: number): readonly Item[] {
  return items.map((item) => {
    if ((number(item, 'expiresAt') ?? 0) > nowSeconds) return item;
    return Object.fromEntries(Object.entries(item).filter(([name]) => lasting.has(name)));
  });
}

/** A ledger's version goes on; the others say themselves until when they are of use. */
const lasting: ReadonlySet<string> = new Set(['instanceId', 'version', 'lookingUntil', 'facts']);

function interruptionRecord(item: Item, items: readonly Item[]): [string, InterruptionRecord] {
  const instanceId = item.instanceId?.S ?? '';
  const noticeAt = item.noticeAt?.S ?? '';
  const left = departureOf(items, instanceId, noticeAt);
  return [
    instanceId,
    {
      by: item.executionArn?.S ?? '',
      ...(number(item, 'recommended') === 1 && { recommended: true }),
      noticeAtMilliseconds: Date.parse(noticeAt),
      detachByMilliseconds: Date.parse(item.detachBy?.S ?? ''),
      ...(left && { left }),
    },
  ];
}

/** One from before the notice is that of an earlier interruption of the same instance. */
function departureOf(items: readonly Item[], instanceId: string, noticeAt: string): Left | undefined {
  const item = items.find((one) => one.instanceId?.S === departureKey(instanceId));
  const left: Left | undefined = item && json(item, 'departure');
  return left && left.at >= noticeAt ? left : undefined;
}

function ledgerIn(items: readonly Item[]): Ledger {
  return ledgerOf(items.find((item) => item.instanceId?.S === groupKey) ?? {});
}

function ledgerOf(item: Item): Ledger {
  return {
    version: number(item, 'version') ?? 0,
    raised: number(item, 'raised') ?? 0,
    known: number(item, 'known'),
    pending: json(item, 'pending'),
    changedAtMilliseconds: number(item, 'changedAt') ?? 0,
    voidedAtMilliseconds: number(item, 'voidedAt'),
    holder: item.holder?.S,
    heldUntilMilliseconds: number(item, 'heldUntil') ?? 0,
    lookingUntilMilliseconds: number(item, 'lookingUntil') ?? 0,
    look: json(item, 'look'),
    facts: json(item, 'facts'),
  };
}

/** What was written by this file, so that its shape is known. */
function json<T>(item: Item, name: string): T | undefined {
  const text = item[name]?.S;
  return text === undefined ? undefined : JSON.parse(text);
}

function number(item: Item, name: string): number | undefined {
  const value = item[name]?.N;
  return value === undefined ? undefined : Number(value);
}

function attributeValue(value: string | number): AttributeValue {
  return typeof value === 'number' ? { N: String(value) } : { S: value };
}

// What the workflow itself writes --------------------------------------------------------------------------------------

/** An UpdateItem of the workflow: values by what they are called in `$.interruption`, or `$$.State.EnteredTime`. */
export interface WorkflowUpdate {
  readonly update: string;
  readonly condition: string;
  readonly values: Readonly<Record<string, { readonly path: string; readonly type: 'string' | 'number' }>>;
}

const ofInterruption = (name: string, type: 'string' | 'number' = 'string') => {
  return { path: `$.interruption.${name}`, type } as const;
};

/**
 * Writes that an instance is interrupted, once per notice: it is refused where another execution has done so, unless that one
 * released it or its record has expired. It updates rather than puts, because the loop comes back to it after an outage, and
 * must not erase that the instance left meanwhile.
 */
export const recordUpdate: WorkflowUpdate = {
  update:
    'SET executionArn = :executionArn, noticeAt = :noticeAt, detachBy = :detachBy, ' +
    'expiresAt = :expiresAt REMOVE releasedAt',
  condition:
    'attribute_not_exists(executionArn) OR executionArn = :executionArn OR attribute_exists(releasedAt) OR expiresAt < :now',
  values: {
    ':executionArn': ofInterruption('executionArn'),
    ':noticeAt': ofInterruption('noticeAt'),
    ':detachBy': ofInterruption('detachBy'),
    ':expiresAt': ofInterruption('expiresAtSeconds', 'number'),
    ':now': ofInterruption('recordedAtSeconds', 'number'),
  },
};

/**
 * The same where recommendations are handled: a notice (0) takes over from a recommendation (1) for the same instance, and nothing
 * takes over from a notice.
 */
export const recordUpdateWithRecommendations: WorkflowUpdate = {
  update: recordUpdate.update.replace(' REMOVE', ', recommended = :recommended REMOVE'),
  condition: `${recordUpdate.condition} OR recommended > :recommended`,
  values: { ...recordUpdate.values, ':recommended': ofInterruption('recommended', 'number') },
};

/** Lets another execution take the notice up again; the record stays, since the instance is still interrupted. */
export const releaseUpdate: WorkflowUpdate = {
  update: 'SET releasedAt = :now',
  condition: 'executionArn = :executionArn',
  values: { ':executionArn': ofInterruption('executionArn'), ':now': { path: '$$.State.EnteredTime', type: 'string' } },
};
