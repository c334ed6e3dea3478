import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import { describe, expect, it, test } from 'vitest';
import type { HandlingState, ServingBy } from '../../../functions/shared/contract.ts';
import { secondsUntil } from '../../../functions/shared/timestamps.ts';
import {
  actingSeconds,
  aloneSeconds,
  jitterSeconds,
  longestLookSeconds,
  newcomerShareSeconds,
  settlingSeconds,
  shortestLookSeconds,
  staleReadSeconds,
} from '../../../functions/shared/timing.ts';
import type { InProcessApp } from '../../../simulator/account/in-process-app.ts';
import { alterGroups, alterTargets } from '../../support/altered-answers.ts';
import {
  type Functions,
  holdLease,
  ledgerNow,
  looked,
  ofTable,
  recorded,
  recordedEach,
  withFunctions,
} from '../../support/functions.ts';
import { createWeb, failing, instanceId } from '../../support/handling.ts';
import { leftNow } from '../../support/reports.ts';

describe('a look', () => {
  it('reports the group, what is to be done about it, and the ledger that it was decided on', () =>
    withFunctions({}, async (functions) => {
      const handling = await recorded(functions, createWeb(functions.app, { instances: 3, minSize: 1, maxSize: 5 }));
      const { capacity } = await looked(functions, handling);
      expect(capacity).toMatchObject({
        attached: true,
        unsettled: 0,
        changeBy: 1,
        leaving: 0,
        leave: [],
        group: {
          lookedBy: handling.interruption.executionArn,
          desiredCapacity: 3,
          minSize: 1,
          maxSize: 5,
          usualSize: 3,
          floor: 3,
          floorFrom: 'configuration',
          serving: 3,
          interrupted: 1,
          raised: 0,
          noHeadroom: 0,
        },
        ledger: { version: 1, raised: 0, known: 3, changedAtMilliseconds: 0 },
      });
    }));

  it('reports who leaves and how, whoever their executions are', () =>
    withFunctions({ settings: { minServing: { kind: 'units', units: 1 } } }, async (functions) => {
      const group = createWeb(functions.app, { instances: 3 });
      const [first] = await recordedEach(functions, group, 2);
      const { capacity } = await looked(functions, first);
      const how = { weight: 1, decrement: false, reason: 'the floor holds without it' };
      const leave = group.instances.slice(0, 2).map(({ id }) => ({ instanceId: id, ...how }));
      expect(capacity.leaving).toBe(2);
      expect(capacity.leave).toEqual(expect.arrayContaining(leave));
    }));

  it('lets as many leave at once as an execution can carry and DetachInstances gets through', () =>
    withFunctions({ settings: { minServing: { kind: 'units', units: 1 } } }, async (functions) => {
      const group = createWeb(functions.app, { instances: 251, maxSize: 300 });
      const [first] = await recordedEach(functions, group, 250);
      const { capacity } = await looked(functions, first);
      expect([capacity.leaving, capacity.leave.length]).toEqual([200, 200]);
    }));

  it('keeps when the execution looked first', () =>
    withFunctions({}, async (functions) => {
      const first = await looked(functions, await recorded(functions, createWeb(functions.app, {})));
      await functions.app.time.runFor(30_000);
      const second = await looked(functions, first);
      expect(second.capacity.firstObservedAt).toBe(first.capacity.observedAt);
    }));

  it('that sees what somebody else has set voids the raise', () =>
    withFunctions({}, async (functions) => {
      const group = createWeb(functions.app, {});
      const handling = await raisedFor(functions, await recorded(functions, group));
      group.setDesiredCapacity(5);
      await functions.app.time.runFor(20_000);
      const { capacity } = await looked(functions, handling);
      expect(capacity).toMatchObject({ group: { raised: 0, usualSize: 5 }, ledger: { raised: 0, known: 5 } });
      expect(await ledgerNow(functions)).toMatchObject({ raised: 0, known: 5 });
    }));

  it('that may be older than the last change is not acted upon', () =>
    withFunctions({}, async (functions) => {
      const group = createWeb(functions.app, {});
      const handling = await raisedFor(functions, await recorded(functions, group));
      await functions.app.time.runFor((staleReadSeconds - 2) * 1000);
      functions.app.aws.setIntercept(failing('DescribeAutoScalingGroups', { kind: 'stale', seconds: 4 }));
      const { capacity } = await looked(functions, handling);
      expect(capacity).toMatchObject({ attached: true, changeBy: 0 });
      expect(capacity).not.toHaveProperty('ledger');
      expect(functions.app.aws.apiCalls.DescribeAutoScalingGroups).toBe(3);
      expect((await ledgerNow(functions)).lookingUntilMilliseconds).toBe(0);
    }));

  it('is not acted upon where the ledger has changed meanwhile, and holds no other look up', () =>
    withFunctions({}, async (functions) => {
      const { app, checkCapacity, settled } = functions;
      const handling = await recorded(functions, createWeb(app, {}));
      app.aws.setIntercept(failing('DescribeAutoScalingGroups', { kind: 'slow', latencyMs: 500 }));
      const look = checkCapacity(handling);
      await app.time.runFor(200);
      await holdLease(functions);
      const capacity = await settled(look);
      expect([capacity.changeBy, capacity.ledger]).toEqual([0, undefined]);
      expect((await ledgerNow(functions)).lookingUntilMilliseconds).toBe(0);
    }));
});

describe('the floor', () => {
  const tag = { 'spot-interruption-handler:min-serving': '50%' };
  const InstanceMaintenancePolicy = { MinHealthyPercentage: 60, MaxHealthyPercentage: 120 };

  test.each<[string, Record<string, string>, Partial<AutoScalingGroup>, number]>([
    ['tag', tag, { InstanceMaintenancePolicy }, 5],
    ['instance maintenance policy', {}, { InstanceMaintenancePolicy }, 6],
    ['configuration', { 'spot-interruption-handler:min-serving': 'half' }, {}, 10],
  ])("is that of the group's %s", (floorFrom, tags, answer, floor) =>
    withFunctions({}, async (functions) => {
      alterGroups(functions.app.clients.autoScaling, answer);
      const handling = await recorded(functions, createWeb(functions.app, { instances: 10, tags }));
      expect((await looked(functions, handling)).capacity.group).toMatchObject({ floor, floorFrom });
    }),
  );
});

describe('what serves', () => {
  const oneOfThree = { settings: { minServing: { kind: 'units', units: 1 } } } as const;

  test.each<[ServingBy, (app: InProcessApp) => unknown]>([
    ['target health', (app) => createWeb(app, { instances: 3 })],
    [
      'InService: the group has no target group',
      (app) => app.aws.createGroup({ name: 'web', instances: 3, maxSize: 4 }),
    ],
    [
      'InService: AddToLoadBalancer is suspended',
      (app) => createWeb(app, { instances: 3, suspendedProcesses: ['AddToLoadBalancer'] }),
    ],
    [
      'InService: no listener uses its target groups',
      (app) => {
        const TargetHealth = { State: 'unused', Reason: 'Target.NotInUse' } as const;
        alterTargets(app.clients.loadBalancing, (target) => ({ ...target, TargetHealth }));
        createWeb(app, { instances: 3 });
      },
    ],
    [
      'InService: Classic Load Balancers and VPC Lattice are not asked',
      (app) => {
        alterGroups(app.clients.autoScaling, { LoadBalancerNames: ['classic'] });
        app.aws.createGroup({ name: 'web', instances: 3, maxSize: 4 });
      },
    ],
  ])('is said to be judged by %s', (servingBy, create) =>
    withFunctions(oneOfThree, async (functions) => {
      create(functions.app);
      const handling = await recorded(functions, functions.app.aws.group('web'));
      expect((await looked(functions, handling)).capacity.group).toMatchObject({ serving: 3, servingBy });
    }),
  );

  it('is not asked for while nobody could leave even if all in service served', () =>
    withFunctions({}, async (functions) => {
      const handling = await recorded(functions, createWeb(functions.app, { instances: 3 }));
      const { capacity } = await looked(functions, handling);
      expect(capacity.group?.servingBy).toBe('InService: nobody could leave yet');
      expect(functions.app.aws.apiCalls).not.toHaveProperty('DescribeTargetHealth');
    }));

  it('is not known at first where DescribeTargetHealth fails, and InService from the third look on', () =>
    withFunctions(
      { ...oneOfThree, intercept: failing('DescribeTargetHealth', { kind: 'internal' }) },
      async (functions) => {
        let handling: HandlingState = await recorded(functions, createWeb(functions.app, { instances: 3 }));
        const looks: unknown[] = [];
        for (let look = 0; look < 3; look += 1) {
          const { capacity, interruption } = await looked(functions, handling);
          handling = { capacity, interruption };
          looks.push([capacity.group?.servingBy, capacity.leaving]);
          await functions.app.time.runFor(5_000);
        }
        expect(looks).toEqual([
          ['nothing: target health could not be had', 0],
          ['nothing: target health could not be had', 0],
          ['InService: target health could not be had', 1],
        ]);
      },
    ));
});

describe('of a storm', () => {
  it('one execution looks; another one reads that from the ledger, and has nothing to act on', () =>
    withFunctions({}, async (functions) => {
      const [first, second] = await recordedPair(functions);
      const { capacity } = await looked(functions, first);
      const shared = await looked(functions, second);
      expect(functions.app.aws.apiCalls.DescribeAutoScalingGroups).toBe(1);
      expect(shared.capacity).toMatchObject({ attached: true, changeBy: 0, leave: [], group: capacity.group });
      expect(shared.capacity).not.toHaveProperty('ledger');
    }));

  it('another one comes back when the look does not know of it for sure any more', () =>
    withFunctions({}, async (functions) => {
      const [first, second] = await recordedPair(functions);
      const { capacity } = await looked(functions, first);
      const { nextCheckAt } = (await looked(functions, second)).capacity;
      const sharedSeconds = secondsUntil(nextCheckAt, Date.parse(capacity.group?.lookedAt ?? ''));
      expect(sharedSeconds).toBeGreaterThanOrEqual(newcomerShareSeconds);
      expect(sharedSeconds).toBeLessThanOrEqual(newcomerShareSeconds + jitterSeconds);
    }));

  it('another one looks when the look is too old to know of it', () =>
    withFunctions({}, async (functions) => {
      const [first, second] = await recordedPair(functions);
      await looked(functions, first);
      await functions.app.time.runFor(newcomerShareSeconds * 1000);
      expect((await looked(functions, second)).capacity).toHaveProperty('ledger');
    }));

  it('the others wait while one looks', () =>
    withFunctions({}, async (functions) => {
      const { app, checkCapacity, settled } = functions;
      const [first, second] = await recordedPair(functions);
      app.aws.setIntercept(failing('DescribeAutoScalingGroups', { kind: 'slow', latencyMs: 500 }));
      const looks = [checkCapacity(first)];
      await app.time.runFor(100);
      looks.push(checkCapacity(second));
      const [, waiting] = await settled(Promise.all(looks));
      expect(app.aws.apiCalls.DescribeAutoScalingGroups).toBe(1);
      expect(waiting).toMatchObject({ attached: true, changeBy: 0, leave: [] });
    }));

  it('those that come in the same moment do not look twice', () =>
    withFunctions({}, async ({ app, checkCapacity, settled, ...others }) => {
      const handlings = await recordedEach(
        { app, checkCapacity, settled, ...others },
        createWeb(app, { instances: 9 }),
        9,
      );
      await settled(Promise.all(handlings.map((handling) => checkCapacity(handling))));
      expect(app.aws.apiCalls.DescribeAutoScalingGroups).toBe(1);
    }));

  it('one that another execution took along sees by whom, without a look', () =>
    withFunctions({}, async (functions) => {
      const handling = await recorded(functions, createWeb(functions.app, { instances: 2 }));
      const left = leftNow();
      await ofTable(functions, (table) => table.noteLeft('web', new Map([[handling.interruption.instanceId, left]])));
      const { capacity } = await looked(functions, handling);
      expect(capacity).toMatchObject({ attached: false, unsettled: 0, changeBy: 0, left });
      expect(functions.app.aws.apiCalls).not.toHaveProperty('DescribeAutoScalingGroups');
    }));

  it('one whose instance left after an earlier notice looks for itself', () =>
    withFunctions({}, async (functions) => {
      const group = createWeb(functions.app, { instances: 2 });
      await ofTable(functions, (table) => table.noteLeft('web', new Map([[instanceId(group), leftNow()]])));
      await functions.app.time.runFor(1_000);
      expect((await looked(functions, await recorded(functions, group))).capacity.attached).toBe(true);
    }));
});

describe('an instance that somebody else took away', () => {
  it('is not attached any more, and nobody is said to have taken it out', () =>
    withFunctions({}, async (functions) => {
      const group = createWeb(functions.app, { instances: 2 });
      const handling = await recorded(functions, group);
      group.detachInstances([instanceId(group)], { decrement: true });
      const { capacity } = await looked(functions, handling);
      expect(capacity).toMatchObject({ attached: false, unsettled: 0, changeBy: 0 });
      expect(capacity).not.toHaveProperty('left');
    }));

  it('is noted for its own execution, whoever looks', () =>
    withFunctions({}, async (functions) => {
      const group = createWeb(functions.app, { instances: 3 });
      const [first, second] = await recordedEach(functions, group, 2);
      group.terminateInstance(instanceId(group, 1));
      await looked(functions, first);
      if (!second) throw new Error('There is no second one.');
      const { capacity } = await looked(functions, second);
      expect(capacity.attached).toBe(false);
      expect(capacity).not.toHaveProperty('left');
      expect(functions.app.aws.apiCalls.DescribeAutoScalingGroups).toBe(1);
    }));

  it('has the raise for it taken back', () =>
    withFunctions({}, async (functions) => {
      const group = createWeb(functions.app, {});
      const handling = await raisedFor(functions, await recorded(functions, group));
      group.detachInstances([instanceId(group)], { decrement: false });
      await functions.app.time.runFor(60_000);
      expect((await looked(functions, handling)).capacity).toMatchObject({
        attached: false,
        changeBy: -1,
        unsettled: 0,
      });
    }));

  it('is looked for again while the raise for it cannot be taken back, since something is being launched', () =>
    withFunctions({}, async (functions) => {
      const group = createWeb(functions.app, {});
      const handling = await raisedFor(functions, await recorded(functions, group));
      group.detachInstances([instanceId(group)], { decrement: false });
      await functions.app.time.runFor(20_000);
      expect((await looked(functions, handling)).capacity).toMatchObject({
        attached: false,
        changeBy: 0,
        unsettled: 1,
      });
    }));

  it('has the raise for it taken back at the reclaim, even while something is being launched', () =>
    withFunctions({}, async (functions) => {
      const group = createWeb(functions.app, { launchSeconds: 'never' });
      const handling = await raisedFor(functions, await recorded(functions, group));
      group.detachInstances([instanceId(group)], { decrement: false });
      await functions.app.time.runFor(120_000);
      expect((await looked(functions, handling)).capacity).toMatchObject({ changeBy: -1, unsettled: 0 });
    }));

  it('has a raise left alone that could not be taken back for long after the reclaim', () =>
    withFunctions({}, async (functions) => {
      const group = createWeb(functions.app, {});
      const handling = await raisedFor(functions, await recorded(functions, group));
      group.detachInstances([instanceId(group)], { decrement: false });
      await functions.app.time.runFor((120 + settlingSeconds) * 1000);
      expect((await looked(functions, handling)).capacity.changeBy).toBe(0);
    }));

  it('is gone together with its group', () =>
    withFunctions({}, async (functions) => {
      const handling = await recorded(functions, createWeb(functions.app, {}), 0, { autoScalingGroupName: 'deleted' });
      expect((await looked(functions, handling)).capacity).toMatchObject({ attached: false, changeBy: 0 });
    }));
});

describe('after it took its own instance out, an execution', () => {
  it('takes back a raise that nobody needs any more', () =>
    withFunctions({}, async (functions) => {
      const group = createWeb(functions.app, {});
      const handling = await raisedFor(functions, await recorded(functions, group));
      await functions.app.time.runFor(50_000);
      group.detachInstances([instanceId(group)], { decrement: false });
      await functions.app.time.runFor(50_000);
      const how = leftNow({ by: handling.interruption.executionArn, decremented: false });
      const detachment = { left: true, how, instanceIds: [instanceId(group)], unsettled: 1 } as const;
      const { capacity } = await looked(functions, { ...handling, detachment });
      expect(capacity).toMatchObject({ attached: false, left: how, changeBy: -1, unsettled: 0 });
    }));

  it('waits while another execution changes the group', () =>
    withFunctions({}, async (functions) => {
      const handling = await recorded(functions, createWeb(functions.app, { instances: 2 }));
      await holdLease(functions);
      const how = leftNow({ by: handling.interruption.executionArn });
      const detachment = { left: true, how, instanceIds: [], unsettled: 1 } as const;
      const { capacity } = await looked(functions, { ...handling, detachment });
      expect(capacity).toMatchObject({ attached: false, left: how, unsettled: 1 });
    }));
});

it('an execution whose instance has left waits no longer than some time after the reclaim for others', () =>
  withFunctions({}, async (functions) => {
    const handling = await recorded(functions, createWeb(functions.app, { instances: 2 }));
    await functions.app.time.runFor((120 + settlingSeconds) * 1000);
    await holdLease(functions);
    const how = leftNow({ by: handling.interruption.executionArn });
    const detachment = { left: true, how, instanceIds: [], unsettled: 1 } as const;
    expect((await looked(functions, { ...handling, detachment })).capacity).toMatchObject({
      attached: false,
      unsettled: 0,
    });
  }));

describe('while another execution changes the group', () => {
  it('an execution comes back a little later', () =>
    withFunctions({}, async (functions) => {
      const handling = await recorded(functions, createWeb(functions.app, { instances: 2 }));
      await holdLease(functions);
      const { capacity } = await looked(functions, handling);
      const seconds = secondsUntil(capacity.nextCheckAt, Date.now());
      expect([seconds > 0.4, seconds < 1.6]).toEqual([true, true]);
      expect(capacity).toMatchObject({ attached: true, changeBy: 0, leave: [] });
    }));

  it('an execution whose time is up leaves on its own', () =>
    withFunctions({}, async (functions) => {
      const handling = await recorded(functions, createWeb(functions.app, { instances: 2 }));
      await functions.app.time.runFor((90 - aloneSeconds) * 1000);
      await holdLease(functions);
      const { capacity } = await looked(functions, handling);
      const leave = [
        { instanceId: handling.interruption.instanceId, weight: 1, decrement: false, reason: 'capacity unknown' },
      ];
      expect(capacity).toMatchObject({ attached: true, leaving: 1, leave });
      expect(capacity).not.toHaveProperty('ledger');
    }));
});

describe('in its last seconds, an execution', () => {
  it('changes nothing for others: a call that hangs would keep its own instance', () =>
    withFunctions({}, async (functions) => {
      const group = createWeb(functions.app, { instances: 3, launchSeconds: 'never' });
      const handling = await raisedFor(functions, await recorded(functions, group));
      await functions.app.time.runFor(80_000);
      await recorded(functions, group, 1);
      const { capacity } = await looked(functions, handling);
      expect([capacity.changeBy, capacity.group?.interrupted]).toEqual([0, 2]);
    }));

  it('tells the others that they had better look soon', () =>
    withFunctions({}, async (functions) => {
      const group = createWeb(functions.app, { instances: 3, launchSeconds: 'never' });
      const handling = await raisedFor(functions, await recorded(functions, group));
      await functions.app.time.runFor(80_000);
      await recorded(functions, group, 1);
      await looked(functions, handling);
      const { look } = await ledgerNow(functions);
      const freshSeconds = ((look?.freshUntilMilliseconds ?? 0) - Date.parse(look?.group.lookedAt ?? '')) / 1000;
      expect(freshSeconds).toBe(actingSeconds);
    }));
});

describe('a service that hangs', () => {
  const hanging = { intercept: failing('DescribeAutoScalingGroups', { kind: 'slow', latencyMs: 60_000 }) };

  test.each([
    ['for a few seconds', 10, longestLookSeconds],
    ['for as long as its deadline allows', 87, 3 - aloneSeconds],
    ['for a moment at the least', 89.9, shortestLookSeconds],
    ['for a few seconds, once the deadline is past', 100, longestLookSeconds],
  ])('is waited for %s', (_, after, seconds) =>
    withFunctions(hanging, async (functions) => {
      const handling = await recorded(functions, createWeb(functions.app, {}));
      const noticedAt = Date.parse(handling.interruption.noticeAt);
      await functions.app.time.runFor(noticedAt + after * 1000 - Date.now());
      const begunAt = Date.now();
      await expect(functions.settled(functions.checkCapacity(handling))).rejects.toMatchObject({
        name: 'NoAnswerInTime',
      });
      expect((Date.now() - begunAt) / 1000).toBeCloseTo(seconds, 1);
    }),
  );
});

it('fails where the table cannot be read, rather than count on everybody', () =>
  withFunctions({}, async (functions) => {
    const handling = await recorded(functions, createWeb(functions.app, { instances: 2 }));
    functions.app.dynamoDb.setIntercept(() => ({ kind: 'internal' }));
    await expect(functions.settled(functions.checkCapacity(handling))).rejects.toMatchObject({
      name: 'InterruptionTableUnavailable',
    });
  }));

describe('in a dry run', () => {
  it('each execution looks, decides about its own instance only, and writes nothing', () =>
    withFunctions({ settings: { dryRun: true, minServing: { kind: 'units', units: 1 } } }, async (functions) => {
      const group = createWeb(functions.app, { instances: 3 });
      const handlings = await recordedEach(functions, group, 2);
      const { UpdateItem } = functions.app.dynamoDb.apiCalls;
      const looks = [];
      for (const handling of handlings) looks.push((await looked(functions, handling)).capacity);
      expect(looks.map(({ leave }) => leave.map((one) => one.instanceId))).toEqual([
        [instanceId(group, 0)],
        [instanceId(group, 1)],
      ]);
      expect(functions.app.dynamoDb.apiCalls.UpdateItem).toBe(UpdateItem);
    }));
});

/** Both of a group of two. */
async function recordedPair(functions: Functions): Promise<readonly [HandlingState, HandlingState]> {
  const group = createWeb(functions.app, { instances: 2 });
  return [await recorded(functions, group, 0), await recorded(functions, group, 1)];
}

/** Raised for by its own execution, a moment ago. */
async function raisedFor(functions: Functions, handling: HandlingState): Promise<HandlingState> {
  const after = await looked(functions, handling);
  const scaleOut = await functions.settled(functions.setDesiredCapacity(after));
  return { ...after, scaleOut };
}
