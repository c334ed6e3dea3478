import { describe, expect, it, test } from 'vitest';
import {
  type GroupInstance,
  type GroupSnapshot,
  phaseOf,
  snapshotOf,
} from '../../../functions/shared/group-snapshot.ts';
import type { GroupRecords, InterruptionRecord } from '../../../functions/shared/interruption-table.ts';
import { isShort, reckon } from '../../../functions/shared/reckoning.ts';

const me = 'i-00000000000000001';

describe('required peers', () => {
  it('asks for no more peers than the group had instances', () => {
    expect(reckonFor({ desired: 2, peers: ['in service'], minServingPeers: 3 }).requiredPeers).toBe(2);
  });

  it('asks for the configured peers of a larger group', () => {
    expect(reckonFor({ desired: 10, peers: ['in service'], minServingPeers: 3 }).requiredPeers).toBe(3);
  });

  it('does not count a raise as an instance that the group had', () => {
    const interrupted = { [me]: { raisedTo: 2 } };
    expect(reckonFor({ desired: 2, interrupted, minServingPeers: 3 }).requiredPeers).toBe(1);
  });

  it('leaves a raise aside that the snapshot is too old to show', () => {
    const interrupted = { [me]: { raisedTo: 2 } };
    expect(reckonFor({ desired: 1, interrupted }).requiredPeers).toBe(1);
  });

  it('counts a raise that nobody has settled, once DesiredCapacity shows it', () => {
    const pendingChange = { instanceId: me, from: 1, to: 2 };
    expect(reckonFor({ desired: 2, interrupted: { [me]: {} }, pendingChange, minServingPeers: 3 }).requiredPeers).toBe(
      1,
    );
  });

  it('does not count the raise of an instance that has left', () => {
    const interrupted = { 'i-0000000000000dead': { raisedTo: 1 } };
    expect(reckonFor({ desired: 1, interrupted }).requiredPeers).toBe(1);
  });

  it('asks nobody to stand in for an instance in Standby, which serves nobody', () => {
    expect(reckonFor({ desired: 1, self: 'standby' }).requiredPeers).toBe(0);
  });

  it('asks for nobody in a group that is scaled in to nothing', () => {
    expect(reckonFor({ desired: 0 }).requiredPeers).toBe(0);
  });

  it('counts a weighted group in instances', () => {
    expect(reckonFor({ desired: 4, weight: 2, minServingPeers: 5 }).requiredPeers).toBe(2);
  });
});

describe('peers', () => {
  test.each([
    // a peer that is …, counts as in service, counts as expected (in a group of two, so nothing is unlaunched)
    ['in service', 1, 1],
    ['pending', 0, 1],
  ] as const)('a peer %s: %i in service, %i expected', (phase, inService, expected) => {
    const report = reckonFor({ desired: 2, peers: [phase] });
    expect([report.inServicePeerIds.length, report.expectedPeers]).toEqual([inService, expected]);
  });

  test.each([
    // What does not count towards DesiredCapacity has its replacement coming.
    ['standby', 1],
    ['detaching', 1],
    ['terminating', 1],
    ['warm', 1],
  ] as const)('a peer %s does not serve, and the group launches another', (phase, expected) => {
    const report = reckonFor({ desired: 2, peers: [phase] });
    expect([report.inServicePeerIds.length, report.expectedPeers]).toEqual([0, expected]);
  });

  it('does not count on a peer that is interrupted itself', () => {
    const interrupted = { [me]: {}, [peerId(0)]: {} };
    expect(reckonFor({ desired: 2, peers: ['in service'], interrupted })).toMatchObject({
      inServicePeerIds: [],
      expectedPeers: 0,
    });
  });

  it('does not count on a peer that is unhealthy', () => {
    expect(reckonFor({ desired: 2, peers: ['in service'], healthy: false })).toMatchObject({
      inServicePeerIds: [],
      expectedPeers: 0,
    });
  });

  it('expects what is requested but not launched yet', () => {
    expect(reckonFor({ desired: 2 }).expectedPeers).toBe(1);
  });

  it('expects nothing to be launched while Launch is suspended', () => {
    expect(reckonFor({ desired: 2, canLaunch: false }).expectedPeers).toBe(0);
  });

  it('expects one instance for the capacity that one instance brings', () => {
    expect(reckonFor({ desired: 4, weight: 2 }).expectedPeers).toBe(1);
  });

  it('expects a replacement for a peer that gives way, before the snapshot shows that it left', () => {
    const interrupted = { [me]: {}, [peerId(0)]: { givingWay: true } };
    expect(reckonFor({ desired: 2, peers: ['in service'], interrupted }).expectedPeers).toBe(1);
  });

  it('expects nothing of its own giving way, so that a retry goes on with it', () => {
    expect(reckonFor({ desired: 1, interrupted: { [me]: { givingWay: true } } }).expectedPeers).toBe(0);
  });
});

describe('the instance itself', () => {
  test.each([
    ['in service', true],
    ['pending', true],
    ['standby', true],
    ['detaching', false],
    ['terminating', false],
    ['warm', false],
  ] as const)('%s: attached %s', (self, attached) => {
    expect(reckonFor({ desired: 1, self }).attached).toBe(attached);
  });

  it('is not attached to a group that is gone', () => {
    expect(reckon(undefined, records({}), me, 1)).toMatchObject({ attached: false, requiredPeers: 0 });
  });

  it('is reported as raised by its own record only', () => {
    const interrupted = { [me]: {}, [peerId(0)]: { raisedTo: 3 } };
    expect(reckonFor({ desired: 3, peers: ['in service'], interrupted }).raised).toBe(false);
  });
});

it('reports how far the group can be raised', () => {
  expect(reckonFor({ desired: 2, maxSize: 5 }).headroom).toBe(3);
});

it('is short when fewer are expected than required', () => {
  expect([isShort({ expectedPeers: 0, requiredPeers: 1 }), isShort({ expectedPeers: 1, requiredPeers: 1 })]).toEqual([
    true,
    false,
  ]);
});

describe('a DescribeAutoScalingGroups answer', () => {
  test.each([
    ['Pending', 'pending'],
    ['Pending:Wait', 'pending'],
    ['Pending:Proceed', 'pending'],
    ['Quarantined', 'pending'],
    ['InService', 'in service'],
    ['Terminating', 'terminating'],
    ['Terminating:Wait', 'terminating'],
    ['Terminating:Proceed', 'terminating'],
    ['Terminated', 'terminating'],
    ['Detaching', 'detaching'],
    ['Detached', 'detaching'],
    ['EnteringStandby', 'standby'],
    ['Standby', 'standby'],
    ['Warmed:Pending', 'warm'],
    ['Warmed:Running', 'warm'],
    ['Warmed:Terminating:Wait', 'warm'],
    ['ReplacingRootVolume', 'pending'],
    ['SomethingNew', 'pending'],
  ])('%s is %s', (lifecycleState, phase) => {
    expect(phaseOf(lifecycleState)).toBe(phase);
  });

  it('allows detaching InService and Standby instances only', () => {
    const states = ['Pending', 'InService', 'EnteringStandby', 'Standby', 'Terminating'] as const;
    const { instances } = snapshotOf({
      ...emptyAnswer,
      Instances: states.map((LifecycleState) => ({ ...answeredInstance, LifecycleState })),
    });
    expect(instances.map(({ detachable }) => detachable)).toEqual([false, true, false, true, false]);
  });

  it('reads the weight of an instance, 1 where there is none', () => {
    const { instances } = snapshotOf({
      ...emptyAnswer,
      Instances: [answeredInstance, { ...answeredInstance, WeightedCapacity: '4' }],
    });
    expect(instances.map(({ weight }) => weight)).toEqual([1, 4]);
  });

  it('knows that nothing is launched while Launch is suspended', () => {
    expect(snapshotOf({ ...emptyAnswer, SuspendedProcesses: [{ ProcessName: 'Launch' }] }).canLaunch).toBe(false);
  });
});

const emptyAnswer = {
  AutoScalingGroupName: 'web',
  MinSize: 0,
  MaxSize: 4,
  DesiredCapacity: 1,
  DefaultCooldown: 300,
  AvailabilityZones: [],
  HealthCheckType: 'EC2',
  CreatedTime: new Date(0),
};

const answeredInstance = {
  InstanceId: me,
  AvailabilityZone: 'us-east-2a',
  LifecycleState: 'InService',
  HealthStatus: 'Healthy',
  ProtectedFromScaleIn: false,
} as const;

interface World {
  readonly desired: number;
  readonly maxSize?: number;
  readonly self?: GroupInstance['phase'];
  readonly peers?: readonly GroupInstance['phase'][];
  /** Of the peers. */
  readonly healthy?: boolean;
  readonly weight?: number;
  readonly canLaunch?: boolean;
  readonly interrupted?: Readonly<Record<string, Partial<InterruptionRecord>>>;
  readonly pendingChange?: { readonly instanceId: string; readonly from: number; readonly to: number };
  readonly minServingPeers?: number;
}

function reckonFor({ minServingPeers = 1, ...world }: World) {
  return reckon(snapshot(world), records(world), me, minServingPeers);
}

function snapshot({
  desired,
  maxSize = 100,
  self = 'in service',
  peers = [],
  healthy = true,
  weight = 1,
  canLaunch = true,
}: World): GroupSnapshot {
  const instance = { detachable: true, weight };
  return {
    desiredCapacity: desired,
    minSize: 0,
    maxSize,
    canLaunch,
    targetGroupArns: [],
    instances: [
      { ...instance, instanceId: me, phase: self, healthy: true },
      ...peers.map((phase, index) => ({ ...instance, instanceId: peerId(index), phase, healthy })),
    ],
  };
}

function records({
  interrupted = { [me]: {} },
  pendingChange,
}: Pick<World, 'interrupted' | 'pendingChange'>): GroupRecords {
  const entries = Object.entries(interrupted).map(([instanceId, record]): [string, InterruptionRecord] => [
    instanceId,
    { takenBack: false, givingWay: false, ...record },
  ]);
  return { interruptions: new Map(entries), lease: pendingChange ? { pendingChange } : {} };
}

function peerId(index: number): string {
  return `i-1000000000000000${index}`;
}
