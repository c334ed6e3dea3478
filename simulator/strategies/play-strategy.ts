import { floorOf } from '../../functions/capacity/floor.ts';
import type { Settings } from '../../functions/configuration/settings.ts';
import { minServingOf } from '../../functions/configuration/values.ts';
import { readExportedDefinition } from '../account/exported-definition.ts';
import { handlerFunctions } from '../account/handler-functions.ts';
import { type InProcessApp, inProcessApp } from '../account/in-process-app.ts';
import { type AutoScalingGroup, type RequestCounts, reclaimSeconds, type SpotInterruptionEvent } from '../aws/index.ts';
import type { Scenario } from '../scenarios/scenarios.ts';
import { interceptOf, requestsPerInstanceSecond, stage } from '../scenarios/staging.ts';
import type { Expenses, RunningStrategy, Strategy } from './strategy.ts';
import type { GroupPoint, RequestPoint, StrategyRun } from './strategy-run.ts';

const settings: Settings = {
  tableName: 'interruptions',
  pollSeconds: 4,
  drainSeconds: 30,
  minServing: { kind: 'share', percent: 100 },
};
const firstInstanceId = 'i-1234567890abcdef0';
/** After the last reclaim: time for the group to see that an instance is gone, and to replace it. */
const settlingSeconds = 120;
const noBill: Expenses = { invoked() {}, called() {} };

/** Plays a scenario with a strategy, in virtual time and as fast as possible. The same seed gives the same run. */
export async function playStrategy(strategy: Strategy, scenario: Scenario, seed: number): Promise<StrategyRun> {
  const { groupTag } = scenario;
  const [key = '', value = ''] = groupTag?.split('=') ?? [];
  const intercept = interceptOf(scenario, seed);
  const options = {
    definition: readExportedDefinition(),
    functions: (clients: Parameters<typeof handlerFunctions>[0]) =>
      handlerFunctions(clients, { ...settings, ...(groupTag && { groupTag: { key, value } }) }),
    ...(intercept && { intercept }),
    seed,
  };
  return await inProcessApp(options, async (app) => {
    const { group, instanceIds } = stage(withMargin(scenario, strategy), app.aws, firstInstanceId);
    const running = strategy.start({
      app,
      bill: noBill,
      ...(groupTag && { groupTag }),
      isRecommendationHeeded: false,
    });
    const meter = new Meter(app, group, scenario);
    giveNotices(app, scenario, running, instanceIds);
    await app.time.runFor((lastNotice(scenario) + reclaimSeconds + settlingSeconds) * 1000);
    return { strategy: strategy.name, does: strategy.does, ...meter.measured() };
  });
}

function withMargin(scenario: Scenario, { maxSizeMargin = 0 }: Strategy): Scenario {
  const margin = Math.ceil(maxSizeMargin * scenario.instances) * (scenario.weight ?? 1);
  return { ...scenario, maxSize: scenario.maxSize + margin };
}

function giveNotices(
  { aws }: InProcessApp,
  { notices }: Scenario,
  running: RunningStrategy,
  ids: readonly string[],
): void {
  const events = new Map<string, SpotInterruptionEvent>();
  for (const { instance, afterSeconds } of notices) {
    const id = ids[instance] ?? '';
    setTimeout(() => {
      const known = events.get(id);
      if (!known) running.recommended?.(id);
      const event = known ?? aws.interrupt(id);
      events.set(id, event);
      running.noticed(event);
    }, afterSeconds * 1000);
  }
}

function lastNotice({ notices }: Scenario): number {
  return Math.max(...notices.map(({ afterSeconds }) => afterSeconds));
}

/** Everything that is measured while time passes. */
class Meter {
  readonly #app: InProcessApp;
  readonly #group: AutoScalingGroup;
  readonly #scenario: Scenario;
  readonly #begunAt = Date.now();
  readonly #points: GroupPoint[] = [];
  readonly #requests: RequestPoint[] = [];
  readonly #noticedAt = new Map<string, number>();
  readonly #leftAt = new Map<string, number>();
  #usual: number;
  #counted: RequestCounts = { sent: 0, failed: 0, beyondCapacity: 0 };

  constructor(app: InProcessApp, group: AutoScalingGroup, scenario: Scenario) {
    this.#app = app;
    this.#group = group;
    this.#scenario = scenario;
    this.#usual = group.desiredCapacity;
    const others = new Set<string | undefined>((scenario.others ?? []).map(({ kind }) => kind));
    this.#note();
    app.aws.onChange((change) => {
      if (change.kind === 'desired capacity' && others.has(change.by)) this.#usual = change.to;
      if (change.kind === 'interrupted') this.#noticedAt.set(change.instanceId, this.#now());
      if (change.kind === 'lifecycle' && /^(Detaching|Terminating)/.test(change.to ?? ''))
        this.#left(change.instanceId);
      this.#note();
    });
    setInterval(() => this.#countRequests(), 1000);
  }

  measured(): Omit<StrategyRun, 'strategy' | 'does'> {
    const { aws } = this.#app;
    const untilSeconds = this.#now();
    const drainSeconds = this.#scenario.drainSeconds ?? settings.drainSeconds;
    const overTime = (of: (point: GroupPoint) => number) =>
      this.#points.reduce((sum, point, index) => {
        const until = this.#points[index + 1]?.atSeconds ?? untilSeconds;
        return sum + of(point) * (until - point.atSeconds);
      }, 0);
    const inTime = [...this.#noticedAt].filter(([id, noticedAt]) => {
      const left = this.#leftAt.get(id) ?? Number.POSITIVE_INFINITY;
      return left <= noticedAt + reclaimSeconds - drainSeconds;
    });
    return {
      group: this.#points,
      requests: this.#requests,
      untilSeconds,
      figures: {
        lostInstanceSeconds: overTime(({ usual, serving }) => Math.max(0, usual - serving)),
        leastServing: Math.min(...this.#points.map(({ serving }) => serving)),
        secondsBelowFloor: overTime(({ floor, serving }) => (serving < floor ? 1 : 0)),
        requests: aws.requests(),
        noticed: this.#noticedAt.size,
        leftInTime: inTime.length,
        drift: this.#group.desiredCapacity - this.#usual,
        apiCalls: Object.values(aws.apiCalls).reduce((sum, count) => sum + count, 0),
      },
    };
  }

  #left(instanceId: string): void {
    if (!this.#leftAt.has(instanceId)) this.#leftAt.set(instanceId, this.#now());
  }

  #note(): void {
    const { desired, serving } = this.#group.snapshot();
    const usual = this.#usual;
    const minServing = minServingOf(this.#scenario.minServing ?? '') ?? settings.minServing;
    const atSeconds = this.#now();
    if (this.#points.at(-1)?.atSeconds === atSeconds) this.#points.pop();
    this.#points.push({ atSeconds, desired, usual, floor: floorOf(minServing, usual), serving });
  }

  #countRequests(): void {
    const counts = this.#app.aws.requests();
    const before = this.#counted;
    this.#counted = counts;
    const perUnit = requestsPerInstanceSecond / (this.#scenario.weight ?? 1);
    const failed = (counts.failed - before.failed) / perUnit;
    const beyondCapacity = (counts.beyondCapacity - before.beyondCapacity) / perUnit;
    const served = Math.max(0, (counts.sent - before.sent) / perUnit - failed - beyondCapacity);
    this.#requests.push({ atSeconds: this.#now(), served, beyondCapacity, failed });
  }

  #now(): number {
    return (Date.now() - this.#begunAt) / 1000;
  }
}
