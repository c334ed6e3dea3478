import { parentPort, workerData } from 'node:worker_threads';
import { strategies } from '../../simulator/strategies/index.ts';
import { playStrategy } from '../../simulator/strategies/play-strategy.ts';
import type { ComparisonLine } from '../shared/comparison.ts';
import type { RunSettings } from '../shared/run-settings.ts';
import { playedScenario } from './played-scenario.ts';

export type Compared = Pick<RunSettings, 'scenario' | 'world' | 'seed'>;

/** Plays the same group and notices with each strategy, in a thread of its own, since virtual time replaces its clock. */
const compared: Compared = workerData;
const scenario = playedScenario(compared);
for (const strategy of strategies) {
  const line: ComparisonLine = { kind: 'strategy', run: await playStrategy(strategy, scenario, compared.seed) };
  parentPort?.postMessage(line);
}
