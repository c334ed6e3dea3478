import { isJsonObject, type JsonObject, type JsonValue } from '../../json.ts';
import { uuidFrom } from '../protocols/identifiers.ts';
import type { JsonApi } from '../protocols/json-endpoint.ts';
import type { JsonParameters } from '../protocols/json-protocol.ts';

/** The default event bus of an account and region. */
export interface DefaultEventBus {
  readonly region: string;
  readonly accountId: string;
  /** Hands an event to the rules. */
  put(event: JsonObject): void;
}

/**
 * The part of EventBridge's API (2015-10-07) that is simulated. EventBridge itself takes no event whose source begins with
 * `aws.` from anybody but the service; here whoever puts one stands in for that service.
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 */
export function eventBridgeApi(bus: DefaultEventBus): JsonApi {
  let taken = 0;
  const nextId = () => {
    taken += 1;
    return uuidFrom(`event ${taken}`);
  };
  return {
    service: 'events',
    title: 'EventBridge',
    targetPrefix: 'AWSEvents',
    version: '1.1',
    actions: { PutEvents: (parameters) => putEvents(bus, nextId, parameters) },
  };
}

function putEvents(bus: DefaultEventBus, nextId: () => string, parameters: JsonParameters): JsonObject {
  const entries = parameters.requiredStructures('Entries', 10);
  const results = entries.map((entry) => putEntry(bus, nextId, entry));
  return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
}

function putEntry(bus: DefaultEventBus, nextId: () => string, entry: JsonParameters): JsonObject {
  try {
    const id = nextId();
    const event = eventOf(entry, id, bus);
    // A bus that does not exist takes events as well; no rule is on it.
    if (isDefaultBus(entry.string('EventBusName'))) bus.put(event);
    return { EventId: id };
  } catch (error) {
    if (!(error instanceof EntryRefused)) throw error;
    return { ErrorCode: error.code, ErrorMessage: error.message };
  }
}

/** The event as rules and their targets see it. */
function eventOf(entry: JsonParameters, id: string, { accountId, region }: DefaultEventBus): JsonObject {
  const source = required(entry, 'Source');
  const detailType = required(entry, 'DetailType');
  const detail = parsedDetail(required(entry, 'Detail'));
  return {
    version: '0',
    id,
    'detail-type': detailType,
    source,
    account: accountId,
    time: (entry.time('Time') ?? new Date()).toISOString().replace(/\.\d+Z$/, 'Z'),
    region,
    resources: [...entry.strings('Resources')],
    detail,
  };
}

/** One entry cannot be put; the others are all the same. */
class EntryRefused extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

function required(entry: JsonParameters, name: 'Source' | 'DetailType' | 'Detail'): string {
  const value = entry.string(name);
  if (value) return value;
  throw new EntryRefused('InvalidArgument', `Parameter ${name} is not valid. Reason: ${name} is a required argument.`);
}

function parsedDetail(text: string): JsonValue {
  try {
    const detail: unknown = JSON.parse(text);
    if (isJsonObject(detail)) return detail;
  } catch {
    // Refused below, as what is JSON but no object.
  }
  throw new EntryRefused('MalformedDetail', 'Detail is malformed.');
}

function isDefaultBus(nameOrArn: string | undefined): boolean {
  return nameOrArn === undefined || nameOrArn === 'default' || nameOrArn.endsWith(':event-bus/default');
}
