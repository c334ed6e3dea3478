import { AsyncLocalStorage } from 'node:async_hooks';
import type { DetachInstancesInput, HandlingState, ScaleOut } from '../../functions/shared/contract.ts';
import { type LeaseServices, withGroupLease } from '../../functions/shared/group-lease.ts';
import {
  type GroupRecords,
  InterruptionTable,
  leaseKey,
  type Update,
} from '../../functions/shared/interruption-table.ts';
import { setDesiredCapacity } from '../../functions/shared/set-desired-capacity-call.ts';
import { handlerFunctions } from '../../simulator/handler-functions.ts';
import { type JsonObject, type JsonValue, objectAt } from '../../simulator/json.ts';
import type { LambdaFunction } from '../../simulator/lambda-service.ts';
import { namesIn } from './fault-dice.ts';
import { definition, type Seams } from './run-world.ts';

/** The product without one of its safeguards each: a part swapped where parts meet, everything else as it is. */

/** Whoever asks for the lease gets it, and keeps it. */
export const theLease: Seams = withTable(
  class extends InterruptionTable {
    override update(group: string, change: Update): Promise<boolean> {
      if (change.instanceId !== leaseKey) return super.update(group, change);
      const condition = `(${change.condition}) OR attribute_not_exists(holder) OR holder <> :holder`;
      return super.update(group, { ...change, condition });
    }
  },
);

/** Nobody is seen to be interrupted. */
export const theInterruptedSet: Seams = withTable(
  class extends InterruptionTable {
    override async read(group: string): Promise<GroupRecords> {
      const records = await super.read(group);
      return { ...records, interruptions: new Unseen(records.interruptions) };
    }
  },
);

class Unseen<K, V> extends Map<K, V> {
  override has(): boolean {
    return false;
  }
}

/** What a change is begun for is not kept. */
export const thePendingChange: Seams = withTable(
  class extends InterruptionTable {
    override async read(group: string): Promise<GroupRecords> {
      return withoutPending(await super.read(group));
    }
  },
);

const current = new AsyncLocalStorage<string | undefined>();

/** An execution settles the change of its own instance only. */
export const settlingByWhoeverComesNext: Seams = {
  functions: (clients, settings) => {
    const table = class extends InterruptionTable {
      override async read(group: string): Promise<GroupRecords> {
        const records = await super.read(group);
        const isOwn = records.lease.pendingChange?.instanceId === current.getStore();
        return isOwn ? records : withoutPending(records);
      }
    };
    return mapped(handlerFunctions(clients, settings, table), ({ handler }) => ({
      handler: (event, context) => current.run(namesIn(event).instanceId, () => handler(event, context)),
    }));
  },
};

const lastChance = 'no time to wait for more';

/** Nobody goes while it could still be waited. */
export const theDeadlineRule: Seams = {
  definition: withState('EnoughCapacity?', (state) => ({
    ...state,
    Choices: arrayAt(state, 'Choices').filter((choice) => objectAt({ choice }, 'choice').Comment !== lastChance),
  })),
};

/** At MaxSize everybody detaches at once. */
export const givingWayOneAtATime: Seams = {
  functions: (clients, settings) => {
    const functions = handlerFunctions(clients, settings);
    const handler: LambdaFunction['handler'] = (event: DetachInstancesInput, context) =>
      functions['detach-instances'].handler({ ...event, giveWay: false }, context);
    return { ...functions, 'detach-instances': { ...functions['detach-instances'], handler } };
  },
};

/** A raise is not taken back. */
export const theDecrementOfARaise: Seams = {
  functions: (clients, settings) => {
    const functions = handlerFunctions(clients, settings);
    const handler: LambdaFunction['handler'] = ({ giveWay, handling }: DetachInstancesInput, context) => {
      const { interruption } = handling;
      return functions['detach-instances'].handler({ giveWay, handling: { interruption } }, context);
    };
    return { ...functions, 'detach-instances': { ...functions['detach-instances'], handler } };
  },
};

/** Everybody takes back a raise, whether or not it has made one. */
export const theRaiseOfADecrement: Seams = {
  functions: (clients, settings) => {
    const table = class extends InterruptionTable {
      override async read(group: string): Promise<GroupRecords> {
        const records = await super.read(group);
        const interruptions = [...records.interruptions].map(
          ([id, record]) => [id, { ...record, raisedTo: 1 }] as const,
        );
        return { ...records, interruptions: new Map(interruptions) };
      }
    };
    const functions = handlerFunctions(clients, settings);
    return { ...functions, 'detach-instances': handlerFunctions(clients, settings, table)['detach-instances'] };
  },
};

/** The raise goes by what CheckCapacity has seen. */
export const theSecondLook: Seams = {
  functions: (clients, settings) => {
    const functions = handlerFunctions(clients, settings);
    const services = { ...clients, table: new InterruptionTable(clients.dynamoDb, settings.tableName) };
    const handler = (handling: HandlingState) => raiseByFirstLook(services, handling);
    return { ...functions, 'set-desired-capacity': { ...functions['set-desired-capacity'], handler } };
  },
};

function raiseByFirstLook(services: LeaseServices, { interruption, capacity }: HandlingState): Promise<ScaleOut> {
  const { autoScalingGroupName, executionArn, instanceId, weight } = interruption;
  return withGroupLease(services, autoScalingGroupName, executionArn, async (group) => {
    const from = capacity?.desiredCapacity ?? 0;
    const to = from + weight;
    await group.changeDesiredCapacity({ instanceId, from, to }, () =>
      setDesiredCapacity(services.autoScaling, autoScalingGroupName, to),
    );
    return { raised: true, reason: 'raised', desiredCapacity: to };
  });
}

/** A state's error is not caught. Only `ConditionalCheckFailed`, which is no failure, still is. */
export function theCatchOf(stateName: string): Seams {
  return {
    definition: withState(stateName, (state) => {
      const { Catch: _, ...uncaught } = state;
      const expected = arrayAt(state, 'Catch').filter((one) => !JSON.stringify(one).includes('States.ALL'));
      return expected.length === 0 ? uncaught : { ...uncaught, Catch: expected };
    }),
  };
}

/** Every execution records its notice, whoever has done so before. */
export const theConditionalRecord: Seams = {
  definition: withState('RecordInterruption', (state) => {
    const parameters = objectAt(state, 'Parameters');
    const condition = `${parameters.ConditionExpression} OR attribute_exists(executionArn)`;
    return { ...state, Parameters: { ...parameters, ConditionExpression: condition } };
  }),
};

function withTable(table: typeof InterruptionTable): Seams {
  return { functions: (clients, settings) => handlerFunctions(clients, settings, table) };
}

function mapped(
  functions: Readonly<Record<string, LambdaFunction>>,
  change: (lambda: LambdaFunction) => LambdaFunction,
): Readonly<Record<string, LambdaFunction>> {
  return Object.fromEntries(Object.entries(functions).map(([name, one]) => [name, { ...one, ...change(one) }]));
}

function withoutPending(records: GroupRecords): GroupRecords {
  const { pendingChange: _, ...lease } = records.lease;
  return { ...records, lease };
}

function withState(name: string, change: (state: JsonObject) => JsonObject): JsonObject {
  const states = objectAt(definition, 'States');
  return { ...definition, States: { ...states, [name]: change(objectAt(states, name)) } };
}

function arrayAt(value: JsonObject, key: string): JsonValue[] {
  const member = value[key];
  if (Array.isArray(member)) return member;
  throw new Error(`There is no list ${key}, but ${JSON.stringify(member)}.`);
}
