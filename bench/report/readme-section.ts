import type { Results } from '../results.ts';
import { monthFacts } from '../worlds/month.ts';
import { count } from './format.ts';
import { markdownTable, type Table } from './table.ts';
import { monthTable } from './tables.ts';

const begin = '<!-- measured -->';
const end = '<!-- /measured -->';

/** Of the month's table. */
const shownLines = [
  'lost capacity, instance-seconds a month',
  'the least possible',
  'requests beyond capacity, per million, bursty',
  'requests failed, per million, bursty',
  'overlap, instance-hours a month',
  'drift of DesiredCapacity',
];

/** The README with what a full run measured between its marks. @throws Error where the marks are missing. */
export function withMeasuredSection(readme: string, results: Results): string {
  const from = readme.indexOf(begin);
  const to = readme.indexOf(end);
  if (from < 0 || to < from) throw new Error(`The README has no ${begin} … ${end} to put what was measured between.`);
  return `${readme.slice(0, from + begin.length)}\n${measuredSection(results)}\n${readme.slice(to)}`;
}

function measuredSection(results: Results): string {
  const { month } = results;
  const [ours] = month;
  const interruptions = ours
    ? `${count(ours.runs)} months of a fleet of groups, with ${count(ours.notices)} interruptions`
    : 'months';
  return [
    `Of ${interruptions}, with a median launch of ${monthFacts.launchMedianSeconds} s. The two rows of Capacity Rebalancing are the two readings of its`,
    'documentation; it acts on recommendations, before the notice, so that it can lose less than the least that is possible from',
    'the notice on.',
    '',
    markdownTable(shortTable(monthTable(results))),
    '',
  ].join('\n');
}

/** Without the columns of other floors, which are in the document. */
function shortTable({ title, header, rows }: Table): Table {
  const shown = (cells: readonly string[]) => cells.filter((_, column) => !header[column]?.startsWith('ours, '));
  return { title, header: shown(header), rows: rows.filter(([name = '']) => shownLines.includes(name)).map(shown) };
}
