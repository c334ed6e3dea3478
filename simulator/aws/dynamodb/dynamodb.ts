import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json.ts';
import { busy, sleep } from '../../time/virtual-time.ts';
import { TaskError } from '../lambda/lambda-service.ts';
import type { ApiCall, Fault, Intercept } from '../protocols/faults.ts';
import { uuidFrom } from '../protocols/identifiers.ts';
import { Dynalite, type DynamoDbCall, type DynamoDbEngine, type HttpHeaders } from './engine.ts';
import type { HttpAnswer } from './http-in-process.ts';

export interface LocalDynamoDbOptions {
  /** Virtual milliseconds that each call takes. Default 5. */
  readonly latencyMs?: number;
  /**
   * `throttle`: ProvisionedThroughputExceededException. `internal`: InternalServerError, HTTP 500. `stale` has no effect:
   * what the product reads here, it reads consistently.
   */
  readonly intercept?: Intercept;
  /** Told of what DynamoDB itself answered, refusals included, with what the call consumed (`ConsumedCapacity`). */
  readonly onAnswer?: (call: ApiCall, answer: DynamoDbAnswer) => void;
  /** Default: dynalite. */
  readonly engine?: DynamoDbEngine;
}

export interface DynamoDbAnswer {
  readonly statusCode: number;
  readonly body: JsonObject;
}

/** A table's properties, in CreateTable's and CloudFormation's common spelling. */
export interface TableSchema {
  readonly tableName: string;
  readonly partitionKey: string;
  readonly sortKey: string;
}

/** What an SDK client hands to its `requestHandler`, as far as it matters here. */
interface SdkRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/**
 * DynamoDB in memory: an engine, behind latency and faults. Expired items stay, as they do for up to days on AWS, where
 * TTL deletes them in the background.
 */
export class LocalDynamoDb {
  /** How often each action was called, failed calls included. */
  readonly apiCalls: Record<string, number> = {};
  readonly #engine: DynamoDbEngine;
  readonly #options: LocalDynamoDbOptions;
  #intercept: Intercept | undefined;
  #requests = 0;

  constructor(options: LocalDynamoDbOptions = {}) {
    this.#options = options;
    this.#engine = options.engine ?? new Dynalite();
    this.#intercept = options.intercept;
  }

  setIntercept(intercept: Intercept | undefined): void {
    this.#intercept = intercept;
  }

  /** Creates an on-demand table, ready for use at once. Not counted as an API call. */
  async createTable({ tableName, partitionKey, sortKey }: TableSchema): Promise<void> {
    const keys = [partitionKey, sortKey];
    const answer = await this.#send('CreateTable', {
      TableName: tableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: keys.map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? 'HASH' : 'RANGE' })),
    });
    if (answer.statusCode !== 200) throw new Error(`DynamoDB did not create the table ${tableName}: ${answer.body}`);
    // dynalite marks it as ACTIVE by a timer of zero milliseconds.
    await sleep(0);
  }

  /** All items of a table, for tests and reports. Not counted as an API call. */
  async items(tableName: string): Promise<JsonObject[]> {
    const answer = parseObject((await this.#send('Scan', { TableName: tableName })).body);
    return Array.isArray(answer.Items) ? answer.Items.filter(isJsonObject) : [];
  }

  /** As Step Functions' DynamoDB integration calls it. Throws a TaskError named `DynamoDB.<error>`. */
  async callFromWorkflow(action: string, parameters: JsonValue): Promise<JsonValue> {
    const call = apiCall(action, isJsonObject(parameters) ? parameters : {});
    const answer = await this.#answer(call, targetOf(action), JSON.stringify(parameters));
    const body = parseObject(answer.body);
    if (answer.statusCode === 200) return body;
    throw workflowError(answer, body);
  }

  /** For `new DynamoDBClient({ requestHandler })`: no socket. */
  requestHandler() {
    return {
      handle: async (
        request: SdkRequest,
      ): Promise<{ response: { statusCode: number; headers: Record<string, string>; body: Uint8Array } }> => {
        const body = bodyText(request.body);
        const call = apiCall(actionOf(request.headers), parseObject(body));
        const answer = await busy(() => this.#answer(call, request.headers, body));
        return { response: { ...answer, body: new TextEncoder().encode(answer.body) } };
      },
    };
  }

  /** For an HTTP server: answers requests with an `X-Amz-Target` of DynamoDB. */
  readonly requestListener: RequestListener = async (request, response) => {
    const body = await text(request);
    const headers = plainHeaders(request);
    const call = apiCall(actionOf(headers), parseObject(body));
    try {
      write(response, await this.#answer(call, headers, body));
    } catch {
      response.destroy();
    }
  };

  /** Throws a TimeoutError where there is no answer. */
  async #answer(call: TableCall, headers: HttpHeaders, body: string): Promise<HttpAnswer> {
    this.apiCalls[call.action] = (this.apiCalls[call.action] ?? 0) + 1;
    const fault = this.#intercept?.(call);
    await sleep(fault?.latencyMs ?? this.#options.latencyMs ?? 5);
    const refusal = refusalFor(fault);
    if (refusal) return refusal;
    if (fault?.kind === 'timeout-before' || fault?.kind === 'timeout-after') {
      if (fault.kind === 'timeout-after') await this.#observed(call, headers, body);
      await sleep(fault.seconds * 1000);
      throw timeoutError(call, fault.seconds);
    }
    return await this.#observed(call, headers, body);
  }

  async #observed(call: TableCall, headers: HttpHeaders, body: string): Promise<HttpAnswer> {
    const { onAnswer } = this.#options;
    if (!onAnswer) return await this.#dispatch(call, headers, body);
    const parameters = { ...call.parameters, ReturnConsumedCapacity: 'TOTAL' };
    const answer = await this.#dispatch({ ...call, parameters }, headers, JSON.stringify(parameters));
    onAnswer(call, { statusCode: answer.statusCode, body: parseObject(answer.body) });
    return answer;
  }

  #send(action: string, parameters: JsonObject): Promise<HttpAnswer> {
    return this.#dispatch({ action, parameters }, targetOf(action), JSON.stringify(parameters));
  }

  /** dynalite makes up random request ids, which would make two runs of the same thing differ. */
  async #dispatch(call: DynamoDbCall, headers: HttpHeaders, body: string): Promise<HttpAnswer> {
    this.#requests += 1;
    const requestId = uuidFrom(`DynamoDB request ${this.#requests}`);
    const answer = await busy(() => this.#engine.answer(call, headers, body));
    return { ...answer, headers: { ...answer.headers, 'x-amzn-requestid': requestId } };
  }
}

type TableCall = ApiCall & DynamoDbCall;

function targetOf(action: string): HttpHeaders {
  return { 'x-amz-target': `DynamoDB_20120810.${action}` };
}

function apiCall(action: string, parameters: JsonObject): TableCall {
  return { service: 'dynamodb', action, parameters };
}

function refusalFor(fault: Fault | undefined): HttpAnswer | undefined {
  if (fault?.kind === 'internal') return errorAnswer(500, 'InternalServerError', 'Internal server error');
  if (fault?.kind !== 'throttle') return undefined;
  const message =
    'The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning ' +
    'level with the UpdateTable API.';
  return errorAnswer(400, 'ProvisionedThroughputExceededException', message);
}

function errorAnswer(statusCode: number, name: string, message: string): HttpAnswer {
  const body = JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${name}`, message });
  return { statusCode, headers: { 'content-type': 'application/x-amz-json-1.0' }, body };
}

function workflowError(answer: HttpAnswer, body: JsonObject): TaskError {
  const type = typeof body.__type === 'string' ? body.__type : 'UnknownError';
  const name = type.slice(type.indexOf('#') + 1);
  const message = body.message ?? body.Message ?? '';
  const requestId = answer.headers['x-amzn-requestid'] ?? 'none';
  return new TaskError(
    `DynamoDB.${name}`,
    `${message} (Service: AmazonDynamoDBv2; Status Code: ${answer.statusCode}; Error Code: ${name}; ` +
      `Request ID: ${requestId}; Proxy: null)`,
  );
}

function timeoutError(call: ApiCall, seconds: number): Error {
  const error = new Error(`${call.action}: no answer within ${seconds} s`);
  error.name = 'TimeoutError';
  return error;
}

function actionOf(headers: Readonly<Record<string, string>>): string {
  const target = Object.entries(headers).find(([name]) => name.toLowerCase() === 'x-amz-target')?.[1] ?? '';
  return target.slice(target.indexOf('.') + 1);
}

function bodyText(body: unknown): string {
  if (typeof body === 'string') return body;
  if (body instanceof Uint8Array) return new TextDecoder().decode(body);
  throw new Error(`A DynamoDB request's body is text or bytes, but it is ${typeof body}.`);
}

/** A body that is not a JSON object is the service's to refuse; to an intercept it has no parameters. */
function parseObject(body: string): JsonObject {
  try {
    const parsed: unknown = JSON.parse(body);
    return isJsonObject(parsed) ? parsed : {};
  } catch {
    return {};
  }
}

function plainHeaders(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
}

function write(response: ServerResponse, answer: HttpAnswer): void {
  response.writeHead(answer.statusCode, answer.headers).end(answer.body);
}
