import { floorOf } from '../../functions/capacity/floor.ts';
import type { SynthesizedApp } from '../../simulator/account/synthesized-app.ts';
import { judge } from '../../simulator/judging/judge.ts';
import { instanceIdOf } from '../../simulator/scenarios/event-file.ts';
import type { RunRecord } from '../../simulator/scenarios/run-record.ts';
import { type LiveRun, type RunObserver, readMinServing, settingsOf } from '../../simulator/scenarios/run-scenario.ts';
import type { Scenario } from '../../simulator/scenarios/scenarios.ts';
import { summarize } from '../../simulator/scenarios/summary.ts';
import type { GroupSample, RunUpdate } from '../shared/run-update.ts';

export interface RecordedRun {
  readonly scenario: Scenario;
  readonly app: SynthesizedApp;
  readonly byHand: boolean;
}

/** Tells what happens in a run as updates, from `started` on. `ended` tells the last. */
export function recordRun(
  recorded: RecordedRun,
  onUpdate: (update: RunUpdate) => void,
): { readonly observer: RunObserver; ended(run: RunRecord): void } {
  let told: Teller | undefined;
  const observer: RunObserver = {
    started(run) {
      told = new Teller(run, onUpdate);
      onUpdate(startedUpdate(recorded, run));
      told.group();
      run.onGroupChange(() => told?.group());
      setInterval(() => told?.second(), 1000);
    },
    historyEvent(execution, event) {
      told?.notices();
      const instanceId = instanceIdOf(execution.input) ?? 'no instance';
      onUpdate({ kind: 'history', execution: execution.name, instanceId, event });
    },
    ended() {
      told?.notices();
      told?.group();
      told = undefined;
    },
  };
  const ended = (run: RunRecord) => {
    onUpdate({ kind: 'ended', summary: summarize(recorded.scenario.name, run), verdicts: judge(run.log) });
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
    ended: () => {
      for (const one of all) one.ended();
    },
  };
}

function startedUpdate({ scenario, app, byHand }: RecordedRun, run: LiveRun): RunUpdate {
  const settings = settingsOf(app);
  const { weight = 1 } = scenario;
  const floor = floorOf(readMinServing(settings), run.group().desired);
  const { drainSeconds } = settings;
  return { kind: 'started', startedAt: Date.now(), byHand, drainSeconds, floor, weight };
}

/** Tells what is new since it was asked last. */
class Teller {
  readonly #run: LiveRun;
  readonly #onUpdate: (update: RunUpdate) => void;
  #notices = 0;
  #requests = { sent: 0, failed: 0 };

  constructor(run: LiveRun, onUpdate: (update: RunUpdate) => void) {
    this.#run = run;
    this.#onUpdate = onUpdate;
  }

  notices(): void {
    for (const notice of this.#run.notices.slice(this.#notices)) this.#onUpdate({ kind: 'notice', notice });
    this.#notices = this.#run.notices.length;
  }

  group(): void {
    this.notices();
    this.#onUpdate(groupSample(this.#run));
  }

  second(): void {
    this.group();
    const { sent, failed } = this.#run.requests();
    const newlyFailed = failed - this.#requests.failed;
    const served = sent - this.#requests.sent - newlyFailed;
    this.#requests = { sent, failed };
    const atSeconds = this.#run.secondsSinceNotice();
    this.#onUpdate({ kind: 'requests', atSeconds, served: Math.max(0, served), failed: newlyFailed });
  }
}

function groupSample(run: LiveRun): GroupSample {
  const { desired, inService, serving, pending, interrupted } = run.group();
  return { kind: 'group', atSeconds: run.secondsSinceNotice(), desired, inService, serving, pending, interrupted };
}
