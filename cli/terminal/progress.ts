import type { CapacitySnapshot } from '../../simulator/aws/index.ts';
import type { Execution } from '../../simulator/aws/step-functions/workflow-runner.ts';
import type { LiveRun, RunObserver } from '../../simulator/scenarios/run-scenario.ts';
import { described, LiveLines, type Moment, type Output } from './live-lines.ts';

/** The most executions that are followed one by one; of more, only how many enter which state. */
const followedSingly = 3;
/** In which steps of virtual time many executions are counted together. */
const togetherMs = 2000;

/** Prints every state as it is entered, the group beside it, and a line about the time while nothing happens. */
export function progress(output: Output, executionCount: number): RunObserver {
  const lines = new LiveLines(output);
  let run: LiveRun | undefined;
  const together = executionCount > followedSingly ? new Counter() : undefined;
  const timers: NodeJS.Timeout[] = [];

  const print = (what: string) => {
    if (run) lines.happened(what, moment(run));
  };
  return {
    started(live) {
      run = live;
      lines.header();
      timers.push(setInterval(() => lines.waiting(moment(live)), 1000));
      if (together) timers.push(setInterval(() => together.flush(print), togetherMs));
    },
    historyEvent(execution, event) {
      const what = described(event);
      if (what === undefined) return;
      if (together) together.add(what);
      else print(executionCount > 1 ? `${instanceOf(execution)}  ${what}` : what);
    },
    ended() {
      for (const timer of timers) clearInterval(timer);
      together?.flush(print);
      lines.end();
    },
  };
}

function moment(run: LiveRun): Moment {
  return {
    secondsSinceNotice: run.secondsSinceNotice(),
    secondsUntilReclaim: run.secondsUntilReclaim(),
    group: groupText(run.group()),
  };
}

function instanceOf(execution: Execution): string {
  return /i-[0-9a-f]+/.exec(JSON.stringify(execution.input))?.[0] ?? execution.name;
}

function groupText({ desired, inService, pending, interrupted, serving }: CapacitySnapshot): string {
  return `desired ${desired}, in service ${inService}, pending ${pending}, interrupted ${interrupted}, serving ${serving}`;
}

/** How often what happened, in the order of its first time. */
class Counter {
  readonly #counts = new Map<string, number>();

  add(what: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
  }

  flush(print: (what: string) => void): void {
    for (const [what, count] of this.#counts) print(`${String(count).padStart(4)} × ${what}`);
    this.#counts.clear();
  }
}
