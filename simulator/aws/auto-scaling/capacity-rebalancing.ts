import type { Changes } from '../changes.ts';
import type { GroupMembers } from './group-members.ts';
import { isInService } from './group-state.ts';
import type { InstanceLifecycle } from './instance-lifecycle.ts';
import type { Launcher } from './launcher.ts';
import type { CapacityRebalanceReading } from './process-options.ts';
import type { Replacements } from './replacements.ts';
import { timeOfCause } from './scaling-activities.ts';

/** How its changes are told. */
const by = 'CapacityRebalance';

/**
 * What a group with Capacity Rebalancing does about a rebalance recommendation (it replaces the instance, launching first)
 * and about a two-minute notice; see `CapacityRebalanceReading`. The documentation says that it "can temporarily exceed
 * the specified maximum size of a group by up to 10 percent of the desired capacity": rounded up here, to its advantage.
 * Instances that are protected from scale-in are not replaced. That it launches only where other capacity pools are as
 * good or better is not simulated: it always launches. How its activities' causes are worded is not documented.
 *
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-capacity-rebalancing.html
 */
export class CapacityRebalancing {
  readonly #reading: CapacityRebalanceReading;
  readonly #launcher: Launcher;
  readonly #members: GroupMembers;
  readonly #lifecycle: InstanceLifecycle;
  readonly #replacements: Replacements;
  readonly #changes: Changes;

  constructor(
    reading: CapacityRebalanceReading,
    parts: {
      readonly members: GroupMembers;
      readonly launcher: Launcher;
      readonly lifecycle: InstanceLifecycle;
      readonly replacements: Replacements;
      readonly changes: Changes;
    },
  ) {
    this.#reading = reading;
    this.#launcher = parts.launcher;
    this.#members = parts.members;
    this.#lifecycle = parts.lifecycle;
    this.#replacements = parts.replacements;
    this.#changes = parts.changes;
  }

  /** Returns whether the group has something to do about it. */
  recommended(instanceId: string): boolean {
    if (!this.#isReplaceable(instanceId)) return false;
    this.#ask(instanceId, 'an EC2 instance rebalance recommendation');
    return true;
  }

  /** The same. */
  noticed(instanceId: string): boolean {
    if (!this.#isReplaceable(instanceId)) return false;
    const notice = 'a Spot Instance interruption notice';
    if (this.#reading === 'replace-first') this.#ask(instanceId, notice);
    else if (!this.#members.isSuspended('Terminate')) this.#terminate(instanceId, notice);
    return true;
  }

  #ask(instanceId: string, inResponseTo: string): void {
    const margin = () => Math.max(this.#launcher.weight, Math.ceil(this.#members.state.desiredCapacity / 10));
    this.#replacements.ask(instanceId, { by, inResponseTo, margin });
  }

  #terminate(instanceId: string, inResponseTo: string): void {
    const instance = this.#members.find(instanceId);
    if (instance === undefined) return;
    const cause = `At ${timeOfCause()} an instance was taken out of service in response to ${inResponseTo}.`;
    this.#changes.stepBy(by, () => this.#lifecycle.terminate(instance, cause));
  }

  #isReplaceable(instanceId: string): boolean {
    const instance = this.#members.find(instanceId);
    return instance !== undefined && isInService(instance) && !instance.protectedFromScaleIn;
  }
}
