import { Worker } from 'node:worker_threads';
import type { RunSettings } from '../shared/run-settings.ts';
import { isTerminal, type RunUpdate } from '../shared/run-update.ts';
import { playedScenario } from './played-scenario.ts';
import { RunLog } from './run-log.ts';
import type { RunWorkerData } from './run-worker.ts';
import type { SynthesizedApps } from './synthesized-apps.ts';

/** Plays one run at a time. */
export class Runs {
  readonly log = new RunLog();
  readonly #apps: Pick<SynthesizedApps, 'for'>;
  #started = 0;
  #worker: Worker | undefined;

  constructor(apps: Pick<SynthesizedApps, 'for'>) {
    this.#apps = apps;
  }

  /** Starts a run, in place of the one that is going on. Returns its id. What goes wrong later is told in the log. */
  start(settings: RunSettings): string {
    this.stop();
    this.#started += 1;
    const id = `${process.pid}-${this.#started}`;
    this.log.append({ kind: 'requested', id, settings });
    this.#play(id, settings).catch((error: unknown) => {
      this.#append(id, { kind: 'refused', message: error instanceof Error ? error.message : String(error) });
    });
    return id;
  }

  /** Stops the run that is going on, if there is one. */
  stop(): void {
    const { last } = this.log;
    if (last && !isTerminal(last)) this.log.append({ kind: 'stopped' });
    this.#worker?.terminate();
    this.#worker = undefined;
  }

  async #play(id: string, settings: RunSettings): Promise<void> {
    const scenario = playedScenario(settings);
    const app = await this.#apps.for(scenario);
    if (!this.#isGoingOn(id)) return;
    const workerData: RunWorkerData = { settings, app };
    const worker = new Worker(new URL('./run-worker.ts', import.meta.url), { workerData });
    this.#worker = worker;
    const ended = Promise.withResolvers<void>();
    worker.on('message', (update: RunUpdate) => this.#append(id, update));
    worker.on('error', ended.reject);
    worker.on('exit', () => ended.resolve());
    await ended.promise;
  }

  /** What a run tells after its end, or after another has begun, comes too late. */
  #append(id: string, update: RunUpdate): void {
    if (this.#isGoingOn(id)) this.log.append(update);
  }

  #isGoingOn(id: string): boolean {
    const { last, runId } = this.log;
    return runId === id && last !== undefined && !isTerminal(last);
  }
}
