import type { Settings } from '../../functions/configuration/settings.ts';
import { handlerFunctions } from '../../simulator/account/handler-functions.ts';
import { type InProcessApp, type InProcessAppOptions, inProcessApp } from '../../simulator/account/in-process-app.ts';
import type { ApiCall, AutoScalingGroup, Fault, GroupOptions, TargetGroupOptions } from '../../simulator/aws/index.ts';
import type { Execution } from '../../simulator/aws/step-functions/workflow-runner.ts';
import { isJsonObject, type JsonObject } from '../../simulator/json.ts';
import { exportedDefinition } from '../../statemachine/definition.ts';

/** What a test says about its world; everything else is the defaults of the handler and of the simulator. */
export interface HandlingOptions extends Partial<Omit<InProcessAppOptions, 'definition' | 'functions'>> {
  readonly settings?: Partial<Settings>;
}

/** The handler, the workflow's definition and the functions' code, in virtual time on simulated services. */
export function handling<T>({ settings, ...options }: HandlingOptions, work: (app: InProcessApp) => Promise<T>) {
  const allSettings = { ...defaultSettings, ...settings };
  return inProcessApp(
    {
      definition,
      functions: (clients) => handlerFunctions(clients, allSettings),
      tableName: allSettings.tableName,
      ...options,
    },
    work,
  );
}

export const defaultSettings: Settings = {
  tableName: 'interruptions',
  minServing: { kind: 'share', percent: 100 },
  pollSeconds: 4,
  drainSeconds: 30,
};

/** A group named `web` behind a target group whose new targets are healthy after 10 s. */
export function createWeb(
  { aws }: Pick<InProcessApp, 'aws'>,
  { instances = 1, maxSize = 100, ...group }: Partial<GroupOptions>,
  targetGroup: Partial<TargetGroupOptions> = {},
): AutoScalingGroup {
  const targets = aws.createTargetGroup({ name: 'web', healthCheckSeconds: 10, ...targetGroup });
  return aws.createGroup({ name: 'web', instances, maxSize, targetGroups: [targets], ...group });
}

export function instanceId(group: AutoScalingGroup, index = 0): string {
  const instance = group.instances[index];
  if (!instance) throw new Error(`The group ${group.name} has no instance ${index}.`);
  return instance.id;
}

/** EC2's notice for some of a group's instances, all in the same moment, and the handling of each to its end. */
export async function interrupt(
  app: InProcessApp,
  group: AutoScalingGroup,
  ...indexes: number[]
): Promise<Execution[]> {
  const executions = indexes.map((index) => app.start(app.aws.interrupt(instanceId(group, index))));
  await app.untilAllEnded();
  return executions;
}

/** The same for a group's first instances, one after another. */
export async function interruptEvery(
  milliseconds: number,
  app: InProcessApp,
  group: AutoScalingGroup,
  instances: number,
): Promise<Execution[]> {
  const ids = Array.from({ length: instances }, (_, index) => instanceId(group, index));
  const executions: Execution[] = [];
  for (const id of ids) {
    executions.push(app.start(app.aws.interrupt(id)));
    await app.time.runFor(milliseconds);
  }
  await app.untilAllEnded();
  return executions;
}

export async function interruptOne(app: InProcessApp, group: AutoScalingGroup): Promise<Execution> {
  const [execution] = await interrupt(app, group, 0);
  if (!execution) throw new Error('No execution was started.');
  return execution;
}

/** The states that an execution entered, in order. */
export function visited(execution: Execution): string[] {
  return execution.history.flatMap(({ type, state }) => (type.endsWith('StateEntered') && state ? [state] : []));
}

/** From the notice to when a state was entered last, in whole seconds. */
export function secondsUntilState(execution: Execution, state: string): number {
  const entered = execution.history.findLast((event) => event.type.endsWith('StateEntered') && event.state === state);
  if (!entered) throw new Error(`The execution never entered ${state}, but ${visited(execution).join(', ')}.`);
  return Math.round((Date.parse(entered.timestamp) - Date.parse(execution.startedAt)) / 1000);
}

/** What an execution ended with, at a path such as `detachment`. */
export function outputOf(execution: Execution, part: string): JsonObject {
  const output = execution.output;
  const value = isJsonObject(output ?? null) && isJsonObject(output) ? output[part] : undefined;
  if (!isJsonObject(value)) throw new Error(`The output has no ${part}: ${JSON.stringify(output)}`);
  return value;
}

/** An intercept that lets calls of one action go wrong: always, or as long as `when` says. */
export function failing(action: string, fault: Fault, when: (call: ApiCall, count: number) => boolean = () => true) {
  let count = 0;
  return (call: ApiCall): Fault | undefined => {
    if (call.action !== action) return undefined;
    count += 1;
    return when(call, count) ? fault : undefined;
  };
}

const definition = asDefinition(exportedDefinition());

function asDefinition(exported: unknown): JsonObject {
  const json: unknown = JSON.parse(JSON.stringify(exported));
  if (!isJsonObject(json)) throw new Error('The exported definition is not an object.');
  return json;
}
