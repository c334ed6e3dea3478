import type { CapacityReport } from './contract.ts';
import type { GroupInstance, GroupSnapshot } from './group-snapshot.ts';
import type { GroupRecords } from './interruption-table.ts';

/** The part of the report that follows from one look at the group and at the table. */
export type Reckoning = Omit<
  CapacityReport,
  'observedAt' | 'nextCheckAt' | 'servingPeers' | 'targetHealthFailures' | 'inServicePeers'
> & { readonly inServicePeerIds: readonly string[] };

/**
 * Reckons what the group has and will have for users once the instance is gone, from a snapshot of the group and the
 * recorded interruptions. Pure: the heart of the handler.
 */
export function reckon(
  group: GroupSnapshot | undefined,
  records: GroupRecords,
  instanceId: string,
  minServingPeers: number,
): Reckoning {
  if (!group) return reckoningOfNoGroup(records, instanceId);
  const self = group.instances.find((instance) => instance.instanceId === instanceId);
  const peers = group.instances.filter((instance) => isPeer(instance, instanceId, records));
  const weight = self?.weight ?? 1;
  const requested = group.canLaunch ? Math.ceil(unlaunchedCapacity(group, records, instanceId) / weight) : 0;
  return {
    attached: self !== undefined && isPresent(self),
    detachable: self?.detachable ?? false,
    desiredCapacity: group.desiredCapacity,
    minSize: group.minSize,
    maxSize: group.maxSize,
    headroom: group.maxSize - group.desiredCapacity,
    canLaunch: group.canLaunch,
    requiredPeers: self?.phase === 'standby' ? 0 : Math.min(minServingPeers, usualInstances(group, records, weight)),
    inServicePeerIds: peers.filter(({ phase }) => phase === 'in service').map((peer) => peer.instanceId),
    expectedPeers: peers.length + requested,
    ...raiseOf(records, instanceId),
  };
}

/** Fewer peers are in service, pending or requested than have to serve: somebody has to launch one. */
export function isShort({ expectedPeers, requiredPeers }: Pick<Reckoning, 'expectedPeers' | 'requiredPeers'>): boolean {
  return expectedPeers < requiredPeers;
}

function reckoningOfNoGroup(records: GroupRecords, instanceId: string): Reckoning {
  return {
    attached: false,
    detachable: false,
    desiredCapacity: 0,
    minSize: 0,
    maxSize: 0,
    headroom: 0,
    canLaunch: false,
    requiredPeers: 0,
    inServicePeerIds: [],
    expectedPeers: 0,
    ...raiseOf(records, instanceId),
  };
}

function raiseOf(records: GroupRecords, instanceId: string) {
  return {
    raised: records.interruptions.get(instanceId)?.raisedTo !== undefined,
    raisePending: records.lease.pendingChange?.instanceId === instanceId,
  };
}

/** Serves, or will serve, and nobody is taking it: Standby and warm instances serve nobody. */
function isPeer(instance: GroupInstance, instanceId: string, records: GroupRecords): boolean {
  return (
    instance.instanceId !== instanceId &&
    (instance.phase === 'in service' || instance.phase === 'pending') &&
    instance.healthy &&
    !records.interruptions.has(instance.instanceId)
  );
}

function isPresent({ phase }: GroupInstance): boolean {
  return phase !== 'detaching' && phase !== 'terminating' && phase !== 'warm';
}

function isNotDetached({ phase }: GroupInstance): boolean {
  return phase !== 'detaching';
}

/** Capacity that the group is going to launch. An instance that is giving way has left, even if the snapshot is older. */
function unlaunchedCapacity(group: GroupSnapshot, records: GroupRecords, instanceId: string): number {
  const present = group.instances.filter(
    (instance) =>
      (instance.phase === 'in service' || instance.phase === 'pending') &&
      (instance.instanceId === instanceId || !records.interruptions.get(instance.instanceId)?.givingWay),
  );
  return Math.max(0, group.desiredCapacity - total(present.map(({ weight }) => weight)));
}

/** How many instances like this one the group had before any of the raises that are still in DesiredCapacity. */
function usualInstances(group: GroupSnapshot, records: GroupRecords, weight: number): number {
  return Math.max(0, Math.ceil((group.desiredCapacity - outstandingRaises(group, records)) / weight));
}

/** A raise counts once the snapshot shows it, and until its instance is detached, which takes it back. */
function outstandingRaises(group: GroupSnapshot, records: GroupRecords): number {
  const { pendingChange } = records.lease;
  const raises = group.instances.filter(isNotDetached).map(({ instanceId, weight }) => {
    const pendingTo = pendingChange?.instanceId === instanceId ? pendingChange.to : undefined;
    const raisedTo = records.interruptions.get(instanceId)?.raisedTo ?? pendingTo;
    return raisedTo !== undefined && raisedTo <= group.desiredCapacity ? weight : 0;
  });
  return total(raises);
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
