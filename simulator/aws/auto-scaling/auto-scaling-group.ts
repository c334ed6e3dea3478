import { ServiceError, validationError } from '../protocols/service-error.ts';
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
  isCapacity,
  isInService,
  isPending,
  isWarmed,
  nextZone,
  weightOf,
} from './group-state.ts';
import { InstanceLifecycle } from './instance-lifecycle.ts';
import { Launcher } from './launcher.ts';
import { type LifecycleAction, type LifecycleHook, LifecycleHooks } from './lifecycle-hooks.ts';
import type { LifecycleResult } from './process-options.ts';
import { Replacements } from './replacements.ts';
import { ScalingActivities, type ScalingActivity, timeOfCause } from './scaling-activities.ts';

/** An EC2 Auto Scaling group. What its API calls do takes effect at once; its control loop follows in its own time. */
export class AutoScalingGroup {
  readonly name: string;
  readonly arn: string;
  readonly createdAt = new Date();
  readonly settings: GroupSettings;
  readonly activities: ScalingActivities;
  readonly #services: GroupServices;
  readonly #members: GroupMembers;
  readonly #hooks: LifecycleHooks;
  readonly #lifecycle: InstanceLifecycle;
  readonly #launcher: Launcher;
  readonly #replacements: Replacements;
  readonly #controlLoop: ControlLoop;
  #statistics: CapacityStatistics;
  #detached: readonly Instance[] = [];

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
    this.#members = new GroupMembers(this.settings, services);
    this.#hooks = new LifecycleHooks(this.name, this.settings.lifecycleHooks, services.timers);
    const parts = { ...services, members: this.#members, activities: this.activities };
    this.#lifecycle = new InstanceLifecycle(this.settings, { ...parts, hooks: this.#hooks });
    this.#launcher = new Launcher(this.settings, { ...parts, lifecycle: this.#lifecycle });
    const launching = { ...parts, lifecycle: this.#lifecycle, launcher: this.#launcher };
    this.#replacements = new Replacements(launching);
    this.#controlLoop = new ControlLoop(this.settings, { ...launching, replacements: this.#replacements });
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

  /** In one pass over the instances: it is taken after each step that changes something. */
  snapshot(): CapacitySnapshot {
    const { desiredCapacity, minSize, maxSize, instances } = this.#members.state;
    const counts = { inService: 0, pending: 0, interrupted: 0, serving: 0 };
    for (const instance of instances) {
      if (!isCapacity(instance)) continue;
      if (isPending(instance)) counts.pending += 1;
      else counts.inService += 1;
      if (this.#members.isInterrupted(instance)) counts.interrupted += 1;
      if (this.#members.serves(instance)) counts.serving += 1;
    }
    counts.serving += this.servingDetachedInstances.length;
    return { at: new Date(), desired: desiredCapacity, min: minSize, max: maxSize, ...counts };
  }

  /** Since the mark: the group's creation, or the last call of `mark`. */
  get statistics(): CapacityStatistics {
    return this.#statistics;
  }

  mark(): void {
    this.#statistics = startStatistics(this.snapshot());
  }

  /** InService, Healthy, running, and healthy in each target group that has a listener. */
  get servingInstances(): readonly Instance[] {
    return this.instances.filter((instance) => this.#members.serves(instance));
  }

  /** Detached, registered with the group's target groups again, and healthy there. */
  get servingDetachedInstances(): readonly Instance[] {
    return this.#detached.filter((instance) => this.#members.servesOutside(instance));
  }

  /**
   * SetDesiredCapacity. Throws a ServiceError outside the limits, or in a cooldown that it was asked to honor. `because`:
   * who does it, in the words of a scaling activity's cause. Default: a user request.
   */
  setDesiredCapacity(
    desiredCapacity: number,
    options: { readonly honorCooldown?: boolean; readonly because?: string } = {},
  ): void {
    const { honorCooldown = false, because = 'a user request explicitly set group desired capacity' } = options;
    const { minSize, maxSize } = this.#members.state;
    const refused = `New SetDesiredCapacity value ${desiredCapacity} is`;
    if (desiredCapacity > maxSize) {
      throw validationError(`${refused} above max value ${maxSize} for the AutoScalingGroup.`);
    }
    if (desiredCapacity < minSize) {
      throw validationError(`${refused} below min value ${minSize} for the AutoScalingGroup.`);
    }
    if (honorCooldown) this.#refuseInCooldown();
    this.#services.changes.step(() => this.#members.desire(desiredCapacity, because));
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
      this.#detached = [...this.#detached, ...leaving];
      const activityIds = leaving.map((instance) => this.#lifecycle.detach(instance, change));
      this.#members.desire(desiredCapacity);
      return activityIds;
    });
  }

  /** Has the group terminate an instance, whatever its state, and replace it. */
  terminateInstance(instanceId: string): void {
    const instance = this.#member(instanceId);
    this.#services.changes.step(() => this.#lifecycle.terminate(instance, terminationCause(instance)));
  }

  /**
   * TerminateInstanceInAutoScalingGroup: all of them or, where one is refused with a ServiceError, none. Returns the
   * activities' ids. `inResponseTo`: in the words of a scaling activity's cause. Default: a user request.
   */
  terminateInstances(
    instanceIds: readonly string[],
    { decrement, inResponseTo }: { readonly decrement: boolean; readonly inResponseTo?: string },
  ): readonly string[] {
    const leaving = [...new Set(instanceIds)].map((instanceId) => this.#terminable(instanceId));
    const desiredCapacity = this.desiredCapacity - (decrement ? weightOf(leaving) : 0);
    if (decrement) this.#refuseTerminationBelowMinSize(desiredCapacity);
    return this.#services.changes.step(() => {
      const activityIds = leaving.map((instance) => {
        const capacity = capacityOf(this.#members.state);
        const cause = terminationCause(instance, { inResponseTo, ...(decrement && { shrinkingFrom: capacity }) });
        return this.#lifecycle.terminate(instance, cause, true) ?? [];
      });
      this.#members.desire(desiredCapacity);
      return activityIds.flat();
    });
  }

  /**
   * Launches another instance, beyond the desired capacity but within MaxSize, and terminates this one when the other has
   * passed its health checks: as an instance refresh with a minimum healthy percentage of 100 does.
   */
  replaceInstance(instanceId: string, by: string, inResponseTo: string): void {
    this.#replacements.ask(this.#member(instanceId).id, { by, inResponseTo, margin: () => 0 });
    this.#controlLoop.react();
  }

  get lifecycleHooks(): readonly LifecycleHook[] {
    return this.#hooks.all;
  }

  /** CompleteLifecycleAction. Throws a ServiceError where no such action is open. */
  completeLifecycleAction(action: LifecycleAction, result: LifecycleResult): void {
    this.#services.changes.step(() => this.#hooks.complete(action, result));
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
    this.#controlLoop.fillWarmPool();
    this.#members.onCapacityChange = () => this.#controlLoop.react();
    this.#controlLoop.react();
    this.#services.instances.onReclaimed((id) => {
      if (this.#members.find(id) === undefined) return;
      this.#services.timers.after(this.settings.unhealthyDetectionSeconds, () => this.#members.checkHealth(id));
    });
  }

  #admit(options: InstanceOptions): void {
    const instance: Instance = {
      id: options.id ?? this.#launcher.nextInstanceId(),
      lifecycleState: options.lifecycleState ?? 'InService',
      healthStatus: options.healthStatus ?? 'Healthy',
      weight: options.weight ?? this.settings.weight ?? 1,
      availabilityZone: options.availabilityZone ?? nextZone(this.instances, this.settings.availabilityZones),
      launchedAt: options.launchedAt ?? new Date(Date.now() - 3_600_000),
      protectedFromScaleIn: options.protectedFromScaleIn ?? false,
    };
    this.#lifecycle.admit(instance);
    if (instance.lifecycleState === 'Pending') {
      this.#lifecycle.putInServiceAfter(this.#launcher.nextLaunchSeconds(), instance.id);
    }
  }

  #detachable(instanceId: string): Instance {
    const instance = this.#member(instanceId);
    if (isInService(instance) || instance.lifecycleState === 'Standby') return instance;
    throw validationError(`The instance ${instanceId} is not in InService or Standby.`);
  }

  #terminable(instanceId: string): Instance {
    const instance = this.#members.find(instanceId);
    if (instance === undefined || isWarmed(instance)) {
      throw validationError(`Instance Id not found - No managed instance found for instance ID: ${instanceId}`);
    }
    if (isInService(instance) || instance.lifecycleState === 'Standby') return instance;
    throw activityInProgress(this.activities.inProgressFor(instanceId));
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

  #refuseTerminationBelowMinSize(desiredCapacity: number): void {
    const { minSize } = this.#members.state;
    if (desiredCapacity >= minSize) return;
    throw validationError(
      `Currently, desiredSize equals minSize (${minSize}). Terminating instance without replacement will violate group's ` +
        "min size constraint. Either set shouldDecrementDesiredCapacity flag to false or lower group's min size.",
    );
  }

  #refuseInCooldown(): void {
    const activity = this.activities.withinCooldown(this.settings.defaultCooldownSeconds);
    if (activity !== undefined) throw activityInProgress(activity);
  }
}

function activityInProgress(activity: ScalingActivity | undefined): ServiceError {
  const which = activity === undefined ? '' : ` ${activity.id}`;
  return new ServiceError(
    'ScalingActivityInProgress',
    `Scaling activity${which} is in progress and blocks this action`,
  );
}

/** As activities of the API reference's examples and of instance refreshes word it. */
function terminationCause(
  { id, weight }: Instance,
  why: { readonly inResponseTo?: string | undefined; readonly shrinkingFrom?: number } = {},
): string {
  const { inResponseTo, shrinkingFrom: from } = why;
  const at = `At ${timeOfCause()}`;
  if (inResponseTo !== undefined) {
    const outOfService = `an instance was taken out of service in response to ${inResponseTo}.`;
    return `${at} ${outOfService}  ${at} instance ${id} was selected for termination.`;
  }
  const shrinking = from === undefined ? '' : `, shrinking the capacity from ${from} to ${from - weight}`;
  return `${at} instance ${id} was taken out of service in response to a user request${shrinking}.`;
}

function refuseOutsideLimits(name: string, desired: number, { minSize, maxSize }: GroupState): void {
  if (Number.isInteger(desired) && minSize <= desired && desired <= maxSize) return;
  throw new RangeError(
    `Group ${name}: the desired capacity must be an integer from minSize ${minSize} to maxSize ${maxSize}, not ${desired}.`,
  );
}
