import diagnostics from 'node:diagnostics_channel';
import { Agent, type ClientRequest, createServer, type RequestListener } from 'node:http';
import { currentInvocation, type Invocation } from '../aws/lambda/invocation.ts';
import { type Activity, beginActivity } from '../time/virtual-time.ts';

export interface LoopbackServer {
  /** For AWS_ENDPOINT_URL. */
  readonly endpoint: string;
  close(): Promise<void>;
}

/** A call of a client in this process, while it is under way. */
interface ClientCall {
  readonly activity: Activity;
  /** The function's that makes it; undefined: nobody's. */
  readonly invocation: Invocation | undefined;
}

/**
 * Serves HTTP on 127.0.0.1. A client in this process and the server's side of its call count as one activity, so that
 * virtual time passes while the service sleeps although its client waits on a socket. The service answers in the context of
 * the caller's invocation. A dead invocation's calls are cut.
 * @param port 0: any free one. Throws where it is taken.
 */
export async function serveOnLoopback(listener: RequestListener, port: number): Promise<LoopbackServer> {
  const calls = new Map<string, ClientCall>();
  const server = createServer((request, response) => {
    // The real clock's date would make SDK clients believe that their own, virtual one is wrong.
    response.setHeader('Date', new Date().toUTCString());
    const call = calls.get(String(request.headers[callHeader]));
    const answer = () => listener(request, response);
    if (call) call.activity.run(() => (call.invocation ? call.invocation.run(answer) : answer()));
    else answer();
  });
  const listeningPort = await new Promise<number>((resolve, reject) => {
    server.on('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
  const host = `127.0.0.1:${listeningPort}`;
  const stopFollowing = followClients(calls, host);
  return {
    endpoint: `http://${host}`,
    close: () =>
      new Promise((resolve) => {
        stopFollowing();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const callHeader = 'x-local-call';
const clientRequestCreated = 'http.client.request.created';

/** Begins an activity for every request to our host, in the context of whoever makes it, and marks the request with it. */
function followClients(calls: Map<string, ClientCall>, host: string): () => void {
  let created = 0;
  const follow = (message: unknown) => {
    const request = requestOf(message);
    if (request?.getHeader('host') !== host) return;
    // On Lambda every invocation at a time has its own environment, and so its own sockets.
    if ('agent' in request && request.agent instanceof Agent) request.agent.maxSockets = Number.POSITIVE_INFINITY;
    const invocation = currentInvocation();
    if (invocation?.admitsCall() === false) {
      request.destroy(new Error('The invocation is dead.'));
      return;
    }
    const activity = beginActivity();
    if (!activity) return;
    created += 1;
    const id = String(created);
    calls.set(id, { activity, invocation });
    request.setHeader(callHeader, id);
    request.once('close', () => {
      calls.delete(id);
      activity.end();
    });
  };
  diagnostics.subscribe(clientRequestCreated, follow);
  return () => diagnostics.unsubscribe(clientRequestCreated, follow);
}

function requestOf(message: unknown): ClientRequest | undefined {
  return isCreation(message) ? message.request : undefined;
}

/** What Node.js documents for this channel. */
function isCreation(message: unknown): message is { request: ClientRequest } {
  return typeof message === 'object' && message !== null && 'request' in message;
}
