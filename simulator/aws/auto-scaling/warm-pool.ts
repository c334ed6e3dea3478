import type { BackgroundTimers } from '../background-timers.ts';
import type { Ec2Instances } from '../ec2/ec2-instances.ts';
import type { GroupMembers } from './group-members.ts';
import type { GroupSettings } from './group-options.ts';
import { type GroupState, type Instance, isWarmed, nextZone, weightOf } from './group-state.ts';
import type { Launcher } from './launcher.ts';
import { type ScalingActivities, timeOfCause } from './scaling-activities.ts';

/**
 * Instances that are prepared beside the group, for its launches to take. The pool holds what the prepared capacity is
 * beyond the desired capacity, and at least its MinSize (PutWarmPool, API reference). Lifecycle hooks run when an instance
 * leaves the pool; that the service also runs them when one enters it is not simulated.
 *
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-warm-pools.html
 */
export class WarmPool {
  readonly #settings: GroupSettings;
  readonly #members: GroupMembers;
  readonly #launcher: Launcher;
  readonly #activities: ScalingActivities;
  readonly #timers: BackgroundTimers;
  readonly #instances: Ec2Instances;

  constructor(
    settings: GroupSettings,
    parts: {
      readonly members: GroupMembers;
      readonly launcher: Launcher;
      readonly activities: ScalingActivities;
      readonly timers: BackgroundTimers;
      readonly instances: Ec2Instances;
    },
  ) {
    this.#settings = settings;
    this.#members = parts.members;
    this.#launcher = parts.launcher;
    this.#activities = parts.activities;
    this.#timers = parts.timers;
    this.#instances = parts.instances;
  }

  /** Fills the pool of a new group. */
  fill(): void {
    const { weight } = this.#launcher;
    for (let missing = this.#missing(); missing >= weight; missing -= weight) {
      this.#members.add({
        id: this.#launcher.nextInstanceId(),
        lifecycleState: this.#preparedState,
        healthStatus: 'Healthy',
        weight,
        availabilityZone: nextZone(this.#pool, this.#settings.availabilityZones),
        launchedAt: new Date(),
        protectedFromScaleIn: false,
      });
    }
  }

  /** Launches what the pool misses, and terminates what it has too much or what EC2 has taken. */
  refill(): void {
    for (const instance of this.#pool.filter(({ healthStatus }) => healthStatus === 'Unhealthy')) {
      this.#terminate(instance, 'an EC2 health check indicating it has been terminated or stopped');
    }
    const { weight } = this.#launcher;
    for (const instance of this.#pool) {
      if (this.#missing() > -weight) break;
      this.#terminate(instance, 'a difference between the sizes of the warm pool that are desired and actual');
    }
    for (let missing = this.#missing(); missing >= weight; missing -= weight) this.#launch();
  }

  get #preparedState(): 'Warmed:Stopped' | 'Warmed:Running' {
    return `Warmed:${this.#settings.warmPool?.poolState ?? 'Stopped'}`;
  }

  /** Those that leave it do not count. */
  get #pool(): readonly Instance[] {
    return warmPoolOf(this.#members.state);
  }

  #missing(): number {
    const { minSize = 0, maxGroupPreparedCapacity } = this.#settings.warmPool ?? {};
    const { desiredCapacity, maxSize } = this.#members.state;
    const size = Math.max(minSize, (maxGroupPreparedCapacity ?? maxSize) - desiredCapacity);
    return size - weightOf(this.#pool);
  }

  #launch(): void {
    const cause = `At ${timeOfCause()} an instance was launched to replenish the warm pool.`;
    const begun = this.#launcher.begin('Launching a new EC2 instance into warm pool', { cause }, 'Warmed:Pending');
    if (begun === undefined) return;
    this.#timers.after(begun.seconds, () => {
      if (this.#members.find(begun.instanceId)?.lifecycleState !== 'Warmed:Pending') return;
      this.#members.enter(begun.instanceId, this.#preparedState);
      this.#activities.succeed(begun.activityId);
    });
  }

  #terminate({ id, availabilityZone }: Instance, why: string): void {
    const description = `Terminating EC2 instance from warm pool: ${id}`;
    const cause = `At ${timeOfCause()} an instance was taken out of the warm pool in response to ${why}.`;
    const activity = this.#activities.begin({ description, cause, statusCode: 'InProgress', availabilityZone });
    this.#members.enter(id, 'Warmed:Terminating');
    this.#timers.after(this.#settings.terminateSeconds, () => {
      this.#instances.terminate(id);
      this.#members.remove(id);
      this.#activities.succeed(activity.id);
    });
  }
}

/** The instances of a group's warm pool, but for those that leave it. */
export function warmPoolOf({ instances }: GroupState): readonly Instance[] {
  return instances.filter((one) => isWarmed(one) && one.lifecycleState !== 'Warmed:Terminating');
}
