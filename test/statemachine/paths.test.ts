import { describe, expect, it, test } from 'vitest';
import type { InProcessApp } from '../../simulator/account/in-process-app.ts';
import type { AutoScalingGroup, GroupOptions } from '../../simulator/aws/index.ts';
import type { Execution } from '../../simulator/aws/step-functions/workflow-runner.ts';
import { isJsonObject, type JsonObject, objectAt } from '../../simulator/json.ts';
import {
  createWeb,
  failing,
  handling,
  instanceId,
  interrupt,
  interruptEvery,
  interruptOne,
  outputOf,
  secondsUntilState,
  visited,
} from '../support/handling.ts';

/** With it most of a group may leave at once. */
const lowFloor = { settings: { minServing: { kind: 'share', percent: 10 } } } as const;

describe('an instance that the group can do without', () => {
  it('leaves at once, in eight states', () =>
    handling(lowFloor, async (app) => {
      const execution = await interruptOne(app, createWeb(app, { instances: 10 }));
      expect(visited(execution)).toEqual([
        'DescribeInstance',
        'ManagedInstance?',
        'RecordInterruption',
        'CheckCapacity',
        'EnoughCapacity?',
        'DetachInstances',
        'Left?',
        'Handled',
      ]);
    }));

  it('costs seventeen calls of AWS', () =>
    handling(lowFloor, async (app) => {
      await interruptOne(app, createWeb(app, { instances: 10 }));
      const calls = Object.values({ ...app.aws.apiCalls, ...app.dynamoDb.apiCalls });
      expect(calls.reduce((sum, count) => sum + count, 0)).toBe(17);
    }));

  it('leaves DesiredCapacity alone, for the group to launch its replacement', () =>
    handling(lowFloor, async (app) => {
      const group = createWeb(app, { instances: 10 });
      const execution = await interruptOne(app, group);
      expect(howOf(execution)).toMatchObject({ decremented: false, reason: 'the floor holds without it' });
      expect(group.statistics.peakDesired).toBe(10);
    }));
});

describe('the only instance of a group', () => {
  it('stays until a raise has brought another one that serves', () =>
    handling({}, async (app) => {
      const group = createWeb(app, {});
      const execution = await interruptOne(app, group);
      expect(howOf(execution)).toMatchObject({ decremented: true, reason: 'the floor holds without it' });
      expect(group.statistics).toMatchObject({ minServing: 1, peakDesired: 2 });
    }));

  it('leaves the group with the DesiredCapacity it had', () =>
    handling({}, async (app) => {
      const group = createWeb(app, {});
      await interruptOne(app, group);
      expect(group.snapshot().desired).toBe(1);
    }));

  it('waits for the target to be healthy, not only for InService', () =>
    handling({}, async (app) => {
      const group = createWeb(app, { launchSeconds: 20 }, { healthCheckSeconds: 40 });
      const execution = await interruptOne(app, group);
      expect(secondsUntilState(execution, 'DetachInstances')).toBeGreaterThanOrEqual(60);
    }));

  it('leaves before the drain window where no replacement comes', () =>
    handling({}, async (app) => {
      const execution = await interruptOne(app, createWeb(app, { launchSeconds: 'never' }));
      expect(howOf(execution)).toMatchObject({ reason: 'deadline', decremented: true });
      expect(secondsBeforeReclaim(execution)).toBeGreaterThanOrEqual(30);
    }));

  it('is not raised for while Launch is suspended', () =>
    handling({}, async (app) => {
      const group = createWeb(app, { suspendedProcesses: ['Launch'] });
      const execution = await interruptOne(app, group);
      expect(group.statistics.peakDesired).toBe(1);
      expect(howOf(execution).reason).toBe('deadline');
    }));

  it('of weighted capacity is raised for by its weight', () =>
    handling({}, async (app) => {
      const group = createWeb(app, { weight: 2 });
      await interruptOne(app, group);
      expect([group.statistics.peakDesired, group.snapshot().desired]).toEqual([4, 2]);
    }));
});

describe('an instance without a replacement', () => {
  test.each(['BatchGetItem', 'Query', 'UpdateItem', 'UpdateItem'].map((action, index) => [action, index] as const))(
    'has left by detachBy even if a call of the table, %s, hangs at the last moment (call %i then)',
    (action, index) =>
      handling({}, async (app) => {
        const group = createWeb(app, { launchSeconds: 'never' });
        const lastMoment = Date.now() + 88_500;
        const calls: string[] = [];
        app.dynamoDb.setIntercept((call) => {
          if (Date.now() < lastMoment) return undefined;
          calls.push(call.action);
          return calls.length === index + 1 ? { kind: 'slow', latencyMs: 3_000 } : undefined;
        });
        const execution = await interruptOne(app, group);
        expect(calls[index]).toBe(action);
        expect(secondsBetween(howOf(execution).at, outputOf(execution, 'interruption').detachBy)).toBeGreaterThan(0);
        expect(execution.status).toBe('SUCCEEDED');
      }),
  );
});

describe('notices of one group within the same second', () => {
  it('raise for all of them by two calls at most, and keep the floor serving', () =>
    handling({}, async (app) => {
      const group = createWeb(app, { instances: 10 });
      await interrupt(app, group, ...Array(10).keys());
      expect(app.aws.apiCalls.SetDesiredCapacity).toBeLessThanOrEqual(2);
      expect(group.statistics).toMatchObject({ minServing: 10, peakDesired: 20 });
      expect(group.snapshot().desired).toBe(10);
    }));

  it('have whoever looks take the others along, which say so', () =>
    handling({}, async (app) => {
      const executions = await interrupt(app, createWeb(app, { instances: 10 }), ...Array(10).keys());
      expect(executions.map(({ finalState }) => finalState)).toEqual(Array(10).fill('Handled'));
      const by = new Set(executions.map((execution) => howOf(execution).by));
      expect([...by].filter((arn) => !executions.some((execution) => execution.arn === arn))).toEqual([]);
      expect(by.size).toBeLessThan(10);
    }));

  it('are looked at together, not once for each', () =>
    handling({}, async (app) => {
      await interrupt(app, createWeb(app, { instances: 30 }), ...Array(30).keys());
      expect(app.aws.apiCalls.DescribeAutoScalingGroups).toBeLessThan(30);
    }));

  it('are not lost to answers of Describe that show what was seconds ago', () =>
    handling({ intercept: failing('DescribeAutoScalingGroups', { kind: 'stale', seconds: 3 }) }, async (app) => {
      const group = createWeb(app, { instances: 3 });
      await interruptEvery(1_000, app, group, 3);
      expect([group.statistics.peakDesired, group.snapshot().desired]).toEqual([6, 3]);
    }));
});

describe('notices of one group one after another', () => {
  it('are each raised for', () =>
    handling({}, async (app) => {
      const group = createWeb(app, { instances: 4 });
      await interruptEvery(15_000, app, group, 4);
      expect(group.statistics.minServing).toBe(4);
      expect(group.snapshot().desired).toBe(4);
    }));

  it('leave nobody waiting for nothing, though raises are taken back in another order than they were made in', () =>
    handling({}, async (app) => {
      const executions = await interruptEvery(1_000, app, createWeb(app, { instances: 2 }), 2);
      expect(executions.map((execution) => howOf(execution).reason)).toEqual(
        Array(2).fill('the floor holds without it'),
      );
    }));
});

describe('a group at MaxSize', () => {
  it('has its only instance give way, for the group to launch another', () =>
    handling({}, async (app) => {
      const group = createWeb(app, { maxSize: 1 });
      const execution = await interruptOne(app, group);
      expect(howOf(execution)).toMatchObject({ reason: 'gave way at MaxSize', decremented: false });
      expect([secondsUntilState(execution, 'DetachInstances'), group.statistics.peakDesired]).toEqual([0, 1]);
    }));

  it('has its instances give way in waves, while half of them serve on', () =>
    handling({}, async (app) => {
      const group = createWeb(
        app,
        { instances: 6, minSize: 6, maxSize: 6, launchSeconds: 10 },
        { healthCheckSeconds: 5 },
      );
      const executions = await interrupt(app, group, 0, 1, 2, 3, 4, 5);
      const reasons = new Set(executions.map((execution) => howOf(execution).reason));
      expect([...reasons]).toEqual(['gave way at MaxSize']);
      expect(group.statistics.minServing).toBeGreaterThanOrEqual(3);
    }));

  it('has nobody give way while the replacement of the last one has not come, though Describe shows what was', () =>
    handling({ intercept: failing('DescribeAutoScalingGroups', { kind: 'stale', seconds: 3 }) }, async (app) => {
      const group = createWeb(app, { instances: 4, minSize: 4, maxSize: 4, launchSeconds: 'never' });
      const executions = await interruptEvery(1_000, app, group, 4);
      const reasons = executions.map((execution) => howOf(execution).reason);
      expect(reasons).toEqual(['gave way at MaxSize', 'deadline', 'deadline', 'deadline']);
    }));

  it('is looked at again when giving way fails', () =>
    handling({ intercept: failing('DetachInstances', { kind: 'internal' }, (_, count) => count <= 4) }, async (app) => {
      const execution = await interruptOne(app, createWeb(app, { maxSize: 1 }));
      expect(visited(execution).slice(4, 9)).toEqual([
        'EnoughCapacity?',
        'DetachInstances',
        'WaitForInService',
        'CheckCapacity',
        'EnoughCapacity?',
      ]);
      expect(howOf(execution).reason).toBe('gave way at MaxSize');
    }));
});

describe('while somebody else sets DesiredCapacity', () => {
  it('theirs stands, and the group is not left empty', () =>
    handling({}, async (app) => {
      const group = createWeb(app, { launchSeconds: 30 }, { healthCheckSeconds: 60 });
      const execution = app.start(app.aws.interrupt(instanceId(group)));
      await app.time.runFor(40_000);
      group.setDesiredCapacity(1);
      await app.untilAllEnded();
      expect(howOf(execution)).toMatchObject({ decremented: false });
      expect(group.snapshot().desired).toBe(1);
    }));

  it('a raise that they have made void is not made again', () =>
    handling({}, async (app) => {
      const group = createWeb(app, { instances: 2, launchSeconds: 60 });
      app.start(app.aws.interrupt(instanceId(group)));
      await app.time.runFor(10_000);
      group.setDesiredCapacity(2);
      await app.untilAllEnded();
      expect([app.aws.apiCalls.SetDesiredCapacity, group.snapshot().desired]).toEqual([1, 2]);
    }));

  it('a higher one stands as well', () =>
    handling({}, async (app) => {
      const group = createWeb(app, { instances: 2 });
      app.start(app.aws.interrupt(instanceId(group)));
      await app.time.runFor(10_000);
      group.setDesiredCapacity(6);
      await app.untilAllEnded();
      expect(group.snapshot().desired).toBe(6);
    }));
});

describe('an instance that is not ours', () => {
  it('in no group is left alone', () =>
    handling({}, async (app) => {
      const execution = await app.execute(app.aws.interrupt(app.aws.createInstance()));
      expect(execution.finalState).toBe('NotManaged');
      expect(outputOf(execution, 'interruption').reason).toBe('not in an Auto Scaling group');
    }));

  it('in a group without the opt-in tag is left alone', () =>
    handling({ settings: { groupTag: { key: 'spot', value: 'yes' } } }, async (app) => {
      const execution = await interruptOne(app, createWeb(app, { tags: { spot: 'no' } }));
      expect(outputOf(execution, 'interruption').reason).toBe('group without the opt-in tag');
    }));

  it('but in a group with the opt-in tag is handled', () =>
    handling({ settings: { groupTag: { key: 'spot', value: 'yes' } } }, async (app) => {
      const execution = await interruptOne(app, createWeb(app, { tags: { spot: 'yes' } }));
      expect(execution.finalState).toBe('Handled');
    }));

  it('in a group that another service manages is left alone', () =>
    handling({}, async (app) => {
      const execution = await interruptOne(app, createWeb(app, { tags: { 'eks:nodegroup-name': 'nodes' } }));
      expect(execution.finalState).toBe('NotManaged');
    }));

  it('already leaving its group is left alone', () =>
    handling({}, async (app) => {
      const group = createWeb(app, { instances: 2 });
      const event = app.aws.interrupt(instanceId(group));
      group.terminateInstance(instanceId(group));
      const execution = await app.execute(event);
      expect(outputOf(execution, 'interruption').reason).toBe('already leaving its Auto Scaling group');
    }));
});

it('handles a notice once, however often it is delivered', () =>
  handling({}, async (app) => {
    const group = createWeb(app, {});
    const event = app.aws.interrupt(instanceId(group));
    const executions = [app.start(event), app.start(event), app.start(event)];
    await app.untilAllEnded();
    const ends = executions.map(({ finalState }) => finalState);
    expect(ends.toSorted()).toEqual(['DuplicateNotice', 'DuplicateNotice', 'Handled']);
  }));

describe('a payload without a usable instance id', () => {
  it('ends in HandlingFailed, with what is missing', () =>
    handling({}, async (app) => {
      const execution = await app.execute({ detail: {} });
      expect(execution).toMatchObject({ status: 'FAILED', finalState: 'HandlingFailed', error: 'InvalidEvent' });
      expect(execution.cause).toContain('The event has no valid \\"detail.instance-id\\": got nothing.');
    }));

  it('is not retried', () =>
    handling({}, async (app) => {
      const execution = await app.execute('i-1234567890abcdef0');
      expect(visited(execution)).toEqual(['DescribeInstance', 'KeepError', 'HandlingFailed']);
      expect(execution.stateTransitions).toBe(3);
    }));
});

describe('an instance that is still Pending', () => {
  it('is waited for, and leaves once it is InService and the floor holds', () =>
    handling({}, async (app) => {
      const { execution } = await interruptPending(app, { instances: 2, launchSeconds: 60 });
      await app.untilAllEnded();
      expect(execution.finalState).toBe('Handled');
      expect(secondsUntilState(execution, 'DetachInstances')).toBeGreaterThanOrEqual(58);
    }));

  it('is given up once it is gone', () =>
    handling({}, async (app) => {
      const { execution, group } = await interruptPending(app, { instances: 2, launchSeconds: 60 });
      await app.time.runFor(10_000);
      group.terminateInstance(instanceId(group, 2));
      await app.untilAllEnded();
      expect(execution.finalState).toBe('AlreadyDetached');
      expect(group.snapshot().desired).toBe(3);
    }));
});

describe('an instance that somebody else takes away meanwhile', () => {
  it('has its raise taken back', () =>
    handling({}, async (app) => {
      const group = createWeb(app, { launchSeconds: 60 });
      const id = instanceId(group);
      const execution = app.start(app.aws.interrupt(id));
      await app.time.runFor(10_000);
      group.detachInstances([id], { decrement: false });
      await app.untilAllEnded();
      expect(execution.finalState).toBe('AlreadyDetached');
      expect(group.snapshot().desired).toBe(1);
    }));
});

describe('while DynamoDB is away', () => {
  it('waits, and handles the notice once it is back', () =>
    handling({ intercept: failing('UpdateItem', { kind: 'internal' }, (_, count) => count <= 5) }, async (app) => {
      const group = createWeb(app, {});
      const execution = await interruptOne(app, group);
      expect(visited(execution)).toEqual(expect.arrayContaining(['TimeLeft?', 'WaitForService', 'SetDesiredCapacity']));
      expect(group.snapshot().desired).toBe(1);
    }));

  it('leaves before the drain window if it never comes back', () =>
    handling(
      { intercept: ({ service }) => (service === 'dynamodb' ? { kind: 'internal' } : undefined) },
      async (app) => {
        const execution = await interruptOne(app, createWeb(app, {}));
        expect(howOf(execution)).toMatchObject({ reason: 'capacity unknown', decremented: false });
        expect(secondsBeforeReclaim(execution)).toBeGreaterThanOrEqual(30);
        expect(execution.finalState).toBe('Handled');
      },
    ));

  it('leaves without a decrement where it went away after the raise, which may stay', () =>
    handling({}, async (app) => {
      const group = createWeb(app, { launchSeconds: 'never' });
      const execution = app.start(app.aws.interrupt(instanceId(group)));
      await app.time.runFor(10_000);
      app.dynamoDb.setIntercept(() => ({ kind: 'internal' }));
      await app.untilAllEnded();
      expect(howOf(execution).decremented).toBe(false);
      expect([execution.finalState, group.snapshot().desired]).toEqual(['Handled', 2]);
    }));

  it('takes the raise back where it comes back before the reclaim', () =>
    handling({}, async (app) => {
      const group = createWeb(app, { launchSeconds: 'never' });
      const execution = app.start(app.aws.interrupt(instanceId(group)));
      await app.time.runFor(10_000);
      app.dynamoDb.setIntercept(() => ({ kind: 'internal' }));
      await app.time.runFor(90_000);
      app.dynamoDb.setIntercept(undefined);
      await app.untilAllEnded();
      expect([execution.finalState, group.snapshot().desired]).toEqual(['Handled', 1]);
    }));
});

describe('while the Auto Scaling API does not answer', () => {
  test.each(['DescribeAutoScalingInstances', 'DescribeAutoScalingGroups'])(
    'does not lose a notice to a minute without %s',
    (action) =>
      handling({}, async (app) => {
        const until = Date.now() + 60_000;
        app.aws.setIntercept(failing(action, { kind: 'throttle' }, () => Date.now() < until));
        const execution = await interruptOne(app, createWeb(app, { instances: 2 }));
        expect(execution.finalState).toBe('Handled');
      }),
  );

  it('leaves before the drain window where the group cannot be described', () =>
    handling({}, async (app) => {
      const group = createWeb(app, {});
      const execution = app.start(app.aws.interrupt(instanceId(group)));
      await app.time.runUntil(() => visited(execution).includes('RecordInterruption'));
      app.aws.setIntercept(failing('DescribeAutoScalingGroups', { kind: 'throttle' }));
      await app.untilAllEnded();
      expect(visited(execution)).toContain('TimeLeft?');
      expect(secondsBeforeReclaim(execution)).toBeGreaterThanOrEqual(30);
    }));

  it('ends soon after the reclaim where the group can never be described again', () =>
    handling({}, async (app) => {
      const group = createWeb(app, {});
      const execution = app.start(app.aws.interrupt(instanceId(group)));
      await app.time.runFor(5_000);
      app.aws.setIntercept(failing('DescribeAutoScalingGroups', { kind: 'throttle' }));
      await app.untilAllEnded();
      expect(execution.finalState).toBe('Handled');
      expect(secondsBetween(outputOf(execution, 'interruption').reclaimAt, execution.stoppedAt)).toBeLessThan(60);
    }));

  it('leaves before the drain window where DesiredCapacity cannot be raised', () =>
    handling({ intercept: failing('SetDesiredCapacity', { kind: 'contention' }) }, async (app) => {
      const execution = await interruptOne(app, createWeb(app, {}));
      expect(howOf(execution)).toMatchObject({ reason: 'deadline', decremented: false });
      expect(secondsBeforeReclaim(execution)).toBeGreaterThanOrEqual(30);
    }));

  it('leaves before the drain window where DesiredCapacity cannot be raised for another one', () =>
    handling({}, async (app) => {
      const group = createWeb(app, { instances: 2, launchSeconds: 'never' });
      const first = app.start(app.aws.interrupt(instanceId(group, 0)));
      await app.time.runFor(60_000);
      app.aws.setIntercept(failing('SetDesiredCapacity', { kind: 'contention' }));
      app.start(app.aws.interrupt(instanceId(group, 1)));
      await app.untilAllEnded();
      expect(secondsBeforeReclaim(first)).toBeGreaterThanOrEqual(30);
    }));

  it('fails once EC2 has taken an instance that could never be detached', () =>
    handling({ intercept: failing('DetachInstances', { kind: 'throttle' }) }, async (app) => {
      const execution = await interruptOne(app, createWeb(app, { instances: 2 }));
      expect(visited(execution).slice(-2)).toEqual(['ReleaseInterruption', 'HandlingFailed']);
      expect(execution.error).toBe('Throttling');
    }));

  it('fails with the error of DetachInstances even where the record cannot be released', () =>
    handling({ intercept: failing('DetachInstances', { kind: 'throttle' }) }, async (app) => {
      const group = createWeb(app, { instances: 2 });
      const execution = app.start(app.aws.interrupt(instanceId(group)));
      await app.time.runFor(110_000);
      app.dynamoDb.setIntercept(({ action, parameters }) =>
        action === 'UpdateItem' && JSON.stringify(parameters).includes('releasedAt = ')
          ? { kind: 'internal' }
          : undefined,
      );
      await app.untilAllEnded();
      expect(execution.error).toBe('Throttling');
    }));

  it('lets another execution take up a notice that was released', () =>
    handling({ intercept: failing('DetachInstances', { kind: 'throttle' }, () => throttled) }, async (app) => {
      const group = createWeb(app, { instances: 2, unhealthyDetectionSeconds: 300 });
      const event = app.aws.interrupt(instanceId(group));
      await app.execute(event);
      throttled = false;
      const second = await app.execute(event);
      expect(second.finalState).toBe('Handled');
    }));
  let throttled = true;
});

describe('a raise whose outcome was lost', () => {
  test.each(['timeout-after', 'timeout-before'] as const)('(%s) is settled, and taken back in the end', (kind) =>
    handling(
      { intercept: failing('SetDesiredCapacity', { kind, seconds: 2.5 }, (_, count) => count === 1) },
      async (app) => {
        const group = createWeb(app, {});
        const execution = await interruptOne(app, group);
        expect(howOf(execution)).toMatchObject({ decremented: true, reason: 'the floor holds without it' });
        expect([group.statistics.peakDesired, group.snapshot().desired]).toEqual([2, 1]);
      },
    ),
  );

  test.each([1, 2, 3, 4])('is settled where the function was killed after %i calls', (calls) =>
    handling({ killAfterCalls: killOnce('set-desired-capacity', calls) }, async (app) => {
      const group = createWeb(app, {});
      await interruptOne(app, group);
      expect([group.statistics.peakDesired, group.snapshot().desired]).toEqual([2, 1]);
    }),
  );
});

describe('a decrement whose outcome was lost', () => {
  test.each([1, 2, 3, 4, 5])('is not made twice where the function was killed after %i calls', (calls) =>
    handling({ killAfterCalls: killOnce('detach-instances', calls) }, async (app) => {
      const group = createWeb(app, {});
      const execution = await interruptOne(app, group);
      expect(execution.status).toBe('SUCCEEDED');
      expect([group.statistics.peakDesired, group.snapshot().desired]).toEqual([2, 1]);
    }),
  );

  it('is seen to have been made where the answer was lost', () =>
    handling(
      { intercept: failing('DetachInstances', { kind: 'timeout-after', seconds: 2.5 }, (_, count) => count === 1) },
      async (app) => {
        const group = createWeb(app, {});
        const execution = await interruptOne(app, group);
        expect(execution.status).toBe('SUCCEEDED');
        expect(group.snapshot().desired).toBe(1);
      },
    ));
});

describe('where target health cannot be told', () => {
  it('has InService do after three failures in a row', () =>
    handling({ ...lowFloor, intercept: failing('DescribeTargetHealth', { kind: 'internal' }) }, async (app) => {
      const execution = await interruptOne(app, createWeb(app, { instances: 10 }));
      expect(visited(execution).filter((state) => state === 'CheckCapacity')).toHaveLength(3);
      expect(outputOf(execution, 'capacity').group).toMatchObject({
        servingBy: 'InService: target health could not be had',
      });
    }));
});

/** How its instance left, whoever took it out. */
function howOf(execution: Execution): JsonObject {
  const { output } = execution;
  const how = objectAt(output, 'detachment').how ?? objectAt(output, 'capacity').left;
  if (!isJsonObject(how)) throw new Error(`It does not say how: ${JSON.stringify(output)}`);
  return how;
}

function secondsBeforeReclaim(execution: Execution): number {
  return secondsBetween(howOf(execution).at, outputOf(execution, 'interruption').reclaimAt);
}

function secondsBetween(from: unknown, to: unknown): number {
  return (Date.parse(String(to)) - Date.parse(String(from))) / 1000;
}

/** Interrupts an instance that the group has just begun to launch, as its last. */
async function interruptPending(
  app: InProcessApp,
  options: Partial<GroupOptions>,
): Promise<{ readonly execution: Execution; readonly group: AutoScalingGroup }> {
  const group = createWeb(app, options);
  group.setDesiredCapacity(3);
  await app.time.runFor(2_000);
  return { execution: app.start(app.aws.interrupt(instanceId(group, 2))), group };
}

/** Has a function's first invocation die after that number of API calls. */
function killOnce(functionName: string, calls: number) {
  let killed = false;
  return (name: string) => {
    if (name !== functionName || killed) return undefined;
    killed = true;
    return calls;
  };
}
