import { type Stage, withinLimits } from './stage.ts';

/** A scheduled action of the group's that sets its desired capacity (capacity units, brought within the limits). */
export interface ScheduledActionPlan {
  readonly kind: 'scheduled-action';
  readonly afterSeconds: number;
  readonly desiredCapacity: number;
}

/** Somebody who calls SetDesiredCapacity (capacity units, brought within the limits). */
export interface PersonPlan {
  readonly kind: 'person';
  readonly afterSeconds: number;
  readonly desiredCapacity: number;
}

/**
 * A writer of absolute sizes, as the Kubernetes Cluster Autoscaler is one: it reads the desired capacity, and a little later
 * writes what it read plus a change, whatever has happened in between.
 */
export interface ClusterAutoscalerPlan {
  readonly kind: 'cluster-autoscaler';
  readonly afterSeconds: number;
  /** Capacity units, more or fewer. */
  readonly change: number;
  /** From reading to writing. Default 2. */
  readonly writesAfterSeconds?: number;
  /** Default: once. */
  readonly everySeconds?: number;
  /** Default: it goes on. */
  readonly untilSeconds?: number;
}

/** @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-scheduled-scaling.html */
export function startScheduledAction({ group, after }: Stage, plan: ScheduledActionPlan): void {
  after(plan.afterSeconds, () => {
    const { minSize, maxSize } = group.state();
    const to = withinLimits(group, plan.desiredCapacity);
    const sizes = `min: ${minSize}, max: ${maxSize}, desired: ${to}`;
    group.setDesiredCapacity(to, { because: `a scheduled action update of AutoScalingGroup constraints to ${sizes}` });
  });
}

/** @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-scaling-manually.html */
export function startPerson({ group, after }: Stage, plan: PersonPlan): void {
  after(plan.afterSeconds, () => group.setDesiredCapacity(withinLimits(group, plan.desiredCapacity)));
}

/** @see https://github.com/kubernetes/autoscaler/tree/master/cluster-autoscaler/cloudprovider/aws */
export function startClusterAutoscaler({ group, after, every }: Stage, plan: ClusterAutoscalerPlan): void {
  const { afterSeconds, change, writesAfterSeconds = 2, everySeconds, untilSeconds } = plan;
  every({ firstAfterSeconds: afterSeconds, everySeconds: everySeconds ?? 0, untilSeconds }, () => {
    const read = group.desiredCapacity;
    after(writesAfterSeconds, () => group.setDesiredCapacity(withinLimits(group, read + change)));
    return everySeconds !== undefined;
  });
}
