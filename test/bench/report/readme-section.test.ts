import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readResults } from '../../../bench/report/files.ts';
import { withMeasuredSection } from '../../../bench/report/readme-section.ts';

const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');

describe("the README's measured section", () => {
  it('is what the last full benchmark has measured', () => {
    expect(withMeasuredSection(readme, readResults())).toBe(readme);
  });

  it('is refused where its marks are missing', () => {
    expect(() => withMeasuredSection('# Nothing', readResults())).toThrow('<!-- measured -->');
  });
});
