import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { isJsonObject } from '../../simulator/json.ts';
import { scenarios } from '../../simulator/scenarios/scenarios.ts';
import { InvalidRunSettings, parsePlayed, parseRunSettings, parseSeed } from '../shared/run-settings.ts';
import type { Compared } from './comparison-worker.ts';
import { compare } from './comparisons.ts';
import type { Runs } from './runs.ts';

/** A comment is sent this often, so that a connection that is gone is noticed. */
const keepAliveMs = 15_000;
const mostPayloadBytes = 300_000;

/**
 * The console's HTTP interface:
 * - `GET /` the page
 * - `GET /updates` the current run's updates, and those of runs to come, as server-sent events: arrays of RunUpdate, whose
 *   ids (`RUN:COUNT`) a reconnecting client sends back, to go on from there
 * - `POST /runs` starts a run in place of the current one: RunSettings as JSON; 202 {id}, 400 {message}
 * - `POST /runs/stop` stops it
 * - `POST /comparisons` plays a scenario or world with every strategy: {scenario or world, seed}; answers ComparisonLines, a JSON
 *   document each, as they come
 *
 * It answers only those who ask for it by a loopback name, and starts runs only for JSON of its own origin: pages from
 * elsewhere can do neither.
 */
export function consoleListener(page: string, runs: Runs): RequestListener {
  const scenarioNames = scenarios.map(({ name }) => name);
  const routes: Record<string, (request: IncomingMessage, response: ServerResponse) => void | Promise<void>> = {
    'GET /': (_, response) => sendPage(response, page),
    'GET /updates': (request, response) => streamUpdates(request, response, runs),
    'POST /runs': async (request, response) => {
      const id = runs.start(parseRunSettings(await readJson(request), scenarioNames));
      sendJson(response, 202, { id });
    },
    'POST /runs/stop': async (request, response) => {
      await readJson(request);
      runs.stop();
      sendJson(response, 202, {});
    },
    'POST /comparisons': async (request, response) => {
      const given = await readJson(request);
      if (!isJsonObject(given)) throw new BadRequest('What is to be compared has to be a JSON object.');
      const compared = { ...parsePlayed(given, scenarioNames), seed: parseSeed(given.seed) };
      await streamComparison(response, compared);
    },
  };
  return (request, response) => {
    answer(request, response, routes).catch((error: unknown) => {
      const expected = error instanceof InvalidRunSettings || error instanceof BadRequest;
      if (!expected) console.error(error);
      sendJson(response, expected ? 400 : 500, { message: error instanceof Error ? error.message : String(error) });
    });
  };
}

class BadRequest extends Error {}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  routes: Record<string, (request: IncomingMessage, response: ServerResponse) => void | Promise<void>>,
): Promise<void> {
  if (!isLoopbackName(request.headers.host)) return sendJson(response, 403, { message: 'Ask for localhost.' });
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  const route = routes[`${request.method} ${pathname}`];
  if (!route) return sendJson(response, 404, { message: `There is no ${request.method} ${pathname} here.` });
  await route(request, response);
}

/** A page whose host name was made to resolve to this computer is not this one's. */
function isLoopbackName(host: string | undefined): boolean {
  return /^(localhost|127\.0\.0\.1)(:\d+)?$/.test(host ?? '');
}

function sendPage(response: ServerResponse, page: string): void {
  response.writeHead(200, {
    'Content-Type': 'text/html; charset=utf-8',
    'Cache-Control': 'no-store',
  });
  response.end(page);
}

function streamUpdates(request: IncomingMessage, response: ServerResponse, { log }: Runs): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  response.write(': connected\n\n');
  const [runId, count] = String(request.headers['last-event-id'] ?? '').split(':');
  const from = runId !== undefined && runId === log.runId ? Number(count) : 0;
  const stopListening = log.listen((updates, total) => {
    response.write(`id: ${log.runId}:${total}\ndata: ${JSON.stringify(updates)}\n\n`);
  }, from);
  const keepAlive = setInterval(() => response.write(': still here\n\n'), keepAliveMs);
  response.on('close', () => {
    stopListening();
    clearInterval(keepAlive);
  });
}

async function streamComparison(response: ServerResponse, compared: Compared): Promise<void> {
  response.writeHead(200, { 'Content-Type': 'application/x-ndjson', 'Cache-Control': 'no-store' });
  const stopped = new AbortController();
  response.on('close', () => stopped.abort());
  await compare(compared, (line) => response.write(`${JSON.stringify(line)}\n`), stopped.signal);
  response.end();
}

/** Other origins' pages can only send JSON after asking first, which is not answered. */
async function readJson(request: IncomingMessage): Promise<unknown> {
  if (!request.headers['content-type']?.startsWith('application/json')) {
    throw new BadRequest('The request has to have the Content-Type application/json.');
  }
  let text = '';
  for await (const chunk of request) {
    text += chunk;
    if (text.length > mostPayloadBytes) throw new BadRequest(`The request is larger than ${mostPayloadBytes} bytes.`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BadRequest(`The request is not JSON: ${error instanceof Error ? error.message : error}`);
  }
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(body));
}
