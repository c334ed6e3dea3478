import type { Server } from 'node:http';
import dynalite from 'dynalite';
import type { JsonObject } from '../../json.ts';
import { callInProcess, type HttpAnswer } from './http-in-process.ts';

export type HttpHeaders = Readonly<Record<string, string>>;

/** What keeps the tables and answers the calls. */
export interface DynamoDbEngine {
  answer(call: DynamoDbCall, headers: HttpHeaders, body: string): Promise<HttpAnswer>;
}

/** A body that is not a JSON object has no parameters. */
export interface DynamoDbCall {
  readonly action: string;
  readonly parameters: JsonObject;
}

/** All of DynamoDB but transactions: dynalite. */
export class Dynalite implements DynamoDbEngine {
  readonly #server: Server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });

  answer(_: DynamoDbCall, headers: HttpHeaders, body: string): Promise<HttpAnswer> {
    return callInProcess(this.#server, { ...unsigned, ...lowerCaseNames(headers) }, body);
  }
}

/** dynalite wants these to be there, and does not look at the signature. */
const unsigned = {
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-date': '20260101T000000Z',
  authorization: 'AWS4-HMAC-SHA256 Credential=local, SignedHeaders=local, Signature=local',
};

function lowerCaseNames(headers: HttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
