import { createCheckCapacity } from '../../functions/check-capacity/check-capacity.ts';
import { GroupLease } from '../../functions/ledger/group-lease.ts';
import {
  type GroupRecords,
  InterruptionTable,
  type Settlement,
  type SharedLook,
  type Then,
} from '../../functions/ledger/interruption-table.ts';
import type { CapacityReport, FunctionName, HandlingState, Leaving } from '../../functions/shared/contract.ts';
import { handlerFunctions } from '../../simulator/account/handler-functions.ts';
import type { LambdaFunction } from '../../simulator/aws/lambda/lambda-service.ts';
import { type JsonObject, type JsonValue, objectAt } from '../../simulator/json.ts';
import { definition, type Seams } from './run-world.ts';

/** The product without one of its safeguards each: a part swapped where parts meet, everything else as it is. */

/** Whoever wants to look at a group and change it does so, and adds its raise to what it finds. */
export const theLease: Seams = withTable(
  class extends InterruptionTable {
    override async claimLook(): Promise<boolean> {
      return true;
    }
    override async begin(_group: string, _holder: string, version: number): Promise<number | undefined> {
      return version;
    }
    override async settle(group: string, holder: string, _: number, { known, raised }: Settlement) {
      const { ledger } = await this.read(group);
      const version = await super.begin(group, holder, ledger.version);
      const sum = ledger.known === known ? ledger.raised + raised : raised;
      return version && super.settle(group, holder, version, { known, raised: sum }, 'release');
    }
  },
);

/** Nobody is seen to be interrupted but oneself. */
export const theInterruptedSet: Seams = {
  functions: (clients, settings) => {
    const functions = handlerFunctions(clients, settings);
    return {
      ...functions,
      'check-capacity': {
        ...functions['check-capacity'],
        handler: (handling: HandlingState, context) => {
          const own = handling.interruption.instanceId;
          const seesItselfOnly = class extends InterruptionTable {
            override async read(group: string): Promise<GroupRecords> {
              const { interruptions, ledger } = await super.read(group);
              return { ledger, interruptions: new Map([...interruptions].filter(([id]) => id === own)) };
            }
          };
          return handlerFunctions(clients, settings, seesItselfOnly)['check-capacity'].handler(handling, context);
        },
      },
    };
  },
};

/** What is about to be changed is not written down. */
export const thePendingChange: Seams = withTable(
  class extends InterruptionTable {
    override begin(group: string, holder: string, version: number): Promise<number | undefined> {
      return super.begin(group, holder, version);
    }
    override settle(group: string, holder: string, version: number, settlement: Settlement, then: Then) {
      return super.settle(group, holder, version, settlement, typeof then === 'object' ? 'keep' : then);
    }
  },
);

/** What somebody else sets does not void what is raised. */
export const voiding: Seams = withTable(
  class extends InterruptionTable {
    #raised = 0;
    override async read(group: string): Promise<GroupRecords> {
      const records = await super.read(group);
      this.#raised = records.ledger.raised;
      return records;
    }
    override noteLook(group: string, version: number, look: SharedLook, settlement?: Settlement): Promise<boolean> {
      const { voidedAtMilliseconds, ...others } = settlement ?? { raised: 0, known: 0 };
      const isVoid = voidedAtMilliseconds !== undefined;
      return super.noteLook(group, version, look, isVoid ? { ...others, raised: this.#raised } : settlement);
    }
  },
);

/** DesiredCapacity is set by what the first look has seen. */
export const theSecondLook: Seams = wrapping('set-desired-capacity', async (run) => {
  const { confirm } = GroupLease.prototype;
  GroupLease.prototype.confirm = async () => true;
  try {
    return await run();
  } finally {
    GroupLease.prototype.confirm = confirm;
  }
});

/** One leaves at a time. */
export const batches: Seams = changingReports((report) => ({ ...report, leave: report.leave.slice(0, 1) }));

/** Those that have most time leave first. */
export const theOrderOfLeaving: Seams = changingReports(async (report, handling, table) => {
  if (report.leave.length !== 1 || report.leave[0]?.reason !== 'the floor holds without it') return report;
  const { interruptions } = await table.read(handling.interruption.autoScalingGroupName);
  const waiting = [...interruptions].filter(([, { left }]) => !left);
  const last = waiting.toSorted(([, a], [, b]) => b.detachByMilliseconds - a.detachByMilliseconds)[0]?.[0];
  return { ...report, leave: report.leave.map((one) => ({ ...one, instanceId: last ?? one.instanceId })) };
});

/** Every execution looks for itself. */
export const sharedLooks: Seams = withTable(
  class extends InterruptionTable {
    override async glance(group: string, instanceId: string, noticeAt?: string) {
      const { ledger, ...others } = await super.glance(group, instanceId, noticeAt);
      const { look: _, ...unshared } = ledger;
      return { ...others, ledger: { ...unshared, lookingUntilMilliseconds: 0 } };
    }
    override async claimLook(): Promise<boolean> {
      return true;
    }
  },
);

/** Nobody leaves because its time is up. */
export const theDeadlineRule: Seams = changingReports((report) => {
  const leave = report.leave.filter(({ reason }) => reason !== 'deadline');
  return { ...report, leave, leaving: leave.length };
});

/** At MaxSize all give way at once. */
export const waves: Seams = changingReports(async (report, { interruption }, table) => {
  if (!report.leave.some(({ reason }) => reason === 'gave way at MaxSize')) return report;
  const { interruptions } = await table.read(interruption.autoScalingGroupName);
  const leave = [...interruptions.keys()].map((instanceId): Leaving => {
    return { instanceId, weight: interruption.weight, decrement: false, reason: 'gave way at MaxSize' };
  });
  return { ...report, leave, leaving: leave.length };
});

/** A raise is not taken back, neither with a leave nor by itself. */
export const takingBack: Seams = changingReports((report) => ({
  ...report,
  changeBy: Math.max(0, report.changeBy),
  leave: report.leave.map((one) => ({ ...one, decrement: false })),
}));

/** Every execution records its notice, whoever has done so before. */
export const theConditionalRecord: Seams = {
  definition: withState('RecordInterruption', (state) => {
    const parameters = objectAt(state, 'Parameters');
    const condition = `${parameters.ConditionExpression} OR attribute_exists(executionArn)`;
    return { ...state, Parameters: { ...parameters, ConditionExpression: condition } };
  }),
};

/** A state's error is not caught. Only what is no failure still is. */
export function theCatchOf(stateName: string): Seams {
  return {
    definition: withState(stateName, (state) => {
      const { Catch: _, ...uncaught } = state;
      const expected = arrayAt(state, 'Catch').filter((one) => !JSON.stringify(one).includes('States.ALL'));
      return expected.length === 0 ? uncaught : { ...uncaught, Catch: expected };
    }),
  };
}

function withTable(table: typeof InterruptionTable): Seams {
  return { functions: (clients, settings) => handlerFunctions(clients, settings, table) };
}

/** CheckCapacity reports something else than it found. */
function changingReports(
  change: (
    report: CapacityReport,
    handling: HandlingState,
    table: InterruptionTable,
  ) => CapacityReport | Promise<CapacityReport>,
): Seams {
  return {
    functions: (clients, settings) => {
      const functions = handlerFunctions(clients, settings);
      const table = new InterruptionTable(clients.dynamoDb, settings.tableName);
      const check = createCheckCapacity({ ...clients, table }, settings);
      const handler = async (handling: HandlingState) => change(await check(handling), handling, table);
      return { ...functions, 'check-capacity': { ...functions['check-capacity'], handler } };
    },
  };
}

function wrapping(name: FunctionName, around: (run: () => Promise<unknown>) => Promise<unknown>): Seams {
  return {
    functions: (clients, settings) => {
      const functions = handlerFunctions(clients, settings);
      const handler: LambdaFunction['handler'] = (event, context) =>
        around(() => functions[name].handler(event, context));
      return { ...functions, [name]: { ...functions[name], handler } };
    },
  };
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
