import { readFileSync, writeFileSync } from 'node:fs';
import { exportedDefinition } from './definition.ts';
import { withGraph } from './drawn-graph.ts';

/** Writes the definition, and its graph into docs/architecture.md. */
const definition = exportedDefinition();
write('spot-interruption.asl.json', `${JSON.stringify(definition, null, 2)}\n`);
const document = '../docs/architecture.md';
write(document, withGraph(readFileSync(new URL(document, import.meta.url), 'utf8'), definition));

function write(path: string, content: string): void {
  const file = new URL(path, import.meta.url);
  writeFileSync(file, content);
  console.log(`wrote ${file.pathname}`);
}
