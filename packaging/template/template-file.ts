import { writeFileSync } from 'node:fs';
import { cloudFormationTemplate } from './template.ts';

/** Writes the template; the functions' folder has to lie beside it for `aws cloudformation package`. */
export function writeTemplate(file: string): void {
  writeFileSync(file, `${JSON.stringify(cloudFormationTemplate(), null, 2)}\n`);
}
