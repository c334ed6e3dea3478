import { describe, expect, it, test } from 'vitest';
import type { CapacityReport, Detachment, HandlingState, LeaveReason } from '../../../functions/shared/contract.ts';
import { GroupBusy, InterruptionTableUnavailable } from '../../../functions/shared/errors.ts';
import { timestamp } from '../../../functions/shared/timestamps.ts';
import {
  ofCapacity,
  ofDetachment,
  ofLeaseError,
  ofNotice,
  ofScaleOut,
} from '../../../functions/telemetry/measurements.ts';
import { interruptionOf } from '../../support/functions.ts';
import { groupNumbers, leftNow, reportOf } from '../../support/reports.ts';

const noticedAt = Date.parse('2026-01-01T00:00:00.000Z');
const interruption = interruptionOf('i-1234567890abcdef0', noticedAt);
const state: HandlingState = { interruption };
const { autoScalingGroupName, executionArn, instanceId } = interruption;
const ids = { autoScalingGroupName, executionArn, instanceId };
/** Of the own execution, 25.5 s after the notice. */
const left = leftNow({ at: timestamp(noticedAt + 25_500), by: executionArn });
const times = { SecondsToLeave: 25.5, SecondsBeforeReclaim: 94.5 };

describe('a notice', () => {
  it('is counted once it is known whose instance it names', () => {
    expect(ofNotice(interruption)).toEqual({ metrics: { NoticesReceived: 1 }, properties: ids });
  });

  it('that is left alone is counted with the reason', () => {
    const { instanceAction, noticeAt, reclaimAt, signal } = interruption;
    const reason = 'not in an Auto Scaling group';
    const notice = { executionArn, instanceId, signal, instanceAction, noticeAt, reclaimAt };
    expect(ofNotice({ managed: false, reason, ...notice })).toEqual({
      metrics: { NoticesReceived: 1, NotManaged: 1 },
      properties: { executionArn, instanceId, reason },
    });
  });

  it('counts the tags of the group that cannot be read', () => {
    expect(ofNotice({ ...interruption, unreadableTags: ['a', 'b'] }).metrics).toEqual({
      NoticesReceived: 1,
      UnreadableTags: 2,
    });
  });
});

describe('a look at the group', () => {
  test.each<[string, Partial<CapacityReport>, object]>([
    ['finds the instance still there', { attached: true }, {}],
    ['finds it gone', { attached: false }, { AlreadyDetached: 1 }],
    ['finds it gone, but its raise to be taken back', { attached: false, changeBy: -1 }, {}],
    ['finds it gone, but the ledger open', { attached: false, unsettled: 1 }, {}],
    [
      'finds it taken along by another execution',
      { attached: false, left: { ...left, by: 'another execution' } },
      { Handled: 1, LeftWithFloorHeld: 1, TakenAlong: 1, ...times },
    ],
    [
      'finds it taken out by a call of its own whose answer was lost',
      { attached: false, left },
      { Handled: 1, LeftWithFloorHeld: 1, ...times },
    ],
  ])('that %s', (_, report, metrics) => {
    expect(ofCapacity(reportOf(report), state).metrics).toEqual(metrics);
  });

  it('does not measure again what the look before has measured', () => {
    const report = reportOf({ attached: false, left });
    expect(ofCapacity(report, { ...state, capacity: report }).metrics).toEqual({});
  });

  it('counts once that the shutdown command failed', () => {
    const report = reportOf({ attached: false, left, shutdownFailureCounted: true });
    const before = { ...state, detachment: detachment() };
    expect(ofCapacity(report, before).metrics).toEqual({ ShutdownCommandsFailed: 1 });
    expect(ofCapacity(report, { ...before, capacity: report }).metrics).toEqual({});
  });

  it('does not measure again what DetachInstances has measured', () => {
    expect(ofCapacity(reportOf({ attached: false, left }), { ...state, detachment: detachment() }).metrics).toEqual({});
  });
});

describe('a raise', () => {
  it('is counted', () => {
    expect(ofScaleOut({ from: 1, to: 2 }, state)).toEqual({ metrics: { ScaleOuts: 1 }, properties: ids });
  });

  it('that is taken back is not counted', () => {
    expect(ofScaleOut({ from: 2, to: 1 }, state).metrics).toEqual({});
  });

  it('that MaxSize cut short counts what has no replacement on its way', () => {
    const capacity = reportOf({ group: groupNumbers({ noHeadroom: 3 }) });
    expect(ofScaleOut({ from: 1, to: 2 }, { ...state, capacity }).metrics).toEqual({ ScaleOuts: 1, NoHeadroom: 3 });
  });

  it('of a dry run is the end of the handling', () => {
    expect(ofScaleOut({ from: 1, to: 2, dryRun: true }, state)).toEqual({
      metrics: { ScaleOuts: 1, Handled: 1 },
      properties: { ...ids, dryRun: true },
    });
  });
});

describe('an instance that left', () => {
  test.each<[LeaveReason, object]>([
    ['the floor holds without it', { LeftWithFloorHeld: 1, ...times }],
    ['deadline', { LeftAtDeadline: 1, CapacityAtRisk: 1, ...times }],
    ['capacity unknown', { LeftCapacityUnknown: 1, CapacityAtRisk: 1, ...times }],
    ['gave way at MaxSize', { GaveWayAtMaxSize: 1, ...times }],
    ['gave way, its raise was void', { GaveWayVoidRaise: 1, ...times }],
    ['was gone already', { WasGoneAlready: 1 }],
  ])('because of "%s"', (reason, metrics) => {
    expect(ofDetachment(detachment({ how: { ...left, reason } }), state)).toEqual({
      metrics: { Handled: 1, ...metrics },
      properties: { ...ids, reason },
    });
  });

  it('in a dry run is marked so', () => {
    expect(ofDetachment(detachment({ dryRun: true }), state).properties).toMatchObject({ dryRun: true });
  });

  it('together with others is measured by its own execution only', () => {
    const others: Detachment = { left: false, instanceIds: ['i-another'], unsettled: 0 };
    expect(ofDetachment(others, state)).toEqual({ metrics: {}, properties: ids });
  });
});

describe('a wave at MaxSize', () => {
  const wave = (noHeadroom: number) => {
    const leaving = { instanceId, weight: 1, decrement: false, reason: 'gave way at MaxSize' } as const;
    return { ...state, capacity: reportOf({ leave: [leaving], group: groupNumbers({ noHeadroom }) }) };
  };

  it('counts what has no replacement on its way, by whomever it was made', () => {
    const others: Detachment = { left: false, instanceIds: [instanceId], unsettled: 0 };
    expect(ofDetachment(others, wave(4)).metrics).toEqual({ NoHeadroom: 4 });
  });

  it('counts nothing where nobody of it left', () => {
    const nobody: Detachment = { left: false, instanceIds: [], unsettled: 0 };
    expect(ofDetachment(nobody, wave(4)).metrics).toEqual({});
  });

  it('counts nothing where it is not MaxSize that kept the raise from being made', () => {
    const others: Detachment = { left: false, instanceIds: [instanceId], unsettled: 0 };
    expect(ofDetachment(others, wave(0)).metrics).toEqual({});
  });
});

test.each([
  [new GroupBusy('held'), { LeaseWaits: 1 }],
  [new InterruptionTableUnavailable('away'), {}],
  ['a string', {}],
])('of the error %s', (error, metrics) => {
  expect(ofLeaseError(error, ids)).toEqual({ metrics, properties: ids });
});

function detachment(changes: Partial<Detachment> = {}): Detachment {
  return { left: true, how: left, instanceIds: [instanceId], unsettled: 0, ...changes };
}
