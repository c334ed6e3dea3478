import type { AutoScalingGroup, Change } from '../../simulator/services/index.ts';
import { Outages } from './outages.ts';

/** What a group was short of, and what it had too much of, over time. Instances, and instance-seconds. */
export interface GroupMeasures {
  /** With fewer serving than the minimum. */
  readonly secondsBelowMinimum: number;
  /** Of them: those that no handling of the notice could have prevented; see `Outages`. */
  readonly unpreventableSecondsBelowMinimum: number;
  /** Instances that the group had before the first notice and that did not serve. */
  readonly lostInstanceSeconds: number;
  /** Instances in service or pending beyond those that the group had before. */
  readonly excessInstanceSeconds: number;
  readonly peakExcessInstances: number;
  /** DesiredCapacity, in the group's own units: after, less before. */
  readonly drift: number;
}

/** Integrates what a group has over virtual time, from change to change. Call `changed` after each of its changes. */
export class GroupMeter {
  readonly #group: AutoScalingGroup;
  readonly #minimum: number;
  readonly #instancesBefore: number;
  readonly #desiredBefore: number;
  readonly #outages: Outages;
  #at = Date.now();
  #serving: number;
  #members: number;
  #secondsBelowMinimum = 0;
  #lostInstanceSeconds = 0;
  #excessInstanceSeconds = 0;
  #peakExcessInstances = 0;

  /** Begins now, with the group as it is. */
  constructor(group: AutoScalingGroup, minimumServing: number) {
    const { desired, serving, inService, pending } = group.snapshot();
    this.#group = group;
    this.#instancesBefore = inService + pending;
    this.#minimum = Math.min(minimumServing, this.#instancesBefore);
    this.#desiredBefore = desired;
    this.#outages = new Outages(group, this.#instancesBefore, this.#minimum);
    this.#serving = serving;
    this.#members = inService + pending;
  }

  changed(change: Change): void {
    this.#passTime();
    const { serving, inService, pending } = this.#group.snapshot();
    this.#serving = serving;
    this.#members = inService + pending;
    this.#peakExcessInstances = Math.max(this.#peakExcessInstances, this.#members - this.#instancesBefore);
    this.#outages.changed(change, serving < this.#minimum);
  }

  measures(): GroupMeasures {
    this.#passTime();
    return {
      secondsBelowMinimum: this.#secondsBelowMinimum,
      unpreventableSecondsBelowMinimum: this.#outages.unpreventableSeconds(),
      lostInstanceSeconds: this.#lostInstanceSeconds,
      excessInstanceSeconds: this.#excessInstanceSeconds,
      peakExcessInstances: this.#peakExcessInstances,
      drift: this.#group.desiredCapacity - this.#desiredBefore,
    };
  }

  #passTime(): void {
    const seconds = (Date.now() - this.#at) / 1000;
    this.#at = Date.now();
    if (this.#serving < this.#minimum) this.#secondsBelowMinimum += seconds;
    this.#lostInstanceSeconds += seconds * Math.max(0, this.#instancesBefore - this.#serving);
    this.#excessInstanceSeconds += seconds * Math.max(0, this.#members - this.#instancesBefore);
  }
}
