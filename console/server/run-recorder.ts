import { floorOf } from '../../functions/capacity/floor.ts';
import type { Change, RequestCounts } from '../../simulator/aws/index.ts';
import type { Execution } from '../../simulator/aws/step-functions/workflow-runner.ts';
import { judge } from '../../simulator/judging/judge.ts';
import { instanceIdOf } from '../../simulator/scenarios/event-file.ts';
import type { RunRecord } from '../../simulator/scenarios/run-record.ts';
import type { LiveRun, RunObserver } from '../../simulator/scenarios/run-scenario.ts';
import type { Scenario } from '../../simulator/scenarios/scenarios.ts';
import { summarize } from '../../simulator/scenarios/summary.ts';
import type { RunUpdate } from '../shared/run-update.ts';
import { InstancePhases } from './instance-phases.ts';

export interface RecordedRun {
  readonly scenario: Scenario;
  readonly byHand: boolean;
}

/** Tells what happens in a run as updates, from `started` on. `ended` tells the last. */
export function recordRun(
  { scenario, byHand }: RecordedRun,
  onUpdate: (update: RunUpdate) => void,
): { readonly observer: RunObserver; ended(run: RunRecord): void } {
  let told: Teller | undefined;
  const observer: RunObserver = {
    started(run) {
      told = new Teller(run, onUpdate, { byHand, weight: scenario.weight ?? 1 });
    },
    historyEvent: (execution, event) => {
      told?.notices();
      const instanceId = instanceIdOf(execution.input) ?? 'no instance';
      onUpdate({ kind: 'history', execution: execution.name, instanceId, event });
      // Its output is there a moment after its last event.
      if (event.type === 'ExecutionStarted') execution.ended.then(() => told?.concluded(execution));
    },
    callFailed: ({ action }, { kind }, { executionArn }) => told?.failed(action, kind, executionArn),
    ended() {
      told?.end();
      told = undefined;
    },
  };
  const ended = (run: RunRecord) => {
    onUpdate({ kind: 'ended', summary: summarize(scenario.name, run), verdicts: judge(run.log) });
  };
  return { observer, ended };
}

/** Of observers, each is told. */
export function observers(...all: readonly RunObserver[]): RunObserver {
  return {
    started: (run) => {
      for (const one of all) one.started(run);
    },
    historyEvent: (execution, event) => {
      for (const one of all) one.historyEvent(execution, event);
    },
    callFailed: (call, fault, caller) => {
      for (const one of all) one.callFailed?.(call, fault, caller);
    },
    ended: () => {
      for (const one of all) one.ended();
    },
  };
}

/** Tells what is new since it was asked last. */
class Teller {
  readonly #run: LiveRun;
  readonly #onUpdate: (update: RunUpdate) => void;
  readonly #phases: InstancePhases;
  #usual: number;
  #notices = 0;
  #requests: RequestCounts = { sent: 0, failed: 0, beyondCapacity: 0 };

  constructor(
    run: LiveRun,
    onUpdate: (update: RunUpdate) => void,
    facts: { readonly byHand: boolean; readonly weight: number },
  ) {
    this.#run = run;
    this.#onUpdate = onUpdate;
    this.#phases = new InstancePhases(run.instances());
    this.#usual = run.group().desired;
    const { drainSeconds, requestsPerUnitSecond } = run;
    const instances = this.#phases.all;
    onUpdate({ kind: 'started', startedAt: Date.now(), drainSeconds, requestsPerUnitSecond, instances, ...facts });
    this.#group();
    run.onGroupChange((change) => this.#changed(change));
    setInterval(() => this.#second(), 1000);
  }

  notices(): void {
    for (const notice of this.#run.notices.slice(this.#notices)) this.#onUpdate({ kind: 'notice', notice });
    this.#notices = this.#run.notices.length;
  }

  failed(action: string, fault: string, executionArn: string | undefined): void {
    const execution = executionArn?.split(':').at(-1);
    this.#onUpdate({ kind: 'fault', atSeconds: this.#now(), ...(execution && { execution }), action, fault });
  }

  concluded(execution: Execution): void {
    const { reason, handledBy } = this.#run.conclusionOf(execution);
    this.#onUpdate({
      kind: 'concluded',
      atSeconds: this.#now(),
      execution: execution.name,
      reason,
      ...(handledBy !== undefined && { takenAlongBy: handledBy }),
    });
  }

  end(): void {
    this.notices();
    this.#group();
  }

  #changed(change: Change): void {
    this.notices();
    const atSeconds = this.#now();
    const instance = this.#phases.changed(change);
    if (instance) this.#onUpdate({ kind: 'instance', atSeconds, ...instance });
    if (change.kind === 'launch failed') this.#onUpdate({ kind: 'launch failed', atSeconds });
    if (change.kind === 'desired capacity') {
      const { by, from, to } = change;
      if (by !== undefined) this.#usual = to;
      this.#onUpdate({ kind: 'desired', atSeconds, from, to, ...(by !== undefined && { by }) });
    }
    this.#group();
  }

  #group(): void {
    const { desired, serving } = this.#run.group();
    const usual = this.#usual;
    const floor = floorOf(this.#run.minServing, usual);
    this.#onUpdate({ kind: 'group', atSeconds: this.#now(), desired, usual, floor, serving });
  }

  #second(): void {
    this.notices();
    const { sent, failed, beyondCapacity } = this.#run.requests();
    const before = this.#requests;
    this.#requests = { sent, failed, beyondCapacity };
    const newlyFailed = failed - before.failed;
    const newlyBeyond = beyondCapacity - before.beyondCapacity;
    const served = Math.max(0, sent - before.sent - newlyFailed - newlyBeyond);
    const atSeconds = this.#now();
    this.#onUpdate({ kind: 'requests', atSeconds, served, beyondCapacity: newlyBeyond, failed: newlyFailed });
  }

  #now(): number {
    return this.#run.secondsSinceNotice();
  }
}
