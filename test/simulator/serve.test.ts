import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import { describe, expect, it } from 'vitest';

describe('npm run aws', () => {
  it('serves the scenario’s group until it is interrupted, and ends with exit code 0', async () => {
    const child = serve('--port', '0', '--scenario', 'pair');
    const endpoint = await endpointOf(child);
    const client = new AutoScalingClient({
      endpoint,
      region: 'us-east-2',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    const { AutoScalingGroups = [] } = await client.send(new DescribeAutoScalingGroupsCommand({}));
    child.kill('SIGINT');
    const [exitCode] = await once(child, 'exit');
    expect([exitCode, AutoScalingGroups.map((group) => group.Instances?.length)]).toEqual([0, [2]]);
  });

  it('ends with exit code 2 where the port is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const child = serve('--port', typeof address === 'object' && address ? String(address.port) : '');
    const [exitCode] = await once(child, 'exit');
    taken.close();
    expect(exitCode).toBe(2);
  });
});

function serve(...args: string[]): ChildProcess {
  return spawn(process.execPath, ['simulator/serve.ts', ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
}

async function endpointOf(child: ChildProcess): Promise<string> {
  let printed = '';
  for await (const chunk of child.stdout ?? []) {
    printed += chunk;
    const endpoint = /http:\/\/127\.0\.0\.1:\d+/.exec(printed)?.[0];
    // Leaving the loop would close the stream, and the child could not write to it any more.
    if (endpoint && printed.includes('aws dynamodb')) return endpoint;
  }
  throw new Error(`The server ended without an endpoint: ${printed}`);
}
