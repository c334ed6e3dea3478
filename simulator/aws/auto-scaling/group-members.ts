import type { BackgroundTimers } from '../background-timers.ts';
import type { Changes } from '../changes.ts';
import type { Ec2Instances } from '../ec2/ec2-instances.ts';
import { History } from '../history.ts';
import type { GroupSettings } from './group-options.ts';
import {
  type GroupState,
  type Instance,
  isCapacity,
  isInService,
  isWarmed,
  type LifecycleState,
  withChangedInstance,
  withInstance,
  withoutInstance,
} from './group-state.ts';
import { timeOfCause } from './scaling-activities.ts';

export interface GroupServices {
  readonly instances: Ec2Instances;
  readonly timers: BackgroundTimers;
  readonly changes: Changes;
}

/** The state of a group and its instances, and the single steps in which it changes. Each step is told. */
export class GroupMembers {
  readonly #settings: GroupSettings;
  readonly #services: GroupServices;
  readonly #state: History<GroupState>;
  #causes = '';
  /** Called when the group's capacity or what it should be has changed. */
  onCapacityChange: () => void = () => {};

  constructor(settings: GroupSettings, services: GroupServices) {
    this.#settings = settings;
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

  /** A target group without a listener says nothing about its targets' health. */
  serves(instance: Instance): boolean {
    return (
      this.#isUp(instance) &&
      this.#settings.targetGroups.every(
        (targetGroup) => !targetGroup.hasListener || targetGroup.state(instance.id) === 'healthy',
      )
    );
  }

  /** One that was detached: it runs, and is healthy in each target group that has a listener, of which there is one. */
  servesOutside(instance: Instance): boolean {
    const checked = this.#settings.targetGroups.filter(({ hasListener }) => hasListener);
    return (
      checked.length > 0 &&
      this.#services.instances.isRunning(instance.id) &&
      checked.every((targetGroup) => targetGroup.state(instance.id) === 'healthy')
    );
  }

  /** It has passed its health checks. That of a load balancer which it was never registered with is not asked for. */
  isReady(instance: Instance): boolean {
    return (
      this.#isUp(instance) &&
      this.#settings.targetGroups.every((targetGroup) => ['healthy', 'unused'].includes(targetGroup.state(instance.id)))
    );
  }

  /** `because`: who changes it, as a scaling activity's cause has it ("a user request explicitly set …"). */
  desire(desiredCapacity: number, because?: string): void {
    const from = this.state.desiredCapacity;
    if (from === desiredCapacity) return;
    this.#state.current = { ...this.state, desiredCapacity };
    if (because !== undefined) {
      const change = `changing the desired capacity from ${from} to ${desiredCapacity}`;
      this.#causes += `At ${timeOfCause()} ${because} ${change}.  `;
    }
    this.#services.changes.report({ kind: 'desired capacity', from, to: desiredCapacity }, this.#settings.name);
    this.onCapacityChange();
  }

  /** Why the desired capacity has changed since the last call, for what is done about it. */
  takeCauses(): string {
    const causes = this.#causes;
    this.#causes = '';
    return causes;
  }

  suspend(suspendedProcesses: readonly string[]): void {
    this.#state.current = { ...this.state, suspendedProcesses };
    this.onCapacityChange();
  }

  add(instance: Instance): void {
    this.#services.instances.run(instance.id, this.#settings.name);
    this.#change(withInstance(this.state, instance), instance.id);
  }

  /** `onRequest`: see the change of that kind. */
  enter(id: string, lifecycleState: LifecycleState, onRequest = false): void {
    this.#change(withChangedInstance(this.state, id, { lifecycleState }), id, onRequest);
  }

  remove(id: string): void {
    this.#change(withoutInstance(this.state, id), id);
  }

  /**
   * The result of an EC2 status check: marks an instance Unhealthy that EC2 has taken. Instances in Standby and those
   * that leave are not checked.
   */
  checkHealth(id: string): void {
    const instance = this.find(id);
    if (instance === undefined || instance.healthStatus === 'Unhealthy' || this.isSuspended('HealthCheck')) return;
    if (this.#services.instances.isRunning(id) || !(isCapacity(instance) || isWarmed(instance))) return;
    this.#state.current = withChangedInstance(this.state, id, { healthStatus: 'Unhealthy' });
    this.#services.changes.report({ kind: 'health', instanceId: id, to: 'Unhealthy' }, this.#settings.name);
    this.onCapacityChange();
  }

  registerTargets(id: string, state: 'initial' | 'healthy'): void {
    if (this.isSuspended('AddToLoadBalancer')) return;
    for (const { registrar } of this.#settings.targetGroups) registrar.register(id, state);
  }

  deregisterTargets(id: string): void {
    for (const { registrar } of this.#settings.targetGroups) registrar.deregister(id);
  }

  #isUp(instance: Instance): boolean {
    return (
      isInService(instance) && instance.healthStatus === 'Healthy' && this.#services.instances.isRunning(instance.id)
    );
  }

  #change(state: GroupState, instanceId: string, onRequest = false): void {
    const from = this.find(instanceId)?.lifecycleState;
    this.#state.current = state;
    const to = this.find(instanceId)?.lifecycleState;
    const asked = onRequest && { onRequest };
    this.#services.changes.report({ kind: 'lifecycle', instanceId, from, to, ...asked }, this.#settings.name);
    this.onCapacityChange();
  }
}
