/**
 * Prints each function's bundle size, and how long a fresh process takes to import it (median of 20).
 * Run it on a quiet machine: node bench/bundles.ts
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { FunctionName } from '../functions/shared/contract.ts';
import { bundleFunction } from '../infra/function-bundle.ts';

const functionNames: FunctionName[] = [
  'describe-instance',
  'check-capacity',
  'set-desired-capacity',
  'detach-instances',
];
const processes = 20;

/** What the handlers need to be loaded at all. */
const environment = {
  AWS_REGION: 'eu-west-1',
  TABLE_NAME: 'table',
  MIN_SERVING_PEERS: '1',
  POLL_SECONDS: '4',
  DRAIN_SECONDS: '30',
};

const folder = mkdtempSync(join(tmpdir(), 'bundles-'));
try {
  console.table(Object.fromEntries(functionNames.map((name) => [name, measure(name)])));
} finally {
  rmSync(folder, { recursive: true });
}

function measure(name: FunctionName) {
  const file = join(folder, `${name}.mjs`);
  bundleFunction(name, file);
  const milliseconds = Array.from({ length: processes }, () => loadMilliseconds(file)).sort((a, b) => a - b);
  return {
    KB: (statSync(file).size / 1000).toFixed(1),
    'median load ms': median(milliseconds).toFixed(1),
    'fastest ms': milliseconds[0]?.toFixed(1),
    'slowest ms': milliseconds.at(-1)?.toFixed(1),
  };
}

/** Only the import is timed, as Lambda's init phase does it once Node is up. */
function loadMilliseconds(file: string): number {
  const script = `
    const begun = performance.now();
    import(${JSON.stringify(pathToFileURL(file).href)}).then(() => console.log(performance.now() - begun));`;
  return Number(execFileSync(process.execPath, ['-e', script], { env: environment, encoding: 'utf8' }));
}

function median(sorted: readonly number[]): number {
  const middle = sorted.slice(Math.floor((sorted.length - 1) / 2), Math.floor(sorted.length / 2) + 1);
  return middle.reduce((sum, value) => sum + value, 0) / middle.length;
}
