import { isJsonObject, type JsonObject, type JsonValue } from '../../json.ts';

/**
 * What one call of a table consumes: a write a unit for each KB of the larger of the item before and after, a read one for
 * each 4 KB, of each item of a batch or of all that a query reads together, and half of that where it is not strongly
 * consistent.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 */
export class ConsumedCapacity {
  #units = 0;

  get units(): number {
    return this.#units;
  }

  wrote(before: JsonObject | undefined, after: JsonObject): void {
    this.#units += Math.ceil(Math.max(bytesOf(before), bytesOf(after), 1) / 1024);
  }

  /** `ConsistentRead` as the call has it. */
  read(items: readonly (JsonObject | undefined)[], consistentRead: JsonValue | undefined): void {
    const bytes = items.reduce((sum, item) => sum + bytesOf(item), 0);
    this.#units += Math.ceil(Math.max(bytes, 1) / 4096) / (consistentRead === true ? 1 : 2);
  }
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html */
function bytesOf(item: JsonObject | undefined): number {
  return Object.entries(item ?? {}).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value),
    0,
  );
}

function valueBytes(value: JsonValue | undefined): number {
  const [[type, content] = []] = Object.entries(isJsonObject(value) ? value : {});
  if (type === 'S' && typeof content === 'string') return Buffer.byteLength(content);
  if (type === 'N' && typeof content === 'string') return numberBytes(content);
  if (type === 'BOOL' || type === 'NULL') return 1;
  if (type === 'L' && Array.isArray(content)) return content.reduce<number>((sum, one) => sum + 1 + valueBytes(one), 3);
  if (type === 'M' && isJsonObject(content)) return 3 + Object.keys(content).length + bytesOf(content);
  throw new Error(
    `The in-memory table does not know how large ${JSON.stringify(value)} is. Teach it, or use dynalite.`,
  );
}

/** Two significant digits to a byte, counted in pairs from the decimal point; one more, and one for a minus. */
function numberBytes(text: string): number {
  const [, minus = '', whole = '', fraction = ''] = /^(-?)0*(\d*)\.?(\d*?)0*$/.exec(text) ?? [];
  const digits = pairs(whole, fraction).replace(/^(00)+|(00)+$/g, '');
  return digits === '' ? 1 : 1 + digits.length / 2 + minus.length;
}

function pairs(whole: string, fraction: string): string {
  const before = whole.length % 2 === 0 ? whole : `0${whole}`;
  return before + (fraction.length % 2 === 0 ? fraction : `${fraction}0`);
}
