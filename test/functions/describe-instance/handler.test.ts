import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, expect, it, vi } from 'vitest';
import { InterruptionTable } from '../../../functions/ledger/interruption-table.ts';
import { startLocalAws } from '../../../simulator/account/local-aws.ts';
import { createWeb, instanceId } from '../../support/handling.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

it('counts that it waited for another execution, which is no error to be alarmed at', async () => {
  const table = { tableName: 'interruptions', partitionKey: 'autoScalingGroupName', sortKey: 'instanceId' };
  const local = await startLocalAws({ table });
  try {
    const environment = {
      AWS_REGION: 'us-east-2',
      AWS_ENDPOINT_URL: local.endpoint,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      TABLE_NAME: table.tableName,
      MIN_SERVING: '100%',
      POLL_SECONDS: '4',
      DRAIN_SECONDS: '30',
      SERVICE_NAME: 'the-stack',
      SILENT: undefined,
    };
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    vi.spyOn(console, 'error').mockReturnValue();
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const id = instanceId(createWeb(local, {}));
    await new InterruptionTable(new DynamoDBClient(), table.tableName).claimLook('web');

    const { handler } = await loaded();
    const execution = { arn: 'arn:execution', startedAt: new Date().toISOString() };
    const event = { detail: { 'instance-id': id } };
    await expect(handler({ event, execution })).rejects.toMatchObject({ name: 'GroupBusy' });
    expect(write.mock.calls.map(([line]) => JSON.parse(String(line)))).toMatchObject([
      { LeaseWaits: 1, service: 'the-stack', executionArn: 'arn:execution' },
    ]);
  } finally {
    await local.close();
  }
});

/** Anew, since it reads the environment when it is loaded. */
async function loaded() {
  vi.resetModules();
  return import('../../../functions/describe-instance/handler.ts');
}
