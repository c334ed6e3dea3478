import type { RunModel } from '../shared/run-model.ts';

/** Draws what it shows of a run. Called at most once per frame; what has not changed is left alone. */
export interface View {
  render(model: RunModel, selection: Selection): void;
}

export interface Selection {
  /** Undefined: all executions. */
  readonly execution: string | undefined;
}
