import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeFunctions } from '../functions.ts';
import { writeTemplate } from './template-file.ts';

/** Writes the template, and the functions beside it, to be handed to `aws cloudformation package`. */
const dist = join(import.meta.dirname, '../../dist');
const file = join(dist, 'template.json');

mkdirSync(dist, { recursive: true });
writeTemplate(file);
writeFunctions(join(dist, 'functions'));
console.log(`wrote ${file} and the functions beside it`);
