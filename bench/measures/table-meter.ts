import type { DynamoDbAnswer } from '../../simulator/aws/dynamodb/dynamodb.ts';
import type { ApiCall } from '../../simulator/aws/index.ts';
import { isJsonObject, type JsonValue } from '../../simulator/json.ts';
import type { Bill } from './bill.ts';
import { PeakInOneSecond } from './peak-in-one-second.ts';

const reads = new Set(['GetItem', 'Query', 'Scan', 'BatchGetItem', 'TransactGetItems']);

/** DynamoDB evaluates the condition of a write on the item, and so charges it as if it had held. */
const refusals = /#(ConditionalCheckFailedException|TransactionCanceledException)$/;

/** A write within a transaction takes two units where one takes one ("Transactional reads and writes"). */
const transactionFactor = 2;

/**
 * Puts on the bill what the table's calls consumed, as DynamoDB itself reports it: read units by the 4 KB that were read,
 * one each where strongly consistent and half of one where not; write units by the 1 KB of the larger of the item before
 * and after. A refused condition consumes a write of the item, too, which DynamoDB does not report.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 */
export class TableMeter {
  readonly #bill: Bill;
  readonly #reads = new PeakInOneSecond();
  readonly #writes = new PeakInOneSecond();
  /** What each item's last write took. */
  readonly #writeUnits = new Map<string, number>();

  constructor(bill: Bill) {
    this.#bill = bill;
  }

  answered({ action, parameters }: ApiCall, { statusCode, body }: DynamoDbAnswer): void {
    const isRefused = typeof body.__type === 'string' && refusals.test(body.__type);
    if (statusCode !== 200 && !isRefused) return;
    if (reads.has(action)) this.#read(Math.max(leastRead(parameters), reportedUnits(body.ConsumedCapacity)));
    else this.#wrote(parameters, reportedUnits(body.ConsumedCapacity));
  }

  /** Of the whole table, in any one second. */
  get peakReadUnits(): number {
    return this.#reads.most;
  }

  get peakWriteUnits(): number {
    return this.#writes.most;
  }

  #read(units: number): void {
    this.#bill.read(units);
    this.#reads.add(units);
  }

  #wrote(parameters: ApiCall['parameters'], reported: number): void {
    const [key] = keysIn(parameters);
    if (key !== undefined && reported > 0) this.#writeUnits.set(key, reported);
    const units = reported > 0 ? reported : this.#unitsOf(parameters);
    this.#bill.wrote(units);
    this.#writes.add(units);
  }

  /** Of a write whose consumption was not reported. */
  #unitsOf(parameters: ApiCall['parameters']): number {
    const units = keysIn(parameters).map((key) => this.#writeUnits.get(key) ?? 1);
    return sum(units) * ('TransactItems' in parameters ? transactionFactor : 1);
  }
}

/** A read that finds nothing. */
function leastRead({ ConsistentRead }: ApiCall['parameters']): number {
  return ConsistentRead === true ? 1 : 0.5;
}

/** ConsumedCapacity is one, or a list of one for each table. */
function reportedUnits(consumed: JsonValue | undefined): number {
  const each = Array.isArray(consumed) ? consumed : [consumed];
  return sum(each.map((one) => (isJsonObject(one) && typeof one.CapacityUnits === 'number' ? one.CapacityUnits : 0)));
}

/** Of the items that a call writes: one, or those of a transaction. */
function keysIn({ Key, Item, TransactItems }: ApiCall['parameters']): string[] {
  if (!Array.isArray(TransactItems)) return [keyOf(Key ?? Item)];
  return TransactItems.flatMap((write) => Object.values(isJsonObject(write) ? write : {})).map((write) =>
    keyOf(isJsonObject(write) ? (write.Key ?? write.Item) : undefined),
  );
}

function keyOf(item: unknown): string {
  const { autoScalingGroupName, instanceId } = isJsonObject(item) ? item : {};
  return JSON.stringify([autoScalingGroupName, instanceId]);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
