import { readFileSync, writeFileSync } from 'node:fs';
import { exportedDefinition } from './definition.ts';
import { withGraph } from './readme-graph.ts';

/** Writes the definition, and its graph into the README. */
const definition = exportedDefinition();
write('spot-interruption.asl.json', `${JSON.stringify(definition, null, 2)}\n`);
write('../README.md', withGraph(readFileSync(new URL('../README.md', import.meta.url), 'utf8'), definition));

function write(path: string, content: string): void {
  const file = new URL(path, import.meta.url);
  writeFileSync(file, content);
  console.log(`wrote ${file.pathname}`);
}
