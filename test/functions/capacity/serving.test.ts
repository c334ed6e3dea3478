import { describe, expect, it, test } from 'vitest';
import { describeGroup, type GroupSnapshot } from '../../../functions/capacity/group-snapshot.ts';
import { type Serving, servingIn } from '../../../functions/capacity/serving.ts';
import type { InProcessApp } from '../../../simulator/account/in-process-app.ts';
import type { Intercept } from '../../../simulator/aws/index.ts';
import { busy } from '../../../simulator/time/virtual-time.ts';
import { alterTargets } from '../../support/altered-answers.ts';
import { createWeb, failing, handling, instanceId } from '../../support/handling.ts';

describe('target health', () => {
  it('makes the difference between InService and serving', () =>
    handling({}, async (app) => {
      const group = createWeb(app, { launchSeconds: 5 }, { healthCheckSeconds: 60 });
      group.setDesiredCapacity(2);
      await app.time.runFor(20_000);
      expect(group.snapshot().inService).toBe(2);
      expect(await servingOf(app)).toEqual({
        instanceIds: new Set([instanceId(group)]),
        registered: new Set([instanceId(group), instanceId(group, 1)]),
        by: 'target health',
        targetHealthFailures: 0,
      });
    }));

  it('has to be given in each target group', () =>
    handling({}, async (app) => {
      const targetGroups = [1, 60].map((healthCheckSeconds) =>
        app.aws.createTargetGroup({ name: `after-${healthCheckSeconds}`, healthCheckSeconds }),
      );
      const group = app.aws.createGroup({ name: 'web', instances: 1, maxSize: 4, launchSeconds: 5, targetGroups });
      group.setDesiredCapacity(2);
      await app.time.runFor(20_000);
      expect((await servingOf(app)).instanceIds).toEqual(new Set([instanceId(group)]));
    }));

  it('has to be given on each port', () =>
    handling({}, async (app) => {
      const [first, second] = createWeb(app, { instances: 2 }).instances.map(({ id }) => id);
      let answered = 0;
      alterTargets(app.clients.loadBalancing, (target) => {
        answered += 1;
        const Target = { Id: first, Port: answered };
        return target.Target?.Id === second ? { Target, TargetHealth: { State: 'unhealthy' } } : target;
      });
      expect((await servingOf(app)).instanceIds).toEqual(new Set());
    }));

  it('is asked for with one call of a target group, whatever the size of the group', () =>
    handling({}, async (app) => {
      createWeb(app, { instances: 120, maxSize: 200 });
      const asked = namedTargets();
      app.aws.setIntercept(asked.intercept);
      expect((await servingOf(app)).instanceIds?.size).toBe(120);
      expect(app.aws.apiCalls.DescribeTargetHealth).toBe(1);
      expect(asked.named).toEqual([]);
    }));

  it('is taken from the target groups that a listener uses', () =>
    handling({}, async (app) => {
      const used = app.aws.createTargetGroup({ name: 'used' });
      const unused = app.aws.createTargetGroup({ name: 'unused' });
      const group = app.aws.createGroup({ name: 'web', instances: 2, maxSize: 4, targetGroups: [used, unused] });
      let answered = 0;
      // The first target group's two targets come first.
      alterTargets(app.clients.loadBalancing, (target) => {
        answered += 1;
        return answered > 2 ? { ...target, TargetHealth: notInUse } : target;
      });
      const { by, instanceIds } = await servingOf(app);
      expect([by, instanceIds]).toEqual(['target health', new Set(group.instances.map(({ id }) => id))]);
    }));
});

describe('InService has to do, and is said to,', () => {
  test.each<[string, Partial<GroupSnapshot>, Serving['by']]>([
    ['without a target group', { targetGroupArns: [] }, 'InService: the group has no target group'],
    ['where AddToLoadBalancer is suspended', { registersTargets: false }, 'InService: AddToLoadBalancer is suspended'],
    [
      'behind Classic Load Balancers or VPC Lattice only',
      { targetGroupArns: [], hasOtherTrafficSources: true },
      'InService: Classic Load Balancers and VPC Lattice are not asked',
    ],
  ])('%s', (_, changes, by) =>
    handling({}, async (app) => {
      createWeb(app, { instances: 2 });
      const serving = await servingOf(app, 0, changes);
      expect([serving.by, serving.instanceIds?.size]).toEqual([by, 2]);
      expect(app.aws.apiCalls).not.toHaveProperty('DescribeTargetHealth');
    }),
  );

  it('where no listener uses the target groups', () =>
    handling({}, async (app) => {
      createWeb(app, { instances: 2 });
      alterTargets(app.clients.loadBalancing, (target) => ({ ...target, TargetHealth: notInUse }));
      const { by, instanceIds } = await servingOf(app);
      expect([by, instanceIds?.size]).toEqual(['InService: no listener uses its target groups', 2]);
    }));

  it('but of a group with target groups and a Classic Load Balancer the targets are asked', () =>
    handling({}, async (app) => {
      createWeb(app, { instances: 2 });
      expect((await servingOf(app, 0, { hasOtherTrafficSources: true })).by).toBe('target health');
    }));
});

describe('where DescribeTargetHealth fails', () => {
  const away = { intercept: failing('DescribeTargetHealth', { kind: 'internal' }) };

  it('nobody is known to serve', () =>
    handling(away, async (app) => {
      createWeb(app, { instances: 2 });
      expect(await servingOf(app, 0)).toEqual({
        instanceIds: undefined,
        by: 'nothing: target health could not be had',
        targetHealthFailures: 1,
      });
    }));

  it('InService has to do from the third failure in a row on', () =>
    handling(away, async (app) => {
      createWeb(app, { instances: 2 });
      const { by, instanceIds, targetHealthFailures } = await servingOf(app, 2);
      expect([by, instanceIds?.size]).toEqual(['InService: target health could not be had', 2]);
      expect(targetHealthFailures).toBe(3);
    }));

  it('an answer ends the row', () =>
    handling({}, async (app) => {
      createWeb(app, { instances: 2 });
      expect((await servingOf(app, 2)).targetHealthFailures).toBe(0);
    }));
});

const notInUse = { State: 'unused', Reason: 'Target.NotInUse' } as const;

async function servingOf(
  { clients: { autoScaling, loadBalancing }, time }: InProcessApp,
  failuresBefore = 0,
  changes: Partial<GroupSnapshot> = {},
): Promise<Serving> {
  const group = await time.runUntilSettled(busy(() => describeGroup(autoScaling, 'web')));
  if (!group) throw new Error('There is no group.');
  return time.runUntilSettled(busy(() => servingIn(loadBalancing, { ...group, ...changes }, failuresBefore)));
}

/** Keeps the parameters of DescribeTargetHealth that name targets. */
function namedTargets(): { readonly intercept: Intercept; readonly named: string[] } {
  const named: string[] = [];
  const intercept: Intercept = ({ action, parameters }) => {
    if (action === 'DescribeTargetHealth') named.push(...Object.keys(parameters).filter((key) => /^Targets/.test(key)));
    return undefined;
  };
  return { intercept, named };
}
