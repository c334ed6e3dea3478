import { setTimeout as sleep } from 'node:timers/promises';
import type { FisClient } from '@aws-sdk/client-fis';
import type { SFNClient } from '@aws-sdk/client-sfn';
import { followExecution } from '../../console/follow/follow-execution.ts';
import { Patience } from '../../console/follow/patience.ts';
import { reclaimSeconds } from '../../functions/shared/timing.ts';
import { FollowedExecution } from '../execution/followed-execution.ts';
import { outcomeOf } from '../execution/outcome.ts';
import { described, LiveLines, type Moment, type Output } from '../terminal/live-lines.ts';
import { type DrillRecord, lastLook, reclaimOf, type WatchedExecution } from './drill-record.ts';
import {
  chosenInstances,
  type ExperimentState,
  hasEnded,
  hasFailed,
  type Plan,
  readExperiment,
  type StartedExperiment,
} from './experiment.ts';
import { type FoundExecution, findExecutions } from './found-executions.ts';
import { changesBetween } from './group-changes.ts';
import {
  type GroupClients,
  type GroupLook,
  inServiceCapacity,
  isMember,
  lookAtGroup,
  pendingCapacity,
  servingCapacity,
} from './group-look.ts';

export interface WatchOptions {
  readonly clients: GroupClients & { readonly fis: FisClient; readonly stepFunctions: SFNClient };
  readonly plan: Plan;
  readonly stateMachineArn: string;
  readonly experiment: StartedExperiment;
  /** From before the experiment. */
  readonly before: GroupLook;
  readonly output: Output;
  readonly pollMilliseconds: number;
  readonly signal: AbortSignal;
  readonly onUnreachable: (error: unknown) => void;
}

/** After the reclaim: until a load balancer would have found that an instance is gone which it still sends requests to. */
const settleSeconds = 60;
/** After the reclaim: until the group is given up which has not come back to what it was. */
const recoverySeconds = 300;

/** Follows an experiment, the executions that it leads to, and the group, to the end. */
export class Watch {
  readonly #options: WatchOptions;
  readonly #lines: LiveLines;
  readonly #patience: Patience;
  readonly #looks: [GroupLook, ...GroupLook[]];
  readonly #followed: Followed[] = [];
  readonly #known = new Set<string>();
  readonly #failures: unknown[] = [];
  /** Nobody follows executions any more that go on after the watch. */
  readonly #ended = new AbortController();
  #state: ExperimentState = { status: 'pending', reason: '' };
  #chosen: readonly string[] = [];

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#lines = new LiveLines(options.output);
    this.#patience = new Patience({ signal: options.signal, onUnreachable: (error) => this.#unreachable(error) });
    this.#looks = [options.before];
  }

  /** @throws what the signal was aborted with; an error of the services that will not pass, or has not for a while. */
  async untilEnd(): Promise<DrillRecord> {
    this.#lines.header();
    const timer = setInterval(() => this.#lines.waiting(this.#moment(Date.now())), 1000);
    try {
      do {
        await sleep(this.#options.pollMilliseconds, undefined, { signal: this.#options.signal });
        await this.#patience.bear(() => this.#look());
        for (const failure of this.#failures) throw failure;
      } while (!this.#isOver(Date.now()));
    } finally {
      this.#ended.abort();
      clearInterval(timer);
      this.#lines.end();
    }
    return this.#record();
  }

  async #look(): Promise<void> {
    const { clients, plan, signal } = this.#options;
    await this.#lookAtExperiment();
    await this.#findExecutions();
    const before = lastLook({ looks: this.#looks });
    const look = await lookAtGroup(clients, plan.groupName, signal);
    this.#looks.push(look);
    for (const change of changesBetween(before, look)) this.#happened(change);
  }

  async #lookAtExperiment(): Promise<void> {
    const { clients, experiment, signal } = this.#options;
    if (!hasEnded(this.#state)) {
      const state = await readExperiment(clients.fis, experiment.id, signal);
      if (state.status !== this.#state.status) this.#happened(`the experiment is ${state.status}`);
      this.#state = state;
    }
    if (this.#chosen.length > 0 || ['pending', 'initiating'].includes(this.#state.status)) return;
    this.#chosen = await chosenInstances(clients.fis, experiment.id, signal);
  }

  async #findExecutions(): Promise<void> {
    const { clients, stateMachineArn, experiment, signal } = this.#options;
    const search = { stateMachineArn, sinceMilliseconds: experiment.startedAtMilliseconds, known: this.#known };
    for (const found of await findExecutions(clients.stepFunctions, search, signal)) {
      this.#known.add(found.arn);
      if (this.#isOurs(found.notice.instanceId)) this.#follow(found);
    }
  }

  /** Another group's instance may be interrupted meanwhile, by EC2 itself. */
  #isOurs(instanceId: string): boolean {
    return this.#chosen.includes(instanceId) || this.#looks.some((look) => isMember(look, instanceId));
  }

  #follow(found: FoundExecution): void {
    const execution = new FollowedExecution(found.notice);
    this.#followed.push({ ...found, execution });
    this.#events(found.arn, execution).catch((error: unknown) => this.#failures.push(error));
  }

  async #events(arn: string, execution: FollowedExecution): Promise<void> {
    const { clients, pollMilliseconds } = this.#options;
    const signal = AbortSignal.any([this.#options.signal, this.#ended.signal]);
    const onUnreachable = (error: unknown) => this.#unreachable(error);
    const options = { pollMilliseconds, signal, onUnreachable };
    for await (const event of followExecution(clients.stepFunctions, arn, options)) {
      execution.record(event);
      const what = described(event);
      if (what !== undefined) this.#happened(`${execution.instanceId}  ${what}`, Date.parse(event.timestamp));
    }
  }

  #isOver(now: number): boolean {
    if (hasFailed(this.#state)) return true;
    const secondsAfterReclaim = (now - this.#lastReclaim()) / 1000;
    if (secondsAfterReclaim >= recoverySeconds) return true;
    return (
      secondsAfterReclaim >= settleSeconds &&
      this.#isAsBefore() &&
      this.#followed.every(({ execution }) => execution.end)
    );
  }

  #isAsBefore(): boolean {
    const [before] = this.#looks;
    const now = lastLook({ looks: this.#looks });
    return now.desiredCapacity === before.desiredCapacity && servingCapacity(now) >= servingCapacity(before);
  }

  #lastReclaim(): number {
    const record = this.#record();
    const reclaims = record.interrupted.map((instanceId) => reclaimOf(record, instanceId));
    return Math.max(
      this.#options.experiment.startedAtMilliseconds + this.#options.plan.secondsUntilReclaim * 1000,
      ...reclaims,
    );
  }

  #happened(what: string, milliseconds = Date.now()): void {
    this.#lines.happened(what, this.#moment(milliseconds));
  }

  #unreachable(error: unknown): void {
    this.#lines.end();
    this.#options.onUnreachable(error);
  }

  /** Until there is a notice, as if it had just been given. */
  #moment(milliseconds: number): Moment {
    const noticed = this.#followed.map(({ notice }) => notice.noticedAtMilliseconds);
    const secondsAgo = (time: number) => Math.max(0, (milliseconds - time) / 1000);
    return {
      secondsSinceNotice: noticed.length === 0 ? 0 : secondsAgo(Math.min(...noticed)),
      secondsUntilReclaim:
        noticed.length === 0 ? reclaimSeconds : Math.max(0, reclaimSeconds - secondsAgo(Math.max(...noticed))),
      group: groupText(lastLook({ looks: this.#looks }), this.#interrupted()),
    };
  }

  #interrupted(): string[] {
    return [...new Set([...this.#chosen, ...this.#followed.map(({ notice }) => notice.instanceId)])];
  }

  #record(): DrillRecord {
    const { plan, experiment } = this.#options;
    return {
      plan,
      experiment: { ...experiment, ...this.#state },
      interrupted: this.#interrupted(),
      executions: this.#followed.map(watched),
      looks: this.#looks,
    };
  }
}

interface Followed extends FoundExecution {
  readonly execution: FollowedExecution;
}

function watched({ arn, notice, execution }: Followed): WatchedExecution {
  return {
    arn,
    noticedAtMilliseconds: notice.noticedAtMilliseconds,
    summary: execution.summary(),
    outcome: execution.end && outcomeOf(execution).message,
  };
}

/** In the words of npm start. */
function groupText(look: GroupLook, interrupted: readonly string[]): string {
  const stillThere = interrupted.filter((instanceId) => isMember(look, instanceId)).length;
  return (
    `desired ${look.desiredCapacity}, in service ${inServiceCapacity(look)}, pending ${pendingCapacity(look)}, ` +
    `interrupted ${stillThere}, serving ${servingCapacity(look)}`
  );
}
