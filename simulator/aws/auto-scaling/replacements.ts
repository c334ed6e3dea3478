import type { Changes } from '../changes.ts';
import type { GroupMembers } from './group-members.ts';
import { capacityOf, isCapacity, isInService } from './group-state.ts';
import type { InstanceLifecycle } from './instance-lifecycle.ts';
import type { Launcher } from './launcher.ts';
import { timeOfCause } from './scaling-activities.ts';

export interface ReplacementRequest {
  /** Who replaces it, for the changes that are told. */
  readonly by: string;
  /** For the scaling activities: "an EC2 instance rebalance recommendation". */
  readonly inResponseTo: string;
  /** How far the group may exceed its MaxSize for it, in capacity units. */
  readonly margin: () => number;
}

/**
 * Instances of which each is terminated once another has been launched for it and has passed its health checks. The other
 * is launched beyond the desired capacity, which stays as it is, so that scale-in must not take it for a surplus.
 */
export class Replacements {
  readonly #members: GroupMembers;
  readonly #lifecycle: InstanceLifecycle;
  readonly #launcher: Launcher;
  readonly #changes: Changes;
  /** In the order in which they were asked for, by the id of the old instance. */
  readonly #replacements = new Map<string, Replacement>();

  constructor(parts: {
    readonly members: GroupMembers;
    readonly lifecycle: InstanceLifecycle;
    readonly launcher: Launcher;
    readonly changes: Changes;
  }) {
    this.#members = parts.members;
    this.#lifecycle = parts.lifecycle;
    this.#launcher = parts.launcher;
    this.#changes = parts.changes;
  }

  /** Has an InService instance replaced; the group's control loop does it. Without effect where it is already. */
  ask(instanceId: string, request: ReplacementRequest): void {
    if (!this.#replacements.has(instanceId)) this.#replacements.set(instanceId, { ...request, newId: undefined });
  }

  isAskedFor(instanceId: string): boolean {
    return this.#replacements.has(instanceId);
  }

  /** Whether something is left to do once the group has changed. */
  get isWaiting(): boolean {
    return this.#replacements.size > 0;
  }

  /** Capacity units in the group that it has on purpose beyond its desired capacity. */
  get surplus(): number {
    this.#forgetWhatHasLeft();
    let surplus = 0;
    for (const { newId } of this.#replacements.values()) {
      surplus += (newId !== undefined && this.#members.find(newId)?.weight) || 0;
    }
    return surplus;
  }

  /** Launches for those that nothing was launched for yet, as far as there is room. */
  launch(): void {
    this.#forgetWhatHasLeft();
    for (const replacement of this.#replacements.values()) {
      if (replacement.newId !== undefined) continue;
      const { state } = this.#members;
      const room = state.maxSize + replacement.margin() - capacityOf(state);
      if (room < this.#launcher.weight) return;
      const cause = `At ${timeOfCause()} an instance was launched in response to ${replacement.inResponseTo}.`;
      replacement.newId = this.#changes.stepBy(replacement.by, () => this.#launcher.launch({ cause }));
      if (replacement.newId === undefined) return;
    }
  }

  /** Terminates those whose replacements are ready. */
  terminate(): void {
    this.#forgetWhatHasLeft();
    for (const [id, { newId, by, inResponseTo }] of this.#replacements) {
      const old = this.#members.find(id);
      const ready = newId === undefined ? undefined : this.#members.find(newId);
      if (old === undefined || ready === undefined || !this.#members.isReady(ready)) continue;
      this.#replacements.delete(id);
      const cause = `At ${timeOfCause()} an instance was taken out of service in response to ${inResponseTo}.`;
      this.#changes.stepBy(by, () => this.#lifecycle.terminate(old, cause));
    }
  }

  /** An old instance that left otherwise needs none; a new one that is lost has to be launched again. */
  #forgetWhatHasLeft(): void {
    for (const [id, replacement] of this.#replacements) {
      const old = this.#members.find(id);
      if (old === undefined || !isInService(old)) this.#replacements.delete(id);
      const { newId } = replacement;
      const launched = newId === undefined ? undefined : this.#members.find(newId);
      if (launched === undefined || !isCapacity(launched)) replacement.newId = undefined;
    }
  }
}

interface Replacement extends ReplacementRequest {
  newId: string | undefined;
}
