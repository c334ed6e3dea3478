import { defaultConfig } from '../../functions/configuration/handler-config.ts';
import { type AutoScalingGroup, type Change, type LaunchSeconds, reclaimSeconds } from '../../simulator/aws/index.ts';
import {
  type Interruptions,
  leastLostInstanceSeconds,
  nextSuccessfulLaunch,
} from '../../simulator/judging/least-possible.ts';
import { Outages } from './outages.ts';

/** What a group was short of, and what it had too much of, over time. Instances, and instance-seconds. */
export interface GroupMeasures {
  /** Instances that the group had before the first notice and that did not serve. */
  readonly lostInstanceSeconds: number;
  /** What anybody who acts on the same notices loses at least, with the same launches; see `leastLostInstanceSeconds`. */
  readonly leastPossibleInstanceSeconds: number;
  /** The same for whoever lets instances serve until EC2 takes them, without time to drain. */
  readonly leastPossibleWithoutDrainInstanceSeconds: number;
  /** The fewest that served at any time. */
  readonly leastServing: number;
  /** With fewer serving than the minimum. */
  readonly secondsBelowMinimum: number;
  /** Of them: those that no handling of the notice could have prevented; see `Outages`. */
  readonly unpreventableSecondsBelowMinimum: number;
  /** Instances in service or pending beyond those that the group had before. */
  readonly excessInstanceSeconds: number;
  readonly peakExcessInstances: number;
  /** Instances that AZRebalance terminated, each once another had been launched for it in another zone. */
  readonly movedBetweenZones: number;
  /** DesiredCapacity, in the group's own units: after, less before. */
  readonly drift: number;
}

/** From the notice until an instance has to have left, for its load balancer to drain it. */
const serveSeconds = reclaimSeconds - defaultConfig.drainSeconds;

/** Integrates what a group has over virtual time, from change to change. Call `changed` after each of its changes. */
export class GroupMeter {
  readonly #group: AutoScalingGroup;
  readonly #minimum: number;
  readonly #launches: LaunchSeconds | (() => LaunchSeconds);
  readonly #instancesBefore: number;
  readonly #desiredBefore: number;
  readonly #outages: Outages;
  readonly #begunAt = Date.now();
  readonly #noticedAtSeconds: number[] = [];
  readonly #launchSeconds: number[] = [];
  #at = Date.now();
  #serving: number;
  #members: number;
  #lostInstanceSeconds = 0;
  #leastServing: number;
  #secondsBelowMinimum = 0;
  #excessInstanceSeconds = 0;
  #peakExcessInstances = 0;
  #movedBetweenZones = 0;

  /**
   * Begins now, with the group as it is.
   * @param launches What the group's launches take in their order; where it is a function, not the group's own, but one
   * that gives the same. Default: the group's, if it is the same for all.
   * @throws Error where it is needed and not given.
   */
  constructor(group: AutoScalingGroup, minimumServing: number, launches = constantLaunches(group)) {
    const { desired, serving, inService, pending } = group.snapshot();
    this.#group = group;
    this.#launches = launches;
    this.#instancesBefore = inService + pending;
    this.#minimum = Math.min(minimumServing, this.#instancesBefore);
    this.#desiredBefore = desired;
    this.#outages = new Outages(group, this.#instancesBefore, this.#minimum);
    this.#serving = serving;
    this.#leastServing = serving;
    this.#members = inService + pending;
  }

  changed(change: Change): void {
    this.#passTime();
    const { serving, inService, pending } = this.#group.snapshot();
    this.#serving = serving;
    this.#leastServing = Math.min(this.#leastServing, serving);
    this.#members = inService + pending;
    this.#peakExcessInstances = Math.max(this.#peakExcessInstances, this.#members - this.#instancesBefore);
    this.#outages.changed(change, serving < this.#minimum);
    if (change.kind === 'lifecycle' && change.by === 'AZRebalance' && change.to === 'Terminating') {
      this.#movedBetweenZones += 1;
    }
    if (change.kind === 'interrupted' && this.#isInService(change.instanceId)) {
      this.#noticedAtSeconds.push(secondsBetween(this.#begunAt, Date.now()));
      this.#launchSeconds.push(nextSuccessfulLaunch(this.#launches));
    }
  }

  measures(): GroupMeasures {
    this.#passTime();
    const interruptions = this.#interruptions();
    return {
      lostInstanceSeconds: this.#lostInstanceSeconds,
      leastPossibleInstanceSeconds: leastLostInstanceSeconds(interruptions, serveSeconds),
      leastPossibleWithoutDrainInstanceSeconds: leastLostInstanceSeconds(interruptions, reclaimSeconds),
      leastServing: this.#leastServing,
      secondsBelowMinimum: this.#secondsBelowMinimum,
      unpreventableSecondsBelowMinimum: this.#outages.unpreventableSeconds(),
      excessInstanceSeconds: this.#excessInstanceSeconds,
      peakExcessInstances: this.#peakExcessInstances,
      movedBetweenZones: this.#movedBetweenZones,
      drift: this.#group.desiredCapacity - this.#desiredBefore,
    };
  }

  #interruptions(): Interruptions {
    const { targetGroups, reactionSeconds, weight = 1 } = this.#group.settings;
    const { maxSize } = this.#group.state();
    return {
      noticedAtSeconds: this.#noticedAtSeconds,
      // A weighted group launches a whole instance where any part of its weight is missing.
      room: Math.ceil((maxSize - this.#desiredBefore) / weight),
      reactionSeconds,
      healthCheckSeconds: Math.max(0, ...targetGroups.map(({ settings }) => settings.healthCheckSeconds)),
      launchSeconds: this.#launchSeconds,
      untilSeconds: secondsBetween(this.#begunAt, Date.now()),
    };
  }

  #isInService(instanceId: string): boolean {
    return this.#group.instances.some(({ id, lifecycleState }) => id === instanceId && lifecycleState === 'InService');
  }

  #passTime(): void {
    const seconds = secondsBetween(this.#at, Date.now());
    this.#at = Date.now();
    if (this.#serving < this.#minimum) this.#secondsBelowMinimum += seconds;
    this.#lostInstanceSeconds += seconds * Math.max(0, this.#instancesBefore - this.#serving);
    this.#excessInstanceSeconds += seconds * Math.max(0, this.#members - this.#instancesBefore);
  }
}

function constantLaunches({ name, settings }: AutoScalingGroup): LaunchSeconds | (() => LaunchSeconds) {
  const { launchSeconds } = settings;
  if (typeof launchSeconds !== 'function') return launchSeconds;
  throw new Error(`The launches of group ${name} differ: give the meter a function of its own that gives the same.`);
}

function secondsBetween(from: number, to: number): number {
  return (to - from) / 1000;
}
