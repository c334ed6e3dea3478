import type { ServiceEndpoint } from './service-endpoint.ts';

/** What an SDK client hands to its request handler: the part of Smithy's HttpRequest that is needed here. */
interface SdkRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

interface SdkResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

/** Smithy's HttpHandler, as the `requestHandler` of an SDK client's configuration. */
export interface InProcessRequestHandler {
  handle(
    request: SdkRequest,
    options?: { readonly abortSignal?: { readonly aborted: boolean } },
  ): Promise<{ response: SdkResponse }>;
  updateHttpClientConfig(): void;
  httpHandlerConfigs(): Record<string, never>;
  destroy(): void;
}

/** The services without a socket. Rejects with a TimeoutError where a fault takes the answer away. */
export function inProcessRequestHandler(endpoint: ServiceEndpoint): InProcessRequestHandler {
  return {
    async handle(request, options) {
      if (options?.abortSignal?.aborted) throw abortError();
      const answer = await endpoint.answer({
        authorization: request.headers.authorization ?? request.headers.Authorization,
        body: textOf(request.body),
      });
      if (options?.abortSignal?.aborted) throw abortError();
      return {
        response: {
          statusCode: answer.status,
          headers: { 'content-type': answer.contentType, 'x-amzn-requestid': answer.requestId },
          body: new TextEncoder().encode(answer.body),
        },
      };
    },
    // What a client configures concerns sockets.
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
    destroy() {},
  };
}

function textOf(body: unknown): string {
  if (typeof body === 'string') return body;
  if (body instanceof Uint8Array) return new TextDecoder().decode(body);
  throw new TypeError(`The body of a Query request must be a string or bytes, not ${typeof body}.`);
}

function abortError(): Error {
  return Object.assign(new Error('Request aborted'), { name: 'AbortError' });
}
