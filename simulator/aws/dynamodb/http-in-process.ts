import { EventEmitter } from 'node:events';
import type { Server } from 'node:http';

export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * POSTs to an HTTP server without a socket. It gives the server's listener no more of a request and a response than
 * dynalite uses: a body that arrives at once, and setHeader, statusCode and end.
 */
export function callInProcess(server: Server, headers: Readonly<Record<string, string>>, body: string) {
  return new Promise<HttpAnswer>((resolve) => {
    const request = Object.assign(new EventEmitter(), { method: 'POST', url: '/', headers });
    const answered: Record<string, string> = {};
    const response = {
      statusCode: 200,
      setHeader(name: string, value: unknown) {
        answered[name.toLowerCase()] = String(value);
      },
      end(answer = '') {
        resolve({ statusCode: response.statusCode, headers: answered, body: String(answer) });
      },
    };
    server.emit('request', request, response);
    request.emit('data', Buffer.from(body));
    request.emit('end');
  });
}
