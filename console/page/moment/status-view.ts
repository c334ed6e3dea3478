import { reclaimSeconds } from '../../../functions/shared/timing.ts';
import type { RunModel, RunPhase } from '../../shared/run-model.ts';
import { byId, seconds, set, setText } from '../dom.ts';
import type { Snapshot, Store } from '../store.ts';

const texts: Record<RunPhase, string> = {
  idle: 'No run yet',
  starting: 'Starting',
  running: 'In progress',
  ended: 'Ended',
  refused: 'Could not run',
  stopped: 'Stopped',
};

/** How the run stands, and its clock at the moment. */
export class StatusView {
  readonly #store: Store;
  readonly #chip = byId('run-chip', HTMLElement);
  readonly #sinceNotice = byId('clock-notice', HTMLElement);
  readonly #toReclaim = byId('clock-reclaim', HTMLElement);
  /** What is shown may be out of date without. */
  #isConnected = true;

  constructor(store: Store) {
    this.#store = store;
    store.subscribe(
      ({ latest, atSeconds }) => [latest.version, latest.phase, Math.round(atSeconds * 10)],
      (snapshot) => this.#show(snapshot),
    );
  }

  connected(isConnected: boolean): void {
    this.#isConnected = isConnected;
    this.#show(this.#store.snapshot);
  }

  #show({ latest, model, atSeconds }: Snapshot): void {
    const reclaimAt = model.reclaimAtSeconds ?? latest.reclaimAtSeconds ?? reclaimSeconds;
    setText(this.#chip, this.#isConnected ? textOf(latest) : 'Not connected');
    set(this.#chip, { 'data-status': this.#isConnected ? statusOf(latest) : 'failed' });
    setText(this.#sinceNotice, seconds(atSeconds));
    setText(this.#toReclaim, seconds(Math.max(0, reclaimAt - atSeconds)));
  }
}

function textOf(model: RunModel): string {
  if (model.phase === 'running' && isSettling(model)) return 'Group settling';
  if (model.phase !== 'ended') return texts[model.phase];
  const failed = [...model.executions.values()].filter(({ status }) => status === 'failed').length;
  if (failed > 0) return model.executions.size === 1 ? 'Failed' : `${failed} of ${model.executions.size} failed`;
  const { verdicts = [] } = model;
  return verdicts.some(({ verdict }) => verdict === 'broken') ? 'Guarantee broken' : 'Succeeded';
}

function statusOf(model: RunModel): string {
  if (model.phase === 'running' || model.phase === 'starting') return 'in progress';
  if (model.phase === 'refused') return 'failed';
  if (model.phase !== 'ended') return 'not entered';
  return textOf(model) === 'Succeeded' ? 'succeeded' : 'failed';
}

/** All executions have ended; the run goes on until the instances are gone, and the group has settled. */
function isSettling({ executions }: RunModel): boolean {
  return executions.size > 0 && [...executions.values()].every(({ status }) => status !== 'running');
}
