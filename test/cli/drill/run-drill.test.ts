import { describe, expect, it } from 'vitest';
import { spotInterruptionTemplate } from '../../../simulator/aws/fault-injection/experiment-template.ts';
import type { Intercept } from '../../../simulator/aws/index.ts';
import { type AccountOptions, type Drill, drill } from './account.ts';

const accountId = '123456789012';
const noticeType = 'EC2 Spot Instance Interruption Warning';
const two = spotInterruptionTemplate('web', { accountId, count: 2 });

describe('a drill of a group with room for a replacement', async () => {
  const { exitCode, output, errors, report, seconds } = await drill();

  it('passes every check', () => {
    expect({ exitCode, errors, results: results(output) }).toEqual({ exitCode: 0, errors: '', results: allPassed });
  });

  it('shows the states of the execution and the group beside them, as npm start does', () => {
    expect(statesIn(output).filter((state) => state !== 'CheckCapacity' && state !== 'EnoughCapacity?')).toEqual([
      'DescribeInstance',
      'ManagedInstance?',
      'RecordInterruption',
      'SetDesiredCapacity',
      'WaitForInService',
      'WaitForInService',
      'WaitForInService',
      'DetachInstances',
      'Left?',
      'Handled',
    ]);
    expect(output).toMatch(/DesiredCapacity 2 → 3 +desired 3, in service 2, pending \d, interrupted 1, serving 2\n/);
    expect(output).toMatch(/DesiredCapacity 3 → 2 +desired 2, in service 2, pending 0, interrupted 0, serving 2\n/);
  });

  it('ends with the table of npm start', () => {
    expect(output).toMatch(/\ni-\w+ {2}Handled +[\d.]+ s +[\d.]+ s +yes +yes +\d+\n/);
  });

  it('goes on until a load balancer would have noticed that an instance is gone', () => {
    expect(seconds).toBeGreaterThan(120 + 60);
    expect(seconds).toBeLessThan(120 + 60 + 10);
  });

  it('writes down what it was, what was checked, which executions there were and what changed', () => {
    expect(report).toMatch(/^# Drill EXP\w+: passed\n/);
    expect(report).toContain('| DesiredCapacity is what it was | passed | 2 before, 2 after, 3 at the most |');
    expect(report).toMatch(/\| i-\w+ \| Handled \| [\d.]+ s \| [\d.]+ s \| i-\w+ is out of its group: the floor holds/);
    expect(report).toMatch(/\| [\d.]+ s \| i-\w+ has left the group \| desired 2, in service 2, serving 2 \|/);
  });
});

describe('a drill of a whole group', () => {
  it('follows each execution', async () => {
    const { exitCode, output } = await drill({ template: two });
    expect({ exitCode, results: results(output) }).toEqual({ exitCode: 0, results: allPassed });
    expect(statesIn(output).filter((state) => state === 'Handled')).toHaveLength(2);
  });
});

it('waits for a group that takes longer than the reclaim to be what it was', async () => {
  const { exitCode, errors, seconds } = await drill({ group: { launchSeconds: 220 } });
  expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' });
  expect(seconds).toBeGreaterThan(220);
});

describe('of other executions a drill leaves out', () => {
  it('those of other groups', async () => {
    const { exitCode, output } = await drill({
      before: (aws, put) => {
        const other = aws.createGroup({ name: 'other', instances: 1, maxSize: 2 });
        aws.schedule(20, 'EC2', () => {
          for (const { id } of other.instances) put(aws.interrupt(id));
        });
      },
    });
    expect(exitCode).toBe(0);
    expect(output).toContain('Every interrupted instance was handled: 1 execution, ');
  });

  it('those from before', async () => {
    const { errors } = await drill({
      group: { tags: { 'eks:nodegroup-name': 'nodes' } },
      before: (aws, put) => {
        const [instance] = aws.group('web').instances;
        put({ source: 'aws.ec2', 'detail-type': noticeType, detail: { 'instance-id': instance?.id ?? '' } });
      },
    });
    expect(errors.match(/was left alone/g)).toHaveLength(1);
  });
});

describe('a drill fails', () => {
  it('where no execution is started, and says what became of the instance', async () => {
    const { exitCode, errors, report } = await drill({ eventPattern: { source: ['nobody'] } });
    expect(exitCode).toBe(1);
    expect(errors).toMatch(/^Failed: Every interrupted instance was handled: i-\w+: no execution was started\.$/m);
    expect(errors).toMatch(
      /^Failed: Every interrupted instance was out of its group before its reclaim: i-\w+ -\d+ s/m,
    );
    expect(errors).toMatch(/^Failed: No host that served became unhealthy: i-\w+\.$/m);
    expect(report).toMatch(/^# Drill EXP\w+: failed\n/);
  });

  it('where the instance is left alone', async () => {
    const { exitCode, errors } = await drill({ group: { tags: { 'eks:nodegroup-name': 'nodes' } } });
    expect(exitCode).toBe(1);
    expect(errors).toMatch(/handled: i-\w+: i-\w+ was left alone: group of an EKS managed node group, /);
  });

  it('where DesiredCapacity is not what it was', async () => {
    const { exitCode, errors } = await drill({
      before: (aws) => aws.schedule(150, 'somebody', () => aws.group('web').setDesiredCapacity(4)),
    });
    expect({ exitCode, errors }).toEqual({
      exitCode: 1,
      errors: 'Failed: DesiredCapacity is what it was: 2 before, 4 after, 4 at the most.\n',
    });
  });

  it('where FIS finds no instance, without waiting for a reclaim', async () => {
    const { exitCode, errors, output, seconds } = await drill({
      before: (aws) => {
        for (const { id } of aws.group('web').instances) aws.interrupt(id, { at: inAnHour() });
      },
    });
    expect(exitCode).toBe(1);
    expect(errors).toBe(
      'Failed: The experiment interrupted instances: failed: Target resolution returned empty set; 0 instances interrupted.\n',
    );
    expect(results(output).slice(1)).toEqual(Array(5).fill('NOT CHECKED'));
    expect(seconds).toBeLessThan(10);
  });
});

describe('a drill is not begun', () => {
  it.each<[string, AccountOptions, string[], RegExp]>([
    ['without a stack', {}, [], /^Give the stack to drill, with --stack NAME; see --help\.\n$/],
    ['on a stack that does not exist', {}, ['--stack', 'Nobody'], /^There is no stack Nobody in us-east-2: /],
    [
      'on a stack without a template',
      { outputs: {} },
      ['--stack', 'Web'],
      /^The stack Web has no output ExperimentTemplateId: name a template with --template\.\n$/,
    ],
    [
      'with a template that does not exist',
      {},
      ['--stack', 'Web', '--template', 'EXTnobody'],
      /^There is no experiment template EXTnobody here: /,
    ],
    [
      'with a template that does something else',
      { template: { ...two, actions: { Stop: { actionId: 'aws:ec2:stop-instances' } } } },
      ['--stack', 'Web'],
      /has the actions aws:ec2:stop-instances: a drill takes one, aws:ec2:send-spot-instance-interruptions\.\n$/,
    ],
    [
      'with a template that names no group',
      { template: { ...two, targets: { Instances: { resourceType: 'aws:ec2:spot-instance', selectionMode: 'ALL' } } } },
      ['--stack', 'Web'],
      /does not name its instances by the tag aws:autoscaling:groupName/,
    ],
    [
      'on a group that does not exist',
      { template: spotInterruptionTemplate('nobody', { accountId }) },
      ['--stack', 'Web'],
      /^There is no Auto Scaling group nobody, which the template names\.\n$/,
    ],
    [
      'on a group that is not steady',
      { group: { desiredCapacity: 3 } },
      ['--stack', 'Web'],
      /^The group web is not steady: its DesiredCapacity is 3, 2 serve, and [01] are pending\. Wait until /,
    ],
  ])('%s', async (_, options, args, message) => {
    const { exitCode, errors, isAnyInterrupted } = await drill(options, args);
    expect({ exitCode, isAnyInterrupted }).toEqual({ exitCode: 2, isAnyInterrupted: false });
    expect(errors).toMatch(message);
  });
});

it('takes a template that is named, in place of the stack', async () => {
  const { exitCode } = await drill({ outputs: {}, template: two }, ['--stack', 'Web', '--template', two.id]);
  expect(exitCode).toBe(0);
});

it('says on Ctrl-C that the interruption goes on', async () => {
  const { exitCode, errors, isAnyInterrupted } = await drill({ interruptAt: 'WaitForInService' });
  expect({ exitCode, isAnyInterrupted }).toEqual({ exitCode: 130, isAnyInterrupted: true });
  expect(errors).toMatch(
    /^No longer followed\. The experiment EXP\w+ and the handling of its interruptions go on\.\n$/,
  );
});

it('bears a service that refuses for a while', async () => {
  const { exitCode, errors } = await drill({ intercept: throttled('GetExecutionHistory', 4) });
  expect({ exitCode, errors }).toEqual({
    exitCode: 0,
    errors: 'AWS refused: ThrottlingException: Rate exceeded. Trying again.\n',
  });
});

it('gives a service up that refuses for a minute, and follows nothing any more', async () => {
  let calls = 0;
  const { exitCode, errors, readsAfterwards } = await drill({
    group: { launchSeconds: 'never' },
    intercept: ({ action }) => {
      if (action === 'ListExecutions') calls += 1;
      return action === 'ListExecutions' && calls > 1 ? { kind: 'throttle' } : undefined;
    },
  });
  expect({ exitCode, readsAfterwards }).toEqual({ exitCode: 2, readsAfterwards: 0 });
  expect(errors).toMatch(
    /^AWS refused: \S+: Rate exceeded\. Trying again\.\nAWS refused: \S+: Rate exceeded\. The experiment EXP\w+ and the handling/,
  );
});

const allPassed = Array(6).fill('PASSED');

function results(output: string): string[] {
  return [...output.matchAll(/^(PASSED|FAILED|NOT CHECKED) {2,}\w/gm)].map(([, result = '']) => result);
}

/** In the order in which they were entered, of all executions together. */
function statesIn(output: Drill['output']): string[] {
  return [...output.matchAll(/ s {2}i-\w+ {2}([A-Z]\w+\??) /g)].map(([, state = '']) => state);
}

function inAnHour(): Date {
  return new Date(Date.now() + 3_600_000);
}

/** The first calls of an action, which the SDK repeats twice each. */
function throttled(action: string, times: number): Intercept {
  let left = times;
  return (call) => {
    if (call.action !== action || left === 0) return undefined;
    left -= 1;
    return { kind: 'throttle' };
  };
}
