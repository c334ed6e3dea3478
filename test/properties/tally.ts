import type { CheckedWorld } from './check-worlds.ts';

/** Counts over many runs. */
export interface Tally {
  readonly worlds: number;
  readonly notices: number;
  readonly apiCalls: number;
  readonly virtualSeconds: number;
  readonly faults: Counts;
  readonly executions: Counts;
  /** Groups by how far their DesiredCapacity is from what it was, in capacity units. */
  readonly drift: Counts;
  /** Worlds by the guarantees that were broken in them. */
  readonly broken: Counts;
}

type Counts = Readonly<Record<string, number>>;

export const emptyTally: Tally = {
  worlds: 0,
  notices: 0,
  apiCalls: 0,
  virtualSeconds: 0,
  faults: {},
  executions: {},
  drift: {},
  broken: {},
};

export function tallyOf({ log, violations }: Pick<CheckedWorld, 'log' | 'violations'>): Tally {
  return {
    worlds: 1,
    notices: log.notices.length,
    apiCalls: log.calls.length,
    virtualSeconds: log.endedAt,
    faults: countsOf(log.faults.map(({ kind, service }) => `${kind} (${service})`)),
    executions: countsOf(log.executions.map(({ finalState, status }) => `${finalState} ${status}`)),
    drift: countsOf(log.groups.map(({ desiredBefore, desiredChanges }) => driftText(desiredBefore, desiredChanges))),
    broken: countsOf([...new Set(violations.map(({ guarantee }) => guarantee))]),
  };
}

export function merged(a: Tally, b: Tally): Tally {
  return {
    worlds: a.worlds + b.worlds,
    notices: a.notices + b.notices,
    apiCalls: a.apiCalls + b.apiCalls,
    virtualSeconds: a.virtualSeconds + b.virtualSeconds,
    faults: sum(a.faults, b.faults),
    executions: sum(a.executions, b.executions),
    drift: sum(a.drift, b.drift),
    broken: sum(a.broken, b.broken),
  };
}

export function tallyText(tally: Tally): string {
  const { worlds, notices, apiCalls, virtualSeconds, faults, executions, drift, broken } = tally;
  return [
    `${worlds} worlds, ${notices} notices, ${apiCalls} calls, ${(virtualSeconds / 3600).toFixed(0)} hours of virtual time`,
    `faults: ${countsText(faults)}`,
    `executions: ${countsText(executions)}`,
    `DesiredCapacity afterwards, against before: ${countsText(drift)}`,
    `worlds in which a guarantee was broken: ${countsText(broken)}`,
  ].join('\n');
}

function driftText(before: number, changes: readonly { readonly to: number }[]): string {
  const drift = (changes.at(-1)?.to ?? before) - before;
  return drift > 0 ? `+${drift}` : String(drift);
}

function countsOf(names: readonly string[]): Counts {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function sum(a: Counts, b: Counts): Counts {
  return Object.fromEntries(
    [...new Set([...Object.keys(a), ...Object.keys(b)])].map((k) => [k, (a[k] ?? 0) + (b[k] ?? 0)]),
  );
}

function countsText(counts: Counts): string {
  const sorted = Object.entries(counts).toSorted(([, a], [, b]) => b - a);
  return sorted.map(([name, count]) => `${name} ${count}`).join(', ') || 'none';
}
