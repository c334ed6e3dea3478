import { type Definition, mermaidOf } from './graph.ts';

const begin = '<!-- graph -->';
const end = '<!-- /graph -->';

/** A document with the definition's graph between its marks. Throws where the marks are missing. */
export function withGraph(document: string, definition: Definition): string {
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from < 0 || to < from) throw new Error(`The document has no ${begin} … ${end} to put the graph between.`);
  const graph = ['', '```mermaid', mermaidOf(definition), '```', ''].join('\n');
  return document.slice(0, from + begin.length) + graph + document.slice(to);
}
