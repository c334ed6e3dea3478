import type { BackgroundTimers } from '../background-timers.ts';
import { uuidFrom } from '../protocols/identifiers.ts';
import { validationError } from '../protocols/service-error.ts';
import type { LifecycleHookOptions, LifecycleResult, LifecycleTransition } from './process-options.ts';

export type LifecycleHook = Required<LifecycleHookOptions>;

/** Which action CompleteLifecycleAction is about: the instance's or the token's. */
export interface LifecycleAction {
  readonly hookName: string;
  readonly instanceId?: string | undefined;
  readonly token?: string | undefined;
}

/** Called when the waiting is over. `reason` is the service's, for a scaling activity. */
export type WaitIsOver = (result: LifecycleResult, reason: string) => void;

/**
 * The lifecycle hooks of a group, and the instances that wait for them ("Amazon EC2 Auto Scaling lifecycle hooks", user
 * guide): an instance goes on once each hook of its transition is completed with CONTINUE, by CompleteLifecycleAction or
 * by the hook's default result after its heartbeat timeout; ABANDON ends the waiting at once.
 */
export class LifecycleHooks {
  readonly all: readonly LifecycleHook[];
  readonly #groupName: string;
  readonly #timers: BackgroundTimers;
  readonly #waits = new Map<string, Wait>();

  constructor(groupName: string, options: readonly LifecycleHookOptions[], timers: BackgroundTimers) {
    this.#groupName = groupName;
    this.#timers = timers;
    this.all = options.map((hook) => ({
      heartbeatTimeoutSeconds: 3600,
      defaultResult: 'ABANDON',
      completedAfterSeconds: 'never',
      completedWith: 'CONTINUE',
      ...hook,
    }));
  }

  has(transition: LifecycleTransition): boolean {
    return this.all.some((hook) => hook.transition === transition);
  }

  /** Begins the wait of an instance, for the hooks of a transition that has some. */
  wait(instanceId: string, transition: LifecycleTransition, isOver: WaitIsOver): void {
    const hooks = this.all.filter((hook) => hook.transition === transition);
    const tokenOf = (name: string) => uuidFrom(`${this.#groupName} ${transition} ${instanceId} ${name}`);
    const wait: Wait = { instanceId, isOver, tokens: new Map(hooks.map(({ name }) => [name, tokenOf(name)])) };
    this.#waits.set(instanceId, wait);
    for (const hook of hooks) this.#endLater(wait, hook);
  }

  /** The instance does not wait any more. */
  forget(instanceId: string): void {
    this.#waits.delete(instanceId);
  }

  /** CompleteLifecycleAction. Throws a ServiceError where no such action is open. */
  complete(action: LifecycleAction, result: LifecycleResult): void {
    const { hookName, instanceId, token } = action;
    const wait = [...this.#waits.values()].find(
      (one) =>
        one.tokens.has(hookName) &&
        (instanceId === undefined || one.instanceId === instanceId) &&
        (token === undefined || one.tokens.get(hookName) === token),
    );
    if (wait === undefined || (instanceId ?? token) === undefined) {
      const named = token === undefined ? `instance ID ${instanceId}` : `token ${token}`;
      throw validationError(`No active Lifecycle Action found with ${named}`);
    }
    this.#end(wait, hookName, result, `Lifecycle Action Completed with ${result} Result`);
  }

  #endLater(wait: Wait, hook: LifecycleHook): void {
    const { name, heartbeatTimeoutSeconds, completedAfterSeconds, completedWith, defaultResult } = hook;
    if (completedAfterSeconds !== 'never' && completedAfterSeconds <= heartbeatTimeoutSeconds) {
      const reason = `Lifecycle Action Completed with ${completedWith} Result`;
      this.#timers.after(completedAfterSeconds, () => this.#end(wait, name, completedWith, reason));
    } else {
      this.#timers.after(heartbeatTimeoutSeconds, () => this.#end(wait, name, defaultResult, 'Heartbeat Timeout'));
    }
  }

  #end(wait: Wait, hookName: string, result: LifecycleResult, how: string): void {
    const token = wait.tokens.get(hookName);
    if (token === undefined || this.#waits.get(wait.instanceId) !== wait) return;
    wait.tokens.delete(hookName);
    if (result === 'CONTINUE' && wait.tokens.size > 0) return;
    this.#waits.delete(wait.instanceId);
    const verb = result === 'ABANDON' ? 'abandoned' : 'completed';
    wait.isOver(result, `Lifecycle Action with token ${token} was ${verb}: ${how}`);
  }
}

interface Wait {
  readonly instanceId: string;
  readonly isOver: WaitIsOver;
  /** Of the hooks that are not completed yet, by name. */
  readonly tokens: Map<string, string>;
}
