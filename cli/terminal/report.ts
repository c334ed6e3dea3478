import { styleText } from 'node:util';
import type { Verdict } from '../../simulator/judging/judge.ts';
import type { RunRecord } from '../../simulator/scenarios/run-record.ts';
import type { ExecutionSummary, Summary } from '../../simulator/scenarios/summary.ts';

/** The most executions that get a line of their own in the closing table. */
const listedSingly = 10;

/** What is printed when a run has ended. */
export function report(summary: Summary, run: RunRecord, verdicts: readonly Verdict[]): string {
  return [
    '',
    ...executionTable(summary.executions),
    ...reasons(run),
    '',
    ...groupLines(summary),
    '',
    ...verdicts.map((verdict) => verdictLine(verdict)),
    '',
  ].join('\n');
}

export function violationLines(verdicts: readonly Verdict[]): string[] {
  return verdicts
    .filter(({ verdict }) => verdict === 'broken')
    .flatMap(({ guarantee, title, why }) => why.map((what) => `${guarantee} ${title} is broken: ${what}.`));
}

export function executionTable(executions: readonly ExecutionSummary[]): string[] {
  const header = ['instance', 'ended in', 'detached', 'before reclaim', 'scaled out', 'decremented', 'transitions'];
  if (executions.length > listedSingly) return table(header.with(0, 'executions'), groupedRows(executions));
  return table(
    header,
    executions.map((one) => [
      one.instanceId,
      one.finalState,
      seconds(one.detachedAfterSeconds),
      seconds(one.secondsBeforeReclaim),
      yesNo(one.scaledOut),
      yesNo(one.decremented),
      String(one.stateTransitions),
    ]),
  );
}

function groupedRows(executions: readonly ExecutionSummary[]): string[][] {
  const byEnd = Map.groupBy(executions, ({ finalState }) => finalState);
  return [...byEnd].map(([finalState, group]) => [
    String(group.length),
    finalState,
    range(group.map((one) => one.detachedAfterSeconds)),
    range(group.map((one) => one.secondsBeforeReclaim)),
    String(group.filter((one) => one.scaledOut).length),
    String(group.filter((one) => one.decremented).length),
    String(group.reduce((sum, one) => sum + one.stateTransitions, 0)),
  ]);
}

/** A sentence for each execution; in a storm, for each kind of sentence. */
function reasons({ executions }: RunRecord): string[] {
  if (executions.length <= listedSingly) return ['', ...executions.map((one) => `${one.instanceId} ${one.reason}.`)];
  const alike = Map.groupBy(executions, ({ reason }) =>
    reason.replaceAll(/i-[0-9a-f]+/g, 'others').replace(/at [\d.]+ s/, 'at its time'),
  );
  return ['', ...[...alike].map(([reason, { length }]) => `${length} ${reason}.`)];
}

function groupLines({ capacity, changesByOthers, group, jobs, requests, apiCalls }: Summary): string[] {
  const calls = Object.entries(apiCalls).map(([action, count]) => `${action} ${count}`);
  return [
    `group      desired ${group.desiredBefore} before, ${group.desiredAfter} after, ${group.peakDesired} at the most ` +
      `(MaxSize ${group.maxSize}); at the worst ${group.minInService} in service, ${group.minServing} serving`,
    `capacity   floor ${capacity.floor} (${capacity.minServing}); ` +
      `${capacity.lostInstanceSeconds.toFixed(0)} instance-seconds lost, of which ${capacity.leastPossibleInstanceSeconds.toFixed(0)} could not be helped`,
    ...(changesByOthers.length === 0 ? [] : [`others     ${changesByOthers.map(otherText).join(', ')}`]),
    jobs
      ? `jobs       ${jobs.done} done, ${jobs.lost} lost with their instances`
      : `requests   ${requests.sent} sent, ${requests.failed} failed, ${requests.beyondCapacity} beyond capacity`,
    `API calls  ${calls.join(', ') || 'none'}`,
  ];
}

function otherText({ at, by, from, to }: Summary['changesByOthers'][number]): string {
  return `${by} set ${from} to ${to} at ${at.toFixed(1)} s`;
}

function verdictLine({ guarantee, title, verdict, why }: Verdict): string {
  const mark = styleText(colors[verdict], verdict.toUpperCase().padEnd('could not hold'.length));
  return `${guarantee}  ${mark}  ${title}${why.length === 0 ? '' : `: ${why.join('; ')}`}`;
}

const colors = { kept: 'green', broken: 'red', 'not judged': 'dim', 'could not hold': 'yellow' } as const;

function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [styleText('dim', line(header)), ...rows.map(line)];
}

function range(values: readonly (number | null)[]): string {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return seconds(null);
  return `${Math.min(...known).toFixed(1)} to ${seconds(Math.max(...known))}`;
}

function seconds(value: number | null): string {
  return value === null ? '-' : `${value.toFixed(1)} s`;
}

function yesNo(value: boolean): string {
  return value ? 'yes' : 'no';
}
