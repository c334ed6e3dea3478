import { describe, expect, it } from 'vitest';
import { type Check, checksOf, failureLines } from '../../../cli/drill/checks.ts';
import type { DrillRecord, WatchedExecution } from '../../../cli/drill/drill-record.ts';
import type { GroupLook, Member } from '../../../cli/drill/group-look.ts';

const old = 'i-00000000000000001';
const other = 'i-00000000000000002';
const fresh = 'i-00000000000000003';

it('passes where the instance is replaced, and leaves in time', () => {
  expect(checksOf(record({})).map(({ result }) => result)).toEqual(Array(6).fill('passed'));
});

describe('handled', () => {
  it.each<[string, Partial<WatchedExecution['summary']>]>([
    ['taken out by somebody else meanwhile', { finalState: 'AlreadyDetached' }],
    ['taken along by another execution', { finalState: 'Handled', handledBy: other }],
  ])('is an instance that was %s', (_, summary) => {
    expect(check('handled', { executions: [execution(summary)] }).result).toBe('passed');
  });

  it('is one with a duplicate beside its execution', () => {
    const executions = [execution({}), execution({ finalState: 'DuplicateNotice' })];
    expect(check('handled', { executions }).result).toBe('passed');
  });

  it.each<[string, WatchedExecution[], string]>([
    ['without an execution', [], `${old}: no execution was started`],
    [
      'whose execution failed',
      [execution({ status: 'FAILED', finalState: 'HandlingFailed' }, 'It failed.')],
      `${old}: It failed`,
    ],
    [
      'whose execution goes on',
      [execution({ status: 'RUNNING', finalState: 'CheckCapacity' }, null)],
      `${old}: still in CheckCapacity`,
    ],
    ['with a duplicate only', [execution({ finalState: 'DuplicateNotice' }, 'Another one.')], `${old}: Another one`],
    [
      'of which the execution is that of another instance',
      [execution({ instanceId: other })],
      `${old}: no execution was started`,
    ],
  ])('is no instance %s', (_, executions, why) => {
    expect(check('handled', { executions })).toMatchObject({ result: 'failed', why });
  });
});

describe('out in time', () => {
  it('is an instance that the look before its reclaim does not show', () => {
    const looks = [look(0), look(119, { members: [old, other] }), look(119.5, { members: [other] })];
    expect(check('out of its group', { looks })).toMatchObject({ result: 'passed', why: `${old} 1 s before` });
  });

  it('is an instance that is leaving', () => {
    const looks = [look(0), look(60, { members: [other], detaching: [old] })];
    expect(check('out of its group', { looks }).result).toBe('passed');
  });

  it('is none that is still there', () => {
    const looks = [look(0), look(200)];
    expect(check('out of its group', { looks })).toMatchObject({ result: 'failed', why: `${old} was still there` });
  });

  it('is none that a look after its reclaim is the first not to show', () => {
    const looks = [look(0), look(118), look(123, { members: [other] })];
    expect(check('out of its group', { looks })).toMatchObject({ result: 'failed', why: `${old} -3 s before` });
  });

  it('goes by the template where there was no notice', () => {
    const looks = [look(0), look(119), look(121, { members: [other] })];
    expect(check('out of its group', { looks, executions: [] }).result).toBe('failed');
  });
});

describe('unhealthy', () => {
  it('is a host that served', () => {
    const looks = [look(0), look(130, { states: { [old]: 'unhealthy' } })];
    expect(check('unhealthy', { looks })).toMatchObject({ result: 'failed', why: old });
  });

  it('is a host that drains, and is found to be gone', () => {
    const looks = [look(0), look(130, { members: [other], states: { [old]: 'unhealthy.draining' } })];
    expect(check('unhealthy', { looks }).result).toBe('failed');
  });

  it('is a member that the group itself finds unhealthy', () => {
    const looks = [look(0), look(130, { unhealthy: [old] })];
    expect(check('unhealthy', { looks }).result).toBe('failed');
  });

  it('is no replacement that is still starting', () => {
    const starting = { members: [other], states: { [fresh]: 'unhealthy' } };
    const serving = { members: [other, fresh] };
    expect(check('unhealthy', { looks: [look(0), look(30, starting), look(60, serving)] }).result).toBe('passed');
  });

  it('is not checked in a group without target groups', () => {
    const looks = [look(0, { hasTargetGroups: false })];
    expect(check('unhealthy', { looks })).toMatchObject({
      result: 'not checked',
      why: 'the group has no target group',
    });
  });
});

describe('the group', () => {
  it.each([1, 3])('fails with a DesiredCapacity of %i, where it was 2', (desiredCapacity) => {
    const looks = [look(0), look(200, { members: [other, fresh], desiredCapacity })];
    expect(check('DesiredCapacity', { looks })).toMatchObject({
      result: 'failed',
      why: `2 before, ${desiredCapacity} after, ${Math.max(2, desiredCapacity)} at the most`,
    });
  });

  it('fails where less serves than before', () => {
    const looks = [look(0), look(200, { members: [other, fresh], states: { [fresh]: 'initial' } })];
    expect(check('serves', { looks })).toMatchObject({ result: 'failed', why: '2 before, 1 after, 1 at the least' });
  });

  it('is counted in its weights', () => {
    const looks = [look(0, { weight: 4 }), look(200, { members: [other, fresh], weight: 4 })];
    expect(check('serves', { looks })).toMatchObject({ result: 'passed', why: '8 before, 8 after, 8 at the least' });
  });

  it('serves by InService where it has no target groups, and by the targets that a listener uses', () => {
    const without = { hasTargetGroups: false, states: { [other]: 'unhealthy' } };
    expect(check('serves', { looks: [look(0, without)] }).why).toBe('2 before, 2 after, 2 at the least');
    expect(check('serves', { looks: [look(0, { states: { [other]: 'unused' } })] }).why).toMatch(/^2 before/);
  });
});

describe('an experiment that failed', () => {
  it.each(['failed', 'stopped', 'cancelled'])(
    'is a failed drill where it is %s, and nothing else is checked',
    (status) => {
      const checks = checksOf(record({ experiment: { ...experiment, status, reason: 'Alarm.' } }));
      expect(checks.map(({ result }) => result)).toEqual(['failed', ...Array(5).fill('not checked')]);
      expect(failureLines(checks)).toEqual([
        `Failed: The experiment interrupted instances: ${status}: Alarm; 1 instance interrupted.`,
      ]);
    },
  );

  it('is one without an instance', () => {
    expect(check('The experiment', { interrupted: [] }).result).toBe('failed');
  });
});

function check(title: string, changes: Changes): Check {
  const found = checksOf(record(changes)).find((one) => one.title.includes(title));
  if (found === undefined) throw new Error(`There is no check "${title}".`);
  return found;
}

type Changes = Partial<Omit<DrillRecord, 'looks'>> & { readonly looks?: readonly GroupLook[] };

const begun = Date.parse('2026-03-01T12:00:00Z');
const experiment = { id: 'EXP1', startedAtMilliseconds: begun, status: 'completed', reason: 'Experiment completed.' };

/** One of two instances is interrupted at the beginning, replaced, and out after a minute. */
function record({ looks = replaced, ...changes }: Changes): DrillRecord {
  const [first = look(0), ...others] = looks;
  return {
    plan: { templateId: 'EXT1', groupName: 'web', secondsUntilReclaim: 120 },
    experiment,
    interrupted: [old],
    executions: [execution({})],
    looks: [first, ...others],
    ...changes,
  };
}

const replaced = [
  look(0),
  look(30, { desiredCapacity: 3 }),
  look(60, { members: [other, fresh] }),
  look(200, { members: [other, fresh] }),
];

/** `outcome` null: it still runs. */
function execution(
  changes: Partial<WatchedExecution['summary']>,
  outcome: string | null = `${old} is out.`,
): WatchedExecution {
  return {
    arn: 'arn:aws:states:us-east-2:123456789012:execution:Handler:one',
    noticedAtMilliseconds: begun,
    outcome: outcome ?? undefined,
    summary: {
      instanceId: old,
      status: 'SUCCEEDED',
      finalState: 'Handled',
      reason: 'the floor holds without it',
      handledBy: null,
      detachedAfterSeconds: 58,
      secondsBeforeReclaim: 62,
      scaledOut: true,
      decremented: true,
      stateTransitions: 18,
      ...changes,
    },
  };
}

interface LookOptions {
  readonly members?: readonly string[];
  readonly detaching?: readonly string[];
  readonly unhealthy?: readonly string[];
  /** Members' targets are healthy, but for these. */
  readonly states?: Readonly<Record<string, string>>;
  readonly desiredCapacity?: number;
  readonly weight?: number;
  readonly hasTargetGroups?: boolean;
}

function look(afterSeconds: number, options: LookOptions = {}): GroupLook {
  const { members = [old, other], detaching = [], unhealthy = [], states = {}, weight = 1 } = options;
  const member = (instanceId: string, lifecycleState: string): Member => {
    return { instanceId, lifecycleState, isHealthy: !unhealthy.includes(instanceId), weight };
  };
  const targets = { ...Object.fromEntries(members.map((instanceId) => [instanceId, 'healthy'])), ...states };
  return {
    atMilliseconds: begun + afterSeconds * 1000,
    desiredCapacity: options.desiredCapacity ?? 2 * weight,
    maxSize: 6,
    members: [...members.map((id) => member(id, 'InService')), ...detaching.map((id) => member(id, 'Detaching'))],
    targetStates: new Map(Object.entries(targets).map(([instanceId, state]) => [instanceId, [state]])),
    hasTargetGroups: options.hasTargetGroups ?? true,
  };
}
