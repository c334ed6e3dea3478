import { AsyncLocalStorage } from 'node:async_hooks';
import { leaveByTag } from '../../functions/capacity/leave-by.ts';
import type { Settings } from '../../functions/configuration/settings.ts';
import type { MinServing } from '../../functions/configuration/values.ts';
import { minServingOf } from '../../functions/configuration/values.ts';
import { readExportedDefinition } from '../../simulator/account/exported-definition.ts';
import { handlerFunctions } from '../../simulator/account/handler-functions.ts';
import { type InProcessApp, inProcessApp, type SdkClients } from '../../simulator/account/in-process-app.ts';
import { startActor } from '../../simulator/actors/index.ts';
import type { DynamoDbEngine } from '../../simulator/aws/dynamodb/engine.ts';
import { InMemoryTable } from '../../simulator/aws/dynamodb/in-memory-table.ts';
import type { ApiCall, AutoScalingGroup, SpotInterruptionEvent } from '../../simulator/aws/index.ts';
import type { LambdaFunction } from '../../simulator/aws/lambda/lambda-service.ts';
import type { ExecutionEvent } from '../../simulator/aws/step-functions/execution-history.ts';
import type { Execution } from '../../simulator/aws/step-functions/workflow-runner.ts';
import { isJsonObject, type JsonObject, objectAt } from '../../simulator/json.ts';
import type { RunLog } from '../../simulator/judging/run-log.ts';
import { RunRecorder } from '../../simulator/judging/run-recorder.ts';
import { exportedDefinition } from '../../statemachine/definition.ts';
import { FaultDice, type Injected, namesIn } from './fault-dice.ts';
import type { GroupPlan, NoticePlan, RecommendationPlan, World } from './world.ts';
import { type Actor, type StateEvent, type TimelineEntry, textOf, type WorldLog } from './world-log.ts';

type Functions = Readonly<Record<string, LambdaFunction>>;

/** What may be put in the place of the product's own parts. */
export interface Seams {
  readonly definition?: JsonObject;
  readonly functions?: (clients: SdkClients, settings: Settings) => Functions;
  /** Default: a new in-memory table. */
  readonly tableEngine?: DynamoDbEngine;
}

const drainSeconds = 30;

/** From the StopExecution of an execution to its RedriveExecution: longer than any function lives, and than a lease. */
const redriveAfterSeconds = 20;

/** Longer than any execution: the last notice, the workflow's timeout, and some more. */
const longestSeconds = 240 + 150 + 660 + 240;

export const definition = readExportedDefinition();

/** As it is deployed where the world's configuration asks for more than the default. */
export function definitionFor({ rebalance, shutdown }: Pick<World, 'rebalance' | 'shutdown'>): JsonObject {
  if (!rebalance && !shutdown) return definition;
  return variant(rebalance?.timeoutMinutes, shutdown !== undefined);
}

const variants = new Map<string, JsonObject>();

function variant(rebalanceTimeoutMinutes: number | undefined, isShutDown: boolean): JsonObject {
  const key = `${rebalanceTimeoutMinutes} ${isShutDown}`;
  const made =
    variants.get(key) ??
    JSON.parse(
      JSON.stringify(
        exportedDefinition({
          ...(rebalanceTimeoutMinutes !== undefined && { rebalanceTimeoutMinutes }),
          ...(isShutDown && { shutdownDocuments: [shutdownDocument] }),
        }),
      ),
    );
  variants.set(key, made);
  return made;
}

const shutdownDocument = 'shut-down';

/** Runs a world to its end in virtual time. */
export function runWorld(world: World, seams: Seams = {}): Promise<WorldLog> {
  const recorder = new Recorder(world);
  const settings: Settings = {
    tableName: 'interruptions',
    minServing: readMinServing(world),
    pollSeconds: 4,
    drainSeconds,
    ...(world.leaveBy && { leaveBy: world.leaveBy }),
    ...(world.serveOnAtMaxSize && { serveOnAtMaxSize: true }),
    ...(world.onlyTagged && { groupTag: { key: 'spot', value: 'handled' } }),
    ...(world.rebalance && {
      rebalance: {
        budget: readMinServing({ minServing: world.rebalance.budget }),
        timeoutMinutes: world.rebalance.timeoutMinutes,
      },
    }),
    ...(world.shutdown && { shutdownDocument }),
  };
  const functions = seams.functions ?? handlerFunctions;
  return inProcessApp(
    {
      definition: seams.definition ?? definitionFor(world),
      functions: (clients) => recorder.attributed(functions(clients, settings)),
      seed: world.seed,
      tableEngine: seams.tableEngine ?? new InMemoryTable(),
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

function readMinServing({ minServing }: Pick<World, 'minServing'>): MinServing {
  const read = minServingOf(minServing);
  if (!read) throw new Error(`The world's minServing is "${minServing}", which cannot be read.`);
  return read;
}

/** Builds the world, and gives the notices at their times. */
class Stage {
  readonly #app: InProcessApp;
  readonly #recorder: Recorder;
  readonly #groups: readonly AutoScalingGroup[];
  #due = 0;
  #recommendations = 0;

  constructor(app: InProcessApp, world: World, recorder: Recorder) {
    this.#app = app;
    this.#recorder = recorder;
    this.#groups = world.groups.map((plan, index) => this.#createGroup(plan, index));
    if (world.shutdown) this.#stageCommands(world.shutdown);
    for (const plan of world.rebalance ? (world.recommendations ?? []) : []) {
      const instanceId = this.#firstInstances(plan.group)[plan.instance % this.#firstInstances(plan.group).length]?.id;
      if (instanceId) this.#after(plan.atSeconds, () => this.#recommend(plan, instanceId));
    }
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

  #firstInstances(group: number) {
    return this.#groups[group % this.#groups.length]?.instances ?? [];
  }

  #stageCommands(shutdown: NonNullable<World['shutdown']>): void {
    const { systemsManager } = this.#app.aws;
    const parameters = ['AutoScalingGroupName', 'InstanceId', ...(shutdown === 'agent' ? ['ReclaimAt'] : [])];
    systemsManager.createDocument({ name: shutdownDocument, parameters });
    if (shutdown !== 'no agent') return;
    for (const { id } of this.#groups.flatMap(({ instances }) => instances)) systemsManager.removeAgent(id);
  }

  #recommend({ deliveredAfterSeconds }: RecommendationPlan, instanceId: string): void {
    const group = this.#groups.find((one) => one.instances.some(({ id }) => id === instanceId));
    const event = this.#app.aws.recommendRebalance(instanceId);
    this.#recorder.recommended(instanceId, group);
    for (const seconds of deliveredAfterSeconds) {
      this.#recommendations += 1;
      const name = `${this.#recorder.nameOf(instanceId)}-recommended-${this.#recommendations}`;
      this.#after(seconds, () => this.#app.start(event, name));
    }
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
      tags: { ...(plan.tagged && { spot: 'handled' }), ...(plan.leaveBy && { [leaveByTag]: plan.leaveBy }) },
      ...(plan.terminationHook && {
        lifecycleHooks: [{ name: 'on-termination', transition: 'terminating', ...plan.terminationHook }],
      }),
    });
    this.#recorder.created(group, plan);
    this.#interruptLaunches(group, plan);
    for (const other of plan.others) startActor(aws, group, other);
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

/** Writes down what happens, and whose doing it is. */
class Recorder {
  readonly dice: FaultDice;
  readonly #world: World;
  readonly #actors = new AsyncLocalStorage<Actor>();
  readonly #timeline: TimelineEntry[] = [];
  readonly #names = new Map<string, string>();
  readonly #counts = new Map<string, number>();
  readonly #calls: string[] = [];
  #app: InProcessApp | undefined;
  #run: RunRecorder | undefined;

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
    this.#run = new RunRecorder(app.aws);
    app.aws.onChange((change) => {
      if (change.kind === 'lifecycle') this.#name(change.instanceId, `${change.groupName}/new`);
      this.#tell(textOf(change, (id) => this.nameOf(id)));
    });
  }

  called(call: ApiCall) {
    this.#calls.push(call.action);
    this.#run?.called(call, this.#actors.getStore());
    return this.dice.intercept(call);
  }

  /** Every call within an invocation of a function is put down to it. */
  attributed(functions: Functions): Functions {
    return Object.fromEntries(
      Object.entries(functions).map(([functionName, lambda]): [string, LambdaFunction] => {
        const handler: LambdaFunction['handler'] = (event, context) =>
          this.#actors.run({ functionName, ...namesIn(event) }, () => lambda.handler(event, context));
        return [functionName, { ...lambda, handler }];
      }),
    );
  }

  created(group: AutoScalingGroup, plan: GroupPlan): void {
    for (const { id } of group.instances) this.#name(id, group.name);
    const launches = plan.launchSeconds.map((one) => (one === 'never' ? Number.POSITIVE_INFINITY : one));
    this.#run?.watch(group, {
      minServing: readMinServing(this.#world),
      drainSeconds,
      managed: plan.tagged || !this.#world.onlyTagged,
      replacementSeconds: Math.max(...launches) + plan.healthCheckSeconds,
    });
  }

  noticed(instanceId: string, group: AutoScalingGroup | undefined, noticedAtMilliseconds: number): void {
    const at = this.#run?.secondsAt(noticedAtMilliseconds) ?? 0;
    this.#run?.noticed(instanceId, group, 120, at);
  }

  recommended(instanceId: string, group: AutoScalingGroup | undefined): void {
    this.#tell(`EC2 recommends to replace ${this.nameOf(instanceId)}`);
    this.#run?.recommended(instanceId, group, (this.#world.rebalance?.timeoutMinutes ?? 0) * 60);
  }

  stopped(instanceId: string): void {
    this.#tell(`someone stops the execution for ${this.nameOf(instanceId)}`);
    const autoScalingGroupName = this.#run?.notices.find((notice) => notice.instanceId === instanceId)?.group;
    const what = { kind: 'stopped', service: 'states', action: 'StopExecution' } as const;
    this.#run?.faults.push({ at: this.#now(), ...what, instanceId, autoScalingGroupName });
  }

  redriven(instanceId: string): void {
    this.#tell(`someone redrives the execution for ${this.nameOf(instanceId)}`);
  }

  historyEvent(execution: Execution, { type, state, error, output }: ExecutionEvent): void {
    const name = `[${execution.name}]`;
    if (type.endsWith('StateEntered')) this.#tell(`${name} enters ${state}`);
    if (type === 'TaskStateExited') this.#tell(`${name} ${state}: ${brief(output, state)}`);
    if (error !== undefined) this.#tell(`${name} ${state ?? type}: ${error}`);
  }

  /** A name that a reader can tell apart: `group-1/2`, or `group-1/new-1` for one that was launched. */
  nameOf(instanceId: string): string {
    return this.#names.get(instanceId) ?? instanceId;
  }

  log(): WorldLog {
    const executions = this.#app?.executions ?? [];
    const run: RunLog | undefined = this.#run?.log(executions.map((execution) => this.#executionLog(execution)));
    if (!run) throw new Error('The world was not watched.');
    return {
      ...run,
      world: this.#world,
      calls: this.#calls,
      histories: executions.map(({ history }) => history.map((event) => this.#stateEvent(event))),
      timeline: this.#timeline,
    };
  }

  #executionLog({ name, status, finalState, error, output, startedAt, stoppedAt, input }: Execution) {
    return {
      name,
      input,
      instanceId: namesIn({ event: input }).instanceId ?? 'none',
      startedAt: this.#seconds(startedAt),
      status,
      ...(finalState !== undefined && { finalState }),
      ...(stoppedAt !== undefined && { endedAt: this.#seconds(stoppedAt) }),
      ...(error !== undefined && { error }),
      output,
    };
  }

  #stateEvent({ timestamp, type, state, error, input }: ExecutionEvent): StateEvent {
    const isChoice = type === 'ChoiceStateEntered' && input !== undefined;
    return { at: this.#seconds(timestamp), timestamp, type, state, error, ...(isChoice && { input }) };
  }

  #inject(injected: Injected): void {
    const by = this.#actors.getStore();
    const instanceId = injected.instanceId ?? by?.instanceId;
    const functionName = injected.service === 'lambda' ? injected.action : by?.functionName;
    const autoScalingGroupName = injected.autoScalingGroupName ?? by?.autoScalingGroupName;
    this.#run?.faults.push({ at: this.#now(), ...injected, instanceId, functionName, autoScalingGroupName });
    const whose = instanceId === undefined ? '' : ` for ${this.nameOf(instanceId)}`;
    this.#tell(`fault: ${injected.kind} of ${injected.service} ${injected.action}${whose}`);
  }

  #name(instanceId: string, prefix: string): void {
    if (this.#names.has(instanceId)) return;
    const count = (this.#counts.get(prefix) ?? 0) + 1;
    this.#counts.set(prefix, count);
    this.#names.set(instanceId, `${prefix}/${count}`);
  }

  #tell(text: string): void {
    this.#timeline.push({ at: this.#now(), text });
  }

  #now(): number {
    return this.#run?.now() ?? 0;
  }

  #seconds(timestamp: string): number {
    return this.#run?.secondsAt(Date.parse(timestamp)) ?? 0;
  }
}

/** What a Task changed of the state, as far as a reader wants to know. */
function brief(output: unknown, state: string | undefined): string {
  const { capacity, detachment, scaleOut } = isJsonObject(output) ? output : {};
  if (state === 'CheckCapacity') {
    const { attached, changeBy, group, leave, left, nextCheckAt, unsettled } = objectAt({ capacity }, 'capacity');
    const { desiredCapacity, floor, interrupted, raised, serving } = objectAt({ group }, 'group');
    return JSON.stringify({
      attached,
      changeBy,
      leave,
      left,
      unsettled,
      nextCheckAt,
      desiredCapacity,
      serving,
      floor,
      interrupted,
      raised,
    });
  }
  if (state === 'SetDesiredCapacity') return JSON.stringify(scaleOut);
  return state === 'DetachInstances' ? JSON.stringify(detachment) : 'done';
}
