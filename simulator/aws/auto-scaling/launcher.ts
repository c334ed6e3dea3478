import type { Changes } from '../changes.ts';
import { instanceIdFrom } from '../protocols/identifiers.ts';
import type { GroupMembers } from './group-members.ts';
import type { GroupSettings, LaunchSeconds } from './group-options.ts';
import { type Instance, isCapacity, isWarmed, type LifecycleState, nextZone } from './group-state.ts';
import type { InstanceLifecycle } from './instance-lifecycle.ts';
import type { ScalingActivities } from './scaling-activities.ts';

export interface LaunchRequest {
  /** The scaling activity's. */
  readonly cause: string;
  /** Default: the emptiest, or that of a warm instance. */
  readonly availabilityZone?: string;
}

export interface BegunLaunch {
  readonly instanceId: string;
  readonly seconds: number;
  readonly activityId: string;
}

/** Launches a group's instances: new ones, or out of its warm pool. */
export class Launcher {
  readonly #settings: GroupSettings;
  readonly #members: GroupMembers;
  readonly #lifecycle: InstanceLifecycle;
  readonly #activities: ScalingActivities;
  readonly #changes: Changes;
  #launches = 0;
  #instanceNumber = 0;
  /** Called when EC2 had no capacity for a launch. */
  onFailure: () => void = () => {};

  constructor(
    settings: GroupSettings,
    parts: {
      readonly members: GroupMembers;
      readonly lifecycle: InstanceLifecycle;
      readonly activities: ScalingActivities;
      readonly changes: Changes;
    },
  ) {
    this.#settings = settings;
    this.#members = parts.members;
    this.#lifecycle = parts.lifecycle;
    this.#activities = parts.activities;
    this.#changes = parts.changes;
  }

  /** Capacity units of each instance that is launched. */
  get weight(): number {
    return this.#settings.weight ?? 1;
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

  /** Launches an instance, Pending at first. Returns its id; undefined where EC2 has no capacity. */
  launch(request: LaunchRequest): string | undefined {
    const warm = this.#warmInstance(request.availabilityZone);
    if (warm !== undefined) return this.#launchWarm(warm, request.cause);
    const begun = this.begin('Launching a new EC2 instance', request, 'Pending');
    if (begun === undefined) return undefined;
    this.#lifecycle.putInServiceAfter(begun.seconds, begun.instanceId, begun.activityId);
    return begun.instanceId;
  }

  /** The beginning of a launch alone, with the instance in a state. Undefined where EC2 has no capacity. */
  begin(what: string, request: LaunchRequest, lifecycleState: LifecycleState): BegunLaunch | undefined {
    const { cause, availabilityZone = this.#emptiestZone() } = request;
    const seconds = this.nextLaunchSeconds();
    const activity = { cause, statusCode: 'PreInService', availabilityZone } as const;
    if (seconds === 'never') {
      this.#fail(what, this.#activities.begin({ ...activity, description: what }).id);
      return undefined;
    }
    const instanceId = this.nextInstanceId();
    const activityId = this.#activities.begin({ ...activity, description: `${what}: ${instanceId}` }).id;
    this.#members.add({
      id: instanceId,
      lifecycleState,
      healthStatus: 'Healthy',
      weight: this.weight,
      availabilityZone,
      launchedAt: new Date(),
      protectedFromScaleIn: false,
    });
    return { instanceId, seconds, activityId };
  }

  #launchWarm({ id, availabilityZone }: Instance, cause: string): string {
    const description = `Launching a new EC2 instance from warm pool: ${id}`;
    const activity = this.#activities.begin({ description, cause, statusCode: 'PreInService', availabilityZone });
    this.#members.enter(id, 'Pending');
    this.#lifecycle.putInServiceAfter(this.#settings.warmPool?.launchSeconds ?? 10, id, activity.id);
    return id;
  }

  #warmInstance(availabilityZone: string | undefined): Instance | undefined {
    if (this.#settings.warmPool === undefined) return undefined;
    const prepared = this.#members.state.instances.filter(
      ({ lifecycleState, healthStatus }) =>
        (lifecycleState === 'Warmed:Stopped' || lifecycleState === 'Warmed:Running') && healthStatus === 'Healthy',
    );
    const inZone = (zone: string) => prepared.find((instance) => instance.availabilityZone === zone);
    if (availabilityZone !== undefined) return inZone(availabilityZone);
    return inZone(this.#emptiestZone()) ?? prepared[0];
  }

  /** InsufficientInstanceCapacity: a failed scaling activity, no instance, and another try after a while. */
  #fail(what: string, activityId: string): void {
    const reason =
      'Could not launch Spot Instances. InsufficientInstanceCapacity - There is no Spot capacity available that ' +
      'matches your request. Launching EC2 instance failed.';
    this.#activities.fail(activityId, `${what}.  Status Reason: ${reason}`, reason);
    this.#changes.report({ kind: 'launch failed', reason }, this.#settings.name);
    this.onFailure();
  }

  /** Where zones are kept balanced, an instance that leaves does not count in its zone any more. */
  #emptiestZone(): string {
    const { availabilityZones, availabilityZoneRebalancing } = this.#settings;
    const counts = availabilityZoneRebalancing ? isCapacity : (instance: Instance) => !isWarmed(instance);
    return nextZone(this.#members.state.instances.filter(counts), availabilityZones);
  }
}
