import type { BackgroundTimers } from '../background-timers.ts';
import type { Changes } from '../changes.ts';
import type { Ec2Instances } from '../ec2/ec2-instances.ts';
import { AvailabilityZoneRebalancing } from './availability-zone-rebalancing.ts';
import { CapacityRebalancing } from './capacity-rebalancing.ts';
import type { GroupMembers } from './group-members.ts';
import type { GroupSettings } from './group-options.ts';
import { capacityOf, isCapacity, nextToScaleIn } from './group-state.ts';
import type { InstanceLifecycle } from './instance-lifecycle.ts';
import type { Launcher } from './launcher.ts';
import type { Replacements } from './replacements.ts';
import { type ScalingActivities, timeOfCause } from './scaling-activities.ts';
import { WarmPool } from './warm-pool.ts';

export interface ControlLoopParts {
  readonly members: GroupMembers;
  readonly lifecycle: InstanceLifecycle;
  readonly launcher: Launcher;
  readonly replacements: Replacements;
  readonly activities: ScalingActivities;
  readonly instances: Ec2Instances;
  readonly timers: BackgroundTimers;
  readonly changes: Changes;
}

/**
 * What an Auto Scaling group does by itself: replaces what is unhealthy, launches what is missing, scales in; and, where
 * its options ask for it, what the files beside this one do.
 */
export class ControlLoop {
  readonly #settings: GroupSettings;
  readonly #members: GroupMembers;
  readonly #lifecycle: InstanceLifecycle;
  readonly #launcher: Launcher;
  readonly #replacements: Replacements;
  readonly #zoneRebalancing: AvailabilityZoneRebalancing | undefined;
  readonly #warmPool: WarmPool | undefined;
  readonly #timers: BackgroundTimers;
  #due = false;
  #retryDue = false;

  constructor(settings: GroupSettings, parts: ControlLoopParts) {
    this.#settings = settings;
    this.#members = parts.members;
    this.#lifecycle = parts.lifecycle;
    this.#launcher = parts.launcher;
    this.#replacements = parts.replacements;
    this.#timers = parts.timers;
    this.#zoneRebalancing = settings.availabilityZoneRebalancing
      ? new AvailabilityZoneRebalancing(settings, parts)
      : undefined;
    this.#warmPool = settings.warmPool && new WarmPool(settings, parts);
    this.#launcher.onFailure = () => this.#retry();
    if (settings.capacityRebalance !== undefined) {
      const rebalancing = new CapacityRebalancing(settings.capacityRebalance, parts);
      parts.instances.onRecommended((id) => rebalancing.recommended(id) && this.react());
      parts.instances.onNoticed((id) => rebalancing.noticed(id) && this.react());
    }
    // A new instance can become ready without a change of the group: its target becomes healthy.
    parts.changes.observe(settings.name, (changes) => {
      const becameHealthy = changes.some((change) => change.kind === 'target' && change.to === 'healthy');
      const isWaiting = this.#replacements.isWaiting || this.#zoneRebalancing?.isWaiting === true;
      if (becameHealthy && isWaiting) this.react();
    });
  }

  /** Has it look at the group, after the group's reaction time. */
  react(): void {
    if (this.#due) return;
    this.#due = true;
    this.#timers.after(this.#settings.reactionSeconds, () => {
      this.#due = false;
      this.#reconcile();
    });
  }

  /** Prepares what a new group has from the start. */
  fillWarmPool(): void {
    this.#warmPool?.fill();
  }

  #reconcile(): void {
    const because = this.#members.takeCauses();
    if (!this.#members.isSuspended('Terminate')) {
      if (!this.#members.isSuspended('ReplaceUnhealthy')) this.#replaceUnhealthy();
      this.#replacements.terminate();
      this.#zoneRebalancing?.terminate();
      this.#scaleIn(because);
    }
    if (!this.#members.isSuspended('Launch')) {
      this.#launchMissing(because);
      this.#replacements.launch();
      if (!this.#members.isSuspended('Terminate')) this.#zoneRebalancing?.launch();
      this.#warmPool?.refill();
    }
  }

  #replaceUnhealthy(): void {
    const unhealthy = this.#members.state.instances.filter(
      (instance) => instance.healthStatus === 'Unhealthy' && isCapacity(instance),
    );
    for (const instance of unhealthy) {
      const cause =
        `At ${timeOfCause()} an instance was taken out of service in response to an EC2 health check indicating it ` +
        'has been terminated or stopped.';
      this.#lifecycle.terminate(instance, cause);
    }
  }

  #scaleIn(because: string): void {
    for (;;) {
      const { state } = this.#members;
      const capacity = capacityOf(state);
      const onPurpose = this.#replacements.surplus + (this.#zoneRebalancing?.surplus ?? 0);
      const surplus = capacity - onPurpose - state.desiredCapacity;
      if (surplus <= 0) return;
      const instance = nextToScaleIn(state, {
        surplus,
        isInterrupted: (candidate) => this.#members.isInterrupted(candidate),
        ...(this.#settings.availabilityZoneRebalancing && { zones: this.#settings.availabilityZones }),
      });
      if (instance === undefined) return;
      const cause =
        `${because}At ${timeOfCause()} an instance was taken out of service in response to a difference between ` +
        `desired and actual capacity, shrinking the capacity from ${capacity} to ${capacity - instance.weight}.  ` +
        `At ${timeOfCause()} instance ${instance.id} was selected for termination.`;
      this.#lifecycle.terminate(instance, cause);
    }
  }

  #launchMissing(because: string): void {
    const { state } = this.#members;
    const { weight } = this.#launcher;
    for (let missing = state.desiredCapacity - capacityOf(state); missing > 0; missing -= weight) {
      const capacity = capacityOf(this.#members.state);
      const cause =
        `${because}At ${timeOfCause()} an instance was started in response to a difference between desired and actual ` +
        `capacity, increasing the capacity from ${capacity} to ${capacity + weight}.`;
      this.#launcher.launch({ cause });
    }
  }

  #retry(): void {
    if (this.#retryDue) return;
    this.#retryDue = true;
    this.#timers.after(this.#settings.launchRetrySeconds, () => {
      this.#retryDue = false;
      this.#reconcile();
    });
  }
}
