import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { ConnectionLost, type QueryEndpoint } from './query-endpoint.ts';

/** The services on a socket, for `http.createServer` or as a part of another listener. */
export function httpListener(endpoint: QueryEndpoint): RequestListener {
  return (request, response) => {
    answer(endpoint, request, response).catch((error: unknown) => {
      // A fault that was asked for: the caller sees its connection end.
      if (error instanceof ConnectionLost) request.socket.destroy();
      else response.writeHead(500, { 'content-type': 'text/plain' }).end(String(error));
    });
  };
}

async function answer(endpoint: QueryEndpoint, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { status, requestId, body } = await endpoint.answer({
    authorization: request.headers.authorization,
    body: await text(request),
  });
  response.writeHead(status, { 'content-type': 'text/xml', 'x-amzn-requestid': requestId });
  response.end(body);
}
