import type { BackgroundTimers } from './background-timers.ts';
import type { Changes } from './changes.ts';
import type { GroupMembers } from './group-members.ts';
import type { GroupSettings, LaunchSeconds } from './group-options.ts';
import { capacityOf, isInService, isPending, nextToScaleIn, nextZone } from './group-state.ts';
import { instanceIdFrom } from './identifiers.ts';
import { type ScalingActivities, timeOfCause } from './scaling-activities.ts';

/** What an Auto Scaling group does by itself: replaces what is unhealthy, launches what is missing, scales in. */
export class ControlLoop {
  readonly #settings: GroupSettings;
  readonly #members: GroupMembers;
  readonly #activities: ScalingActivities;
  readonly #timers: BackgroundTimers;
  readonly #changes: Changes;
  #due = false;
  #retryDue = false;
  #launches = 0;
  #instanceNumber = 0;

  constructor(
    settings: GroupSettings,
    parts: {
      readonly members: GroupMembers;
      readonly activities: ScalingActivities;
      readonly timers: BackgroundTimers;
      readonly changes: Changes;
    },
  ) {
    this.#settings = settings;
    this.#members = parts.members;
    this.#activities = parts.activities;
    this.#timers = parts.timers;
    this.#changes = parts.changes;
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

  nextInstanceId(): string {
    this.#instanceNumber += 1;
    return instanceIdFrom(`${this.#settings.name} instance ${this.#instanceNumber}`);
  }

  /** How long the next launch takes: it counts as one. */
  nextLaunchSeconds(): LaunchSeconds {
    this.#launches += 1;
    const { launchSeconds } = this.#settings;
    return typeof launchSeconds === 'function' ? launchSeconds(this.#launches) : launchSeconds;
  }

  #reconcile(): void {
    if (!this.#members.isSuspended('Terminate')) {
      if (!this.#members.isSuspended('ReplaceUnhealthy')) this.#replaceUnhealthy();
      this.#scaleIn();
    }
    if (!this.#members.isSuspended('Launch')) this.#launchMissing();
  }

  #replaceUnhealthy(): void {
    const unhealthy = this.#members.state.instances.filter(
      (instance) => instance.healthStatus === 'Unhealthy' && (isInService(instance) || isPending(instance)),
    );
    for (const instance of unhealthy) {
      const cause =
        `At ${timeOfCause()} an instance was taken out of service in response to an EC2 health check indicating it ` +
        'has been terminated or stopped.';
      this.#members.terminate(instance, cause);
    }
  }

  #scaleIn(): void {
    for (;;) {
      const { state } = this.#members;
      const instance = nextToScaleIn(state, (candidate) => this.#members.isInterrupted(candidate));
      if (instance === undefined) return;
      const capacity = capacityOf(state);
      const cause =
        `At ${timeOfCause()} an instance was taken out of service in response to a difference between desired and ` +
        `actual capacity, shrinking the capacity from ${capacity} to ${capacity - instance.weight}.  ` +
        `At ${timeOfCause()} instance ${instance.id} was selected for termination.`;
      this.#members.terminate(instance, cause);
    }
  }

  #launchMissing(): void {
    const { state } = this.#members;
    let missing = state.desiredCapacity - capacityOf(state);
    for (; missing > 0; missing -= this.#weight) this.#launch();
  }

  #launch(): void {
    const availabilityZone = nextZone(this.#members.state, this.#settings.availabilityZones);
    const seconds = this.nextLaunchSeconds();
    if (seconds === 'never') {
      this.#failLaunch(availabilityZone);
      return;
    }
    const id = this.nextInstanceId();
    const activityId = this.#beginLaunch(`Launching a new EC2 instance: ${id}`, availabilityZone);
    this.#members.launch({
      id,
      lifecycleState: 'Pending',
      healthStatus: 'Healthy',
      weight: this.#weight,
      availabilityZone,
      launchedAt: new Date(),
      protectedFromScaleIn: false,
    });
    this.#members.putInServiceAfter(seconds, id, activityId);
  }

  /** InsufficientInstanceCapacity: a failed scaling activity, no instance, and another try after a while. */
  #failLaunch(availabilityZone: string): void {
    const reason =
      'Could not launch Spot Instances. InsufficientInstanceCapacity - There is no Spot capacity available that ' +
      'matches your request. Launching EC2 instance failed.';
    const activityId = this.#beginLaunch('Launching a new EC2 instance', availabilityZone);
    this.#activities.fail(activityId, `Launching a new EC2 instance.  Status Reason: ${reason}`, reason);
    this.#changes.report({ kind: 'launch failed', reason }, this.#settings.name);
    this.#retry();
  }

  #retry(): void {
    if (this.#retryDue) return;
    this.#retryDue = true;
    this.#timers.after(this.#settings.launchRetrySeconds, () => {
      this.#retryDue = false;
      this.#reconcile();
    });
  }

  #beginLaunch(description: string, availabilityZone: string): string {
    const capacity = capacityOf(this.#members.state);
    const cause =
      `At ${timeOfCause()} an instance was started in response to a difference between desired and actual capacity, ` +
      `increasing the capacity from ${capacity} to ${capacity + this.#weight}.`;
    return this.#activities.begin({ description, cause, statusCode: 'PreInService', availabilityZone }).id;
  }

  get #weight(): number {
    return this.#settings.weight ?? 1;
  }
}
