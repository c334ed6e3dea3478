import { parentPort, workerData } from 'node:worker_threads';
import type { SynthesizedApp } from '../../simulator/account/synthesized-app.ts';
import { matchesPattern } from '../../simulator/aws/event-bridge/event-bus.ts';
import { runScenario } from '../../simulator/scenarios/run-scenario.ts';
import type { RunSettings } from '../shared/run-settings.ts';
import { playedScenario } from './played-scenario.ts';
import { recordRun } from './run-recorder.ts';

/** What a run's thread is given. */
export interface RunWorkerData {
  readonly settings: RunSettings;
  readonly app: SynthesizedApp;
}

/**
 * Plays one run in a thread of its own: virtual time replaces the thread's clock and timers, and the functions' bundles
 * keep what they were loaded with. Posts the run's updates, from `started` to `ended`.
 */
const { settings, app }: RunWorkerData = workerData;
const scenario = playedScenario(settings);
const { event, seed, speed } = settings;
const byHand = !app.eventPatterns.some((pattern) => matchesPattern(pattern, event));
const { observer, ended } = recordRun({ scenario, byHand }, (update) => parentPort?.postMessage(update));
const run = await runScenario({
  scenario,
  event,
  byHand,
  app,
  seed,
  observer,
  ...(speed !== 'max' && { speed }),
});
ended(run);
