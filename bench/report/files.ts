import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Results } from '../results.ts';
import { chartsOf } from './charts.ts';
import { benchmarksDocument } from './document.ts';
import { withMeasuredSection } from './readme-section.ts';

const project = join(import.meta.dirname, '../..');
const full = { results: 'bench/results.json', document: 'docs/benchmarks.md', charts: 'docs/benchmarks' };
const quick = {
  results: 'bench/quick/results.json',
  document: 'bench/quick/benchmarks.md',
  charts: 'bench/quick/benchmarks',
};

/** Writes the results, the document and its charts; of a quick run elsewhere. Returns the paths. */
export function writeReport(results: Results): string[] {
  const paths = results.run.quick ? quick : full;
  const charts = chartsOf(results);
  const chartFolder = join(project, paths.charts);
  // A chart that is not drawn any more would stay for ever.
  rmSync(chartFolder, { recursive: true, force: true });
  mkdirSync(chartFolder, { recursive: true });
  const written = [
    write(paths.results, `${JSON.stringify(results, null, 2)}\n`),
    write(paths.document, benchmarksDocument(results, charts)),
    ...charts.map(({ name, svg }) => write(`${paths.charts}/${name}.svg`, `${svg}\n`)),
    ...(results.run.quick
      ? []
      : [write('README.md', withMeasuredSection(readFileSync(join(project, 'README.md'), 'utf8'), results))]),
  ];
  return written.map((path) => relative(process.cwd(), path));
}

/** What the last full run measured. */
export function readResults(): Results {
  const results: Results = JSON.parse(readFileSync(join(project, full.results), 'utf8'));
  return results;
}

function write(path: string, text: string): string {
  const absolute = join(project, path);
  writeFileSync(absolute, text);
  return absolute;
}
