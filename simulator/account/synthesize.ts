import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isJsonObject, type JsonObject, objectAt, stringAt } from '../json.ts';
import type { Environment } from './cloudformation.ts';
import { readSynthesizedApp, type SynthesizedApp } from './synthesized-app.ts';

/** Context that overrides cdk.json's, as `cdk synth -c KEY=VALUE` gives it. */
export type Context = Readonly<Record<string, string | readonly string[]>>;

/** The app does not synthesize. The message is what it printed. */
export class SynthesisFailed extends Error {}

/**
 * What a local run does without, whatever cdk.json says: it plays one stack, in live mode, and has no SNS.
 */
const localContext: Context = {
  regions: '',
  notificationEmails: '',
  notificationTopicArn: '',
  notify: 'failures',
  dryRun: 'false',
};

/** The sample event's. */
const environment: Environment = { region: 'us-east-2', account: '123456789012' };

const projectPath = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Runs cdk.json's app as the CDK CLI does, into a folder of its own, hands what it wrote to `use`, and removes it.
 * @param signal ends the app, and all that it has started.
 * @throws SynthesisFailed; what the signal was aborted with.
 */
export async function withSynthesizedApp<T>(
  context: Context,
  use: (app: SynthesizedApp) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'spot-interruption-'));
  try {
    await runApp(folder, context, signal);
    return await use(readSynthesizedApp(folder, environment));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The CLI tells the app where to write, and its context, by these variables; a synthesis needs nothing else of it. */
function runApp(outputFolder: string, context: Context, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  const cdk = readCdkJson();
  const child = spawn(stringAt(cdk, 'app', 'cdk.json'), {
    shell: true,
    cwd: projectPath,
    env: {
      ...process.env,
      PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}`,
      CDK_OUTDIR: outputFolder,
      CDK_CONTEXT_JSON: JSON.stringify({ ...objectAt(cdk, 'context'), ...localContext, ...context }),
      // Two thirds of a synthesis, and nothing in the template: `cdk synth` and the tests validate.
      CDK_VALIDATION: 'false',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own: a signal to the shell would not reach the app.
    detached: signal !== undefined,
  });
  const stop = () => {
    endWithChildren(child);
    child.stdout.destroy();
    child.stderr.destroy();
  };
  signal?.addEventListener('abort', stop);
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      printed += chunk;
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      signal?.removeEventListener('abort', stop);
      if (signal?.aborted) reject(signal.reason);
      else if (code === 0) resolve();
      else reject(new SynthesisFailed(`The synthesis failed:\n${printed}`));
    });
  });
}

/** Windows has no process groups. */
function endWithChildren(child: ChildProcess): void {
  if (child.pid === undefined || process.platform === 'win32') child.kill();
  else process.kill(-child.pid, 'SIGTERM');
}

function readCdkJson(): JsonObject {
  const parsed: unknown = JSON.parse(readFileSync(join(projectPath, 'cdk.json'), 'utf8'));
  if (isJsonObject(parsed)) return parsed;
  throw new Error('cdk.json is not a JSON object.');
}
