import { busy } from '../../time/virtual-time.ts';
import type { Changes } from '../changes.ts';
import type { Fault, Intercept } from './faults.ts';
import { uuidFrom } from './identifiers.ts';
import { answerXml, errorXml, parseForm, QueryParameters, type XmlValue } from './query-protocol.ts';
import { ServiceCalls } from './service-calls.ts';
import { type ServiceAnswer, type ServiceEndpoint, type ServiceRequest, signingName } from './service-endpoint.ts';
import { ServiceError } from './service-error.ts';

/** A service's actions, by name. `at` is the time whose state a Describe call shows (milliseconds since the epoch). */
export interface QueryApi {
  readonly namespace: string;
  readonly version: string;
  readonly actions: Readonly<Record<string, (parameters: QueryParameters, at: number) => XmlValue | undefined>>;
}

/** By the names that requests are signed for. */
type QueryService = 'autoscaling' | 'elasticloadbalancing' | 'cloudformation';

export interface QueryEndpointOptions {
  readonly apis: Readonly<Partial<Record<QueryService, QueryApi>>>;
  readonly changes: Changes;
  readonly latencyMs: number;
}

/** What every front hands its requests to: latency, faults, and the services behind them. */
export class QueryEndpoint implements ServiceEndpoint {
  readonly #options: QueryEndpointOptions;
  readonly #calls: ServiceCalls;
  #requests = 0;

  constructor(options: QueryEndpointOptions) {
    this.#options = options;
    this.#calls = new ServiceCalls(options.latencyMs);
  }

  set intercept(intercept: Intercept | undefined) {
    this.#calls.intercept = intercept;
  }

  /** Calls by action, failed ones included. */
  get calls(): Readonly<Record<string, number>> {
    return this.#calls.counts;
  }

  /** Rejects with ConnectionLost where a fault takes the answer away. */
  async answer(request: ServiceRequest): Promise<ServiceAnswer> {
    return await busy(() => this.#answer(request));
  }

  async #answer(request: ServiceRequest): Promise<ServiceAnswer> {
    this.#requests += 1;
    const requestId = uuidFrom(`request ${this.#requests}`);
    const form = parseForm(request.body);
    const { service, api } = serviceOf(request.authorization, form, this.#options.apis) ?? {};
    if (service === undefined || api === undefined) return this.#refuseUnknownService(form, requestId);
    const call = { service, action: form.get('Action') ?? '', parameters: Object.fromEntries(form) };
    return await this.#calls.make(call, (fault) => this.#perform(api, form, { requestId, fault }));
  }

  #perform(
    api: QueryApi,
    form: ReadonlyMap<string, string>,
    { requestId, fault }: { readonly requestId: string; readonly fault: Fault | undefined },
  ): ServiceAnswer {
    const { namespace } = api;
    try {
      const refusal = fault && refusalOf(fault);
      if (refusal !== undefined) throw refusal;
      const at = fault?.kind === 'stale' ? Date.now() - fault.seconds * 1000 : Number.POSITIVE_INFINITY;
      const [action, act] = actionOf(api, form);
      const result = this.#options.changes.step(() => act(new QueryParameters(form), at));
      return { status: 200, requestId, contentType, body: answerXml(action, { namespace, requestId, result }) };
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      return { status: error.status, requestId, contentType, body: errorXml(error, { namespace, requestId }) };
    }
  }

  #refuseUnknownService(form: ReadonlyMap<string, string>, requestId: string): ServiceAnswer {
    const namespace = Object.values(this.#options.apis)[0]?.namespace ?? '';
    const error = unknownAction(form);
    return { status: error.status, requestId, contentType, body: errorXml(error, { namespace, requestId }) };
  }
}

const contentType = 'text/xml';

/** By whom the request is signed for, else by the API's version. */
function serviceOf(
  authorization: string | undefined,
  form: ReadonlyMap<string, string>,
  apis: QueryEndpointOptions['apis'],
): { readonly service: QueryService; readonly api: QueryApi } | undefined {
  const signedFor = signingName(authorization);
  const version = form.get('Version');
  for (const service of queryServices) {
    const api = apis[service];
    const isAsked = signedFor === undefined ? api?.version === version : signedFor === service;
    if (api !== undefined && isAsked) return { service, api };
  }
  return undefined;
}

const queryServices: readonly QueryService[] = ['autoscaling', 'elasticloadbalancing', 'cloudformation'];

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
