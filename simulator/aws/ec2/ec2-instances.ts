import type { BackgroundTimers } from '../background-timers.ts';
import type { Changes } from '../changes.ts';

/** The instances as EC2 has them, in a group or not: which of them run, and which it has given notice for. */
export class Ec2Instances {
  readonly #timers: BackgroundTimers;
  readonly #changes: Changes;
  readonly #instances = new Map<string, Ec2Instance>();
  readonly #beforeDown: ((instanceId: string) => void)[] = [];
  readonly #afterReclaim: ((instanceId: string) => void)[] = [];
  readonly #afterNotice: ((instanceId: string) => void)[] = [];
  readonly #afterRecommendation: ((instanceId: string) => void)[] = [];

  constructor(timers: BackgroundTimers, changes: Changes) {
    this.#timers = timers;
    this.#changes = changes;
  }

  /** `groupName`: the group that the instance begins in. */
  run(instanceId: string, groupName?: string): void {
    if (this.#instances.has(instanceId)) throw new Error(`Instance ${instanceId} exists already: give it another id.`);
    this.#instances.set(instanceId, { groupName, running: true, noticed: false, toBeReclaimed: false });
  }

  /** The group that the instance began in, which it may have left. */
  groupNameOf(instanceId: string): string | undefined {
    return this.#instances.get(instanceId)?.groupName;
  }

  isRunning(instanceId: string): boolean {
    return this.#instances.get(instanceId)?.running ?? false;
  }

  /** EC2 has given notice and has not taken it yet. */
  isInterrupted(instanceId: string): boolean {
    return this.isRunning(instanceId) && (this.#instances.get(instanceId)?.noticed ?? false);
  }

  /** It runs, and EC2 is not about to take it. */
  canBeInterrupted(instanceId: string): boolean {
    return this.isRunning(instanceId) && this.#instances.get(instanceId)?.toBeReclaimed === false;
  }

  /** Recommends to rebalance. An instance that does not run needs it no more. */
  recommend(instanceId: string): void {
    if (!this.#instances.has(instanceId)) {
      throw new Error(`Cannot recommend to rebalance ${instanceId}: there is no such instance.`);
    }
    if (!this.isRunning(instanceId)) return;
    for (const listener of this.#afterRecommendation) listener(instanceId);
  }

  /**
   * Gives notice at `at` and takes the instance `reclaimSeconds` later. Past times are now. `isSpot`: whether Auto Scaling
   * may react to it; to that of a Capacity Reservation it does not (EC2 User Guide, "monitor-interruptible-cr").
   */
  interrupt(instanceId: string, at: Date, reclaimSeconds: number, isSpot = true): void {
    const instance = this.#instances.get(instanceId);
    if (instance === undefined) throw new Error(`Cannot interrupt ${instanceId}: there is no such instance.`);
    if (!instance.running) throw new Error(`Cannot interrupt ${instanceId}: it does not run any more.`);
    if (instance.toBeReclaimed) {
      throw new Error(`Cannot interrupt ${instanceId} twice: for a duplicate notice, put its event again.`);
    }
    instance.toBeReclaimed = true;
    const reclaimAt = new Date(at.getTime() + reclaimSeconds * 1000);
    if (secondsUntil(at) > 0) this.#timers.after(secondsUntil(at), () => this.#notice(instanceId, reclaimAt, isSpot));
    else this.#notice(instanceId, reclaimAt, isSpot);
    this.#timers.after(secondsUntil(reclaimAt), () => this.#reclaim(instanceId));
  }

  /** Ends an instance that its group terminates. */
  terminate(instanceId: string): void {
    if (this.isRunning(instanceId)) this.#end(instanceId);
  }

  /** Called while the instance still runs, for the last time. */
  onBeforeDown(listener: (instanceId: string) => void): void {
    this.#beforeDown.push(listener);
  }

  onRecommended(listener: (instanceId: string) => void): void {
    this.#afterRecommendation.push(listener);
  }

  onNoticed(listener: (instanceId: string) => void): void {
    this.#afterNotice.push(listener);
  }

  onReclaimed(listener: (instanceId: string) => void): void {
    this.#afterReclaim.push(listener);
  }

  #notice(instanceId: string, reclaimAt: Date, isSpot: boolean): void {
    const instance = this.#instances.get(instanceId);
    if (instance === undefined || !instance.running) return;
    instance.noticed = true;
    this.#changes.report({ kind: 'interrupted', instanceId, reclaimAt }, this.groupNameOf(instanceId));
    for (const listener of isSpot ? this.#afterNotice : []) listener(instanceId);
  }

  #reclaim(instanceId: string): void {
    if (!this.isRunning(instanceId)) return;
    this.#end(instanceId);
    this.#changes.report({ kind: 'reclaimed', instanceId }, this.groupNameOf(instanceId));
    for (const listener of this.#afterReclaim) listener(instanceId);
  }

  #end(instanceId: string): void {
    for (const listener of this.#beforeDown) listener(instanceId);
    const instance = this.#instances.get(instanceId);
    if (instance !== undefined) instance.running = false;
  }
}

interface Ec2Instance {
  readonly groupName: string | undefined;
  running: boolean;
  noticed: boolean;
  toBeReclaimed: boolean;
}

function secondsUntil(time: Date): number {
  return Math.max(0, time.getTime() - Date.now()) / 1000;
}
