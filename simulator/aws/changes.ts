import type { LifecycleState } from './auto-scaling/group-state.ts';
import type { TargetState } from './load-balancing/target-state.ts';

/**
 * What happened, for timelines. `groupName` is absent for an instance that never was in a group. `by` names the actor or
 * the process of the group's own (`AZRebalance`, `CapacityRebalance`) which did it; it is absent for API calls, for EC2,
 * and for what the group does to have the capacity that is desired of it.
 */
export type Change = { readonly at: Date; readonly groupName?: string; readonly by?: string } & ChangeDetail;

export type ChangeDetail =
  | { readonly kind: 'desired capacity'; readonly from: number; readonly to: number }
  | {
      readonly kind: 'lifecycle';
      readonly instanceId: string;
      /** Undefined: was not in the group. */
      readonly from: LifecycleState | undefined;
      /** Undefined: is no longer in the group. */
      readonly to: LifecycleState | undefined;
      /** Somebody asked for it, by DetachInstances or TerminateInstanceInAutoScalingGroup. */
      readonly onRequest?: true;
    }
  | { readonly kind: 'health'; readonly instanceId: string; readonly to: 'Unhealthy' }
  | { readonly kind: 'launch failed'; readonly reason: string }
  | {
      readonly kind: 'target';
      readonly targetGroupName: string;
      readonly instanceId: string;
      readonly from: TargetState;
      readonly to: TargetState;
    }
  | { readonly kind: 'interrupted'; readonly instanceId: string; readonly reclaimAt: Date }
  | { readonly kind: 'reclaimed'; readonly instanceId: string };

/** Collects what changes in one step, and tells it when the step is complete: nobody sees half of an atomic change. */
export class Changes {
  readonly #listeners = new Set<(change: Change) => void>();
  readonly #observers = new Map<string, ((changes: readonly Change[]) => void)[]>();
  #queue: Change[] = [];
  #depth = 0;
  #by: string | undefined;

  /** Runs one step. Steps nest: the outermost one tells. */
  step<T>(work: () => T): T {
    this.#depth += 1;
    try {
      return work();
    } finally {
      this.#depth -= 1;
      if (this.#depth === 0) this.#tell();
    }
  }

  /** Runs one step whose changes are told as done by somebody. What follows from them later is not. */
  stepBy<T>(by: string, work: () => T): T {
    return this.step(() => {
      const outer = this.#by;
      this.#by = by;
      try {
        return work();
      } finally {
        this.#by = outer;
      }
    });
  }

  report(detail: ChangeDetail, groupName?: string): void {
    const by = this.#by;
    this.#queue.push({ at: new Date(), ...(groupName !== undefined && { groupName }), ...(by && { by }), ...detail });
    if (this.#depth === 0) this.#tell();
  }

  /**
   * Called once after each step that changed something in or about the group, before the listeners, with everything that
   * the step changed.
   */
  observe(groupName: string, observer: (changes: readonly Change[]) => void): void {
    this.#observers.set(groupName, [...(this.#observers.get(groupName) ?? []), observer]);
  }

  listen(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(): void {
    if (this.#queue.length === 0) return;
    const changes = this.#queue;
    this.#queue = [];
    for (const groupName of new Set(changes.map((change) => change.groupName ?? ''))) {
      for (const observer of this.#observers.get(groupName) ?? []) observer(changes);
    }
    for (const change of changes) for (const listener of this.#listeners) listener(change);
  }
}
