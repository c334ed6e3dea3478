import { minServingAllowed, minServingOf } from '../../functions/configuration/values.ts';
import type { ActorPlan } from '../actors/index.ts';
import type { LaunchSeconds } from '../aws/index.ts';
import { JsonReader, type NumberLimits, type Problem } from './json-reader.ts';
import type { Notice, Scenario } from './scenario.ts';
import { readActorPlan } from './world-others.ts';

/**
 * A group of one's own and what happens to it, as the console and `npm start -- --world FILE` take it as JSON; docs/console.md
 * describes it. What may be missing has a default here.
 */
export interface World {
  readonly name: string;
  readonly group: {
    readonly instances: number;
    /** In capacity units where the instances weigh more than 1, as is maxSize. */
    readonly minSize: number;
    readonly maxSize: number;
    readonly weight: number;
    readonly launchSeconds: LaunchSeconds;
    readonly failedLaunches: number;
    readonly healthCheckSeconds: number;
    /** Requests, as a share of what the group's instances can answer. */
    readonly load: number;
    /** From healthy until a new instance answers at its full rate, and the share of that which it answers meanwhile. */
    readonly warmupSeconds: number;
    readonly warmupShare: number;
  };
  readonly handler: {
    readonly minServing: string;
    readonly drainSeconds: number;
  };
  readonly notices: readonly WorldNotice[];
  /** Who else changes the group. */
  readonly others: readonly ActorPlan[];
  readonly faults: {
    /** Which share of the API calls is throttled. */
    readonly throttledShare: number;
  };
}

/** `count` instances from number `instance` on, spread evenly over `withinSeconds`. */
export interface WorldNotice {
  readonly instance: number;
  readonly count: number;
  readonly afterSeconds: number;
  readonly withinSeconds: number;
}

/** What the numbers of a world may be, by their paths. */
const worldLimits = {
  'group.instances': { min: 1, max: 300, whole: true, default: 10 },
  'group.minSize': { min: 0, max: 10_000, whole: true, default: 1 },
  'group.maxSize': { min: 1, max: 10_000, whole: true },
  'group.weight': { min: 1, max: 999, whole: true, default: 1 },
  'group.launchSeconds': { min: 0, max: 3600, default: 40 },
  'group.failedLaunches': { min: 0, max: 100, whole: true, default: 0 },
  'group.healthCheckSeconds': { min: 0, max: 600, default: 10 },
  'group.load': { min: 0, max: 2, default: 0.6 },
  'group.warmupSeconds': { min: 0, max: 3600, default: 0 },
  'group.warmupShare': { min: 0, max: 1, default: 0.5 },
  'handler.drainSeconds': { min: 0, max: 90, whole: true, default: 30 },
  'faults.throttledShare': { min: 0, max: 0.9, default: 0 },
} as const satisfies Record<string, NumberLimits>;

const mostNotices = 300;

/** The JSON is no world: the message names each problem with its path. */
export class InvalidWorld extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const lines = problems.map(({ path, message }) => `  ${path || 'the document'}: ${message}`);
    super(`The world cannot be played:\n${lines.join('\n')}`);
    this.problems = problems;
  }
}

/** @throws InvalidWorld */
export function parseWorld(json: unknown): World {
  const problems: Problem[] = [];
  const world = readWorld(new JsonReader(json, '', problems));
  if (problems.length === 0) refuseWhatCannotBe(world, problems);
  if (problems.length > 0) throw new InvalidWorld(problems);
  return world;
}

/** What a world shows, as a scenario does. */
export function scenarioOf({ name, group, handler, notices, others, faults }: World): Scenario {
  const { weight, warmupSeconds, warmupShare, ...sizes } = group;
  const noticed = notices.flatMap(expanded).toSorted((a, b) => a.afterSeconds - b.afterSeconds);
  return {
    name,
    shows: `Your own group of ${group.instances}, ${noticed.length === 1 ? 'one notice' : `${noticed.length} notices`}.`,
    ...sizes,
    ...(weight > 1 && { weight }),
    ...(warmupSeconds > 0 && { warmup: { seconds: warmupSeconds, share: warmupShare } }),
    ...handler,
    notices: noticed,
    others,
    ...faults,
  };
}

function readWorld(world: JsonReader): World {
  const read = {
    name: world.text('name', 'own-group', (text) => /^[\w-]{1,40}$/.test(text), 'of 1 to 40 letters, digits, - and _'),
    group: readGroup(world.object('group')),
    handler: readHandler(world.object('handler')),
    notices: world.list('notices', readNotice),
    others: world.list('others', readActorPlan).filter((plan) => plan !== undefined),
    faults: readFaults(world.object('faults')),
  };
  world.refuseOthers();
  return read;
}

function readGroup(group: JsonReader): World['group'] {
  const number = (key: GroupNumber, otherwise?: number) =>
    group.number(key, { ...worldLimits[`group.${key}`], ...(otherwise !== undefined && { default: otherwise }) });
  const instances = number('instances');
  const weight = number('weight');
  const read = {
    instances,
    weight,
    minSize: number('minSize', Math.min(1, instances)),
    maxSize: number('maxSize', 2 * instances * weight),
    launchSeconds: group.numberOr('launchSeconds', 'never', worldLimits['group.launchSeconds']),
    failedLaunches: number('failedLaunches'),
    healthCheckSeconds: number('healthCheckSeconds'),
    load: number('load'),
    warmupSeconds: number('warmupSeconds'),
    warmupShare: number('warmupShare'),
  };
  group.refuseOthers();
  return read;
}

type GroupNumber = keyof typeof worldLimits extends infer Path
  ? Path extends `group.${infer Key}`
    ? Key
    : never
  : never;

function readHandler(handler: JsonReader): World['handler'] {
  const isFloor = (text: string) => minServingOf(text) !== undefined;
  const read = {
    minServing: handler.text('minServing', '100%', isFloor, minServingAllowed),
    drainSeconds: handler.number('drainSeconds', worldLimits['handler.drainSeconds']),
  };
  handler.refuseOthers();
  return read;
}

function readNotice(notice: JsonReader): WorldNotice {
  const read = {
    instance: notice.number('instance', { min: 0, max: 299, whole: true }),
    count: notice.number('count', { min: 1, max: mostNotices, whole: true, default: 1 }),
    afterSeconds: notice.number('afterSeconds', { min: 0, max: 3600, default: 0 }),
    withinSeconds: notice.number('withinSeconds', { min: 0, max: 3600, default: 0 }),
  };
  notice.refuseOthers();
  return read;
}

function readFaults(faults: JsonReader): World['faults'] {
  const read = { throttledShare: faults.number('throttledShare', worldLimits['faults.throttledShare']) };
  faults.refuseOthers();
  return read;
}

/** What is right by itself, but not together. */
function refuseWhatCannotBe({ group, notices }: World, problems: Problem[]): void {
  const refuse = (path: string, message: string) => problems.push({ path, message });
  const size = group.instances * group.weight;
  if (group.maxSize < size) refuse('group.maxSize', `${group.maxSize} is less than the group's size, ${size}`);
  if (group.minSize > size) refuse('group.minSize', `${group.minSize} is more than the group's size, ${size}`);
  if (notices.length === 0) refuse('notices', 'there has to be at least one notice');
  for (const [index, { instance, count }] of notices.entries()) {
    const last = instance + count - 1;
    if (last < group.instances) continue;
    refuse(`notices[${index}]`, `there is no instance ${last}; the group has 0 to ${group.instances - 1}`);
  }
  const count = notices.reduce((sum, notice) => sum + notice.count, 0);
  if (count > mostNotices) refuse('notices', `${count} notices are more than ${mostNotices}`);
}

function expanded({ instance, count, afterSeconds, withinSeconds }: WorldNotice): Notice[] {
  return Array.from({ length: count }, (_, index) => ({
    instance: instance + index,
    afterSeconds: afterSeconds + (count === 1 ? 0 : (withinSeconds * index) / (count - 1)),
  }));
}
