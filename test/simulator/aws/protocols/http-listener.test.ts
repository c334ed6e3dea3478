import { createServer, type Server } from 'node:http';
import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import { DescribeTargetHealthCommand, ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SimulatedAws } from '../../../../simulator/aws/index.ts';
import { createServedGroup } from '../world.ts';

let aws: SimulatedAws;
let server: Server;
let endpoint: string;

beforeEach(async () => {
  aws = new SimulatedAws({ latencyMs: 0 });
  server = createServer(aws.requestListener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  endpoint = `http://127.0.0.1:${address.port}`;
});

afterEach(async () => {
  aws.stop();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
const post = (body: string, headers: Record<string, string> = {}) =>
  fetch(endpoint, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8', ...headers },
  });
const signedFor = (service: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=AKID/20260301/us-east-2/${service}/aws4_request, SignedHeaders=host, Signature=0`,
});

describe('over HTTP', () => {
  test('answers the SDK clients of both services on one port', async () => {
    const { targetGroup } = createServedGroup(aws);
    const client = { region: 'us-east-2', endpoint, credentials, maxAttempts: 1 };
    const groups = await new AutoScalingClient(client).send(new DescribeAutoScalingGroupsCommand({}));
    const health = await new ElasticLoadBalancingV2Client(client).send(
      new DescribeTargetHealthCommand({ TargetGroupArn: targetGroup.arn }),
    );
    expect(groups.AutoScalingGroups?.[0]?.AutoScalingGroupName).toBe('web');
    expect(health.TargetHealthDescriptions?.[0]?.TargetHealth?.State).toBe('healthy');
  });

  test('tells an unsigned call by its version', async () => {
    const response = await post('Action=DescribeAutoScalingGroups&Version=2011-01-01');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/xml');
    expect(await response.text()).toContain(
      '<DescribeAutoScalingGroupsResponse xmlns="http://autoscaling.amazonaws.com/doc/2011-01-01/">',
    );
  });

  test.each([
    ['a service that is not simulated', 'Action=GetCallerIdentity&Version=2011-06-15', 'sts'],
    ['another service that has the version of one', 'Action=DescribeAutoScalingGroups&Version=2011-01-01', 'sts'],
    ['the version of another API', 'Action=DescribeTargetHealth&Version=2012-06-01', 'elasticloadbalancing'],
  ])('refuses %s', async (_, body, service) => {
    const response = await post(body, signedFor(service));
    expect(response.status).toBe(400);
    expect(await response.text()).toMatch(
      /<Code>InvalidAction<\/Code><Message>Could not find operation \w+ for version/,
    );
  });

  test('refuses a call without an action', async () => {
    const response = await post('Version=2011-01-01');
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('<Code>MissingAction</Code>');
  });

  test('refuses an unknown parameter', async () => {
    const response = await post('Action=DescribeAutoScalingGroups&Version=2011-01-01&Colour=red');
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('<Code>ValidationError</Code><Message>Unknown parameter: Colour</Message>');
  });

  test('ends the connection of a call that times out', async () => {
    aws.setIntercept(() => ({ kind: 'timeout-before', seconds: 0 }));
    await expect(post('Action=DescribeAutoScalingGroups&Version=2011-01-01')).rejects.toThrow('fetch failed');
  });
});
