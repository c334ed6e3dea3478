import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { FunctionName } from '../../functions/shared/contract.ts';
import { credentialsOf } from '../../infra/bundled/environment-credentials.ts';
import { bundleFunction } from '../../infra/function-bundle.ts';

const functionNames: FunctionName[] = [
  'describe-instance',
  'check-capacity',
  'set-desired-capacity',
  'detach-instances',
];
/** Of roles to assume, processes, containers and single sign-on: each is in a bundle made without the alias. */
const markersOfOtherProviders = ['AssumeRole', 'credential_process', 'AWS_CONTAINER_CREDENTIALS', 'sso_account_id'];

const folder = mkdtempSync(join(tmpdir(), 'bundles-'));
const fileOf = (name: FunctionName) => join(folder, `${name}.mjs`);
const bundleOf = (name: FunctionName) => readFileSync(fileOf(name), 'utf8');

beforeAll(() => {
  for (const name of functionNames) bundleFunction(name, fileOf(name));
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

describe.each(functionNames)('the bundle of %s', (name) => {
  test('takes at most 300 KB', () => {
    expect(Buffer.byteLength(bundleOf(name))).toBeLessThanOrEqual(300_000);
  });

  test('contains no credential provider but the environment', () => {
    expect(markersOfOtherProviders.filter((marker) => bundleOf(name).includes(marker))).toEqual([]);
  });

  test('contains no event streams', () => {
    expect(bundleOf(name).includes(':event-type')).toBe(false);
  });

  test('loads where there are no node_modules', async () => {
    stubEnvironment();
    expect(await load(name)).toMatchObject({ handler: expect.any(Function) });
  });
});

test('bundling again makes the same bundle', () => {
  const again = join(folder, 'again.mjs');
  bundleFunction('check-capacity', again);
  expect(sha256(readFileSync(again, 'utf8'))).toBe(sha256(bundleOf('check-capacity')));
});

test("a bundle signs its requests with the environment's session", async () => {
  await using service = await recordingService();
  stubEnvironment();
  vi.stubEnv('AWS_ENDPOINT_URL', service.url);
  const { handler } = await load('describe-instance');
  const execution = { arn: 'arn:execution', startedAt: '2026-01-01T00:00:00.000Z' };
  const event = { detail: { 'instance-id': 'i-1234567890abcdef0' } };
  await handler({ event, execution }, { awsRequestId: 'request' });

  expect(service.requests).toMatchObject([
    {
      authorization: expect.stringContaining('Credential=AKIDEXAMPLE/'),
      'x-amz-security-token': 'the-session',
    },
  ]);
});

describe('credentials from the environment', () => {
  const keys = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' };

  test('include the session token', () => {
    expect(credentialsOf({ ...keys, AWS_SESSION_TOKEN: 'session' })).toEqual({
      accessKeyId: 'AKIDEXAMPLE',
      secretAccessKey: 'secret',
      sessionToken: 'session',
    });
  });

  test('do without a session token', () => {
    expect(credentialsOf(keys)).toEqual({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' });
  });

  test.each([
    [{}, 'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY not set'],
    [{ AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE' }, 'No AWS credentials: AWS_SECRET_ACCESS_KEY not set'],
    [{ AWS_SECRET_ACCESS_KEY: 'secret' }, 'No AWS credentials: AWS_ACCESS_KEY_ID not set'],
  ])('are refused where they are missing: %j', (environment, message) => {
    expect(() => credentialsOf(environment)).toThrow(message);
  });
});

function stubEnvironment(): void {
  const environment = {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_SESSION_TOKEN: 'the-session',
    TABLE_NAME: 'table',
    MIN_SERVING_PEERS: '1',
    POLL_SECONDS: '4',
    DRAIN_SECONDS: '30',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    POWERTOOLS_METRICS_DISABLED: 'true',
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
}

function load(name: FunctionName) {
  return import(pathToFileURL(fileOf(name)).href);
}

/** Answers every request as Auto Scaling does for an instance in no group, and keeps the requests' headers. */
async function recordingService() {
  const requests: unknown[] = [];
  const server = createServer((request, response) => {
    requests.push(request.headers);
    response.setHeader('content-type', 'text/xml');
    response.end(noInstances);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    requests,
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const noInstances = `<DescribeAutoScalingInstancesResponse xmlns="http://autoscaling.amazonaws.com/doc/2011-01-01/">
  <DescribeAutoScalingInstancesResult><AutoScalingInstances/></DescribeAutoScalingInstancesResult>
  <ResponseMetadata><RequestId>1</RequestId></ResponseMetadata>
</DescribeAutoScalingInstancesResponse>`;

function sha256(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}
