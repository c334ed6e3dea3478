import { describe, expect, it } from 'vitest';
import type { CapacityReport } from '../../../functions/shared/contract.ts';
import { recorded, withFunctions } from '../../support/functions.ts';
import { createWeb, failing, instanceId } from '../../support/handling.ts';

it('reports the group as it is', () =>
  withFunctions({}, async (functions) => {
    const group = createWeb(functions.app, { instances: 3, minSize: 1, maxSize: 5 });
    expect(await functions.settled(functions.checkCapacity(await recorded(functions, group)))).toMatchObject({
      attached: true,
      detachable: true,
      desiredCapacity: 3,
      minSize: 1,
      maxSize: 5,
      headroom: 2,
      canLaunch: true,
      requiredPeers: 1,
      inServicePeers: 2,
      servingPeers: 2,
      expectedPeers: 2,
      raised: false,
      raisePending: false,
    });
  }));

it('reports an instance that is gone as not attached', () =>
  withFunctions({}, async (functions) => {
    const group = createWeb(functions.app, { instances: 2 });
    const state = await recorded(functions, group);
    group.detachInstances([instanceId(group)], { decrement: true });
    expect(await functions.settled(functions.checkCapacity(state))).toMatchObject({ attached: false });
  }));

it('does not count on a peer whose interruption was recorded', () =>
  withFunctions({}, async (functions) => {
    const group = createWeb(functions.app, { instances: 2 });
    await recorded(functions, group, 1);
    const report = await functions.settled(functions.checkCapacity(await recorded(functions, group, 0)));
    expect(report).toMatchObject({ servingPeers: 0, expectedPeers: 0 });
  }));

describe('target health', () => {
  it('makes the difference between InService and serving', () =>
    withFunctions({}, async (functions) => {
      const { app, checkCapacity, settled } = functions;
      const group = createWeb(app, { launchSeconds: 5 }, { healthCheckSeconds: 60 });
      group.setDesiredCapacity(2);
      await app.time.runFor(20_000);
      expect(await settled(checkCapacity(await recorded(functions, group)))).toMatchObject({
        inServicePeers: 1,
        servingPeers: 0,
      });
    }));

  it('has to be given in each target group', () =>
    withFunctions({}, async (functions) => {
      const { app, checkCapacity, settled } = functions;
      const quick = app.aws.createTargetGroup({ name: 'quick', healthCheckSeconds: 1 });
      const slow = app.aws.createTargetGroup({ name: 'slow', healthCheckSeconds: 60 });
      const group = app.aws.createGroup({
        name: 'web',
        instances: 1,
        maxSize: 4,
        launchSeconds: 5,
        targetGroups: [quick, slow],
      });
      group.setDesiredCapacity(2);
      await app.time.runFor(20_000);
      expect(await settled(checkCapacity(await recorded(functions, group)))).toMatchObject({
        inServicePeers: 1,
        servingPeers: 0,
      });
    }));

  it('is not asked for while too few peers are InService for the answer to matter', () =>
    withFunctions({}, async (functions) => {
      const state = await recorded(functions, createWeb(functions.app, {}));
      await functions.settled(functions.checkCapacity(state));
      expect(functions.app.aws.apiCalls).not.toHaveProperty('DescribeTargetHealth');
    }));

  it('is not asked for in a group without target groups', () =>
    withFunctions({}, async (functions) => {
      const group = functions.app.aws.createGroup({ name: 'web', instances: 2, maxSize: 4 });
      const report = await functions.settled(functions.checkCapacity(await recorded(functions, group)));
      expect(report.servingPeers).toBe(1);
      expect(functions.app.aws.apiCalls).not.toHaveProperty('DescribeTargetHealth');
    }));

  it('that cannot be had leaves nobody serving, until the third failure in a row', () =>
    withFunctions({ intercept: failing('DescribeTargetHealth', { kind: 'internal' }) }, async (functions) => {
      const state = await recorded(functions, createWeb(functions.app, { instances: 2 }));
      const reports: CapacityReport[] = [];
      for (let look = 0; look < 3; look += 1) {
        const previous = reports.at(-1);
        const input = previous ? { ...state, capacity: previous } : state;
        reports.push(await functions.settled(functions.checkCapacity(input)));
      }
      expect(reports.map(({ servingPeers }) => servingPeers)).toEqual([0, 0, 1]);
    }));
});

it('fails where the table cannot be read, rather than count on everybody', () =>
  withFunctions({}, async (functions) => {
    const state = await recorded(functions, createWeb(functions.app, { instances: 2 }));
    functions.app.dynamoDb.setIntercept(() => ({ kind: 'internal' }));
    await expect(functions.settled(functions.checkCapacity(state))).rejects.toMatchObject({
      name: 'InterruptionTableUnavailable',
    });
  }));
