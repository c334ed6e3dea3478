import { styleText } from 'node:util';

export interface Table {
  readonly title: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** For a terminal: the first column to the left, the others to the right. */
export function terminalTable({ title, header, rows }: Table): string {
  const widths = header.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ');
  return ['', styleText('bold', title), styleText('dim', line(header)), ...rows.map(line)].join('\n');
}

/** Figures are to the right of their columns, text to the left. */
export function markdownTable({ header, rows }: Table, columns: 'figures' | 'text' = 'figures'): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = header.map((_, column) => (column === 0 || columns === 'text' ? '---' : '---:'));
  return [line(header), line(rule), ...rows.map(line)].join('\n');
}
