import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { signingName } from './service-endpoint.ts';
import { refusalOf } from './unserved-service.ts';

/** A service behind a front, and how its requests are known. */
export interface FrontedService {
  /** For people. */
  readonly title: string;
  /** What its requests are signed for: `states`, `events`, … */
  readonly signingName: string;
  /** What X-Amz-Target begins with, for a service that speaks the AWS JSON protocol. */
  readonly targetPrefix?: string;
  readonly listener: RequestListener;
}

/**
 * Several services on one port, as AWS_ENDPOINT_URL has them. A request for another one is refused by naming those that there
 * are, in the protocol that it is in.
 */
export class ServiceFront {
  readonly #services: FrontedService[] = [];
  readonly #unsigned: RequestListener;

  /** `unsigned`: takes forms that say neither whom they are signed for nor a target; only their body tells. */
  constructor(unsigned: RequestListener) {
    this.#unsigned = unsigned;
  }

  add(...services: readonly FrontedService[]): void {
    this.#services.push(...services);
  }

  readonly requestListener: RequestListener = (request, response) => {
    const service = this.#serviceOf(request);
    if (service) service.listener(request, response);
    else if (isUnsignedForm(request)) this.#unsigned(request, response);
    else void this.#refuse(request, response);
  };

  #serviceOf({ headers }: IncomingMessage): FrontedService | undefined {
    const target = headers['x-amz-target'];
    if (typeof target === 'string') {
      const [prefix] = target.split('.');
      return this.#services.find(({ targetPrefix }) => targetPrefix === prefix);
    }
    const signedFor = signingName(headers.authorization);
    return this.#services.find((service) => service.signingName === signedFor);
  }

  async #refuse(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const refusal = refusalOf({ headers: request.headers, body }, this.#services);
    response.writeHead(refusal.status, refusal.headers).end(refusal.body);
  }
}

function isUnsignedForm({ method, headers }: IncomingMessage): boolean {
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
  return method === 'POST' && isForm && headers.authorization === undefined;
}
