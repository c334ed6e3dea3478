import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { callSeconds } from '../simulator/judging/baseline.ts';
import { mostLooksInWindow } from '../simulator/judging/guarantees.ts';

const [nodeMajor] = packageJson.devDependencies.node.split('.');
const oldestNode = packageJson.engines.node.replace('>=', '');

/** Figures in documents that nothing generates: wherever one of these is said, it has to be what the code has. */
test.each([
  ['README.md', /within the same ([\d.]+) s/g, String(callSeconds)],
  ['README.md', /Any Node\.js from (\d+) on/g, oldestNode],
  ['README.md', /the Node\.js (\d+) that/g, nodeMajor],
  ['docs/guarantees.md', /more than (\d+) times within any/g, String(mostLooksInWindow)],
  ['docs/guarantees.md', /\*\*([\d.]+) s\*\* before a change of ours: the look/g, String(callSeconds)],
])('%s says %s as the code has it: %s', (file, sentence, figure) => {
  const text = readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
  const said = [...text.matchAll(sentence)].map((match) => match[1]);
  expect(said.filter((one) => one !== figure)).toEqual([]);
});
