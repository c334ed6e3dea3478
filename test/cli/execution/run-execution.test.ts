import { stripVTControlCharacters } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { runExecution } from '../../../cli/execution/run-execution.ts';
import { detachment, HistoryWriter, instanceId, interruption, untilFirstWait, untilHandled } from './history.ts';
import {
  type Behaviour,
  defaultOutputs,
  type Refusal,
  type StandIn,
  startStandIn,
  stateMachineArn,
} from './stand-in.ts';

const byId = ['--instance-id', instanceId];
const handled = [untilHandled().events];
let standIn: StandIn | undefined;

afterEach(async () => {
  vi.unstubAllEnvs();
  await standIn?.close();
  standIn = undefined;
});

describe('starting', () => {
  it('hands the notice over as EC2 would, noticed now', async () => {
    const before = Date.now();
    const { started } = await run(byId);
    expect(started?.input).toEqual({
      source: 'aws.ec2',
      'detail-type': 'EC2 Spot Instance Interruption Warning',
      detail: { 'instance-id': instanceId, 'instance-action': 'terminate' },
      time: expect.any(String),
    });
    expect(Date.parse(timeOf(started?.input))).toBeGreaterThanOrEqual(before);
  });

  it("starts the stack's state machine, in a name that the service allows", async () => {
    const { started } = await run(byId);
    expect(started?.stateMachineArn).toBe(stateMachineArn);
    expect(started?.name).toMatch(/^[\w-]{1,80}$/);
  });

  it('gives each execution a name of its own', async () => {
    const names = [await run(byId), await run(byId)].map(({ started }) => started?.name);
    expect(new Set(names).size).toBe(2);
  });

  it('asks for the stack and in the region that are named', async () => {
    const { calls } = await run([...byId, '--stack', 'Mine', '--region', 'eu-west-1']);
    expect(calls[0]).toMatchObject({ action: 'DescribeStacks', parameters: { StackName: 'Mine' } });
    expect(new Set(calls.map(({ region }) => region))).toEqual(new Set(['eu-west-1']));
  });

  it('takes the region of AWS_DEFAULT_REGION, as the AWS CLI does', async () => {
    const { calls } = await run(byId, {}, { AWS_REGION: '', AWS_DEFAULT_REGION: 'ap-south-1' });
    expect(calls[0]?.region).toBe('ap-south-1');
  });

  it('fills the time in where the sample event has a placeholder, and leaves the rest as it is', async () => {
    const { started } = await run(['--event', 'events/spot-interruption.json']);
    expect(started?.input).toMatchObject({ id: '12345678-1234-1234-1234-123456789012', region: 'us-east-2' });
    expect(timeOf(started?.input)).toMatch(/^\d{4}-/);
  });
});

describe('following', () => {
  it('prints each state once, with the time since the notice', async () => {
    const { output, exitCode } = await run(byId);
    expect(linesOfStates(output)).toEqual([
      '+0.0 s DescribeInstance',
      '+0.0 s ManagedInstance?',
      '+0.1 s RecordInterruption',
      '+0.1 s CheckCapacity',
      '+0.1 s EnoughCapacity?',
      '+0.1 s SetDesiredCapacity',
      '+0.3 s WaitForInService',
      '+52.0 s CheckCapacity',
      '+52.0 s EnoughCapacity?',
      '+53.3 s DetachInstances',
      '+53.3 s Handled',
    ]);
    expect(exitCode).toBe(0);
  });

  it('shows the group beside a state as the workflow saw it last', async () => {
    const { output } = await run(byId);
    const line = output.split('\n').find((one) => one.includes('DetachInstances'));
    expect(line).toContain('desired 2, 2 serving of a floor of 1, 1 interrupted');
  });

  it("never shows more than two minutes to the reclaim, even where this computer's clock is ahead", async () => {
    const { output } = await run(byId);
    const left = output.split('\n').flatMap((line) => /^ *\+\S+ s +(\S+) s {2}/.exec(line)?.[1] ?? []);
    expect(Math.max(...left.map(Number))).toBe(120);
  });

  it('ends with the table of npm start, the console link and what came of it', async () => {
    const { output, started } = await run(byId);
    expect(output).toMatch(/i-1234567890abcdef0 {2}Handled {3}53\.3 s {4}66\.8 s {10}yes {9}yes {10}11\n/);
    const arn = `arn:aws:states:us-east-2:123456789012:execution:Handler:${started?.name}`;
    expect(output).toContain(
      `https://us-east-2.console.aws.amazon.com/states/home?region=us-east-2#/v2/executions/details/${arn}\n`,
    );
    expect(output.trimEnd()).toMatch(/i-1234567890abcdef0 is out of its group: the floor holds without it\.$/);
  });

  it('shows the states before a wait while the execution is still waiting', async () => {
    const waiting = untilFirstWait().events;
    const { output, calls } = await run(byId, { history: [waiting, waiting, waiting, untilHandled().events] });
    expect(polls(calls)).toBe(4);
    expect(linesOfStates(output)).toHaveLength(11);
  });

  it('reads a history that takes several pages', async () => {
    const { output, calls } = await run(byId, { pageSize: 3 });
    expect(polls(calls)).toBe(Math.ceil(untilHandled().events.length / 3));
    expect(linesOfStates(output)).toHaveLength(11);
  });

  it('reads no further back than it has been', async () => {
    const waiting = untilFirstWait().events;
    const { calls } = await run(byId, { pageSize: 20, history: [waiting, waiting, untilHandled().events] });
    expect(polls(calls)).toBe(Math.ceil(waiting.length / 20) + 1 + 1);
  });

  it('leaves what comes after a gap in an eventually consistent answer to the next poll', async () => {
    const { events } = untilHandled();
    const { output } = await run(byId, { history: [events.filter(({ id }) => id < 5 || id > 12), events] });
    expect(linesOfStates(output)).toHaveLength(11);
  });

  it('waits for an execution that is not visible yet, without a word', async () => {
    const unknown = { status: 400, code: 'ExecutionDoesNotExist', message: "Execution Does Not Exist: 'arn'" };
    const refuse = (action: string, call: number) =>
      action === 'GetExecutionHistory' && call <= 2 ? unknown : undefined;
    expect(await run(byId, { refuse })).toMatchObject({ exitCode: 0, errors: '' });
  });

  it('tells of a retry, and counts it as a transition', async () => {
    const busy = { error: 'DynamoDB.ThrottlingException', cause: 'Rate exceeded' };
    const history = new HistoryWriter()
      .started()
      .functionState('DescribeInstance', { interruption }, { error: 'Throttling', cause: '{}' })
      .tableState('RecordInterruption', { interruption }, busy, busy)
      .succeeded('AlreadyDetached', { interruption });
    const { output, exitCode } = await run(byId, { history: [history.events] });
    expect(linesOfStates(output)).toEqual([
      '+0.0 s DescribeInstance',
      '+0.0 s DescribeInstance failed: Throttling',
      '+0.0 s DescribeInstance again',
      '+0.0 s RecordInterruption',
      '+0.0 s RecordInterruption failed: DynamoDB.ThrottlingException',
      '+0.0 s RecordInterruption again',
      '+0.0 s RecordInterruption failed: DynamoDB.ThrottlingException',
      '+0.0 s RecordInterruption again',
      '+0.0 s AlreadyDetached',
    ]);
    expect(output).toMatch(/AlreadyDetached .* 6\n/);
    expect(exitCode).toBe(0);
  });

  it('says so once while polls are throttled, and goes on', async () => {
    const throttled = { status: 400, code: 'ThrottlingException', message: 'Rate exceeded' };
    const refuse = (action: string, call: number) =>
      action === 'GetExecutionHistory' && call <= 3 ? throttled : undefined;
    const { errors, exitCode, output } = await run(byId, { refuse });
    expect(errors).toBe('AWS refused: ThrottlingException: Rate exceeded. Trying again.\n');
    expect(linesOfStates(output)).toHaveLength(11);
    expect(exitCode).toBe(0);
  });

  it('says that the execution goes on where its history may not be read', async () => {
    const denied = accessDenied('states:GetExecutionHistory');
    const { errors, exitCode } = await run(byId, {
      refuse: (action) => (action === 'GetExecutionHistory' ? denied : undefined),
    });
    expect(errors).toMatch(/^Access denied: .*GetExecutionHistory.* The execution goes on: https:\S+\n$/);
    expect(exitCode).toBe(2);
  });
});

describe('Ctrl-C during the start', () => {
  /** In this process, since a signal and an answer on a socket arrive at another one in any order. */
  const interruptStart = async () => {
    const interrupt = new AbortController();
    const refuse = (action: string) => {
      if (action === 'StartExecution') interrupt.abort();
      return undefined;
    };
    return await run(byId, { refuse }, {}, interrupt);
  };

  it('says that the execution which was started goes on', async () => {
    const { errors, exitCode, started } = await interruptStart();
    expect(errors).toMatch(new RegExp(`^No longer followed\\. The execution goes on: https:\\S+:${started?.name}\\n$`));
    expect(exitCode).toBe(130);
  });

  it('follows the execution no further', async () => {
    const { calls } = await interruptStart();
    expect(polls(calls)).toBe(0);
  });
});

describe('the end', () => {
  it('is exit code 1 with the error and its cause where the execution failed', async () => {
    const failure = {
      error: 'ValidationError',
      cause: '{"errorType":"ValidationError","errorMessage":"No such thing"}',
    };
    const history = new HistoryWriter()
      .started()
      .functionState('DescribeInstance', undefined, failure)
      .passing('Pass', 'KeepError', { error: failure })
      .failed('HandlingFailed', failure);
    const { errors, exitCode } = await run(byId, { history: [history.events] });
    expect(errors).toBe(
      'The execution for i-1234567890abcdef0 failed in HandlingFailed: ValidationError: No such thing\n',
    );
    expect(exitCode).toBe(1);
  });

  it.each([
    ['timed out', untilFirstWait().timedOut(), 'timed out in WaitForInService: States.Timeout'],
    ['was stopped', untilFirstWait().aborted(), 'was stopped in WaitForInService: stopped'],
  ])('is exit code 1 where the execution %s', async (_, { events }, message) => {
    const { errors, exitCode } = await run(byId, { history: [events] });
    expect(errors).toBe(`The execution for i-1234567890abcdef0 ${message}\n`);
    expect(exitCode).toBe(1);
  });

  it.each([
    [
      'detached',
      { detachment: { ...detachment, dryRun: true } },
      'i-1234567890abcdef0 would have been detached now (the floor holds without it)',
    ],
    [
      'raised the group',
      { scaleOut: { from: 1, to: 2, dryRun: true } },
      'DesiredCapacity would have been raised to 2 for i-1234567890abcdef0',
    ],
  ])('says that a dry run would have %s', async (_, output, message) => {
    const handling = { interruption, ...output };
    const history = new HistoryWriter().started().functionState('Any', handling).succeeded('Handled', handling);
    const ended = await run(byId, { history: [history.events] });
    expect(ended.output).toContain(`\nDry run: ${message}. Nothing was changed.\n`);
  });

  const command = 'aws ec2 terminate-instances --instance-ids i-1234567890abcdef0';
  it.each([
    [{}, `It runs on until EC2 reclaims it; if that does not come, it is billed on. To end it: ${command}`],
    [{ leftBehind: { groups: 0 } }, 'It has been terminated.'],
    [{ leftBehind: { groups: 1 } }, 'It is in a group again, and was left running.'],
    [{ leftBehind: { groups: 0 }, leftBehindError: { Error: 'Ec2.Ec2Exception', Cause: '' } }, `To end it: ${command}`],
  ])('says what becomes of an instance that was detached: %j', async (ended, message) => {
    const how = { ...detachment.how, way: 'detach', ifNotReclaimed: command };
    const handling = { interruption, detachment: { ...detachment, how }, ...ended };
    const history = new HistoryWriter().started().functionState('Any', handling).succeeded('Handled', handling);
    expect((await run(byId, { history: [history.events] })).output.trimEnd()).toContain(message);
  });

  it('is exit code 2 where nobody knows the instance', async () => {
    const { errors, exitCode } = await run(byId, { history: [notManaged('not in an Auto Scaling group')] });
    expect(errors).toBe(
      'i-1234567890abcdef0 was left alone: not in an Auto Scaling group. Check the instance id, the region and the account.\n',
    );
    expect(exitCode).toBe(2);
  });

  it('is exit code 2 where the group is not one to be handled', async () => {
    const { errors } = await run(byId, { history: [notManaged('group without the opt-in tag', 'web')] });
    expect(errors).toBe('i-1234567890abcdef0 was left alone: group without the opt-in tag (web).\n');
  });

  it('is exit code 0 where another execution is at it', async () => {
    const duplicate = { error: 'DynamoDB.ConditionalCheckFailedException', cause: 'The conditional request failed' };
    const history = new HistoryWriter()
      .started()
      .functionState('DescribeInstance', { interruption })
      .tableState('RecordInterruption', undefined, duplicate)
      .succeeded('DuplicateNotice', { interruption });
    const { output, exitCode } = await run(byId, { history: [history.events] });
    expect(output).toContain('Another execution handles, or has handled, the interruption of i-1234567890abcdef0.\n');
    expect(exitCode).toBe(0);
  });
});

describe('what cannot be done is said in one line, with exit code 2', () => {
  it.each<[string, string[], Behaviour, string | RegExp]>([
    [
      'no such stack',
      byId,
      { outputs: undefined },
      'There is no stack SpotInterruptionHandler in us-east-2: name another with --stack or --region, or deploy it: npx cdk deploy.',
    ],
    [
      "a stack that is not the handler's",
      [...byId, '--stack', 'Network'],
      { outputs: { VpcId: 'vpc-1' } },
      "The stack Network in us-east-2 has no output StateMachineArn; it is CREATE_COMPLETE. Name the handler's own stack with --stack, or deploy it: npx cdk deploy.",
    ],
    [
      'a stack name that CloudFormation refuses',
      byId,
      refusing('DescribeStacks', 400, 'ValidationError', "Value 'x y' at 'stackName' failed to satisfy constraint"),
      "AWS refused: ValidationError: Value 'x y' at 'stackName' failed to satisfy constraint.",
    ],
    [
      'a state machine that is gone',
      byId,
      { outputs: { ...defaultOutputs, StateMachineArn: `${stateMachineArn}2` } },
      `AWS refused: StateMachineDoesNotExist: State Machine Does Not Exist: '${stateMachineArn}2'.`,
    ],
    [
      'credentials that have expired, at CloudFormation',
      byId,
      refusing('DescribeStacks', 403, 'ExpiredToken', 'The security token included in the request is expired'),
      'The AWS credentials have expired: The security token included in the request is expired. Log in again, for example with aws sso login.',
    ],
    [
      'credentials that have expired, at Step Functions',
      byId,
      refusing('StartExecution', 400, 'ExpiredTokenException', 'The security token included in the request is expired'),
      'The AWS credentials have expired: The security token included in the request is expired. Log in again, for example with aws sso login.',
    ],
    [
      'credentials that AWS does not know',
      byId,
      refusing('DescribeStacks', 403, 'InvalidClientTokenId', 'The security token included in the request is invalid.'),
      'AWS does not accept these credentials: The security token included in the request is invalid.',
    ],
    [
      'access denied to the stack',
      byId,
      { refuse: (action) => (action === 'DescribeStacks' ? accessDenied('cloudformation:DescribeStacks') : undefined) },
      /^Access denied: User: \S+ is not authorized to perform: cloudformation:DescribeStacks on resource: \S+\.$/,
    ],
    [
      'access denied to the state machine',
      byId,
      { refuse: (action) => (action === 'StartExecution' ? accessDenied('states:StartExecution') : undefined) },
      /^Access denied: User: \S+ is not authorized to perform: states:StartExecution on resource: \S+\.$/,
    ],
    ['neither an instance nor an event', [], {}, 'Give either --instance-id ID or --event FILE; see --help.'],
    ['both', [...byId, '--event', 'x'], {}, 'Give either --instance-id ID or --event FILE; see --help.'],
    [
      'no instance id',
      ['--instance-id', 'web-1'],
      {},
      '--instance-id is "web-1", but has to be i- and 8 or 17 hexadecimal digits, as in i-1234567890abcdef0.',
    ],
    [
      'a region that cannot be one',
      [...byId, '--region', 'us east'],
      {},
      /^Region not accepted: region="us east" .* Give --region, or set AWS_REGION/,
    ],
    ['an empty stack name', [...byId, '--stack', ''], {}, '--stack is empty; see --help.'],
    ['an unknown option', ['--instance', instanceId], {}, /^Unknown option '--instance'/],
    ['a missing file', ['--event', 'no/such.json'], {}, /^The event file no\/such\.json cannot be read: ENOENT/],
    [
      'an event that names no instance',
      ['--event', 'package.json'],
      {},
      /^The event file package\.json is no notice\. The event has no object "detail": got nothing\./,
    ],
  ])('%s', async (_, args, behaviour, message) => {
    const { errors, exitCode, output } = await run(args, behaviour);
    expect(errors).toMatch(/^[^\n]+\n$/);
    if (typeof message === 'string') expect(errors).toBe(`${message}\n`);
    else expect(errors.trimEnd()).toMatch(message);
    expect(output).toBe('');
    expect(exitCode).toBe(2);
  });

  it('no network', async () => {
    const nobody = await startStandIn();
    await nobody.close();
    const { errors, exitCode } = await run(byId, {}, { AWS_ENDPOINT_URL: nobody.endpoint });
    expect(errors).toMatch(/^AWS cannot be reached: connect ECONNREFUSED .* Check the network.*\n$/);
    expect(exitCode).toBe(2);
  });

  it('starts nothing where the event is refused', async () => {
    expect((await run(['--event', 'package.json'])).calls).toEqual([]);
  });
});

it('explains itself', async () => {
  const { output, exitCode } = await run(['--help']);
  expect(output).toContain('npm run execution -- --instance-id ID | --event FILE');
  expect(exitCode).toBe(0);
});

async function run(
  args: readonly string[],
  behaviour: Behaviour = {},
  environment: Record<string, string> = {},
  { signal } = new AbortController(),
) {
  await standIn?.close();
  standIn = await startStandIn({ history: handled, ...behaviour });
  const variables = {
    AWS_ENDPOINT_URL: standIn.endpoint,
    AWS_REGION: 'us-east-2',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_MAX_ATTEMPTS: '1',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    ...environment,
  };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  const output = collector();
  const errors = collector();
  const exitCode = await runExecution(args, { output, errors, signal, pollMilliseconds: 1 });
  return {
    exitCode,
    output: stripVTControlCharacters(output.text()),
    errors: errors.text(),
    started: standIn.starts[0],
    calls: standIn.calls,
  };
}

function collector() {
  const written: string[] = [];
  return { write: (text: string) => written.push(text), text: () => written.join('') };
}

/** `+0.1 s RecordInterruption`, without the time left and the group. */
function linesOfStates(output: string): string[] {
  return output.split('\n').flatMap((line) => {
    const [, since, what] = /^ *(\+\d+\.\d s) +\d+\.\d s {2}(.+?)(?: {2}.*)?$/.exec(line) ?? [];
    return since === undefined || what === undefined ? [] : [`${since} ${what}`];
  });
}

function polls(calls: StandIn['calls']): number {
  return calls.filter(({ action }) => action === 'GetExecutionHistory').length;
}

function timeOf(input: unknown): string {
  return typeof input === 'object' && input !== null && 'time' in input ? String(input.time) : '';
}

function notManaged(reason: string, autoScalingGroupName?: string) {
  const output = { interruption: { ...interruption, managed: false, reason, autoScalingGroupName } };
  return new HistoryWriter()
    .started()
    .functionState('DescribeInstance', output)
    .passing('Choice', 'ManagedInstance?', output)
    .succeeded('NotManaged', output).events;
}

function refusing(refused: string, status: number, code: string, message: string): Behaviour {
  return { refuse: (action) => (action === refused ? { status, code, message } : undefined) };
}

function accessDenied(action: string): Refusal {
  const message = `User: arn:aws:iam::123456789012:user/on-call is not authorized to perform: ${action} on resource: ${stateMachineArn}`;
  return action.startsWith('states')
    ? { status: 400, code: 'AccessDeniedException', message }
    : { status: 403, code: 'AccessDenied', message };
}
