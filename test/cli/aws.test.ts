import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  DescribeAutoScalingInstancesCommand,
} from '@aws-sdk/client-auto-scaling';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { FisClient, GetExperimentTemplateCommand } from '@aws-sdk/client-fis';
import { DescribeExecutionCommand, ListExecutionsCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { runExecution } from '../../cli/execution/run-execution.ts';

describe('npm run aws', () => {
  let server: ChildProcess;
  let printed: string;

  /** In this scenario instances leave at once, as long as seven of the ten stay. Each test takes one of its own. */
  beforeAll(async () => {
    server = serve('--port', '0', '--scenario', 'fleet');
    printed = await printedUntil(server, 'npm run execution');
  }, 60_000);

  afterAll(() => server.kill('SIGKILL'));

  beforeEach(() => {
    for (const [name, value] of Object.entries(exported(printed))) vi.stubEnv(name, value);
  });

  afterEach(() => vi.unstubAllEnvs());

  it('prints what both versions of the AWS CLI and the SDKs need', () => {
    expect(exported(printed)).toEqual({
      AWS_ENDPOINT_URL: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      AWS_REGION: 'us-east-2',
      AWS_DEFAULT_REGION: 'us-east-2',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    });
  });

  it("serves the scenario's group", async () => {
    const { AutoScalingGroups } = await new AutoScalingClient({}).send(new DescribeAutoScalingGroupsCommand({}));
    expect(AutoScalingGroups?.map((group) => group.Instances?.length)).toEqual([10]);
  });

  it('runs an execution that is started by hand, of the state machine that the stack says it deployed', async () => {
    const stateMachineArn = await deployedStateMachine();
    const input = '{"detail": {"instance-id": "i-00000000000000001"}}';
    const stepFunctions = new SFNClient({});
    const { executionArn } = await stepFunctions.send(new StartExecutionCommand({ stateMachineArn, input }));
    await expect.poll(() => statusOf(executionArn), { timeout: 20_000 }).toBe('SUCCEEDED');
    expect(await isInService('i-00000000000000001')).toBe(false);
  });

  it('runs an execution for an event that the deployed rule matches', async () => {
    const Detail = '{"instance-id": "i-00000000000000002", "instance-action": "terminate"}';
    const notice = { Source: 'aws.ec2', DetailType: 'EC2 Spot Instance Interruption Warning', Detail };
    const eventBridge = new EventBridgeClient({});
    const { Entries } = await eventBridge.send(new PutEventsCommand({ Entries: [notice] }));
    const { executions } = await new SFNClient({}).send(
      new ListExecutionsCommand({ stateMachineArn: await deployedStateMachine() }),
    );
    const started = executions?.find(({ name }) => name?.startsWith(Entries?.[0]?.EventId ?? 'no event'));
    await expect.poll(() => statusOf(started?.executionArn), { timeout: 20_000 }).toBe('SUCCEEDED');
    expect(await isInService('i-00000000000000002')).toBe(false);
  });

  it('has the experiment template for a drill that it prints', async () => {
    const [, stack, id] = /^npm run drill -- --stack (\S+) --template (\S+)$/m.exec(printed) ?? [];
    expect(stack).toBe('SpotInterruptionHandler');
    const { experimentTemplate } = await new FisClient({}).send(new GetExperimentTemplateCommand({ id }));
    expect(experimentTemplate?.targets?.Instances?.resourceTags).toEqual({ 'aws:autoscaling:groupName': 'web' });
  });

  it('is what npm run execution starts and follows its execution in', async () => {
    const output = collector();
    const errors = collector();
    const { signal } = new AbortController();
    const args = ['--instance-id', 'i-00000000000000003'];
    const exitCode = await runExecution(args, { output, errors, signal, pollMilliseconds: 50 });
    expect(errors.text()).toBe('');
    expect(output.text()).toContain('i-00000000000000003 is out of its group: the floor holds without it.');
    expect(exitCode).toBe(0);
  });

  it('ends with exit code 0 on Ctrl-C', async () => {
    server.kill('SIGINT');
    expect(await once(server, 'exit')).toEqual([0, null]);
  });
});

describe('npm run aws, while it still synthesizes', () => {
  it('ends with exit code 0 on SIGTERM, and leaves no process behind', async () => {
    const child = serve('--port', '0');
    await expect.poll(() => descendantsOf(child.pid).length, { timeout: 20_000 }).toBeGreaterThan(0);
    const descendants = descendantsOf(child.pid);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    await expect.poll(() => descendants.filter(isAlive), { timeout: 2000 }).toEqual([]);
  });
});

it('ends with exit code 2 where the port is taken', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const address = taken.address();
  const child = serve('--port', typeof address === 'object' && address ? String(address.port) : '');
  const [exitCode] = await once(child, 'exit');
  taken.close();
  expect(exitCode).toBe(2);
});

function serve(...args: string[]): ChildProcess {
  return spawn(process.execPath, ['cli/aws.ts', ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
}

async function printedUntil(child: ChildProcess, text: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let printed = '';
  child.stdout?.on('data', (chunk) => {
    printed += chunk;
    if (printed.includes(text)) resolve(printed);
  });
  child.on('close', () => reject(new Error(`The server ended without ${text}: ${printed}`)));
  return await promise;
}

/** The variables of the line that begins with `export`. */
function exported(printed: string): Record<string, string> {
  const [, assignments = ''] = /^export (.*)$/m.exec(printed) ?? [];
  return Object.fromEntries(assignments.split(' ').map((assignment) => assignment.split('=', 2)));
}

async function deployedStateMachine(): Promise<string | undefined> {
  const stacks = new DescribeStacksCommand({ StackName: 'SpotInterruptionHandler' });
  const { Stacks } = await new CloudFormationClient({}).send(stacks);
  return Stacks?.[0]?.Outputs?.find(({ OutputKey }) => OutputKey === 'StateMachineArn')?.OutputValue;
}

async function statusOf(executionArn: string | undefined): Promise<string | undefined> {
  const { status } = await new SFNClient({}).send(new DescribeExecutionCommand({ executionArn }));
  return status;
}

async function isInService(instanceId: string): Promise<boolean> {
  const describeInstance = new DescribeAutoScalingInstancesCommand({ InstanceIds: [instanceId] });
  const { AutoScalingInstances } = await new AutoScalingClient({}).send(describeInstance);
  return AutoScalingInstances?.[0]?.LifecycleState === 'InService';
}

/** The processes that a process has started, and those that they have started. */
function descendantsOf(pid: number | undefined): number[] {
  const processes = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/ +/).map(Number));
  const childrenOf = (parent: number | undefined): number[] =>
    processes.flatMap(([child, itsParent]) => (child !== undefined && itsParent === parent ? [child] : []));
  const children = childrenOf(pid);
  return [...children, ...children.flatMap(descendantsOf)];
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function collector() {
  const written: string[] = [];
  return { write: (text: string) => written.push(text), text: () => written.join('') };
}
