import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { ConnectionLost, type ServiceEndpoint } from './service-endpoint.ts';

/** A service on a socket, for `http.createServer` or as a part of another listener. */
export function httpListener(endpoint: ServiceEndpoint): RequestListener {
  return (request, response) => {
    answer(endpoint, request, response).catch((error: unknown) => {
      // A fault that was asked for: the caller sees its connection end.
      if (error instanceof ConnectionLost) request.socket.destroy();
      else response.writeHead(500, { 'content-type': 'text/plain' }).end(String(error));
    });
  };
}

async function answer(endpoint: ServiceEndpoint, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { status, requestId, contentType, errorType, body } = await endpoint.answer({
    authorization: request.headers.authorization,
    target: request.headers['x-amz-target']?.toString(),
    method: request.method,
    path: request.url,
    body: await text(request),
  });
  response.writeHead(status, {
    'content-type': contentType,
    'x-amzn-requestid': requestId,
    ...(errorType !== undefined && { 'x-amzn-errortype': errorType }),
  });
  response.end(body);
}
