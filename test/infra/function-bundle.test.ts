import { createHash } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type FunctionName, functionNames } from '../../functions/shared/contract.ts';
import { credentialsOf } from '../../infra/environment-credentials.ts';
import { bundleFunction } from '../../infra/function-bundle.ts';

/** Of roles to assume, processes, containers and single sign-on: each is in a bundle made without the alias. */
const markersOfOtherProviders = ['AssumeRole', 'credential_process', 'AWS_CONTAINER_CREDENTIALS', 'sso_account_id'];

const folder = mkdtempSync(join(tmpdir(), 'bundles-'));
const fileOf = (name: FunctionName) => join(folder, `${name}.cjs`);
const bundleOf = (name: FunctionName) => readFileSync(fileOf(name), 'utf8');

beforeAll(() => {
  for (const name of functionNames) bundleFunction(name, fileOf(name));
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

describe.each(functionNames)('the bundle of %s', (name) => {
  test('takes no more than its clients need', () => {
    // Two have three: DynamoDB, Auto Scaling and Elastic Load Balancing.
    const hasThree = name === 'check-capacity' || name === 'detach-instances';
    expect(Buffer.byteLength(bundleOf(name))).toBeLessThanOrEqual(hasThree ? 295_000 : 260_000);
  });

  test('contains no credential provider but the environment', () => {
    expect(markersOfOtherProviders.filter((marker) => bundleOf(name).includes(marker))).toEqual([]);
  });

  test('loads where there are no node_modules', async () => {
    stubEnvironment();
    expect(await load(name)).toMatchObject({ handler: expect.any(Function) });
  });
});

test('bundling again makes the same bundle', () => {
  const again = join(folder, 'again.cjs');
  bundleFunction('check-capacity', again);
  expect(sha256(readFileSync(again, 'utf8'))).toBe(sha256(bundleOf('check-capacity')));
});

describe('a bundle', () => {
  test("signs its requests with the environment's session", async () => {
    expect(await requestsOf('describe-instance')).toMatchObject([
      {
        authorization: expect.stringContaining('Credential=AKIDEXAMPLE/'),
        'x-amz-security-token': 'the-session',
      },
    ]);
  });

  test('takes its settings from the environment, not from files', async () => {
    const file = join(folder, 'config');
    writeFileSync(file, '[default]\nsdk_ua_app_id = from-the-file\n');
    vi.stubEnv('AWS_CONFIG_FILE', file);
    expect(await requestsOf('describe-instance')).toMatchObject([
      { 'user-agent': expect.not.stringContaining('from-the-file') },
    ]);
  });
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
    MIN_SERVING: '100%',
    POLL_SECONDS: '4',
    DRAIN_SECONDS: '30',
    SERVICE_NAME: 'the-stack',
    SILENT: 'true',
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
}

/** A copy of its own each time, since a module is loaded once. */
function load(name: FunctionName) {
  const copy = join(mkdtempSync(join(folder, 'copy-')), 'index.cjs');
  copyFileSync(fileOf(name), copy);
  return import(pathToFileURL(copy).href);
}

/** The headers of what a function asks for when it gets a notice. */
async function requestsOf(name: FunctionName): Promise<readonly unknown[]> {
  await using service = await recordingService();
  stubEnvironment();
  vi.stubEnv('AWS_ENDPOINT_URL', service.url);
  const { handler } = await load(name);
  const execution = { arn: 'arn:execution', startedAt: '2026-01-01T00:00:00.000Z' };
  await handler(
    { event: { detail: { 'instance-id': 'i-1234567890abcdef0' } }, execution },
    { awsRequestId: 'request' },
  );
  return service.requests;
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
