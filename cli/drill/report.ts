import { consoleLink } from '../execution/console-link.ts';
import { type Check, leastServing, peakDesiredCapacity, secondsBeforeReclaim } from './checks.ts';
import { type DrillRecord, lastLook, type WatchedExecution } from './drill-record.ts';
import { changesBetween } from './group-changes.ts';
import { inServiceCapacity, servingCapacity } from './group-look.ts';

/** What a drill came to, in Markdown. */
export function drillReport(record: DrillRecord, checks: readonly Check[]): string {
  const { experiment, plan, interrupted } = record;
  const failed = checks.some(({ result }) => result === 'failed');
  return [
    `# Drill ${experiment.id}: ${failed ? 'failed' : 'passed'}`,
    '',
    ...table(
      ['', ''],
      [
        ['Auto Scaling group', plan.groupName],
        ['experiment template', plan.templateId],
        ['begun', time(experiment.startedAtMilliseconds)],
        ['ended', time(lastLook(record).atMilliseconds)],
        ['interrupted', interrupted.join(', ') || 'none'],
        ['looks at the group', String(record.looks.length)],
        ['DesiredCapacity at the most', `${peakDesiredCapacity(record)} (MaxSize ${record.looks[0].maxSize})`],
        ['serving at the least', String(leastServing(record))],
      ],
    ),
    '',
    '## Checks',
    '',
    ...table(
      ['check', 'result', 'seen'],
      checks.map(({ title, result, why }) => [title, result, why]),
    ),
    '',
    '## Executions',
    '',
    ...executions(record),
    '',
    '## What changed',
    '',
    ...changes(record),
    '',
    '## Not seen by a drill',
    '',
    'Whether requests failed (the load balancer counts `HTTPCode_ELB_5XX_Count` and `HTTPCode_Target_5XX_Count`), whether EC2 took',
    'the instance at its time (its state in EC2), and what happened between two looks.',
    '',
  ].join('\n');
}

function executions(record: DrillRecord): string[] {
  if (record.executions.length === 0) return ['None was started.'];
  const rows = record.executions.map((execution) => executionRow(record, execution));
  return table(['instance', 'ended in', 'left after', 'out before the reclaim, as seen', 'outcome', 'execution'], rows);
}

function executionRow(record: DrillRecord, { arn, summary, outcome }: WatchedExecution): string[] {
  return [
    summary.instanceId,
    summary.finalState,
    seconds(summary.detachedAfterSeconds),
    seconds(secondsBeforeReclaim(record, summary.instanceId)),
    outcome ?? 'still running',
    `[${arn.split(':').at(-1)}](${consoleLink(arn)})`,
  ];
}

function changes({ looks, experiment }: DrillRecord): string[] {
  const rows = looks.slice(1).flatMap((look, index) => {
    const before = looks[index] ?? looks[0];
    const after = seconds((look.atMilliseconds - experiment.startedAtMilliseconds) / 1000);
    const group = `desired ${look.desiredCapacity}, in service ${inServiceCapacity(look)}, serving ${servingCapacity(look)}`;
    return changesBetween(before, look).map((what) => [after, what, group]);
  });
  return rows.length === 0 ? ['Nothing.'] : table(['after the start', 'what', 'group'], rows);
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)];
}

function time(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

function seconds(value: number | null | undefined): string {
  return value === null || value === undefined ? '-' : `${value.toFixed(1)} s`;
}
