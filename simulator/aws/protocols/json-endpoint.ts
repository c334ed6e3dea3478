import { isJsonObject, type JsonObject, type JsonValue } from '../../json.ts';
import { busy } from '../../time/virtual-time.ts';
import type { ApiCall, Fault, Intercept } from './faults.ts';
import { uuidFrom } from './identifiers.ts';
import { JsonParameters } from './json-protocol.ts';
import { ServiceCalls } from './service-calls.ts';
import type { ServiceAnswer, ServiceEndpoint, ServiceRequest } from './service-endpoint.ts';
import { ServiceError } from './service-error.ts';

/** A service that speaks the AWS JSON protocol, and its actions by name. */
export interface JsonApi {
  readonly service: ApiCall['service'];
  /** For people. */
  readonly title: string;
  /** What its actions are prefixed with in the header X-Amz-Target. */
  readonly targetPrefix: string;
  readonly version: '1.0' | '1.1';
  readonly actions: Readonly<Record<string, (parameters: JsonParameters) => JsonValue | Promise<JsonValue>>>;
}

export interface JsonEndpointOptions {
  readonly api: JsonApi;
  /** What a call takes, in milliseconds of virtual time. Default 50. */
  readonly latencyMs?: number;
  /** `throttle`: ThrottlingException. `internal`: InternalFailure. `stale` and `contention` have no effect. Default: none. */
  readonly intercept?: Intercept | undefined;
}

export class JsonEndpoint implements ServiceEndpoint {
  readonly #api: JsonApi;
  readonly #calls: ServiceCalls;
  #requests = 0;

  constructor({ api, latencyMs = 50, intercept }: JsonEndpointOptions) {
    this.#api = api;
    this.#calls = new ServiceCalls(latencyMs);
    this.#calls.intercept = intercept;
  }

  /** By action, failed calls included. */
  get calls(): Readonly<Record<string, number>> {
    return this.#calls.counts;
  }

  set intercept(intercept: Intercept | undefined) {
    this.#calls.intercept = intercept;
  }

  async answer(request: ServiceRequest): Promise<ServiceAnswer> {
    return await busy(() => this.#answer(request));
  }

  async #answer({ target = '', body }: ServiceRequest): Promise<ServiceAnswer> {
    this.#requests += 1;
    const requestId = uuidFrom(`${this.#api.service} request ${this.#requests}`);
    const action = target.slice(target.indexOf('.') + 1);
    const answered = (status: number, answer: JsonValue): ServiceAnswer => {
      const contentType = `application/x-amz-json-${this.#api.version}`;
      return { status, requestId, contentType, body: JSON.stringify(answer) };
    };
    const parameters = parametersIn(body);
    const call = { service: this.#api.service, action, parameters: parameters ?? {} };
    return await this.#calls.make(call, async (fault) => {
      try {
        return answered(200, await this.#perform(action, parameters, fault));
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error;
        return answered(error.status, { __type: error.code, message: error.message });
      }
    });
  }

  #perform(action: string, parameters: JsonObject | undefined, fault: Fault | undefined) {
    const refusal = refusalOf(fault);
    if (refusal) throw refusal;
    const { actions, title } = this.#api;
    const act = Object.hasOwn(actions, action) ? actions[action] : undefined;
    if (act === undefined) {
      const known = Object.keys(actions).join(', ');
      throw new ServiceError('UnknownOperationException', `${title} has no ${action} here. It has: ${known}.`);
    }
    if (parameters) return act(new JsonParameters(parameters));
    throw new ServiceError('SerializationException', 'The body of the request is not a JSON object.');
  }
}

/** Undefined where the body is no JSON object. */
export function parametersIn(body: string): JsonObject | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    return isJsonObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** @see https://docs.aws.amazon.com/step-functions/latest/apireference/CommonErrors.html */
export function refusalOf(fault: Fault | undefined): ServiceError | undefined {
  if (fault?.kind === 'throttle') return new ServiceError('ThrottlingException', 'Rate exceeded');
  if (fault?.kind !== 'internal') return undefined;
  return new ServiceError('InternalFailure', 'We encountered an internal error. Please try again.', 500);
}
