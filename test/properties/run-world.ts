import { AsyncLocalStorage } from 'node:async_hooks';
import type { Settings } from '../../functions/shared/settings.ts';
import type { ExecutionEvent } from '../../simulator/execution-history.ts';
import { readExportedDefinition } from '../../simulator/exported-definition.ts';
import { handlerFunctions } from '../../simulator/handler-functions.ts';
import { type InProcessApp, inProcessApp, type SdkClients } from '../../simulator/in-process-app.ts';
import { isJsonObject, type JsonObject, objectAt } from '../../simulator/json.ts';
import type { LambdaFunction } from '../../simulator/lambda-service.ts';
import type { ApiCall, AutoScalingGroup, Change, SpotInterruptionEvent } from '../../simulator/services/index.ts';
import type { Execution } from '../../simulator/workflow-runner.ts';
import { FaultDice, type Injected, namesIn } from './fault-dice.ts';
import type { GroupPlan, NoticePlan, World } from './world.ts';
import {
  type Actor,
  type CallLog,
  type Departure,
  type DesiredChange,
  type ExecutionLog,
  type GroupLog,
  type GroupSnapshot,
  type NoticeLog,
  snapshotOf,
  type TimelineEntry,
  textOf,
  type WorldLog,
} from './world-log.ts';

type Functions = Readonly<Record<string, LambdaFunction>>;

/** What may be put in the place of the product's own parts. */
export interface Seams {
  readonly definition?: JsonObject;
  readonly functions?: (clients: SdkClients, settings: Settings) => Functions;
}

/** From the StopExecution of an execution to its RedriveExecution: longer than any function lives, and than a lease. */
const redriveAfterSeconds = 20;

/** Longer than any execution: the last notice, the workflow's timeout, and some more. */
const longestSeconds = 240 + 150 + 660;

export const definition = readExportedDefinition();

/** Runs a world to its end in virtual time. */
export function runWorld(world: World, seams: Seams = {}): Promise<WorldLog> {
  const recorder = new Recorder(world);
  const settings: Settings = {
    tableName: 'interruptions',
    minServingPeers: world.minServingPeers,
    pollSeconds: 4,
    drainSeconds: 30,
    ...(world.onlyTagged && { groupTag: { key: 'spot', value: 'handled' } }),
  };
  const functions = seams.functions ?? handlerFunctions;
  return inProcessApp(
    {
      definition: seams.definition ?? definition,
      functions: (clients) => recorder.attributed(functions(clients, settings)),
      seed: world.seed,
      intercept: (call) => recorder.called(call),
      killAfterCalls: recorder.dice.killAfterCalls,
      onEvent: (execution, event) => recorder.historyEvent(execution, event),
    },
    async (app) => {
      recorder.watch(app);
      const stage = new Stage(app, world, recorder);
      await app.time.runUntil(() => stage.isOver(), longestSeconds * 1000);
      return recorder.log();
    },
  );
}

/** Builds the world, and gives the notices at their times. */
class Stage {
  readonly #app: InProcessApp;
  readonly #recorder: Recorder;
  readonly #groups: readonly AutoScalingGroup[];
  #due = 0;

  constructor(app: InProcessApp, world: World, recorder: Recorder) {
    this.#app = app;
    this.#recorder = recorder;
    this.#groups = world.groups.map((plan, index) => this.#createGroup(plan, index));
    const taken = new Set<string>();
    for (const [index, notice] of world.notices.entries()) {
      const instanceId = this.#instanceOf(notice, index, taken);
      if (instanceId === undefined) continue;
      taken.add(instanceId);
      this.#after(notice.atSeconds, () => this.#give(notice, instanceId));
    }
  }

  isOver(): boolean {
    return this.#due === 0 && this.#app.executions.every(({ status }) => status !== 'RUNNING');
  }

  #createGroup(plan: GroupPlan, index: number): AutoScalingGroup {
    const { aws } = this.#app;
    const name = `group-${index + 1}`;
    const { weight, instances, below, above, launchSeconds, healthCheckSeconds } = plan;
    const targetGroups =
      healthCheckSeconds > 0 ? [aws.createTargetGroup({ name, healthCheckSeconds, requestsPerSecond: 0 })] : [];
    const group = aws.createGroup({
      name,
      instances,
      ...(weight > 1 && { weight }),
      minSize: Math.max(0, instances - below) * weight,
      maxSize: (instances + above) * weight,
      launchSeconds: (launch) => launchSeconds[(launch - 1) % launchSeconds.length] ?? 'never',
      targetGroups,
      ...(plan.tagged && { tags: { spot: 'handled' } }),
    });
    this.#recorder.created(group, plan);
    this.#interruptLaunches(group, plan);
    return group;
  }

  #interruptLaunches(group: AutoScalingGroup, { interruptedLaunches }: GroupPlan): void {
    let launch = 0;
    this.#app.aws.onChange((change) => {
      if (change.kind !== 'lifecycle' || change.groupName !== group.name || change.to !== 'Pending') return;
      launch += 1;
      const plan = interruptedLaunches.find((one) => one.launch === launch);
      if (!plan) return;
      const { instanceId } = change;
      const notice = { group: 0, instance: 0, atSeconds: 0, deliveredAfterSeconds: [1] };
      this.#after(plan.afterSeconds, () => this.#give(notice, instanceId));
    });
  }

  /** Undefined where every instance of the group has its notice already. */
  #instanceOf({ group, instance }: NoticePlan, index: number, taken: ReadonlySet<string>): string | undefined {
    if (group < 0) return this.#app.aws.createInstance(`i-0${String(index).padStart(16, '0')}`);
    const instances = this.#groups[group % this.#groups.length]?.instances ?? [];
    const inTurn = [...instances.slice(instance % instances.length), ...instances];
    return inTurn.find(({ id }) => !taken.has(id))?.id;
  }

  #give(notice: NoticePlan, instanceId: string): void {
    const { vanishes } = notice;
    const reclaimSeconds = vanishes?.how === 'reclaimed early' ? vanishes.afterSeconds : 120;
    const event = this.#notice(instanceId, reclaimSeconds);
    if (!event) return;
    for (const [index, seconds] of notice.deliveredAfterSeconds.entries()) {
      this.#after(seconds, () => this.#app.start(event, `${this.#recorder.nameOf(instanceId)}-${index + 1}`));
    }
    if (vanishes?.how === 'terminated') this.#after(vanishes.afterSeconds, () => this.#terminate(instanceId));
    if (notice.stoppedAfterSeconds !== undefined) {
      const name = `${this.#recorder.nameOf(instanceId)}-1`;
      this.#after(notice.stoppedAfterSeconds, () => this.#stop(name, instanceId));
    }
  }

  /** Undefined where the instance has gone before its notice. */
  #notice(instanceId: string, reclaimSeconds: number): SpotInterruptionEvent | undefined {
    const group = this.#groups.find((one) => one.instances.some(({ id }) => id === instanceId));
    if (!group && !instanceId.startsWith('i-00000')) return undefined;
    try {
      const event = this.#app.aws.interrupt(instanceId, { reclaimSeconds });
      this.#recorder.noticed(instanceId, group, Date.parse(event.time));
      return event;
    } catch {
      return undefined;
    }
  }

  #terminate(instanceId: string): void {
    const group = this.#groups.find((one) => one.instances.some(({ id }) => id === instanceId));
    group?.terminateInstance(instanceId);
  }

  #stop(name: string, instanceId: string): void {
    const execution = this.#app.executions.find((one) => one.name === name);
    if (execution?.status !== 'RUNNING') return;
    this.#recorder.stopped(instanceId);
    this.#app.stopExecution(name);
    this.#after(redriveAfterSeconds, () => {
      this.#recorder.redriven(instanceId);
      if (execution.status === 'ABORTED') this.#app.redriveExecution(name);
    });
  }

  #after(seconds: number, work: () => void): void {
    this.#due += 1;
    setTimeout(() => {
      this.#due -= 1;
      work();
    }, seconds * 1000);
  }
}

interface GroupRecord extends GroupLog {
  readonly group: AutoScalingGroup;
  readonly desiredChanges: DesiredChange[];
  readonly departures: Departure[];
  readonly snapshots: GroupSnapshot[];
}

/** Writes down what happens. */
class Recorder {
  readonly dice: FaultDice;
  readonly #world: World;
  readonly #actors = new AsyncLocalStorage<Actor>();
  readonly #groups: GroupRecord[] = [];
  readonly #notices: NoticeLog[] = [];
  readonly #injected: (Injected & { at: number })[] = [];
  readonly #calls: CallLog[] = [];
  readonly #timeline: TimelineEntry[] = [];
  readonly #names = new Map<string, string>();
  #app: InProcessApp | undefined;
  #startedAt = Date.parse('2026-01-01T00:00:00.000Z');

  constructor(world: World) {
    this.#world = world;
    this.dice = new FaultDice(
      world,
      () => this.#now(),
      (injected) => this.#inject(injected),
    );
  }

  watch(app: InProcessApp): void {
    this.#app = app;
    this.#startedAt = Date.now();
    app.aws.onChange((change) => this.#changed(change));
  }

  called(call: ApiCall) {
    const by = this.#actors.getStore();
    const instanceId = call.parameters['InstanceIds.member.1'];
    this.#calls.push({
      at: this.#now(),
      action: call.action,
      instanceId: typeof instanceId === 'string' ? instanceId : undefined,
      by,
    });
    return this.dice.intercept(call);
  }

  /** Every call and every change within an invocation of a function is put down to it. */
  attributed(functions: Functions): Functions {
    return Object.fromEntries(
      Object.entries(functions).map(([functionName, lambda]): [string, LambdaFunction] => {
        const handler: LambdaFunction['handler'] = (event, context) =>
          this.#actors.run(actorOf(functionName, event, this.#now()), () => lambda.handler(event, context));
        return [functionName, { ...lambda, handler }];
      }),
    );
  }

  created(group: AutoScalingGroup, plan: GroupPlan): void {
    for (const { id } of group.instances) this.#name(id, group.name);
    const { desired, min, max } = group.snapshot();
    this.#groups.push({
      group,
      name: group.name,
      weight: plan.weight,
      instancesBefore: plan.instances,
      desiredBefore: desired,
      minSize: min,
      maxSize: max,
      managed: plan.tagged || !this.#world.onlyTagged,
      desiredChanges: [],
      departures: [],
      snapshots: [snapshotOf(group, this.#now())],
    });
  }

  noticed(instanceId: string, group: AutoScalingGroup | undefined, noticedAtMilliseconds: number): void {
    const instance = group?.instances.find(({ id }) => id === instanceId);
    const at = (noticedAtMilliseconds - this.#startedAt) / 1000;
    this.#notices.push({
      instanceId,
      group: group?.name,
      at,
      reclaimAt: at + 120,
      lifecycleState: instance?.lifecycleState,
      weight: instance?.weight ?? 1,
    });
  }

  stopped(instanceId: string): void {
    this.#tell(`someone stops the execution for ${this.nameOf(instanceId)}`);
    const autoScalingGroupName = this.#notices.find((notice) => notice.instanceId === instanceId)?.group;
    this.#injected.push({
      at: this.#now(),
      kind: 'stopped',
      service: 'states',
      action: 'StopExecution',
      instanceId,
      autoScalingGroupName,
    });
  }

  redriven(instanceId: string): void {
    this.#tell(`someone redrives the execution for ${this.nameOf(instanceId)}`);
  }

  historyEvent(execution: Execution, { type, state, error, output }: ExecutionEvent): void {
    const name = this.#executionName(execution);
    if (type.endsWith('StateEntered')) this.#tell(`${name} enters ${state}`);
    if (type === 'TaskStateExited') this.#tell(`${name} ${state}: ${brief(output, state)}`);
    if (error !== undefined) this.#tell(`${name} ${state ?? type}: ${error}`);
  }

  /** A name that a reader can tell apart: `group-1/2`, or `group-1/new-1` for one that was launched. */
  nameOf(instanceId: string): string {
    return this.#names.get(instanceId) ?? instanceId;
  }

  log(): WorldLog {
    const executions = (this.#app?.executions ?? []).map((execution) => this.#executionLog(execution));
    return {
      world: this.#world,
      groups: this.#groups.map(({ group: _, ...log }) => log),
      notices: this.#notices,
      injected: this.#injected,
      executions,
      calls: this.#calls,
      timeline: this.#timeline,
      endedAt: this.#now(),
      allEnded: executions.every(({ status }) => status !== 'RUNNING'),
    };
  }

  #executionLog(execution: Execution): ExecutionLog {
    const { name, arn, status, finalState, error, output, startedAt, stoppedAt, history, input } = execution;
    return {
      name,
      arn,
      instanceId: namesIn({ event: input }).instanceId ?? 'none',
      startedAt: this.#seconds(startedAt),
      status,
      finalState,
      endedAt: stoppedAt === undefined ? undefined : this.#seconds(stoppedAt),
      error,
      output,
      history: history.map((event) => ({
        at: this.#seconds(event.timestamp),
        timestamp: event.timestamp,
        type: event.type,
        state: event.state,
        error: event.error,
        ...(event.type === 'ChoiceStateEntered' && event.input !== undefined && { input: event.input }),
      })),
    };
  }

  #changed(change: Change): void {
    if (change.kind === 'lifecycle') this.#name(change.instanceId, `${change.groupName}/new`);
    this.#tell(textOf(change, (id) => this.nameOf(id)));
    const record = this.#groups.find(({ name }) => name === change.groupName);
    if (!record) return;
    const at = this.#now();
    const by = this.#actors.getStore();
    if (change.kind === 'desired capacity') record.desiredChanges.push({ at, from: change.from, to: change.to, by });
    if (change.kind === 'lifecycle' && (change.to === 'Detaching' || change.to === 'Terminating')) {
      const how = change.to === 'Detaching' ? 'detached' : 'terminated';
      const snapshotsBefore = record.snapshots.length;
      record.departures.push({ at, instanceId: change.instanceId, how, by, snapshotsBefore });
    }
    record.snapshots.push(snapshotOf(record.group, at));
  }

  #inject(injected: Injected): void {
    const by = this.#actors.getStore();
    const instanceId = injected.instanceId ?? by?.instanceId;
    const functionName = injected.service === 'lambda' ? injected.action : by?.functionName;
    this.#injected.push({ at: this.#now(), ...injected, instanceId, functionName });
    const whose = instanceId === undefined ? '' : ` for ${this.nameOf(instanceId)}`;
    this.#tell(`fault: ${injected.kind} of ${injected.service} ${injected.action}${whose}`);
  }

  #executionName(execution: Execution): string {
    return `[${execution.name}]`;
  }

  #name(instanceId: string, prefix: string): void {
    if (this.#names.has(instanceId)) return;
    const count = [...this.#names.values()].filter((name) => name.startsWith(`${prefix}/`)).length;
    this.#names.set(instanceId, `${prefix}/${count + 1}`);
  }

  #tell(text: string): void {
    this.#timeline.push({ at: this.#now(), text });
  }

  #now(): number {
    return (Date.now() - this.#startedAt) / 1000;
  }

  #seconds(timestamp: string): number {
    return (Date.parse(timestamp) - this.#startedAt) / 1000;
  }
}

function actorOf(functionName: string, event: unknown, invokedAt: number): Actor {
  const handling = isJsonObject(event) && isJsonObject(event.handling) ? event.handling : event;
  const { executionArn } = objectAt(handling, 'interruption');
  return {
    functionName,
    executionArn: typeof executionArn === 'string' ? executionArn : '',
    instanceId: namesIn(event).instanceId ?? '',
    giveWay: isJsonObject(event) && event.giveWay === true,
    invokedAt,
  };
}

/** What a Task changed of the state, as far as a reader wants to know. */
function brief(output: unknown, state: string | undefined): string {
  const capacity = objectAt(output, 'capacity');
  if (state === 'CheckCapacity') {
    const { desiredCapacity, servingPeers, expectedPeers, requiredPeers, headroom, raised, raisePending } = capacity;
    return JSON.stringify({
      desiredCapacity,
      servingPeers,
      expectedPeers,
      requiredPeers,
      headroom,
      raised,
      raisePending,
    });
  }
  if (state === 'SetDesiredCapacity') return JSON.stringify(objectAt(output, 'scaleOut'));
  if (state === 'DetachInstances' || state === 'GiveWay') return JSON.stringify(objectAt(output, 'detachment'));
  return 'done';
}
