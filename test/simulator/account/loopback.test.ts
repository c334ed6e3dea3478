import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { startLocalAws } from '../../../simulator/account/local-aws.ts';
import { LambdaService } from '../../../simulator/aws/lambda/lambda-service.ts';
import { busy, inVirtualTime, type VirtualTime } from '../../../simulator/time/virtual-time.ts';

const table = { tableName: 'table', partitionKey: 'a', sortKey: 'b' };

describe('local AWS over HTTP', () => {
  it('takes virtual time for a call, although its client waits on a socket', async () => {
    const elapsed = await withEndpoint(async (endpoint, time) => {
      const handler = async () => {
        const start = Date.now();
        await listTables(endpoint);
        return Date.now() - start;
      };
      const lambda = new LambdaService({ functions: { work: { handler } } });
      return await time.runUntilSettled(lambda.invoke('work', {}));
    });
    expect(elapsed).toBe(5);
  });

  it('lets more clients wait at the same time than an agent has sockets by default', async () => {
    const elapsed = await withEndpoint(async (endpoint, time) => {
      const start = Date.now();
      const client = clientOf(endpoint);
      const call = () => busy(() => client.send(new ListTablesCommand({})));
      await time.runUntilSettled(Promise.all(Array.from({ length: 120 }, call)));
      return Date.now() - start;
    });
    expect(elapsed).toBe(5);
  });

  it('cuts the calls of an invocation that is dead', async () => {
    const apiCalls = await withEndpoint(async (endpoint, time, counts) => {
      const handler = async () => {
        await listTables(endpoint);
        await listTables(endpoint);
      };
      const lambda = new LambdaService({ functions: { work: { handler } }, killAfterCalls: () => 1 });
      await time.runUntilSettled(lambda.invoke('work', {}).catch(() => undefined));
      await time.runFor(10_000);
      return counts();
    });
    expect(apiCalls).toEqual({ ListTables: 1 });
  });
});

function withEndpoint<T>(
  work: (endpoint: string, time: VirtualTime, apiCalls: () => Record<string, number>) => Promise<T>,
): Promise<T> {
  return inVirtualTime({ startAt: new Date('2026-01-01T00:00:00Z') }, async (time) => {
    const local = await time.runUntilSettled(busy(() => startLocalAws({ table })));
    try {
      return await work(local.endpoint, time, local.apiCalls);
    } finally {
      await local.close();
    }
  });
}

function listTables(endpoint: string): Promise<unknown> {
  return clientOf(endpoint).send(new ListTablesCommand({}));
}

function clientOf(endpoint: string): DynamoDBClient {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return new DynamoDBClient({ endpoint, region: 'us-east-2', credentials, maxAttempts: 1 });
}
