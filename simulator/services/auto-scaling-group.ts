import {
  type CapacitySnapshot,
  type CapacityStatistics,
  continueStatistics,
  startStatistics,
} from './capacity-statistics.ts';
import { ControlLoop } from './control-loop.ts';
import { GroupMembers, type GroupServices } from './group-members.ts';
import type { GroupOptions, GroupSettings, InstanceOptions } from './group-options.ts';
import { groupSettingsOf, instanceOptionsOf } from './group-options.ts';
import {
  capacityOf,
  type GroupState,
  type Instance,
  isInService,
  isPending,
  nextZone,
  weightOf,
} from './group-state.ts';
import { ScalingActivities, timeOfCause } from './scaling-activities.ts';
import { ServiceError, validationError } from './service-error.ts';

/** An EC2 Auto Scaling group. What its API calls do takes effect at once; its control loop follows in its own time. */
export class AutoScalingGroup {
  readonly name: string;
  readonly arn: string;
  readonly createdAt = new Date();
  readonly settings: GroupSettings;
  readonly activities: ScalingActivities;
  readonly #services: GroupServices;
  readonly #members: GroupMembers;
  readonly #controlLoop: ControlLoop;
  #statistics: CapacityStatistics;

  constructor(
    options: GroupOptions,
    account: { readonly region: string; readonly arn: string },
    services: GroupServices,
  ) {
    this.name = options.name;
    this.arn = account.arn;
    this.settings = groupSettingsOf(options, account.region);
    this.activities = new ScalingActivities(this.name);
    this.#services = services;
    this.#members = new GroupMembers(this.settings, this.activities, services);
    this.#controlLoop = new ControlLoop(this.settings, {
      ...services,
      members: this.#members,
      activities: this.activities,
    });
    this.#populate(options.desiredCapacity);
    this.#statistics = startStatistics(this.snapshot());
    services.changes.observe(this.name, () => {
      this.#statistics = continueStatistics(this.#statistics, this.snapshot());
    });
  }

  get instances(): readonly Instance[] {
    return this.#members.state.instances;
  }

  get desiredCapacity(): number {
    return this.#members.state.desiredCapacity;
  }

  /** What the group was at a time (milliseconds since the epoch; at most `maxStaleSeconds` ago). Default: what it is. */
  state(at = Number.POSITIVE_INFINITY): GroupState {
    return this.#members.stateAt(at);
  }

  snapshot(): CapacitySnapshot {
    const { desiredCapacity, minSize, maxSize, instances } = this.#members.state;
    const staying = instances.filter((instance) => isInService(instance) || isPending(instance));
    return {
      at: new Date(),
      desired: desiredCapacity,
      min: minSize,
      max: maxSize,
      inService: staying.filter(isInService).length,
      pending: staying.filter(isPending).length,
      interrupted: staying.filter((instance) => this.#members.isInterrupted(instance)).length,
      serving: staying.filter((instance) => this.#members.serves(instance)).length,
    };
  }

  /** Since the mark: the group's creation, or the last call of `mark`. */
  get statistics(): CapacityStatistics {
    return this.#statistics;
  }

  mark(): void {
    this.#statistics = startStatistics(this.snapshot());
  }

  /** SetDesiredCapacity. Throws a ServiceError outside the limits, or in a cooldown that it was asked to honor. */
  setDesiredCapacity(desiredCapacity: number, { honorCooldown = false } = {}): void {
    const { minSize, maxSize } = this.#members.state;
    const refused = `New SetDesiredCapacity value ${desiredCapacity} is`;
    if (desiredCapacity > maxSize) {
      throw validationError(`${refused} above max value ${maxSize} for the AutoScalingGroup.`);
    }
    if (desiredCapacity < minSize) {
      throw validationError(`${refused} below min value ${minSize} for the AutoScalingGroup.`);
    }
    if (honorCooldown) this.#refuseInCooldown();
    this.#services.changes.step(() => this.#members.desire(desiredCapacity));
  }

  /** DetachInstances: all of them or, where one is refused with a ServiceError, none. Returns the activities' ids. */
  detachInstances(instanceIds: readonly string[], { decrement }: { readonly decrement: boolean }): readonly string[] {
    if (instanceIds.length > 20) {
      throw validationError(
        'List exceeds the maximum number of instances to detach. Please retry your request with fewer instances.',
      );
    }
    const leaving = [...new Set(instanceIds)].map((instanceId) => this.#detachable(instanceId));
    const desiredCapacity = this.desiredCapacity - (decrement ? weightOf(leaving) : 0);
    if (decrement) this.#refuseBelowMinSize(desiredCapacity, leaving.length);
    const change = decrement ? `, shrinking the capacity from ${this.desiredCapacity} to ${desiredCapacity}` : '';
    return this.#services.changes.step(() => {
      const activityIds = leaving.map((instance) => this.#members.detach(instance, change));
      this.#members.desire(desiredCapacity);
      return activityIds;
    });
  }

  /** TerminateInstanceInAutoScalingGroup without a decrement: the group replaces the instance. */
  terminateInstance(instanceId: string): void {
    const instance = this.#member(instanceId);
    const cause = `At ${timeOfCause()} instance ${instanceId} was taken out of service in response to a user request.`;
    this.#services.changes.step(() => this.#members.terminate(instance, cause));
  }

  /** SuspendProcesses. */
  suspendProcess(process: string): void {
    this.#members.suspend([...new Set([...this.#members.state.suspendedProcesses, process])]);
  }

  /** ResumeProcesses. */
  resumeProcess(process: string): void {
    this.#members.suspend(this.#members.state.suspendedProcesses.filter((suspended) => suspended !== process));
    this.#services.changes.step(() => {
      for (const { id } of this.instances) this.#members.checkHealth(id);
    });
  }

  #populate(desiredCapacity: number | undefined): void {
    for (const options of instanceOptionsOf(this.settings)) this.#admit(options);
    const desired = desiredCapacity ?? capacityOf(this.#members.state);
    refuseOutsideLimits(this.name, desired, this.#members.state);
    this.#members.desire(desired);
    this.#members.onCapacityChange = () => this.#controlLoop.react();
    this.#controlLoop.react();
    this.#services.instances.onReclaimed((id) => {
      if (this.#members.find(id) === undefined) return;
      this.#services.timers.after(this.settings.unhealthyDetectionSeconds, () => this.#members.checkHealth(id));
    });
  }

  #admit(options: InstanceOptions): void {
    const instance: Instance = {
      id: options.id ?? this.#controlLoop.nextInstanceId(),
      lifecycleState: options.lifecycleState ?? 'InService',
      healthStatus: options.healthStatus ?? 'Healthy',
      weight: options.weight ?? this.settings.weight ?? 1,
      availabilityZone: nextZone(this.#members.state, this.settings.availabilityZones),
      launchedAt: options.launchedAt ?? new Date(Date.now() - 3_600_000),
      protectedFromScaleIn: options.protectedFromScaleIn ?? false,
    };
    this.#members.admit(instance);
    if (instance.lifecycleState === 'Pending') {
      this.#members.putInServiceAfter(this.#controlLoop.nextLaunchSeconds(), instance.id);
    }
  }

  #detachable(instanceId: string): Instance {
    const instance = this.#member(instanceId);
    if (isInService(instance) || instance.lifecycleState === 'Standby') return instance;
    throw validationError(`The instance ${instanceId} is not in InService or Standby.`);
  }

  #member(instanceId: string): Instance {
    const instance = this.#members.find(instanceId);
    if (instance !== undefined) return instance;
    throw validationError(`The instance ${instanceId} is not part of Auto Scaling group ${this.name}.`);
  }

  #refuseBelowMinSize(desiredCapacity: number, leaving: number): void {
    const { minSize, maxSize } = this.#members.state;
    if (desiredCapacity >= minSize) return;
    throw validationError(
      `AutoScalingGroup ${this.name} has min-size=${minSize}, max-size=${maxSize}, and ` +
        `desired-size=${this.desiredCapacity}. To detach ${leaving} instance${leaving === 1 ? '' : 's'}, please update ` +
        'the AutoScalingGroup sizes appropriately.',
    );
  }

  #refuseInCooldown(): void {
    const activity = this.activities.withinCooldown(this.settings.defaultCooldownSeconds);
    if (activity === undefined) return;
    const message = `Scaling activity ${activity.id} is in progress and blocks this action`;
    throw new ServiceError('ScalingActivityInProgress', message);
  }
}

function refuseOutsideLimits(name: string, desired: number, { minSize, maxSize }: GroupState): void {
  if (Number.isInteger(desired) && minSize <= desired && desired <= maxSize) return;
  throw new RangeError(
    `Group ${name}: the desired capacity must be an integer from minSize ${minSize} to maxSize ${maxSize}, not ${desired}.`,
  );
}
