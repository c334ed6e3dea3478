import { reclaimSeconds } from '../../functions/shared/timing.ts';
import type { RunModel, RunPhase } from '../shared/run-model.ts';
import { byId, seconds, set, setText } from './dom.ts';
import type { View } from './view.ts';

const texts: Record<RunPhase, string> = {
  idle: 'No run yet',
  starting: 'Starting',
  running: 'In progress',
  ended: 'Ended',
  refused: 'Could not run',
  stopped: 'Stopped',
};

/** How the run stands, and its clock. */
export class StatusView implements View {
  readonly #chip = byId('run-chip', HTMLElement);
  readonly #sinceNotice = byId('clock-notice', HTMLElement);
  readonly #toReclaim = byId('clock-reclaim', HTMLElement);
  /** What is shown may be out of date without. */
  isConnected = true;

  render(model: RunModel): void {
    const { atSeconds, reclaimAtSeconds = reclaimSeconds } = model;
    setText(this.#chip, this.isConnected ? textOf(model) : 'Not connected');
    set(this.#chip, { 'data-status': this.isConnected ? statusOf(model) : 'failed' });
    setText(this.#sinceNotice, seconds(atSeconds));
    setText(this.#toReclaim, seconds(Math.max(0, reclaimAtSeconds - atSeconds)));
  }
}

function textOf(model: RunModel): string {
  if (model.phase === 'running' && isSettling(model)) return 'Group settling';
  if (model.phase !== 'ended') return texts[model.phase];
  const failed = [...model.executions.values()].filter(({ status }) => status === 'failed').length;
  if (failed > 0) return model.executions.size === 1 ? 'Failed' : `${failed} of ${model.executions.size} failed`;
  return brokenIn(model) > 0 ? 'Guarantee broken' : 'Succeeded';
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

function brokenIn({ verdicts = [] }: RunModel): number {
  return verdicts.filter(({ verdict }) => verdict === 'broken').length;
}
