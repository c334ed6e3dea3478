import type { GroupMembers, GroupServices } from './group-members.ts';
import type { GroupSettings, LaunchSeconds } from './group-options.ts';
import { type Instance, isInService, isPending } from './group-state.ts';
import type { LifecycleHooks } from './lifecycle-hooks.ts';
import { type ScalingActivities, timeOfCause } from './scaling-activities.ts';

/** From a completed lifecycle action until the instance is InService: registration with the load balancers. */
const proceedSeconds = 1;

/**
 * What a group's instances go through, from state to state in time ("Amazon EC2 Auto Scaling instance lifecycle", user
 * guide): Pending, where there are launching hooks Pending:Wait and Pending:Proceed, InService; Detaching; Terminating
 * while the load balancers deregister it, where there are terminating hooks Terminating:Wait and Terminating:Proceed.
 * Detaching runs no hooks.
 */
export class InstanceLifecycle {
  readonly #settings: GroupSettings;
  readonly #members: GroupMembers;
  readonly #activities: ScalingActivities;
  readonly #hooks: LifecycleHooks;
  readonly #services: GroupServices;

  constructor(
    settings: GroupSettings,
    parts: GroupServices & {
      readonly members: GroupMembers;
      readonly activities: ScalingActivities;
      readonly hooks: LifecycleHooks;
    },
  ) {
    this.#settings = settings;
    this.#members = parts.members;
    this.#activities = parts.activities;
    this.#hooks = parts.hooks;
    this.#services = parts;
  }

  /** Takes in an instance of the group's beginning. */
  admit(instance: Instance): void {
    this.#members.add(instance);
    if (isInService(instance)) this.#members.registerTargets(instance.id, 'healthy');
    else if (instance.lifecycleState === 'Terminating') this.#removeTerminated(instance.id);
    else if (instance.lifecycleState === 'Detaching') this.#removeDetached(instance.id);
  }

  /** From Pending on. */
  putInServiceAfter(seconds: LaunchSeconds, id: string, activityId?: string): void {
    if (seconds === 'never') return;
    this.#services.timers.after(seconds, () => {
      if (!this.#arrives(id)) return;
      if (this.#hooks.has('launching')) this.#waitToLaunch(id, activityId);
      else this.#putInService(id, activityId);
    });
  }

  /** `change`: of the desired capacity, as the cause has it. Returns the id of the scaling activity. */
  detach(instance: Instance, change = ''): string {
    const { id } = this.#activities.begin({
      description: `Detaching EC2 instance: ${instance.id}`,
      cause: `At ${timeOfCause()} instance ${instance.id} was detached in response to a user request${change}.`,
      statusCode: 'InProgress',
      availabilityZone: instance.availabilityZone,
    });
    this.#members.enter(instance.id, 'Detaching', true);
    this.#members.deregisterTargets(instance.id);
    this.#removeDetached(instance.id, id);
    return id;
  }

  /**
   * `cause`: the scaling activity's. `onRequest`: by TerminateInstanceInAutoScalingGroup. Returns the activity's id; undefined
   * for an instance which is being terminated already.
   */
  terminate(instance: Instance, cause: string, onRequest = false): string | undefined {
    if (instance.lifecycleState.startsWith('Terminating')) return undefined;
    const { id } = this.#activities.begin({
      description: `Terminating EC2 instance: ${instance.id}`,
      cause,
      statusCode: 'InProgress',
      availabilityZone: instance.availabilityZone,
    });
    this.#hooks.forget(instance.id);
    this.#members.enter(instance.id, 'Terminating', onRequest);
    this.#members.deregisterTargets(instance.id);
    this.#removeTerminated(instance.id, id);
    return id;
  }

  #arrives(id: string): boolean {
    const instance = this.#members.find(id);
    return instance !== undefined && isPending(instance) && this.#services.instances.isRunning(id);
  }

  #waitToLaunch(id: string, activityId?: string): void {
    this.#members.enter(id, 'Pending:Wait');
    this.#hooks.wait(id, 'launching', (result, reason) => {
      const instance = this.#members.find(id);
      if (instance === undefined) return;
      if (result === 'ABANDON') {
        this.#abandonLaunch(instance, `Instance failed to complete user's Lifecycle Action: ${reason}`, activityId);
        return;
      }
      this.#members.enter(id, 'Pending:Proceed');
      this.#services.timers.after(proceedSeconds, () => {
        if (this.#arrives(id)) this.#putInService(id, activityId);
      });
    });
  }

  #putInService(id: string, activityId?: string): void {
    // "Registered before it is marked InService", so InService does not mean that its target is healthy.
    this.#members.registerTargets(id, 'initial');
    this.#members.enter(id, 'InService');
    this.#activities.succeed(activityId);
  }

  /** The group terminates it, and launches another. */
  #abandonLaunch(instance: Instance, reason: string, activityId?: string): void {
    const description = `Launching a new EC2 instance: ${instance.id}.  Status Reason: ${reason}`;
    if (activityId !== undefined) this.#activities.cancel(activityId, description, reason);
    const cause = `At ${timeOfCause()} an instance was taken out of service in response to a launch failure.`;
    this.terminate(instance, cause);
  }

  #removeDetached(id: string, activityId?: string): void {
    this.#services.timers.after(this.#settings.detachSeconds, () => {
      this.#members.remove(id);
      this.#activities.succeed(activityId);
    });
  }

  #removeTerminated(id: string, activityId?: string): void {
    const { terminateSeconds } = this.#settings;
    if (!this.#hooks.has('terminating')) {
      this.#endAfter(Math.max(terminateSeconds, this.#drainSeconds(id)), id, activityId);
      return;
    }
    this.#services.timers.after(this.#drainSeconds(id), () => {
      this.#members.enter(id, 'Terminating:Wait');
      // Whatever the result is, the instance is terminated.
      this.#hooks.wait(id, 'terminating', () => {
        this.#members.enter(id, 'Terminating:Proceed');
        this.#endAfter(terminateSeconds, id, activityId);
      });
    });
  }

  #endAfter(seconds: number, id: string, activityId?: string): void {
    this.#services.timers.after(seconds, () => {
      this.#services.instances.terminate(id);
      this.#members.remove(id);
      this.#activities.succeed(activityId);
    });
  }

  /** A running target drains before its instance is ended. */
  #drainSeconds(id: string): number {
    if (!this.#services.instances.isRunning(id)) return 0;
    const drains = this.#settings.targetGroups
      .filter((targetGroup) => targetGroup.state(id) === 'draining')
      .map(({ settings }) => settings.deregistrationDelaySeconds);
    return Math.max(0, ...drains);
  }
}
