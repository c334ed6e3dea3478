import { styleText } from 'node:util';
import type { Verdict } from '../guarantees.ts';
import type { RunRecord } from '../run-record.ts';
import type { ExecutionSummary, Summary } from '../summary.ts';

/** So many executions get a line of their own in the closing table. */
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
  return verdicts.flatMap(({ guarantee, title, violations }) =>
    violations.map((violation) => `${guarantee} ${title} is broken: ${violation}.`),
  );
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

function reasons({ executions }: RunRecord): string[] {
  const given = executions.flatMap(({ instanceId, reason }) => (reason ? [`${instanceId}: ${reason}`] : []));
  return given.length === 0 ? [] : ['', ...given];
}

function groupLines({ group, requests, apiCalls }: Summary): string[] {
  const calls = Object.entries(apiCalls).map(([action, count]) => `${action} ${count}`);
  return [
    `group      desired ${group.desiredBefore} before, ${group.desiredAfter} after, ${group.peakDesired} at the most ` +
      `(MaxSize ${group.maxSize}); at the worst ${group.minInService} in service, ${group.minServing} serving`,
    `requests   ${requests.sent} sent, ${requests.failed} failed`,
    `API calls  ${calls.join(', ') || 'none'}`,
  ];
}

function verdictLine({ guarantee, title, violations }: Verdict): string {
  const kept = violations.length === 0;
  const mark = kept ? styleText('green', 'kept  ') : styleText('red', 'BROKEN');
  return `${guarantee}  ${mark}  ${title}${kept ? '' : `: ${violations.join('; ')}`}`;
}

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
