import { describe, expect, it } from 'vitest';
import { judge } from '../../simulator/guarantees.ts';
import type { DetachmentRecord, ExecutionRecord, GroupRecord, RunRecord } from '../../simulator/run-record.ts';

describe('guarantees', () => {
  it('are kept by a run in which a replacement serves before the only instance leaves', () => {
    expect(broken(run({}))).toEqual([]);
  });

  it('G1 is broken where an instance is detached after its time', () => {
    expect(broken(run({ detachments: [detachment({ atSeconds: 90.1 })] }))).toEqual(['G1']);
  });

  it('G1 is broken where an instance is not detached at all', () => {
    expect(broken(run({ detachments: [] }))).toEqual(['G1']);
  });

  it('G1 is broken where the execution fails', () => {
    expect(broken(run({ executions: [execution({ status: 'FAILED', finalState: 'HandlingFailed' })] }))).toEqual([
      'G1',
    ]);
  });

  it('G2 is broken where DesiredCapacity was lowered, even for a moment', () => {
    const desiredChanges = [
      { atSeconds: 1, from: 2, to: 1 },
      { atSeconds: 2, from: 1, to: 2 },
    ];
    expect(broken(run({ group: { desiredBefore: 2, desiredAfter: 2 }, desiredChanges }))).toEqual(['G2']);
  });

  it.each([1, 3])('G3 is broken where DesiredCapacity was 2 and ends as %i', (desiredAfter) => {
    expect(broken(run({ group: { desiredBefore: 2, desiredAfter } }))).toEqual(['G3']);
  });

  it('G3 lets DesiredCapacity end too high by a raise that faults kept from being taken back', () => {
    const executions = [execution({ scaledOut: true, decremented: false })];
    expect(broken(run({ faults: true, executions, group: { desiredAfter: 2 } }))).toEqual([]);
  });

  it('G3 is broken where it ends too high although all raises were taken back, faults or not', () => {
    const executions = [execution({ scaledOut: true, decremented: true })];
    expect(broken(run({ faults: true, executions, group: { desiredAfter: 2 } }))).toEqual(['G3']);
  });

  it('G3 is broken where a raise was not taken back although nothing failed', () => {
    const executions = [execution({ scaledOut: true, decremented: false })];
    expect(broken(run({ executions, group: { desiredAfter: 2 } }))).toEqual(['G3']);
  });

  it('G4 is broken where an instance leaves early while no peer serves', () => {
    expect(broken(run({ detachments: [detachment({ servingPeers: 0 })] }))).toEqual(['G4']);
  });

  it('G4 is broken where nobody served for a while', () => {
    expect(broken(run({ group: { minServing: 0 } }))).toEqual(['G4']);
  });

  it('G4 lets an instance leave at the last moment where no replacement could serve in time', () => {
    const detachments = [detachment({ atSeconds: 86, servingPeers: 0 })];
    expect(broken(run({ detachments, replacementSeconds: 160, group: { minServing: 0 } }))).toEqual([]);
  });

  it('G4 is broken where no peer serves at the last moment although a replacement could', () => {
    expect(broken(run({ detachments: [detachment({ atSeconds: 86, servingPeers: 0 })] }))).toEqual(['G4']);
  });

  it('G4 is broken where it leaves early although no replacement could serve in time', () => {
    const detachments = [detachment({ atSeconds: 20, servingPeers: 0 })];
    expect(broken(run({ detachments, replacementSeconds: 160, group: { minServing: 0 } }))).toEqual(['G4']);
  });

  it('G4 and G5 let an instance give way at MaxSize', () => {
    const detachments = [detachment({ atSeconds: 1, servingPeers: 0, expectedPeers: 0 })];
    expect(broken(run({ detachments, group: { maxSize: 1, minServing: 0 } }))).toEqual([]);
  });

  it('G5 is broken where a second one gives way although a peer is on its way', () => {
    const detachments = [detachment({ atSeconds: 1, servingPeers: 0, expectedPeers: 1 })];
    expect(broken(run({ detachments, group: { maxSize: 1, minServing: 0 } }))).toContain('G5');
  });

  it('G5 is broken where DesiredCapacity is above MaxSize', () => {
    expect(broken(run({ desiredChanges: [{ atSeconds: 1, from: 3, to: 4 }] }))).toEqual(['G5']);
  });

  it('G6 is broken where two executions handled one instance', () => {
    const withoutRaise = execution({ scaledOut: false, decremented: false });
    expect(broken(run({ executions: [withoutRaise, withoutRaise] }))).toEqual(['G6']);
  });

  it('G6 is broken where the group was raised twice for one instance', () => {
    expect(broken(run({ executions: [execution({}), execution({ finalState: 'AlreadyDetached' })] }))).toEqual(['G6']);
  });

  it('G6 is kept where the others found a duplicate', () => {
    expect(
      broken(
        run({
          executions: [
            execution({}),
            execution({ finalState: 'DuplicateNotice', scaledOut: false, decremented: false }),
          ],
        }),
      ),
    ).toEqual([]);
  });

  it('G7 is broken where an instance that is not ours is detached', () => {
    expect(broken(run({ managed: false, executions: [notManaged] }))).toEqual(['G7']);
  });

  it('G7 is broken where the execution does not say why it left the instance alone', () => {
    const executions = [{ ...notManaged, reason: undefined }];
    expect(broken(run({ managed: false, executions, detachments: [] }))).toEqual(['G7']);
  });

  it('G7 is kept where an instance that is not ours is left alone, with a reason', () => {
    expect(broken(run({ managed: false, executions: [notManaged], detachments: [] }))).toEqual([]);
  });
});

function broken(record: RunRecord): string[] {
  return judge(record)
    .filter(({ violations }) => violations.length > 0)
    .map(({ guarantee }) => guarantee);
}

/** One of one, noticed at 0 s, replaced, and detached at 53 s. */
function run({
  managed = true,
  group = {},
  ...overrides
}: Partial<Omit<RunRecord, 'group'>> & { managed?: boolean; group?: Partial<GroupRecord> }): RunRecord {
  return {
    group: { ...oneOfOne, ...group },
    notices: [{ instanceId: 'i-1', atSeconds: 0, reclaimAtSeconds: 120, managed }],
    desiredChanges: [],
    detachments: [detachment({})],
    executions: [execution({})],
    requests: { sent: 1200, failed: 0 },
    apiCalls: {},
    settings: { minServingPeers: 1, drainSeconds: 30 },
    replacementSeconds: 53,
    faults: false,
    ...overrides,
  };
}

const oneOfOne: GroupRecord = {
  minSize: 1,
  maxSize: 3,
  weight: 1,
  instancesBefore: 1,
  desiredBefore: 1,
  desiredAfter: 1,
  minInService: 1,
  minServing: 1,
  peakDesired: 2,
};

function detachment(overrides: Partial<DetachmentRecord>): DetachmentRecord {
  return { instanceId: 'i-1', atSeconds: 53, servingPeers: 1, expectedPeers: 1, desired: 1, ...overrides };
}

function execution(overrides: Partial<ExecutionRecord>): ExecutionRecord {
  return {
    instanceId: 'i-1',
    status: 'SUCCEEDED',
    finalState: 'Handled',
    reason: undefined,
    scaledOut: true,
    decremented: true,
    stateTransitions: 40,
    ...overrides,
  };
}

const notManaged = execution({ finalState: 'NotManaged', reason: 'not in an Auto Scaling group', scaledOut: false });
