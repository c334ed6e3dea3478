import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const project = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'cdk-out-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('the app synthesizes without an account, with one bundle for each function', () => {
  const outdir = join(folder, 'valid');
  const { status, stderr } = runApp({ 'aws:cdk:enable-asset-metadata': true }, outdir);
  expect(stderr.replaceAll(/^Bundling asset .*\n/gm, '')).toBe('');
  expect(status).toBe(0);
  const { Resources } = JSON.parse(readFileSync(join(outdir, 'SpotInterruptionHandler.template.json'), 'utf8'));
  const bundles = Object.values<{ Type: string; Metadata: Record<string, string> }>(Resources)
    .filter(({ Type }) => Type === 'AWS::Lambda::Function')
    .map(({ Metadata }) => readdirSync(join(outdir, Metadata['aws:asset:path'] ?? 'none')));
  expect(bundles).toEqual([['index.cjs'], ['index.cjs'], ['index.cjs'], ['index.cjs']]);
});

test('the app refuses a wrong configuration in one sentence, without a stack trace', () => {
  const { status, stderr } = runApp({ drainSeconds: '300' }, join(folder, 'invalid'));
  expect(status).toBe(1);
  expect(stderr).toBe(
    'The configuration is not valid:\n- drainSeconds is 300, but has to be a whole number from 0 to 90.\n',
  );
});

/** As the CDK CLI runs it with --no-validation, which security.test.ts does: all that it says is in the environment. */
function runApp(context: Record<string, unknown>, outdir: string) {
  return spawnSync(process.execPath, ['infra/app.ts'], {
    cwd: project,
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH,
      CDK_OUTDIR: outdir,
      CDK_CONTEXT_JSON: JSON.stringify(context),
      CDK_VALIDATION: 'false',
    },
  });
}
