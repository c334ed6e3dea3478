import { styleText } from 'node:util';
import type { Check } from './checks.ts';

/** A line for each check, as npm start has one for each guarantee. */
export function checkLines(checks: readonly Check[]): string[] {
  return checks.map(({ title, result, why }) => {
    const mark = styleText(colors[result], result.toUpperCase().padEnd('not checked'.length));
    return `${mark}  ${title}: ${why}`;
  });
}

const colors = { passed: 'green', failed: 'red', 'not checked': 'dim' } as const;
