import {
  type AutoScalingClient,
  AutoScalingServiceException,
  ResourceContentionFault,
} from '@aws-sdk/client-auto-scaling';
import { GroupBusy, InstanceNotDetachable, NoAnswerInTime } from './errors.ts';
import { describeGroup, type GroupSnapshot } from './group-snapshot.ts';
import {
  type GroupRecords,
  type InterruptionTable,
  type LeaseRecord,
  leaseKey,
  type PendingChange,
} from './interruption-table.ts';
import { withinSeconds } from './within-seconds.ts';

/** Longer than the functions' timeout (10 s): a holder that was killed cannot act any more when its lease lapses. */
const leaseSeconds = 15;

/** How old an answer of DescribeAutoScalingGroups may be. Its reads are eventually consistent; seconds were seen. */
const staleReadSeconds = 5;

/** A record and a lease are of no use to anybody after that. */
const keptSeconds = 3600;

export interface LeaseServices {
  readonly autoScaling: AutoScalingClient;
  readonly table: InterruptionTable;
}

export interface Outcome {
  /** DesiredCapacity is now what the change says. */
  readonly tookEffect: boolean;
}

/** A group as its lease's holder sees it: nothing pending, and no older than the last change of DesiredCapacity. */
export interface LeasedGroup {
  /** Undefined where the group does not exist any more. */
  readonly snapshot: GroupSnapshot | undefined;
  readonly records: GroupRecords;
  /**
   * Changes DesiredCapacity for an instance by calling `act`, so that the outcome will be known even if nobody lives to
   * see it. `act` answers what it did; where it throws, the outcome is open unless the service refused.
   */
  changeDesiredCapacity<T extends Outcome>(change: PendingChange, act: () => Promise<T>): Promise<T>;
  /** Notes that the instance is about to leave without a decrement, so that the group launches another. */
  noteGivingWay(instanceId: string): Promise<void>;
}

/**
 * Runs `act` while nobody else changes the group: SetDesiredCapacity is absolute and has no compare-and-set, so reading,
 * raising and taking back must not interleave. A retry of the same execution may take its own lease again.
 *
 * It gives up after `patienceSeconds`, and then changes nothing any more that it has not begun.
 *
 * @throws GroupBusy when another execution holds the lease, or when the outcome of an earlier change does not show yet.
 * @throws InterruptionTableUnavailable; NoAnswerInTime
 */
export async function withGroupLease<T>(
  services: LeaseServices,
  autoScalingGroupName: string,
  holder: string,
  act: (group: LeasedGroup) => Promise<T>,
  patienceSeconds = leaseSeconds,
): Promise<T> {
  const lease = new GroupLease(services, autoScalingGroupName, holder, Date.now() + patienceSeconds * 1000);
  return await withinSeconds(patienceSeconds, actUnder(lease, act));
}

async function actUnder<T>(lease: GroupLease, act: (group: LeasedGroup) => Promise<T>): Promise<T> {
  await lease.acquire();
  try {
    return await act(await lease.observe());
  } finally {
    // Nothing depends on it: a lease that is not given back lapses.
    await lease.release().catch(() => undefined);
  }
}

/** What became of a pending change, as far as a snapshot can tell. */
export function outcomeOf(
  change: PendingChange,
  lease: LeaseRecord,
  desiredCapacity: number,
  nowMilliseconds: number,
): 'took effect' | 'did not take effect' | 'unknown' {
  const isRaise = change.to > change.from;
  if (isRaise ? desiredCapacity >= change.to : desiredCapacity <= change.to) return 'took effect';
  return isOlderThanAnyRead(lease, nowMilliseconds) ? 'did not take effect' : 'unknown';
}

/** Whether a snapshot with this DesiredCapacity was taken after the last change under the lease. */
export function showsLastChange(lease: LeaseRecord, desiredCapacity: number, nowMilliseconds: number): boolean {
  return lease.settledDesiredCapacity === desiredCapacity || isOlderThanAnyRead(lease, nowMilliseconds);
}

function isOlderThanAnyRead(lease: LeaseRecord, nowMilliseconds: number): boolean {
  const changedAt = lease.changedAtMilliseconds ?? Number.NEGATIVE_INFINITY;
  return nowMilliseconds - changedAt >= staleReadSeconds * 1000;
}

class GroupLease {
  readonly #services: LeaseServices;
  readonly #group: string;
  readonly #holder: string;
  readonly #givenUpAtMilliseconds: number;

  constructor(services: LeaseServices, group: string, holder: string, givenUpAtMilliseconds: number) {
    this.#services = services;
    this.#group = group;
    this.#holder = holder;
    this.#givenUpAtMilliseconds = givenUpAtMilliseconds;
  }

  async acquire(): Promise<void> {
    const now = Date.now();
    const acquired = await this.#services.table.update(this.#group, {
      instanceId: leaseKey,
      update: 'SET holder = :holder, heldUntilMilliseconds = :until, expiresAt = :expiresAt',
      condition: 'attribute_not_exists(holder) OR holder = :holder OR heldUntilMilliseconds < :now',
      values: {
        ':holder': this.#holder,
        ':until': now + leaseSeconds * 1000,
        ':now': now,
        ':expiresAt': expiresAtSeconds(now),
      },
    });
    if (!acquired) throw new GroupBusy(`Another execution holds the lease of ${this.#group}: look again later.`);
  }

  async release(): Promise<void> {
    await this.#update('REMOVE holder, heldUntilMilliseconds', {});
  }

  async observe(): Promise<LeasedGroup> {
    const { autoScaling, table } = this.#services;
    const [snapshot, records] = await Promise.all([describeGroup(autoScaling, this.#group), table.read(this.#group)]);
    if (!snapshot) return this.#leasedGroup(snapshot, records);
    const { pendingChange } = records.lease;
    if (pendingChange) {
      await this.#settle(pendingChange, records.lease, snapshot);
      return this.#leasedGroup(snapshot, await table.read(this.#group));
    }
    if (!showsLastChange(records.lease, snapshot.desiredCapacity, Date.now())) {
      throw new GroupBusy(`${this.#group} does not show its last change of DesiredCapacity yet: look again later.`);
    }
    return this.#leasedGroup(snapshot, records);
  }

  #leasedGroup(snapshot: GroupSnapshot | undefined, records: GroupRecords): LeasedGroup {
    return {
      snapshot,
      records,
      changeDesiredCapacity: (change, act) => this.#changeDesiredCapacity(change, act),
      noteGivingWay: (instanceId) => this.#noteGivingWay(instanceId),
    };
  }

  async #settle(change: PendingChange, lease: LeaseRecord, { desiredCapacity }: GroupSnapshot): Promise<void> {
    const outcome = outcomeOf(change, lease, desiredCapacity, Date.now());
    if (outcome === 'unknown') {
      throw new GroupBusy(`It does not show yet whether ${this.#group} was set to ${change.to}: look again later.`);
    }
    if (outcome === 'took effect') await this.#noteOnRecord(change);
    await this.#clearPending(desiredCapacity);
  }

  async #changeDesiredCapacity<T extends Outcome>(change: PendingChange, act: () => Promise<T>): Promise<T> {
    await this.#update(
      'SET pendingInstanceId = :instanceId, pendingFrom = :from, pendingTo = :to, changedAtMilliseconds = :now ' +
        'REMOVE settledDesiredCapacity',
      { ':instanceId': change.instanceId, ':from': change.from, ':to': change.to, ':now': Date.now() },
    );
    this.#refuseWhenGivenUp();
    const outcome = await act().catch(async (error: unknown) => {
      if (wasRefused(error)) await this.#clearPending(change.from);
      throw error;
    });
    // What cannot be noted now stays pending, and is settled by whoever takes the lease next.
    await this.#noteOutcome(change, outcome).catch(() => undefined);
    return outcome;
  }

  #refuseWhenGivenUp(): void {
    if (Date.now() < this.#givenUpAtMilliseconds) return;
    throw new NoAnswerInTime(`The lease of ${this.#group} came too late to change anything under it.`);
  }

  async #noteOutcome(change: PendingChange, { tookEffect }: Outcome): Promise<void> {
    if (tookEffect) await this.#noteOnRecord(change);
    await this.#clearPending(tookEffect ? change.to : change.from);
  }

  /** The other half of a change, on the record of its instance: a raise is owed back, a lowering has paid it. */
  async #noteOnRecord({ instanceId, from, to }: PendingChange): Promise<void> {
    const isRaise = to > from;
    await this.#services.table.update(this.#group, {
      instanceId,
      update: isRaise
        ? 'SET raisedTo = :to, raiseExpiresAt = :expiresAt'
        : 'SET takenBack = :true REMOVE raisedTo, raiseExpiresAt',
      condition: 'attribute_exists(executionArn)',
      values: isRaise ? { ':to': to, ':expiresAt': expiresAtSeconds(Date.now()) } : { ':true': true },
    });
  }

  async #clearPending(desiredCapacity: number): Promise<void> {
    await this.#update(
      'SET settledDesiredCapacity = :desiredCapacity REMOVE pendingInstanceId, pendingFrom, pendingTo',
      { ':desiredCapacity': desiredCapacity },
    );
  }

  async #noteGivingWay(instanceId: string): Promise<void> {
    await this.#services.table.update(this.#group, {
      instanceId,
      update: 'SET givingWay = :true',
      condition: 'attribute_exists(executionArn)',
      values: { ':true': true },
    });
  }

  /** @throws GroupBusy when the lease was lost, so that a holder that was too slow does not go on. */
  async #update(update: string, values: Record<string, string | number>): Promise<void> {
    const isStillHeld = await this.#services.table.update(this.#group, {
      instanceId: leaseKey,
      update,
      condition: 'holder = :holder',
      values: { ...values, ':holder': this.#holder },
    });
    if (!isStillHeld) throw new GroupBusy(`The lease of ${this.#group} was lost to another execution: look again.`);
  }
}

/**
 * The service answered that it did nothing: HTTP 4xx, or ResourceContention, which comes as a server's fault but means
 * that another update is pending. Any other failure leaves open whether the call took effect.
 */
function wasRefused(error: unknown): boolean {
  if (error instanceof InstanceNotDetachable || error instanceof ResourceContentionFault) return true;
  return error instanceof AutoScalingServiceException && error.$fault === 'client';
}

function expiresAtSeconds(nowMilliseconds: number): number {
  return Math.ceil(nowMilliseconds / 1000) + keptSeconds;
}
