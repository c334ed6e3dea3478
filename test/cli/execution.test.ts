import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { instanceId, untilFirstWait, untilHandled } from './execution/history.ts';
import { type Behaviour, type StandIn, startStandIn } from './execution/stand-in.ts';

/** The command in a process of its own, in an environment and home directory of its own. */
let standIn: StandIn;
let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'execution-'));
});

afterEach(async () => {
  await standIn.close();
  await rm(home, { recursive: true });
});

describe('Ctrl-C', () => {
  it('leaves the execution running, and says where to see it', async () => {
    const command = await start({ history: [untilFirstWait().events] });
    await command.printed('WaitForInService');
    command.interrupt();
    expect(await command.ended).toBe(130);
    expect(command.errors()).toMatch(/^No longer followed\. The execution goes on: https:\S+:by-hand-i-\S+\n$/);
    expect(standIn.calls.map(({ action }) => action)).not.toContain('StopExecution');
  });

  it('starts nothing where the stack was still being looked for', async () => {
    const asked = Promise.withResolvers<void>();
    const command = await start({
      refuse: () => {
        asked.resolve();
        return 'never answered';
      },
    });
    await asked.promise;
    command.interrupt();
    expect(await command.ended).toBe(130);
    expect(command.errors()).toBe('Interrupted: no execution was started.\n');
    expect(standIn.starts).toEqual([]);
  });
});

describe('the credential chain', () => {
  it('is exit code 0 with credentials from a profile', async () => {
    await writeConfig(
      '[profile ops]\nregion = eu-west-1\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = secret\n',
    );
    const command = await start({ history: [untilHandled().events] }, { ...nobody, AWS_PROFILE: 'ops' });
    expect(await command.ended).toBe(0);
    expect(standIn.calls[0]?.region).toBe('eu-west-1');
  });

  it('says that there are no credentials', async () => {
    const command = await start({}, { ...nobody, AWS_REGION: 'us-east-2' });
    expect(await command.ended).toBe(2);
    expect(command.errors()).toBe(
      'No AWS credentials: Could not load credentials from any providers. ' +
        'Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.\n',
    );
  });

  it('names the profile that gives none', async () => {
    const command = await start({}, { ...nobody, AWS_REGION: 'us-east-2', AWS_PROFILE: 'absent' });
    expect(await command.ended).toBe(2);
    expect(command.errors()).toBe(
      'No AWS credentials: Could not load credentials from any providers. ' +
        'Check the profile "absent" that AWS_PROFILE names.\n',
    );
  });

  it('says that a single sign-on session has expired', async () => {
    const startUrl = 'https://example.awsapps.com/start';
    await writeConfig(
      `[profile ops]\nregion = us-east-2\nsso_start_url = ${startUrl}\nsso_region = us-east-2\n` +
        'sso_account_id = 123456789012\nsso_role_name = Ops\n',
    );
    await writeToken(startUrl, { startUrl, accessToken: 'token', expiresAt: '2020-01-01T00:00:00Z' });
    const command = await start({}, { ...nobody, AWS_PROFILE: 'ops' });
    expect(await command.ended).toBe(2);
    expect(command.errors()).toMatch(/^The AWS credentials have expired: The SSO session .*\n$/);
  });

  it('says that there is no region', async () => {
    const command = await start({}, { AWS_REGION: undefined });
    expect(await command.ended).toBe(2);
    expect(command.errors()).toBe(
      "No region. Give --region, or set AWS_REGION, or a region in the profile's configuration.\n",
    );
  });
});

/** Takes the default credentials and region away. */
const nobody = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined, AWS_REGION: undefined };

async function start(behaviour: Behaviour, environment: Record<string, string | undefined> = {}) {
  standIn = await startStandIn(behaviour);
  const child = spawn(process.execPath, ['cli/execution.ts', '--instance-id', instanceId], {
    env: {
      HOME: home,
      AWS_ENDPOINT_URL: standIn.endpoint,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_REGION: 'us-east-2',
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
      ...environment,
    },
  });
  const output = new Printed(child.stdout);
  const errors = new Printed(child.stderr);
  return {
    interrupt: () => child.kill('SIGINT'),
    ended: new Promise<number | null>((resolve) => child.on('close', resolve)),
    printed: (text: string) => output.until(text),
    errors: () => errors.text,
  };
}

/** What a process has printed so far. */
class Printed {
  text = '';
  readonly #stream: NodeJS.ReadableStream;

  constructor(stream: NodeJS.ReadableStream) {
    this.#stream = stream.setEncoding('utf8').on('data', (chunk: string) => {
      this.text += chunk;
    });
  }

  /** However long that takes: how long a process takes to start depends on what else the machine does. */
  until(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => this.text.includes(text) && resolve();
      this.#stream.on('data', look).on('end', () => reject(new Error(`It ended without ${text}: ${this.text}`)));
      look();
    });
  }
}

async function writeConfig(text: string): Promise<void> {
  await mkdir(join(home, '.aws'), { recursive: true });
  await writeFile(join(home, '.aws', 'config'), text);
}

/** Where the AWS CLI caches the token of `aws sso login`. */
async function writeToken(startUrl: string, token: object): Promise<void> {
  const cache = join(home, '.aws', 'sso', 'cache');
  await mkdir(cache, { recursive: true });
  await writeFile(join(cache, `${createHash('sha1').update(startUrl).digest('hex')}.json`), JSON.stringify(token));
}
