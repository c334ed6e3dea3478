import { type AttributeValue, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { createCheckCapacity } from '../../functions/check-capacity/check-capacity.ts';
import type { Settings } from '../../functions/configuration/settings.ts';
import { createDescribeInstance } from '../../functions/describe-instance/describe-instance.ts';
import { createDetachInstances } from '../../functions/detach-instances/detach-instances.ts';
import { TargetRegistrations } from '../../functions/detach-instances/target-registrations.ts';
import {
  InterruptionTable,
  type Ledger,
  recordUpdate,
  releaseUpdate,
  type WorkflowUpdate,
} from '../../functions/ledger/interruption-table.ts';
import { createSetDesiredCapacity } from '../../functions/set-desired-capacity/set-desired-capacity.ts';
import type { CapacityReport, HandlingState, Interruption } from '../../functions/shared/contract.ts';
import { timestamp } from '../../functions/shared/timestamps.ts';
import { decideSeconds, keptSeconds, outageSeconds, reclaimSeconds } from '../../functions/shared/timing.ts';
import type { InProcessApp } from '../../simulator/account/in-process-app.ts';
import type { AutoScalingGroup } from '../../simulator/aws/index.ts';
import { busy } from '../../simulator/time/virtual-time.ts';
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
      describeInstance: invoked(createDescribeInstance({ autoScaling, table }, settings)),
      checkCapacity: invoked(createCheckCapacity({ autoScaling, loadBalancing, table }, settings)),
      setDesiredCapacity: invoked(createSetDesiredCapacity({ autoScaling, table }, settings)),
      detachInstances: invoked(
        createDetachInstances(
          { autoScaling, table, ...(settings.serveOnAtMaxSize && { targets: new TargetRegistrations(loadBalancing) }) },
          settings,
        ),
      ),
      settled: (promise) => app.time.runUntilSettled(promise),
    });
  });
}

/** Time stands still while it computes: an SDK client reads its shared configuration from disk before its first call. */
function invoked<Input, Output>(run: (input: Input) => Promise<Output>) {
  return (input: Input): Promise<Output> => busy(() => run(input));
}

/** What a method of the table comes to. */
export function ofTable<T>({ settled, table }: Functions, work: (table: InterruptionTable) => Promise<T>): Promise<T> {
  return settled(busy(() => work(table)));
}

/** The ledger of the group `web`. */
export async function ledgerNow(functions: Functions): Promise<Ledger> {
  return (await ofTable(functions, (table) => table.read('web'))).ledger;
}

/** An interruption noticed now, recorded by the workflow's own update. */
export async function recorded(
  functions: Functions,
  group: AutoScalingGroup,
  index = 0,
  overrides: Partial<Interruption> = {},
): Promise<HandlingState> {
  const interruption = { ...interruptionOf(instanceId(group, index)), autoScalingGroupName: group.name, ...overrides };
  await written(functions, interruption, recordUpdate);
  return { interruption };
}

/** Released by the workflow's own update, so that another execution may take the notice up. */
export async function released(functions: Functions, { interruption }: HandlingState): Promise<void> {
  await written(functions, interruption, releaseUpdate);
}

/** The same for a group's first instances. */
export async function recordedEach(
  functions: Functions,
  group: AutoScalingGroup,
  instances: number,
): Promise<readonly [HandlingState, ...HandlingState[]]> {
  const first = await recorded(functions, group);
  const others: HandlingState[] = [];
  for (let index = 1; index < instances; index += 1) others.push(await recorded(functions, group, index));
  return [first, ...others];
}

/** With the report of a look at the group that it makes now. */
export async function looked(
  { checkCapacity, settled }: Functions,
  handling: HandlingState,
): Promise<HandlingState & { readonly capacity: CapacityReport }> {
  return { ...handling, capacity: await settled(checkCapacity(handling)) };
}

/** Another execution takes the group's lease, and notes no change. */
export async function holdLease(functions: Functions, holder = 'another execution'): Promise<void> {
  const decidedOn = (await ledgerNow(functions)).version;
  const version = await ofTable(functions, (table) => table.begin('web', holder, decidedOn));
  if (version === undefined) throw new Error('The lease could not be taken.');
}

/** With the deadlines that DescribeInstance gives it, but for their jitter. */
export function interruptionOf(instanceId: string, now = Date.now()): Interruption {
  const drainSeconds = 30;
  const detachBySeconds = reclaimSeconds - drainSeconds;
  const at = (seconds: number) => timestamp(now + seconds * 1000);
  return {
    managed: true,
    recommended: 0,
    instanceId,
    signal: 'Spot interruption',
    instanceAction: 'terminate',
    executionArn: `arn:aws:states:us-east-2:123456789012:execution:spot-interruption:${instanceId}`,
    noticeAt: at(0),
    retryUntil: at(detachBySeconds - outageSeconds),
    decideBy: at(detachBySeconds - decideSeconds),
    detachBy: at(detachBySeconds),
    reclaimAt: at(reclaimSeconds),
    autoScalingGroupName: 'web',
    weight: 1,
    drainSeconds,
    leaveBy: 'detach',
    retrySeconds: 3,
    recordedAtSeconds: Math.floor(now / 1000),
    expiresAtSeconds: Math.ceil(now / 1000) + reclaimSeconds + keptSeconds,
  };
}

function written(
  { app, settled }: Functions,
  interruption: Interruption,
  { condition, update, ...rest }: WorkflowUpdate,
) {
  const values = Object.entries(rest.values).map(([name, { path, type }]): [string, AttributeValue] => {
    const text = String(fieldOf(interruption, path));
    return [name, type === 'number' ? { N: text } : { S: text }];
  });
  const command = new UpdateItemCommand({
    TableName: defaultSettings.tableName,
    Key: {
      autoScalingGroupName: { S: interruption.autoScalingGroupName },
      instanceId: { S: interruption.instanceId },
    },
    UpdateExpression: update,
    ConditionExpression: condition,
    ExpressionAttributeValues: Object.fromEntries(values),
  });
  return settled(busy(() => app.clients.dynamoDb.send(command)));
}

/** What the path of a workflow's update stands for. */
function fieldOf(interruption: Interruption, path: string): unknown {
  if (path === '$$.State.EnteredTime') return timestamp(Date.now());
  const [, name] = /^\$\.interruption\.(\w+)$/.exec(path) ?? [];
  const field = Object.entries(interruption).find(([key]) => key === name);
  if (!field) throw new Error(`An interruption has no ${path}.`);
  return field[1];
}
