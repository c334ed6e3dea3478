import { describe, expect, it, test } from 'vitest';
import type { CapacityReport, Detached, DetachReason, HandlingState } from '../../../functions/shared/contract.ts';
import { GroupBusy, InterruptionTableUnavailable } from '../../../functions/shared/errors.ts';
import {
  ofCapacity,
  ofDetachment,
  ofLeaseError,
  ofNotice,
  ofScaleOut,
} from '../../../functions/shared/measurements.ts';
import { interruptionOf } from '../../support/functions.ts';

const interruption = {
  ...interruptionOf('i-1234567890abcdef0'),
  noticeAt: '2026-01-01T00:00:00.000Z',
  reclaimAt: '2026-01-01T00:02:00.000Z',
};
const state: HandlingState = { interruption };
const { autoScalingGroupName, executionArn, instanceId } = interruption;
const ids = { autoScalingGroupName, executionArn, instanceId };

describe('a notice', () => {
  it('is counted once it is known whose instance it names', () => {
    expect(ofNotice(interruption)).toEqual({ metrics: { NoticesReceived: 1 }, properties: ids });
  });

  it('that is left alone is counted with the reason', () => {
    const unmanaged = {
      managed: false,
      reason: 'not in an Auto Scaling group',
      executionArn,
      instanceId,
      instanceAction: 'terminate',
      noticeAt: interruption.noticeAt,
      reclaimAt: interruption.reclaimAt,
    } as const;
    expect(ofNotice(unmanaged)).toEqual({
      metrics: { NoticesReceived: 1, NotManaged: 1 },
      properties: { executionArn, instanceId, reason: 'not in an Auto Scaling group' },
    });
  });
});

test.each([
  ['the instance is still there', { attached: true, raised: false, raisePending: false }, {}],
  ['it is gone', { attached: false, raised: false, raisePending: false }, { AlreadyDetached: 1 }],
  ['it is gone, but its raise is to be taken back', { attached: false, raised: true, raisePending: false }, {}],
  ['it is gone, and its raise may be there', { attached: false, raised: false, raisePending: true }, {}],
])('a look at the group that finds that %s', (_, found, metrics) => {
  expect(ofCapacity({ ...report, ...found }, state)).toEqual({ metrics, properties: ids });
});

describe('a raise', () => {
  it('is counted', () => {
    const { metrics } = ofScaleOut({ raised: true, reason: 'raised', desiredCapacity: 2 }, state);
    expect(metrics).toEqual({ ScaleOuts: 1 });
  });

  it('that was made before is not counted again', () => {
    const { metrics } = ofScaleOut({ raised: true, reason: 'already raised', desiredCapacity: 2 }, state);
    expect(metrics).toEqual({});
  });

  it('of a dry run is the end of the handling', () => {
    expect(ofScaleOut({ raised: true, reason: 'raised', desiredCapacity: 2, dryRun: true }, state)).toEqual({
      metrics: { ScaleOuts: 1, Handled: 1 },
      properties: { ...ids, dryRun: true },
    });
  });
});

describe('a detach', () => {
  const times = { SecondsToDetach: 25.5, SecondsBeforeReclaim: 94.5 };

  test.each<[DetachReason, object]>([
    ['peers serve', { DetachedPeersServe: 1, ...times }],
    ['deadline', { DetachedAtDeadline: 1, CapacityAtRisk: 1, ...times }],
    ['capacity unknown', { DetachedCapacityUnknown: 1, CapacityAtRisk: 1, ...times }],
    ['gave way at MaxSize', { GaveWayAtMaxSize: 1, ...times }],
    ['was gone already', { WasGoneAlready: 1 }],
  ])('because of "%s"', (reason, metrics) => {
    expect(ofDetachment({ ...detached, reason }, interruption)).toEqual({
      metrics: { Handled: 1, ...metrics },
      properties: { ...ids, reason },
    });
  });

  it('of a dry run is marked so', () => {
    expect(ofDetachment({ ...detached, dryRun: true }, interruption).properties).toMatchObject({ dryRun: true });
  });

  it('that another instance made unnecessary is not counted', () => {
    expect(ofDetachment({ detached: false, reason: 'another instance gave way' }, interruption).metrics).toEqual({});
  });
});

test.each([
  [new GroupBusy('held'), { LeaseWaits: 1 }],
  [new InterruptionTableUnavailable('away'), {}],
  ['a string', {}],
])('of the error %s', (error, metrics) => {
  expect(ofLeaseError(error, interruption)).toEqual({ metrics, properties: ids });
});

const report: CapacityReport = {
  observedAt: interruption.noticeAt,
  nextCheckAt: interruption.noticeAt,
  attached: true,
  detachable: true,
  desiredCapacity: 1,
  minSize: 1,
  maxSize: 2,
  headroom: 1,
  canLaunch: true,
  requiredPeers: 1,
  inServicePeers: 0,
  servingPeers: 0,
  expectedPeers: 0,
  targetHealthFailures: 0,
  raised: false,
  raisePending: false,
};

const detached: Detached = {
  detached: true,
  detachedAt: '2026-01-01T00:00:25.500Z',
  secondsBeforeReclaim: 94.5,
  decremented: false,
  reason: 'peers serve',
};
