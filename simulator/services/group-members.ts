import type { BackgroundTimers } from './background-timers.ts';
import type { Changes } from './changes.ts';
import type { Ec2Instances } from './ec2-instances.ts';
import type { GroupSettings, LaunchSeconds } from './group-options.ts';
import {
  type GroupState,
  type Instance,
  isInService,
  isPending,
  type LifecycleState,
  withChangedInstance,
  withInstance,
  withoutInstance,
} from './group-state.ts';
import { History } from './history.ts';
import { type ScalingActivities, timeOfCause } from './scaling-activities.ts';

export interface GroupServices {
  readonly instances: Ec2Instances;
  readonly timers: BackgroundTimers;
  readonly changes: Changes;
}

/** The state of a group, and what its instances go through: targets registered and drained, transitions timed. */
export class GroupMembers {
  readonly #settings: GroupSettings;
  readonly #activities: ScalingActivities;
  readonly #services: GroupServices;
  readonly #state: History<GroupState>;
  /** Called when the group's capacity or what it should be has changed. */
  onCapacityChange: () => void = () => {};

  constructor(settings: GroupSettings, activities: ScalingActivities, services: GroupServices) {
    this.#settings = settings;
    this.#activities = activities;
    this.#services = services;
    const { minSize, maxSize, suspendedProcesses } = settings;
    this.#state = new History({ desiredCapacity: 0, minSize, maxSize, instances: [], suspendedProcesses });
  }

  get state(): GroupState {
    return this.#state.current;
  }

  stateAt(time: number): GroupState {
    return this.#state.at(time);
  }

  find(id: string): Instance | undefined {
    return this.state.instances.find((instance) => instance.id === id);
  }

  isSuspended(process: string): boolean {
    return this.state.suspendedProcesses.includes(process);
  }

  isInterrupted(instance: Instance): boolean {
    return this.#services.instances.isInterrupted(instance.id);
  }

  serves(instance: Instance): boolean {
    return (
      isInService(instance) &&
      instance.healthStatus === 'Healthy' &&
      this.#services.instances.isRunning(instance.id) &&
      this.#settings.targetGroups.every((targetGroup) => targetGroup.state(instance.id) === 'healthy')
    );
  }

  desire(desiredCapacity: number): void {
    const from = this.state.desiredCapacity;
    if (from === desiredCapacity) return;
    this.#state.current = { ...this.state, desiredCapacity };
    this.#services.changes.report({ kind: 'desired capacity', from, to: desiredCapacity }, this.#settings.name);
    this.onCapacityChange();
  }

  suspend(suspendedProcesses: readonly string[]): void {
    this.#state.current = { ...this.state, suspendedProcesses };
    this.onCapacityChange();
  }

  /** Takes in an instance of the group's beginning. */
  admit(instance: Instance): void {
    this.#add(instance);
    if (isInService(instance)) this.#registerTargets(instance.id, 'healthy');
    else if (instance.lifecycleState === 'Terminating') this.#removeTerminated(instance.id);
    else if (instance.lifecycleState === 'Detaching') this.#removeDetached(instance.id);
  }

  /** Takes in a new instance. InService follows with `putInServiceAfter`. */
  launch(instance: Instance): void {
    this.#add(instance);
  }

  putInServiceAfter(seconds: LaunchSeconds, id: string, activityId?: string): void {
    if (seconds === 'never') return;
    this.#services.timers.after(seconds, () => {
      const instance = this.find(id);
      if (instance === undefined || !isPending(instance) || !this.#services.instances.isRunning(id)) return;
      // "Registered before it is marked InService", so InService does not mean that its target is healthy.
      this.#registerTargets(id, 'initial');
      this.#enter(id, 'InService');
      this.#activities.succeed(activityId);
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
    this.#enter(instance.id, 'Detaching');
    this.#deregisterTargets(instance.id);
    this.#removeDetached(instance.id, id);
    return id;
  }

  /** `cause`: the scaling activity's. */
  terminate(instance: Instance, cause: string): void {
    if (instance.lifecycleState.startsWith('Terminating')) return;
    const { id } = this.#activities.begin({
      description: `Terminating EC2 instance: ${instance.id}`,
      cause,
      statusCode: 'InProgress',
      availabilityZone: instance.availabilityZone,
    });
    this.#enter(instance.id, 'Terminating');
    this.#deregisterTargets(instance.id);
    this.#removeTerminated(instance.id, id);
  }

  /**
   * The result of an EC2 status check: marks an instance Unhealthy that EC2 has taken. Instances in Standby and those
   * that leave are not checked.
   */
  checkHealth(id: string): void {
    const instance = this.find(id);
    if (instance === undefined || instance.healthStatus === 'Unhealthy' || this.isSuspended('HealthCheck')) return;
    if (this.#services.instances.isRunning(id) || !(isInService(instance) || isPending(instance))) return;
    this.#state.current = withChangedInstance(this.state, id, { healthStatus: 'Unhealthy' });
    this.#services.changes.report({ kind: 'health', instanceId: id, to: 'Unhealthy' }, this.#settings.name);
    this.onCapacityChange();
  }

  #removeDetached(id: string, activityId?: string): void {
    this.#services.timers.after(this.#settings.detachSeconds, () => this.#remove(id, activityId));
  }

  #removeTerminated(id: string, activityId?: string): void {
    this.#services.timers.after(this.#secondsToTerminate(id), () => {
      this.#services.instances.terminate(id);
      this.#remove(id, activityId);
    });
  }

  /** A running target drains before its instance is ended. */
  #secondsToTerminate(id: string): number {
    if (!this.#services.instances.isRunning(id)) return this.#settings.terminateSeconds;
    const drains = this.#settings.targetGroups
      .filter((targetGroup) => targetGroup.state(id) === 'draining')
      .map(({ settings }) => settings.deregistrationDelaySeconds);
    return Math.max(this.#settings.terminateSeconds, ...drains);
  }

  #registerTargets(id: string, state: 'initial' | 'healthy'): void {
    if (this.isSuspended('AddToLoadBalancer')) return;
    for (const { registrar } of this.#settings.targetGroups) registrar.register(id, state);
  }

  #deregisterTargets(id: string): void {
    for (const { registrar } of this.#settings.targetGroups) registrar.deregister(id);
  }

  #add(instance: Instance): void {
    this.#services.instances.run(instance.id, this.#settings.name);
    this.#change(withInstance(this.state, instance), instance.id);
  }

  #enter(id: string, lifecycleState: LifecycleState): void {
    this.#change(withChangedInstance(this.state, id, { lifecycleState }), id);
  }

  #remove(id: string, activityId?: string): void {
    this.#change(withoutInstance(this.state, id), id);
    this.#activities.succeed(activityId);
  }

  #change(state: GroupState, instanceId: string): void {
    const from = this.find(instanceId)?.lifecycleState;
    this.#state.current = state;
    const to = this.find(instanceId)?.lifecycleState;
    this.#services.changes.report({ kind: 'lifecycle', instanceId, from, to }, this.#settings.name);
    this.onCapacityChange();
  }
}
