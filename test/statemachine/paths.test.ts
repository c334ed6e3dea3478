import { describe, expect, it } from 'vitest';
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

describe('an instance whose peers serve', () => {
  it('is detached at once, in seven states', () =>
    handling({}, async (app) => {
      const execution = await interruptOne(app, createWeb(app, { instances: 10 }));
      expect(visited(execution)).toEqual([
        'DescribeInstance',
        'ManagedInstance?',
        'RecordInterruption',
        'CheckCapacity',
        'EnoughCapacity?',
        'DetachInstances',
        'Handled',
      ]);
    }));

  it('costs five API calls before DetachInstances', () =>
    handling({}, async (app) => {
      await interruptOne(app, createWeb(app, { instances: 10 }));
      const { DetachInstances, ...before } = { ...app.aws.apiCalls, ...app.dynamoDb.apiCalls };
      expect(Object.values(before).reduce((sum, calls) => sum + calls, 0)).toBe(5);
    }));

  it('leaves DesiredCapacity alone, for the group to launch its replacement', () =>
    handling({}, async (app) => {
      const group = createWeb(app, { instances: 10 });
      const execution = await interruptOne(app, group);
      expect(outputOf(execution, 'detachment')).toMatchObject({ decremented: false, reason: 'peers serve' });
      expect(group.statistics.peakDesired).toBe(10);
    }));
});

describe('the only instance of a group', () => {
  it('stays until a raise has brought a peer that serves', () =>
    handling({}, async (app) => {
      const group = createWeb(app, {});
      const execution = await interruptOne(app, group);
      expect(outputOf(execution, 'detachment')).toMatchObject({ decremented: true, reason: 'peers serve' });
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

  it('is detached before the drain window where no replacement comes', () =>
    handling({}, async (app) => {
      const execution = await interruptOne(app, createWeb(app, { launchSeconds: 'never' }));
      const detachment = outputOf(execution, 'detachment');
      expect(detachment).toMatchObject({ reason: 'deadline', decremented: true });
      expect(detachment.secondsBeforeReclaim).toBeGreaterThanOrEqual(30);
    }));

  it('is not raised for while Launch is suspended', () =>
    handling({}, async (app) => {
      const group = createWeb(app, { suspendedProcesses: ['Launch'] });
      const execution = await interruptOne(app, group);
      expect(group.statistics.peakDesired).toBe(1);
      expect(outputOf(execution, 'detachment').reason).toBe('deadline');
    }));

  it('of weighted capacity is raised for by its weight', () =>
    handling({}, async (app) => {
      const group = createWeb(app, { weight: 2 });
      await interruptOne(app, group);
      expect([group.statistics.peakDesired, group.snapshot().desired]).toEqual([4, 2]);
    }));
});

describe('notices of one group within the same second', () => {
  it('raise once for all of them, as long as one missing peer is asked for', () =>
    handling({}, async (app) => {
      const group = createWeb(app, { instances: 10 });
      await interrupt(app, group, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
      expect(group.statistics.peakDesired).toBe(11);
      expect(group.snapshot().desired).toBe(10);
    }));

  it('raise for each peer that is asked for', () =>
    handling({ settings: { minServingPeers: 3 } }, async (app) => {
      const group = createWeb(app, { instances: 4 });
      await interrupt(app, group, 0, 1, 2, 3);
      expect([group.statistics.peakDesired, group.snapshot().desired]).toEqual([7, 4]);
    }));

  it('are not lost to answers of Describe that show what was seconds ago', () =>
    handling(
      {
        settings: { minServingPeers: 3 },
        intercept: failing('DescribeAutoScalingGroups', { kind: 'stale', seconds: 3 }),
      },
      async (app) => {
        const group = createWeb(app, { instances: 3 });
        await interruptEvery(1_000, app, group, 3);
        expect([group.statistics.peakDesired, group.snapshot().desired]).toEqual([6, 3]);
      },
    ));

  it('do not count on each other', () =>
    handling({}, async (app) => {
      const group = createWeb(app, { instances: 2 });
      await interrupt(app, group, 0, 1);
      expect(group.statistics.minServing).toBeGreaterThanOrEqual(1);
    }));
});

describe('a group at MaxSize', () => {
  it('has its only instance give way, for the group to launch another', () =>
    handling({}, async (app) => {
      const execution = await interruptOne(app, createWeb(app, { maxSize: 1 }));
      expect(visited(execution).slice(-3)).toEqual(['GiveWay', 'GaveWay?', 'Handled']);
    }));

  it('has one instance give way, while the others serve on', () =>
    handling({}, async (app) => {
      const group = createWeb(app, { instances: 3, minSize: 3, maxSize: 3 });
      const executions = await interrupt(app, group, 0, 1, 2);
      const reasons = executions.map((execution) => outputOf(execution, 'detachment').reason);
      expect(reasons.toSorted()).toEqual(['gave way at MaxSize', 'peers serve', 'peers serve']);
      expect(group.statistics.minServing).toBeGreaterThanOrEqual(1);
    }));

  it('has nobody give way twice where Describe shows what was seconds ago', () =>
    handling({ intercept: failing('DescribeAutoScalingGroups', { kind: 'stale', seconds: 3 }) }, async (app) => {
      const group = createWeb(app, { instances: 3, minSize: 3, maxSize: 3 });
      const executions = await interruptEvery(1_000, app, group, 3);
      const reasons = executions.map((execution) => outputOf(execution, 'detachment').reason);
      expect(reasons.filter((reason) => reason === 'gave way at MaxSize')).toHaveLength(1);
    }));

  it('is looked at again when giving way fails', () =>
    handling({ intercept: failing('DetachInstances', { kind: 'internal' }, (_, count) => count <= 3) }, async (app) => {
      const execution = await interruptOne(app, createWeb(app, { maxSize: 1 }));
      expect(visited(execution).slice(5)).toEqual([
        'GiveWay',
        'WaitForInService',
        'CheckCapacity',
        'EnoughCapacity?',
        'GiveWay',
        'GaveWay?',
        'Handled',
      ]);
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
  it('is waited for, and detached once it is InService', () =>
    handling({}, async (app) => {
      const group = createWeb(app, { instances: 2, launchSeconds: 60 });
      group.setDesiredCapacity(3);
      await app.time.runFor(2_000);
      const execution = app.start(app.aws.interrupt(instanceId(group, 2)));
      await app.untilAllEnded();
      expect(execution.finalState).toBe('Handled');
      expect(secondsUntilState(execution, 'DetachInstances')).toBeGreaterThanOrEqual(58);
    }));

  it('is given up once it is gone', () =>
    handling({}, async (app) => {
      const group = createWeb(app, { instances: 2, launchSeconds: 60 });
      group.setDesiredCapacity(3);
      await app.time.runFor(2_000);
      const execution = app.start(app.aws.interrupt(instanceId(group, 2)));
      await app.time.runFor(10_000);
      group.terminateInstance(instanceId(group, 2));
      await app.untilAllEnded();
      expect(execution.finalState).toBe('AlreadyDetached');
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
      expect(outputOf(execution, 'detachment')).toMatchObject({ reason: 'was gone already', decremented: true });
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

  it('detaches before the drain window if it never comes back', () =>
    handling(
      { intercept: ({ service }) => (service === 'dynamodb' ? { kind: 'internal' } : undefined) },
      async (app) => {
        const execution = await interruptOne(app, createWeb(app, {}));
        const detachment = outputOf(execution, 'detachment');
        expect(detachment.reason).toBe('capacity unknown');
        expect(detachment.secondsBeforeReclaim).toBeGreaterThanOrEqual(30);
      },
    ));

  it('still pairs the raise with a decrement where it went away after the raise', () =>
    handling({}, async (app) => {
      const group = createWeb(app, { launchSeconds: 'never' });
      const execution = app.start(app.aws.interrupt(instanceId(group)));
      await app.time.runFor(10_000);
      app.dynamoDb.setIntercept(() => ({ kind: 'internal' }));
      await app.untilAllEnded();
      expect(outputOf(execution, 'detachment').decremented).toBe(true);
      expect(group.snapshot().desired).toBe(1);
    }));
});

describe('while the Auto Scaling API does not answer', () => {
  it('does not lose a notice to a minute without DescribeAutoScalingInstances', () =>
    handling({}, async (app) => {
      const until = Date.now() + 60_000;
      app.aws.setIntercept(failing('DescribeAutoScalingInstances', { kind: 'throttle' }, () => Date.now() < until));
      const execution = await interruptOne(app, createWeb(app, { instances: 2 }));
      expect(execution.finalState).toBe('Handled');
    }));

  it('detaches before the drain window where the group cannot be described', () =>
    handling({ intercept: failing('DescribeAutoScalingGroups', { kind: 'throttle' }) }, async (app) => {
      const execution = await interruptOne(app, createWeb(app, {}));
      expect(visited(execution)).toContain('TimeLeft?');
      expect(outputOf(execution, 'detachment').secondsBeforeReclaim).toBeGreaterThanOrEqual(30);
    }));

  it('detaches before the drain window where DesiredCapacity cannot be raised', () =>
    handling({ intercept: failing('SetDesiredCapacity', { kind: 'contention' }) }, async (app) => {
      const execution = await interruptOne(app, createWeb(app, {}));
      expect(outputOf(execution, 'detachment')).toMatchObject({ reason: 'deadline', decremented: false });
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
  it('is found to have taken effect, and taken back', () =>
    handling(
      { intercept: failing('SetDesiredCapacity', { kind: 'timeout-after', seconds: 2.5 }, (_, count) => count === 1) },
      async (app) => {
        const group = createWeb(app, {});
        await interruptOne(app, group);
        expect([group.statistics.peakDesired, group.snapshot().desired]).toEqual([2, 1]);
      },
    ));

  it('is found not to have taken effect, and made again', () =>
    handling(
      { intercept: failing('SetDesiredCapacity', { kind: 'timeout-before', seconds: 2.5 }, (_, count) => count === 1) },
      async (app) => {
        const group = createWeb(app, {});
        const execution = await interruptOne(app, group);
        expect(outputOf(execution, 'detachment').decremented).toBe(true);
        expect([group.statistics.peakDesired, group.snapshot().desired]).toEqual([2, 1]);
      },
    ));

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('is settled where the function was killed after %i calls', (calls) => {
    return handling({ killAfterCalls: killOnce('set-desired-capacity', calls) }, async (app) => {
      const group = createWeb(app, {});
      await interruptOne(app, group);
      expect([group.statistics.peakDesired, group.snapshot().desired]).toEqual([2, 1]);
    });
  });
});

describe('a decrement whose outcome was lost', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('is not made twice where the function was killed after %i calls', (calls) => {
    return handling({ killAfterCalls: killOnce('detach-instances', calls) }, async (app) => {
      const group = createWeb(app, {});
      await interruptOne(app, group);
      expect([group.statistics.peakDesired, group.snapshot().desired]).toEqual([2, 1]);
    });
  });

  it('is seen to have been made where the answer was lost', () =>
    handling(
      { intercept: failing('DetachInstances', { kind: 'timeout-after', seconds: 2.5 }, (_, count) => count === 1) },
      async (app) => {
        const group = createWeb(app, {});
        const execution = await interruptOne(app, group);
        expect(outputOf(execution, 'detachment').decremented).toBe(true);
        expect(group.snapshot().desired).toBe(1);
      },
    ));
});

describe('while another execution holds the lease', () => {
  it('waits and looks again, for nobody is to raise meanwhile', () =>
    handling({}, async (app) => {
      const group = createWeb(app, { instances: 2 });
      const [first, second] = await interrupt(app, group, 0, 1);
      const busy = [first, second].find((execution) => execution?.history.some(({ error }) => error === 'GroupBusy'));
      expect(busy?.finalState).toBe('Handled');
    }));
});

describe('where target health cannot be told', () => {
  it('has InService do after three failures in a row', () =>
    handling({ intercept: failing('DescribeTargetHealth', { kind: 'internal' }) }, async (app) => {
      const execution = await interruptOne(app, createWeb(app, { instances: 2 }));
      expect(visited(execution).filter((state) => state === 'CheckCapacity')).toHaveLength(3);
      expect(execution.finalState).toBe('Handled');
    }));
});

/** Has a function's first invocation die after so many API calls. */
function killOnce(functionName: string, calls: number) {
  let killed = false;
  return (name: string) => {
    if (name !== functionName || killed) return undefined;
    killed = true;
    return calls;
  };
}
