import { isJsonObject, type JsonObject, type JsonValue } from '../../json.ts';
import { busy } from '../../time/virtual-time.ts';
import type { ApiCall, Fault, Intercept } from './faults.ts';
import { uuidFrom } from './identifiers.ts';
import { parametersIn, refusalOf } from './json-endpoint.ts';
import { JsonParameters } from './json-protocol.ts';
import { ServiceCalls } from './service-calls.ts';
import type { ServiceAnswer, ServiceEndpoint, ServiceRequest } from './service-endpoint.ts';
import { ServiceError } from './service-error.ts';

/** A service that is called by method and path, and answers in JSON. */
export interface RestJsonApi {
  readonly service: ApiCall['service'];
  /** For people. */
  readonly title: string;
  /** By name. */
  readonly actions: Readonly<Record<string, RestJsonAction>>;
}

interface RestJsonAction {
  readonly method: 'GET' | 'POST';
  /** Its parameters in braces: `/experiments/{id}`. */
  readonly path: string;
  /** The parameters are the body's members and those of the path. */
  perform(parameters: JsonParameters): JsonValue;
}

export interface RestJsonEndpointOptions {
  readonly api: RestJsonApi;
  /** What a call takes, in milliseconds of virtual time. Default 50. */
  readonly latencyMs?: number;
  /** As for a JsonEndpoint. */
  readonly intercept?: Intercept | undefined;
}

/** @see https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html */
export class RestJsonEndpoint implements ServiceEndpoint {
  readonly #api: RestJsonApi;
  readonly #calls: ServiceCalls;
  #requests = 0;

  constructor({ api, latencyMs = 50, intercept }: RestJsonEndpointOptions) {
    this.#api = api;
    this.#calls = new ServiceCalls(latencyMs);
    this.#calls.intercept = intercept;
  }

  async answer(request: ServiceRequest): Promise<ServiceAnswer> {
    return await busy(() => this.#answer(request));
  }

  async #answer(request: ServiceRequest): Promise<ServiceAnswer> {
    this.#requests += 1;
    const requestId = uuidFrom(`${this.#api.service} request ${this.#requests}`);
    const contentType = 'application/json';
    const asked = this.#askedFor(request);
    const call = { service: this.#api.service, action: asked?.name ?? '', parameters: asked?.parameters ?? {} };
    return await this.#calls.make(call, (fault) => {
      try {
        return { status: 200, requestId, contentType, body: JSON.stringify(this.#perform(asked, fault)) };
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error;
        const { status, code: errorType, message } = error;
        return { status, requestId, contentType, errorType, body: JSON.stringify({ message }) };
      }
    });
  }

  #askedFor({ method, path = '', body }: ServiceRequest): Asked | undefined {
    const pathname = path.split('?')[0] ?? '';
    for (const [name, action] of Object.entries(this.#api.actions)) {
      const inPath = action.method === method ? parametersOf(action.path, pathname) : undefined;
      if (inPath === undefined) continue;
      const members = body === '' ? {} : parametersIn(body);
      return { name, action, parameters: members && { ...members, ...inPath } };
    }
    return undefined;
  }

  #perform(asked: Asked | undefined, fault: Fault | undefined): JsonValue {
    const refusal = refusalOf(fault);
    if (refusal) throw refusal;
    if (asked === undefined) {
      const known = Object.keys(this.#api.actions).join(', ');
      throw new ServiceError(
        'UnknownOperationException',
        `${this.#api.title} has no such path here. It has: ${known}.`,
      );
    }
    if (isJsonObject(asked.parameters)) return asked.action.perform(new JsonParameters(asked.parameters));
    throw new ServiceError('SerializationException', 'The body of the request is not a JSON object.');
  }
}

interface Asked {
  readonly name: string;
  readonly action: RestJsonAction;
  /** Undefined where the body is no JSON object. */
  readonly parameters: JsonObject | undefined;
}

/** The values of a path's parameters; undefined where the path is another one. */
function parametersOf(template: string, path: string): Record<string, string> | undefined {
  const expected = template.split('/');
  const actual = path.split('/');
  if (expected.length !== actual.length) return undefined;
  const values: Record<string, string> = {};
  for (const [index, part] of expected.entries()) {
    const [, name] = /^\{(\w+)\}$/.exec(part) ?? [];
    const value = decodeURIComponent(actual[index] ?? '');
    if (name !== undefined) values[name] = value;
    else if (part !== value) return undefined;
  }
  return values;
}
