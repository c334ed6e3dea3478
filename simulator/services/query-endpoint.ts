import { busy, sleep } from '../virtual-time.ts';
import type { Changes } from './changes.ts';
import { type ApiCall, type Fault, type Intercept, maxStaleSeconds } from './faults.ts';
import { uuidFrom } from './identifiers.ts';
import { answerXml, errorXml, parseForm, QueryParameters, type XmlValue } from './query-protocol.ts';
import { ServiceError } from './service-error.ts';

/** A service's actions, by name. `at` is the time whose state a Describe call shows (milliseconds since the epoch). */
export interface QueryApi {
  readonly namespace: string;
  readonly version: string;
  readonly actions: Readonly<Record<string, (parameters: QueryParameters, at: number) => XmlValue | undefined>>;
}

export type QueryService = 'autoscaling' | 'elasticloadbalancing';

export interface QueryRequest {
  /** The Authorization header. Its signature is not checked, its credential scope names the service. */
  readonly authorization: string | undefined;
  /** The form. */
  readonly body: string;
}

export interface QueryAnswer {
  readonly status: number;
  readonly requestId: string;
  readonly body: string;
}

/** The connection ended without an answer. */
export class ConnectionLost extends Error {
  override readonly name = 'TimeoutError';
}

export interface QueryEndpointOptions {
  readonly apis: Readonly<Record<QueryService, QueryApi>>;
  readonly changes: Changes;
  readonly latencyMs: number;
}

/** What every front hands its requests to: latency, faults, and the services behind them. */
export class QueryEndpoint {
  readonly #options: QueryEndpointOptions;
  readonly #calls: Record<string, number> = {};
  #requests = 0;
  intercept: Intercept | undefined;

  constructor(options: QueryEndpointOptions) {
    this.#options = options;
  }

  /** Calls by action, failed ones included. */
  get calls(): Readonly<Record<string, number>> {
    return this.#calls;
  }

  /** Rejects with ConnectionLost where a fault takes the answer away. */
  async answer(request: QueryRequest): Promise<QueryAnswer> {
    return await busy(() => this.#answer(request));
  }

  async #answer(request: QueryRequest): Promise<QueryAnswer> {
    this.#requests += 1;
    const requestId = uuidFrom(`request ${this.#requests}`);
    const form = parseForm(request.body);
    const service = serviceOf(request.authorization, form);
    if (service === undefined) return this.#refuseUnknownService(form, requestId);
    const action = form.get('Action') ?? '';
    const fault = this.#faultOf({ service, action, parameters: Object.fromEntries(form) });
    const latencyMs = fault?.latencyMs ?? this.#options.latencyMs;
    if (fault?.kind === 'timeout-before') return await loseConnection(action, fault.seconds * 1000);
    // Half of the latency before the effect, half of it after: what is answered may be outdated when it arrives.
    await sleep(latencyMs / 2);
    const answer = this.#perform(this.#options.apis[service], form, { requestId, fault });
    if (fault?.kind === 'timeout-after') {
      return await loseConnection(action, Math.max(0, fault.seconds * 1000 - latencyMs / 2));
    }
    await sleep(latencyMs / 2);
    return answer;
  }

  #faultOf(call: ApiCall): Fault | undefined {
    this.#calls[call.action] = (this.#calls[call.action] ?? 0) + 1;
    const fault = this.intercept?.(call);
    if (fault?.kind === 'stale' && fault.seconds > maxStaleSeconds) {
      throw new RangeError(`A read can be stale by at most ${maxStaleSeconds} s, not ${fault.seconds} s.`);
    }
    return fault;
  }

  #perform(
    api: QueryApi,
    form: ReadonlyMap<string, string>,
    { requestId, fault }: { readonly requestId: string; readonly fault: Fault | undefined },
  ): QueryAnswer {
    const { namespace } = api;
    try {
      const refusal = fault && refusalOf(fault);
      if (refusal !== undefined) throw refusal;
      const at = fault?.kind === 'stale' ? Date.now() - fault.seconds * 1000 : Number.POSITIVE_INFINITY;
      const [action, act] = actionOf(api, form);
      const result = this.#options.changes.step(() => act(new QueryParameters(form), at));
      return { status: 200, requestId, body: answerXml(action, { namespace, requestId, result }) };
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      return { status: error.status, requestId, body: errorXml(error, { namespace, requestId }) };
    }
  }

  #refuseUnknownService(form: ReadonlyMap<string, string>, requestId: string): QueryAnswer {
    const { namespace } = this.#options.apis.autoscaling;
    const error = unknownAction(form);
    return { status: error.status, requestId, body: errorXml(error, { namespace, requestId }) };
  }
}

/** By the SigV4 credential scope (`Credential=KEY/DATE/REGION/SERVICE/aws4_request`), else by the API's version. */
function serviceOf(authorization: string | undefined, form: ReadonlyMap<string, string>): QueryService | undefined {
  const scope = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\/aws4_request/.exec(authorization ?? '')?.[1];
  if (scope === 'autoscaling' || scope === 'elasticloadbalancing') return scope;
  if (scope !== undefined) return undefined;
  if (form.get('Version') === '2011-01-01') return 'autoscaling';
  return form.get('Version') === '2015-12-01' ? 'elasticloadbalancing' : undefined;
}

function actionOf(api: QueryApi, form: ReadonlyMap<string, string>) {
  const action = form.get('Action') ?? '';
  const act = Object.hasOwn(api.actions, action) ? api.actions[action] : undefined;
  if (act === undefined || form.get('Version') !== api.version) throw unknownAction(form);
  return [action, act] as const;
}

function unknownAction(form: ReadonlyMap<string, string>): ServiceError {
  const action = form.get('Action');
  if (action === undefined) {
    return new ServiceError('MissingAction', 'The request must contain the parameter Action');
  }
  const version = form.get('Version') ?? 'NO_VERSION_SPECIFIED';
  return new ServiceError('InvalidAction', `Could not find operation ${action} for version ${version}`);
}

function refusalOf(fault: Fault): ServiceError | undefined {
  if (fault.kind === 'throttle') return new ServiceError('Throttling', 'Rate exceeded');
  if (fault.kind === 'contention') {
    const message = 'You already have a pending update to an Amazon EC2 Auto Scaling resource.';
    return new ServiceError('ResourceContention', message, 500);
  }
  if (fault.kind === 'internal') {
    return new ServiceError('InternalFailure', 'We encountered an internal error. Please try again.', 500);
  }
  return undefined;
}

async function loseConnection(action: string, ms: number): Promise<never> {
  await sleep(ms);
  throw new ConnectionLost(`${action}: the connection timed out without an answer.`);
}
