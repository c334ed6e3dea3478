import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { createCheckCapacity } from '../../functions/check-capacity/check-capacity.ts';
import { createDescribeInstance } from '../../functions/describe-instance/describe-instance.ts';
import { createDetachInstances } from '../../functions/detach-instances/detach-instances.ts';
import { createSetDesiredCapacity } from '../../functions/set-desired-capacity/set-desired-capacity.ts';
import type { HandlingState, Interruption } from '../../functions/shared/contract.ts';
import { InterruptionTable } from '../../functions/shared/interruption-table.ts';
import type { Settings } from '../../functions/shared/settings.ts';
import type { InProcessApp } from '../../simulator/in-process-app.ts';
import type { AutoScalingGroup } from '../../simulator/services/index.ts';
import { busy } from '../../simulator/virtual-time.ts';
import { defaultSettings, type HandlingOptions, handling, instanceId } from './handling.ts';

/** The functions on simulated services, each to be called as the workflow would. */
export interface Functions {
  readonly app: InProcessApp;
  readonly table: InterruptionTable;
  readonly describeInstance: ReturnType<typeof createDescribeInstance>;
  readonly checkCapacity: ReturnType<typeof createCheckCapacity>;
  readonly setDesiredCapacity: ReturnType<typeof createSetDesiredCapacity>;
  readonly detachInstances: ReturnType<typeof createDetachInstances>;
  /** Lets virtual time pass until the promise is settled. */
  settled<T>(promise: Promise<T>): Promise<T>;
}

export function withFunctions<T>(options: HandlingOptions, work: (functions: Functions) => Promise<T>): Promise<T> {
  const settings: Settings = { ...defaultSettings, ...options.settings };
  return handling(options, (app) => {
    const { autoScaling, dynamoDb, loadBalancing } = app.clients;
    const table = new InterruptionTable(dynamoDb, settings.tableName);
    return work({
      app,
      table,
      describeInstance: invoked(createDescribeInstance({ autoScaling }, settings)),
      checkCapacity: invoked(createCheckCapacity({ autoScaling, loadBalancing, table }, settings)),
      setDesiredCapacity: invoked(createSetDesiredCapacity({ autoScaling, table }, settings)),
      detachInstances: invoked(createDetachInstances({ autoScaling, table }, settings)),
      settled: (promise) => app.time.runUntilSettled(promise),
    });
  });
}

/** Time stands still while it computes: an SDK client reads its shared configuration from disk before its first call. */
function invoked<Input, Output>(run: (input: Input) => Promise<Output>) {
  return (input: Input): Promise<Output> => busy(() => run(input));
}

/** An interruption noticed now, recorded as the workflow records it. */
export async function recorded(
  { app, settled }: Functions,
  group: AutoScalingGroup,
  index = 0,
  overrides: Partial<Interruption> = {},
): Promise<HandlingState> {
  const interruption = { ...interruptionOf(instanceId(group, index)), ...overrides };
  const record = new UpdateItemCommand({
    TableName: defaultSettings.tableName,
    Key: { autoScalingGroupName: { S: group.name }, instanceId: { S: interruption.instanceId } },
    UpdateExpression: 'SET executionArn = :executionArn, expiresAt = :expiresAt',
    ExpressionAttributeValues: {
      ':executionArn': { S: interruption.executionArn },
      ':expiresAt': { N: String(interruption.expiresAtSeconds) },
    },
  });
  await settled(busy(() => app.clients.dynamoDb.send(record)));
  return { interruption };
}

export function interruptionOf(instanceId: string): Interruption {
  const at = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
  const nowSeconds = Math.floor(Date.now() / 1000);
  return {
    managed: true,
    instanceId,
    instanceAction: 'terminate',
    executionArn: `arn:aws:states:us-east-2:123456789012:execution:spot-interruption:${instanceId}`,
    noticeAt: at(0),
    retryUntil: at(75),
    decideBy: at(86),
    detachBy: at(90),
    reclaimAt: at(120),
    autoScalingGroupName: 'web',
    weight: 1,
    recordedAtSeconds: nowSeconds,
    expiresAtSeconds: nowSeconds + 3720,
  };
}
