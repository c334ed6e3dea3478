import type { Settings } from '../functions/configuration/settings.ts';
import { memoryMegabytes } from '../functions/shared/function-memory.ts';
import { readExportedDefinition } from '../simulator/account/exported-definition.ts';
import { handlerFunctions } from '../simulator/account/handler-functions.ts';
import { type InProcessApp, inProcessApp, type SdkClients } from '../simulator/account/in-process-app.ts';
import { InMemoryTable } from '../simulator/aws/dynamodb/in-memory-table.ts';
import type { ApiCall, Intercept } from '../simulator/aws/index.ts';
import type { LambdaFunction } from '../simulator/aws/lambda/lambda-service.ts';
import type { JsonObject } from '../simulator/json.ts';
import type { RunningStrategy, Strategy } from '../simulator/strategies/strategy.ts';
import { exportedDefinition } from '../statemachine/definition.ts';
import { Bill } from './measures/bill.ts';
import { Departures } from './measures/departures.ts';
import { DescribeMeter } from './measures/describe-meter.ts';
import { GroupMeter } from './measures/group-meter.ts';
import { type Load, noRequests, type Observed, sums } from './measures/measured.ts';
import { TableMeter } from './measures/table-meter.ts';
import { type TrafficCounts, TrafficMeter } from './measures/traffic-meter.ts';
import { Agenda } from './worlds/agenda.ts';
import type { BuiltWorld, Ec2, World, WorldGroup } from './worlds/world.ts';

const defaultSettings: Settings = {
  tableName: 'interruptions',
  pollSeconds: 4,
  drainSeconds: 30,
  minServing: { kind: 'share', percent: 100 },
};

/** What one of our functions logs besides its input and output. */
const logBytesBesides = 1200;

/** Plays a world with a strategy in virtual time, and observes it. The same seed gives the same observations. */
export function play(world: World, strategy: Strategy, settings: Partial<Settings>, seed: number): Promise<Observed> {
  const bill = new Bill();
  const calls: CallMeters = { table: new TableMeter(bill), describes: new DescribeMeter() };
  const allSettings = { ...defaultSettings, ...world.settings, ...settings };
  const options = {
    definition: definitionFor(allSettings),
    functions: (clients: SdkClients) => billed(handlerFunctions(clients, allSettings), bill),
    intercept: metered((call) => calls.describes.called(call), world.intercept?.()),
    onTableAnswer: calls.table.answered.bind(calls.table),
    tableEngine: new InMemoryTable(),
    seed,
  };
  return inProcessApp(options, async (app) => {
    const built = world.build(app.aws, strategy.maxSizeMargin ?? 0);
    const { groupTag } = allSettings;
    const running = strategy.start({
      app,
      bill,
      ...(groupTag && { groupTag: `${groupTag.key}=${groupTag.value}` }),
      isRecommendationHeeded: allSettings.rebalance !== undefined,
    });
    const meters = new Meters(app, built);
    await happen(app, built, running, meters);
    return observed(app, bill, meters, calls);
  });
}

/** As it would be deployed. */
function definitionFor({ rebalance }: Settings): JsonObject {
  if (!rebalance) return readExportedDefinition();
  const definition = exportedDefinition({ rebalanceTimeoutMinutes: rebalance.timeoutMinutes });
  return JSON.parse(JSON.stringify(definition));
}

interface CallMeters {
  readonly table: TableMeter;
  readonly describes: DescribeMeter;
}

/** Lets everything that is planned happen at its time, and time pass until the world's end. */
async function happen(app: InProcessApp, built: BuiltWorld, running: RunningStrategy, meters: Meters): Promise<void> {
  const agenda = new Agenda();
  const startedAt = Date.now();
  built.plan(agenda, ec2(app, running, meters));
  const passUntil = (seconds: number) => app.time.runFor(Math.max(0, startedAt + seconds * 1000 - Date.now()));
  for (let next = agenda.nextAtSeconds; next !== undefined; next = agenda.nextAtSeconds) {
    await passUntil(next);
    agenda.actNext();
  }
  await passUntil(built.durationSeconds);
  await app.untilAllEnded();
}

function ec2({ aws }: InProcessApp, running: RunningStrategy, meters: Meters): Ec2 {
  const events = new Map<string, ReturnType<typeof aws.interrupt>>();
  return {
    recommendRebalance(instanceId) {
      if (!meters.isDown(instanceId)) running.recommended?.(instanceId);
    },
    notice(instanceId) {
      if (!events.has(instanceId)) {
        if (meters.isDown(instanceId)) return;
        meters.departures.noticed(instanceId, meters.isInService(instanceId));
        events.set(instanceId, aws.interrupt(instanceId));
      }
      const event = events.get(instanceId);
      if (event) running.noticed(event);
    },
  };
}

/** Everything that is measured while time passes. */
class Meters {
  readonly departures = new Departures();
  readonly #app: InProcessApp;
  readonly #built: BuiltWorld;
  readonly #groups: ReadonlyMap<string, GroupMeters>;
  readonly #down = new Set<string>();

  constructor(app: InProcessApp, built: BuiltWorld) {
    this.#app = app;
    this.#built = built;
    const isDown = (instanceId: string) => this.#down.has(instanceId);
    this.#groups = new Map(built.groups.map((one) => [one.group.name, groupMeters(one, isDown)]));
    app.aws.onChange((change) => {
      const meters = this.#groups.get(change.groupName ?? '');
      if (change.kind === 'reclaimed') {
        this.#down.add(change.instanceId);
        for (const meter of meters?.traffic.values() ?? []) meter.taken(change.instanceId);
      }
      // Terminated by its group; a detached instance runs on.
      if (change.kind === 'lifecycle' && change.to === undefined && change.from?.startsWith('Terminating')) {
        this.#down.add(change.instanceId);
      }
      this.departures.changed(change);
      meters?.group.changed(change);
      for (const meter of meters?.traffic.values() ?? []) meter.changed();
    });
  }

  isDown(instanceId: string): boolean {
    return this.#down.has(instanceId);
  }

  isInService(instanceId: string): boolean {
    return this.#built.groups.some(({ group }) =>
      group.instances.some(({ id, lifecycleState }) => id === instanceId && lifecycleState === 'InService'),
    );
  }

  capacity() {
    const measures = [...this.#groups.values()].map(({ group }) => group.measures());
    const sum = (of: (one: (typeof measures)[number]) => number) => measures.reduce((total, one) => total + of(one), 0);
    return {
      capacity: {
        lostInstanceSeconds: sum((one) => one.lostInstanceSeconds),
        leastPossibleInstanceSeconds: sum((one) => one.leastPossibleInstanceSeconds),
        leastPossibleWithoutDrainInstanceSeconds: sum((one) => one.leastPossibleWithoutDrainInstanceSeconds),
        leastServing: Math.min(...measures.map((one) => one.leastServing)),
        secondsBelowMinimum: sum((one) => one.secondsBelowMinimum),
        unpreventableSecondsBelowMinimum: sum((one) => one.unpreventableSecondsBelowMinimum),
        excessInstanceSeconds: sum((one) => one.excessInstanceSeconds),
        peakExcessInstances: Math.max(...measures.map((one) => one.peakExcessInstances)),
        movedBetweenZones: sum((one) => one.movedBetweenZones),
      },
      drift: {
        tooLow: sum(({ drift }) => Math.max(0, -drift)),
        tooHigh: sum(({ drift }) => Math.max(0, drift)),
        groups: measures.filter(({ drift }) => drift !== 0).length,
      },
    };
  }

  /** As streams where the world says how many there are, else as the simulator counts them. */
  requests(): Record<string, TrafficCounts> {
    const totals: Record<string, TrafficCounts> = {};
    for (const { traffic } of this.#groups.values()) {
      for (const [kind, meter] of traffic) totals[kind] = sums(totals[kind] ?? noRequests, meter.counts());
    }
    return Object.keys(totals).length > 0 ? totals : { steady: this.#app.aws.requests() };
  }
}

interface GroupMeters {
  readonly group: GroupMeter;
  readonly traffic: ReadonlyMap<string, TrafficMeter>;
}

function groupMeters(
  { group, minimumServing, launches, traffic }: WorldGroup,
  isDown: (id: string) => boolean,
): GroupMeters {
  const kinds = Object.entries(traffic?.kinds ?? {}).map(([kind, requests]): [string, TrafficMeter][] =>
    traffic ? [[kind, new TrafficMeter({ ...traffic, traffic: requests, isDown })]] : [],
  );
  return { group: new GroupMeter(group, minimumServing, launches), traffic: new Map(kinds.flat()) };
}

function observed(app: InProcessApp, bill: Bill, meters: Meters, calls: CallMeters): Observed {
  const { aws, dynamoDb, executions } = app;
  return {
    secondsToLeave: meters.departures.secondsToLeave(),
    requests: meters.requests(),
    ...meters.capacity(),
    load: loadOf(calls, meters.departures),
    apiCalls: { ...aws.apiCalls, ...dynamoDb.apiCalls, ...bill.otherCalls },
    usage: bill.usage(executions.reduce((sum, { stateTransitions }) => sum + stateTransitions, 0)),
    failedExecutions: executions.filter(({ status }) => status !== 'SUCCEEDED').length,
    handlingSeconds: executions.map((one) => (Date.parse(one.stoppedAt ?? '') - Date.parse(one.startedAt)) / 1000),
  };
}

function loadOf({ table, describes }: CallMeters, departures: Departures): Load {
  const { from, to } = departures.span();
  return {
    describesPerGroupAndSecond: describes.averagePerSecond(from, to),
    peakDescribesPerGroup: describes.mostInOneSecond,
    peakReadUnits: table.peakReadUnits,
    peakWriteUnits: table.peakWriteUnits,
  };
}

/** The same functions; each invocation goes on the bill. A function is cold when a notice first gets to it. */
function billed(functions: Readonly<Record<string, LambdaFunction>>, bill: Bill): Record<string, LambdaFunction> {
  const seen = new Set<string>();
  const entries = Object.entries(functions).map(([name, lambda]): [string, LambdaFunction] => {
    const handler: LambdaFunction['handler'] = async (event, context) => {
      const begun = Date.now();
      const input = JSON.stringify(event);
      const key = `${name} ${/i-[0-9a-f]+/.exec(input)?.[0]}`;
      let output = '';
      try {
        const answer = await lambda.handler(event, context);
        output = JSON.stringify(answer);
        return answer;
      } finally {
        bill.invoked({
          milliseconds: Date.now() - begun,
          isCold: !seen.has(key),
          memoryMegabytes,
          runtime: 'node',
          logBytes: input.length + output.length + logBytesBesides,
          traced: true,
        });
        seen.add(key);
      }
    };
    return [name, { ...lambda, handler }];
  });
  return Object.fromEntries(entries);
}

function metered(meter: (call: ApiCall) => void, intercept: Intercept | undefined): Intercept {
  return (call) => {
    meter(call);
    return intercept?.(call);
  };
}
