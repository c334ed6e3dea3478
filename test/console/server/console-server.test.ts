import { createServer, get, type Server } from 'node:http';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { consoleListener } from '../../../console/server/console-server.ts';
import { Runs } from '../../../console/server/runs.ts';

/** No run gets further than its synthesis here: what comes after is what `npm start` does, and tested there. */
const apps = { for: () => Promise.reject(new Error('nothing is synthesized in this test')) };
const run = { scenario: 'pair', event: {}, seed: 1, speed: 20 };
let server: Server;
let runs: Runs;
let address: string;

beforeEach(async () => {
  runs = new Runs(apps);
  server = createServer(consoleListener('<title>the page</title>', runs));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  address = `http://127.0.0.1:${typeof bound === 'object' ? bound?.port : ''}`;
});

afterEach(() => {
  runs.log.close();
  server.close();
  server.closeAllConnections();
});

it('serves the page', async () => {
  const response = await fetch(address);
  expect(await response.text()).toBe('<title>the page</title>');
});

it('starts a run, and tells what comes of it', async () => {
  const { status, body } = await post('/runs', run);
  expect(status).toBe(202);
  const [update] = await updates(2);
  expect(update).toMatchObject({ kind: 'requested', id: body.id, settings: run });
});

it('tells why a run cannot be', async () => {
  await post('/runs', run);
  expect((await updates(2))[1]).toEqual({ kind: 'refused', message: 'nothing is synthesized in this test' });
});

it('goes on from where a client was when it reconnects', async () => {
  const { body } = await post('/runs', run);
  await updates(2);
  expect(await updates(1, { 'Last-Event-ID': `${body.id}:1` })).toMatchObject([{ kind: 'refused' }]);
});

it('tells a run from its beginning to a client that knows another one', async () => {
  await post('/runs', run);
  await updates(2);
  expect((await updates(1, { 'Last-Event-ID': 'another:1' }))[0]).toMatchObject({ kind: 'requested' });
});

it.each([
  ['an unknown scenario', { ...run, scenario: 'nope' }, 'There is no scenario "nope"'],
  ['no payload', { scenario: 'pair' }, '"event", is missing'],
])('refuses %s', async (_, given, message) => {
  const { status, body } = await post('/runs', given);
  expect(status).toBe(400);
  expect(body.message).toContain(message);
});

it('refuses what is no JSON', async () => {
  const response = await fetch(`${address}/runs`, { method: 'POST', headers: json, body: '{' });
  expect(response.status).toBe(400);
});

it('starts nothing for a form, which any page could send', async () => {
  const response = await fetch(`${address}/runs`, { method: 'POST', body: JSON.stringify(run) });
  expect(response.status).toBe(400);
  expect(runs.log.runId).toBeUndefined();
});

it('answers nobody who asks for another host, which a page could make resolve to this one', async () => {
  expect(await statusFor('console.example')).toBe(403);
  expect(await statusFor('localhost:4600')).toBe(200);
});

it('has nothing else', async () => {
  expect((await fetch(`${address}/etc/passwd`)).status).toBe(404);
});

const json = { 'Content-Type': 'application/json' };

async function post(path: string, body: unknown): Promise<{ status: number; body: Record<string, string> }> {
  const response = await fetch(address + path, { method: 'POST', headers: json, body: JSON.stringify(body) });
  const answer: Record<string, string> = JSON.parse(await response.text());
  return { status: response.status, body: answer };
}

/** The first updates of the stream, as many as asked for. */
async function updates(count: number, headers: Record<string, string> = {}): Promise<unknown[]> {
  const abort = new AbortController();
  const response = await fetch(`${address}/updates`, { headers, signal: abort.signal });
  const received: unknown[] = [];
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += new TextDecoder().decode(chunk);
    const messages = text.split('\n\n');
    text = messages.pop() ?? '';
    received.push(...messages.flatMap(updatesIn));
    if (received.length >= count) break;
  }
  abort.abort();
  return received;
}

function updatesIn(message: string): unknown[] {
  const data = /^data: (.*)$/m.exec(message)?.[1];
  const parsed: unknown[] = data === undefined ? [] : JSON.parse(data);
  return parsed;
}

/** fetch sets the Host itself. */
function statusFor(host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get(address, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on('error', reject);
  });
}
