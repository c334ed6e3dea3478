import type { ExecutionModel } from './execution-model.ts';

/** The state in which an execution was; undefined before it began, and after its end. */
export function stateAt({ visits }: ExecutionModel, atSeconds: number): string | undefined {
  const all = [...visits.values()].flat();
  return all.findLast(
    ({ enteredAtSeconds, exitedAtSeconds = Number.POSITIVE_INFINITY }) =>
      enteredAtSeconds <= atSeconds && atSeconds < exitedAtSeconds,
  )?.state;
}
