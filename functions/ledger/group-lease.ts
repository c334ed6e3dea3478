import {
  type AutoScalingClient,
  AutoScalingServiceException,
  ResourceContentionFault,
} from '@aws-sdk/client-auto-scaling';
import { describeGroup } from '../capacity/group-snapshot.ts';
import type { HandlingState, LedgerNumbers } from '../shared/contract.ts';
import { GroupBusy } from '../shared/errors.ts';
import type { InterruptionTable, PendingChange, Settlement, Then } from './interruption-table.ts';
import { seen } from './settling.ts';

export interface LeaseServices {
  readonly autoScaling: AutoScalingClient;
  readonly table: InterruptionTable;
}

/**
 * A group's lease, for changes that follow from one look: DesiredCapacity has no compare-and-set, so looking, changing and
 * noting must not interleave. It is taken only while the ledger is as the look saw it.
 */
export class GroupLease {
  readonly #services: LeaseServices;
  readonly #group: string;
  readonly #holder: string;
  #numbers: LedgerNumbers;

  private constructor(services: LeaseServices, { interruption }: HandlingState, numbers: LedgerNumbers) {
    this.#services = services;
    this.#group = interruption.autoScalingGroupName;
    this.#holder = interruption.executionArn;
    this.#numbers = numbers;
  }

  /**
   * Takes the lease and notes the change that is about to be made, so that its outcome will be known even if this function dies
   * before it can note that.
   * @throws GroupBusy when another execution has the lease, or something has changed since the look.
   */
  static async take(services: LeaseServices, handling: HandlingState, pending?: PendingChange): Promise<GroupLease> {
    const { interruption, capacity } = handling;
    const numbers = capacity?.ledger;
    if (!numbers) throw new GroupBusy('Nobody has looked at the group yet: look first.');
    const { autoScalingGroupName: group, executionArn } = interruption;
    const version = await services.table.begin(group, executionArn, numbers.version, pending);
    if (version === undefined) throw new GroupBusy(`Another execution changes ${group}: look again later.`);
    return new GroupLease(services, handling, { ...numbers, version });
  }

  /** What the ledger says now. */
  get numbers(): LedgerNumbers {
    return this.#numbers;
  }

  /**
   * Looks once more, just before a change: what others have set since the look stands (G8).
   * @returns false when DesiredCapacity is not what the change was decided on. The lease is released then, and also when
   * it cannot be looked at.
   * @throws any error of DescribeAutoScalingGroups.
   */
  async confirm(): Promise<boolean> {
    const snapshot = await describeGroup(this.#services.autoScaling, this.#group).catch(async (error: unknown) => {
      await this.release();
      throw error;
    });
    const desiredCapacity = snapshot?.desiredCapacity ?? 0;
    if (desiredCapacity === this.#numbers.known) return true;
    const seenNow = seen(this.#numbers, desiredCapacity, Date.now());
    await this.#settle(seenNow.kind === 'changed' ? seenNow.settlement : this.#unchanged(), 'release');
    return false;
  }

  /** Notes that DesiredCapacity went up or down by so much of ours. What cannot be noted stays open, and is settled later. */
  async changed(by: number, then: Then): Promise<void> {
    const { raised, known } = this.#numbers;
    await this.#settle({ raised: Math.max(0, raised + by), known: known + by }, then);
    if (by !== 0) this.#numbers = { ...this.#numbers, changedAtMilliseconds: Date.now() };
  }

  /** After a change that was refused, or none. */
  async release(): Promise<void> {
    await this.#settle(this.#unchanged(), 'release');
  }

  #unchanged(): Settlement {
    const { raised, known, changedAtMilliseconds } = this.#numbers;
    return { raised, known, changedAtMilliseconds };
  }

  /** @throws GroupBusy when the lease was lost, so that a holder that was too slow does not go on. */
  async #settle(settlement: Settlement, then: Then): Promise<void> {
    const { version: before } = this.#numbers;
    const version = await this.#services.table.settle(this.#group, this.#holder, before, settlement, then);
    if (version === undefined) throw new GroupBusy(`The lease of ${this.#group} was lost: look again.`);
    this.#numbers = { ...this.#numbers, ...settlement, version };
  }
}

/**
 * The service answered that it did nothing: HTTP 4xx, or ResourceContention, which comes as a server's fault but means
 * that another update is pending. Any other failure leaves open whether the call took effect.
 */
export function wasRefused(error: unknown): boolean {
  if (error instanceof ResourceContentionFault) return true;
  return error instanceof AutoScalingServiceException && error.$fault === 'client';
}
