import { AssertionError, deepStrictEqual } from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Consumer, languages, synthesizedTemplate } from './consumer.ts';
import { pack } from './tarball.ts';

/**
 * Installs what npm would publish into fresh projects, with the oldest aws-cdk-lib that is supported and with the newest, and has
 * each synthesize examples/own-stack: the template has to be that of the repository. `npm run build` comes before.
 */
const mostUnpackedBytes = 2_000_000;
const stack = 'SpotInterruptions';
const example = 'examples/own-stack/app.ts';

const projectFolder = join(import.meta.dirname, '../..');
const readProjectJson = (file: string) => JSON.parse(readFileSync(join(projectFolder, file), 'utf8'));
const { devDependencies, peerDependencies } = readProjectJson('package.json');
const { context } = readProjectJson('cdk.json');

const folder = mkdtempSync(join(tmpdir(), 'package-'));
try {
  const tarball = packed();
  const expected = synthesizedTemplate(projectFolder, example, 'own-stack', stack, context);
  for (const [age, versions] of Object.entries({ oldest: oldestOf(peerDependencies), newest: devDependencies })) {
    const cdk = ['aws-cdk-lib', 'constructs'].map((name) => `${name}@${versions[name]}`);
    const tools = ['typescript', '@types/node'].map((name) => `${name}@${devDependencies[name]}`);
    const consumer = new Consumer(join(folder, age), [tarball, ...cdk, ...tools]);
    for (const language of languages) {
      const setting = `${cdk.join(', ')}, ${language}`;
      assertSame(setting, consumer.synthesize(language, source(), stack, context), expected);
      console.log(`${setting}: the same template`);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function assertSame(setting: string, template: unknown, expected: unknown): void {
  try {
    deepStrictEqual(withoutNewerDefaults(template), withoutNewerDefaults(expected));
  } catch (error) {
    if (!(error instanceof AssertionError)) throw error;
    throw new Error(`${setting}: another template than the repository's.\n${error.message}`);
  }
}

/** What a newer aws-cdk-lib writes into a dashboard, and CloudWatch does without it, too. */
function withoutNewerDefaults(template: unknown): unknown {
  return JSON.parse(JSON.stringify(template).replaceAll(',\\"background\\":\\"transparent\\"', ''));
}

function packed(): string {
  mkdirSync(join(folder, 'tarball'));
  const { folders, path, unpackedBytes } = pack(projectFolder, join(folder, 'tarball'));
  for (const [name, bytes] of folders) console.log(`${String(bytes).padStart(9)} bytes in ${name}`);
  console.log(`${String(unpackedBytes).padStart(9)} bytes unpacked`);
  if (unpackedBytes <= mostUnpackedBytes) return path;
  throw new Error(`The package has ${unpackedBytes} bytes unpacked, but at most ${mostUnpackedBytes} are allowed.`);
}

/** The lowest version that a range such as ^1.2.3 allows. */
function oldestOf(ranges: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(ranges).map(([name, range]) => [name, range.replace('^', '')]));
}

function source(): string {
  return readFileSync(join(projectFolder, example), 'utf8').replace(
    "'../../infra/index.ts'",
    "'spot-interruption-handler'",
  );
}
