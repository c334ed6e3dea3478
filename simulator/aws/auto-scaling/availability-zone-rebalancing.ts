import type { Changes } from '../changes.ts';
import type { GroupMembers } from './group-members.ts';
import type { GroupSettings } from './group-options.ts';
import { capacityOf, isCapacity, nextToScaleIn, zoneCounts } from './group-state.ts';
import type { InstanceLifecycle } from './instance-lifecycle.ts';
import type { Launcher } from './launcher.ts';
import type { Replacements } from './replacements.ts';
import { timeOfCause } from './scaling-activities.ts';

/** The process that stops it when it is suspended, and how its changes are told. */
const azRebalance = 'AZRebalance';

/**
 * Keeps the Availability Zones of a group balanced: where one has at least two instances more than another, it launches in
 * the emptier one first, and terminates an instance in the fullest one when the new one has passed its health checks.
 * Rebalancing "launches new instances before terminating the old ones, so that rebalancing does not compromise the
 * performance or availability of your application", and an instance is "ready to use after it successfully completes its
 * first health check and the specified warmup time passes"; here that check is the load balancer's, as with the other
 * processes that replace instances, and there is no warmup. Being at its maximum size could stop it, so a group "can
 * temporarily exceed the specified maximum capacity by a 10 percent margin (or by a margin of one instance, whichever is
 * greater)". One round begins after the other.
 *
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/auto-scaling-benefits.html#AutoScalingBehavior.Rebalancing
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-maintenance-policy-overview-and-considerations.html
 */
export class AvailabilityZoneRebalancing {
  readonly #settings: GroupSettings;
  readonly #members: GroupMembers;
  readonly #lifecycle: InstanceLifecycle;
  readonly #launcher: Launcher;
  readonly #replacements: Replacements;
  readonly #changes: Changes;
  /** The instances launched in this round, with their zones. */
  readonly #launched = new Map<string, string>();

  constructor(
    settings: GroupSettings,
    parts: {
      readonly members: GroupMembers;
      readonly lifecycle: InstanceLifecycle;
      readonly launcher: Launcher;
      readonly replacements: Replacements;
      readonly changes: Changes;
    },
  ) {
    this.#settings = settings;
    this.#members = parts.members;
    this.#lifecycle = parts.lifecycle;
    this.#launcher = parts.launcher;
    this.#replacements = parts.replacements;
    this.#changes = parts.changes;
  }

  /** Whether a round is under way. */
  get isWaiting(): boolean {
    return this.#launched.size > 0;
  }

  /** Capacity units in the group that it has on purpose beyond its desired capacity. */
  get surplus(): number {
    let surplus = 0;
    for (const id of this.#launched.keys()) {
      const instance = this.#members.find(id);
      if (instance !== undefined && isCapacity(instance)) surplus += instance.weight;
    }
    return surplus;
  }

  /** For each new instance that is ready, terminates one elsewhere, unless one has left meanwhile. */
  terminate(): void {
    const zones = [...new Set(this.#launched.values())].join(' ');
    for (const id of this.#launched.keys()) {
      const launched = this.#members.find(id);
      const isThere = launched !== undefined && isCapacity(launched);
      if (isThere && !this.#members.isReady(launched)) continue;
      this.#launched.delete(id);
      if (isThere) this.#terminateOne(zones);
    }
  }

  /** Begins a round, where the last one has ended. */
  launch(): void {
    if (this.isWaiting || this.#members.isSuspended(azRebalance)) return;
    for (const availabilityZone of this.#zonesToFill()) {
      if (!this.#hasRoom()) return;
      const cause = `At ${timeOfCause()} an instance was launched to aid in balancing the group's zones.`;
      const id = this.#changes.stepBy(azRebalance, () => this.#launcher.launch({ cause, availabilityZone }));
      if (id === undefined) return;
      this.#launched.set(id, availabilityZone);
    }
  }

  #terminateOne(zones: string): void {
    const { state } = this.#members;
    const capacity = capacityOf(state);
    const instance = nextToScaleIn(state, {
      surplus: capacity - state.desiredCapacity - this.surplus - this.#replacements.surplus,
      isInterrupted: (candidate) => this.#members.isInterrupted(candidate),
      zones: this.#settings.availabilityZones,
    });
    if (instance === undefined) return;
    // The words of a real group's activity: github.com/spacelift-io/terraform-aws-spacelift-workerpool-on-ec2/pull/97.
    const cause =
      `At ${timeOfCause()} instances were launched to balance instances in zones ${zones} with other zones resulting ` +
      `in more than desired number of instances in the group.  At ${timeOfCause()} an instance was taken out of service ` +
      `in response to a difference between desired and actual capacity, shrinking the capacity from ${capacity} to ` +
      `${capacity - instance.weight}.  At ${timeOfCause()} instance ${instance.id} was selected for termination.`;
    this.#changes.stepBy(azRebalance, () => this.#lifecycle.terminate(instance, cause));
  }

  /** A zone for each instance that has to move: from the fullest to the emptiest, until they differ by less than two. */
  #zonesToFill(): readonly string[] {
    const { availabilityZones } = this.#settings;
    const counts = zoneCounts(this.#members.state.instances.filter(isCapacity), availabilityZones);
    const countOf = (zone: string) => counts.get(zone) ?? 0;
    const zonesToFill: string[] = [];
    for (;;) {
      const [emptiest, ...others] = availabilityZones.toSorted((a, b) => countOf(a) - countOf(b));
      const fullest = others.at(-1);
      if (emptiest === undefined || fullest === undefined) return zonesToFill;
      if (countOf(fullest) - countOf(emptiest) < 2) return zonesToFill;
      zonesToFill.push(emptiest);
      counts.set(emptiest, countOf(emptiest) + 1);
      counts.set(fullest, countOf(fullest) - 1);
    }
  }

  #hasRoom(): boolean {
    const { state } = this.#members;
    const { weight } = this.#launcher;
    const margin = Math.max(weight, Math.floor(state.maxSize / 10));
    return capacityOf(state) + weight <= state.maxSize + margin;
  }
}
