import type { AutoScalingGroup, SimulatedAws } from '../aws/index.ts';
import { seededRandom } from '../seeded-random.ts';

export interface WorkerPlan {
  /** What a job takes, evenly distributed. */
  readonly shortestJobSeconds: number;
  readonly longestJobSeconds: number;
}

export interface JobCounts {
  readonly done: number;
  /** Under way when their instance was taken or terminated. */
  readonly lost: number;
}

/**
 * Instances that do one job after another, from when they are in service until they are told to stop by a command: then they
 * finish the one they are at. One that has only been detached goes on. What a job takes is a function of the instance and the
 * number of the job alone.
 */
export class WorkerFleet {
  readonly #plan: WorkerPlan;
  readonly #stopped = new Set<string>();
  /** Whose job is under way. */
  readonly #working = new Set<string>();
  #done = 0;
  #lost = 0;

  constructor(aws: SimulatedAws, group: AutoScalingGroup, plan: WorkerPlan) {
    this.#plan = plan;
    aws.onChange((change) => {
      if (change.kind === 'reclaimed') this.#ends(change.instanceId);
      if (change.kind !== 'lifecycle' || change.groupName !== group.name) return;
      if (change.to === 'InService') this.#begin(change.instanceId);
      if (change.to === undefined && change.from?.startsWith('Terminating')) this.#ends(change.instanceId);
    });
    aws.systemsManager.onCommand((instanceId) => this.#stopped.add(instanceId));
    for (const { id, lifecycleState } of group.instances) if (lifecycleState === 'InService') this.#begin(id);
  }

  counts(): JobCounts {
    return { done: this.#done, lost: this.#lost };
  }

  #begin(instanceId: string): void {
    if (!this.#working.has(instanceId)) this.#work(instanceId, seededRandom(numberOf(instanceId)));
  }

  #work(instanceId: string, random: () => number): void {
    if (this.#stopped.has(instanceId)) return;
    const { longestJobSeconds, shortestJobSeconds } = this.#plan;
    this.#working.add(instanceId);
    const seconds = shortestJobSeconds + random() * (longestJobSeconds - shortestJobSeconds);
    setTimeout(() => {
      if (!this.#working.delete(instanceId)) return;
      this.#done += 1;
      this.#work(instanceId, random);
    }, seconds * 1000);
  }

  #ends(instanceId: string): void {
    this.#stopped.add(instanceId);
    if (this.#working.delete(instanceId)) this.#lost += 1;
  }
}

/** The instance's id, read as a number of at most 32 bits. */
function numberOf(instanceId: string): number {
  return Number.parseInt(instanceId.slice(-8), 16);
}
