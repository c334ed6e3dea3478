import { writeFileSync } from 'node:fs';
import { exportedDefinition } from './definition.ts';

const file = new URL('spot-interruption.asl.json', import.meta.url);
writeFileSync(file, `${JSON.stringify(exportedDefinition(), null, 2)}\n`);
console.log(`wrote ${file.pathname}`);
