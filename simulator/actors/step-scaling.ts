import { type Load, utilizationMeter } from './load.ts';
import { type Stage, withinLimits } from './stage.ts';

export interface StepScalingPlan {
  readonly kind: 'step-scaling';
  readonly load: Load;
  readonly steps: readonly ScalingStep[];
  /** From a change of its own to the next: the instances' warm-up. Default 300. */
  readonly warmupSeconds?: number;
  /** Default 60. */
  readonly firstAfterSeconds?: number;
  /** Default: it goes on. */
  readonly untilSeconds?: number;
}

/** Changes the desired capacity by `change` where the average CPU utilization is beyond a bound. */
interface ScalingStep {
  readonly beyond: 'above' | 'below';
  readonly utilization: number;
  readonly change: number;
}

/**
 * A step scaling policy for each direction, with the adjustment type ChangeInCapacity: it adds to the desired capacity as it
 * finds it, whoever has set that. Of the steps whose bound is breached, the furthest one counts.
 *
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html
 */
export function startStepScaling(stage: Stage, plan: StepScalingPlan): void {
  const { warmupSeconds = 300, firstAfterSeconds = 60, untilSeconds } = plan;
  const { group } = stage;
  const measure = utilizationMeter(group, plan.load);
  let changedAt = Number.NEGATIVE_INFINITY;
  stage.every({ firstAfterSeconds, everySeconds: 60, untilSeconds }, (seconds) => {
    const step = breachedStep(plan.steps, measure(seconds)?.average);
    if (step === undefined || seconds < changedAt + warmupSeconds) return true;
    const to = withinLimits(group, group.desiredCapacity + step.change);
    if (to !== group.desiredCapacity) changedAt = seconds;
    const alarm = step.beyond === 'above' ? 'high' : 'low';
    const because = `a monitor alarm ${group.name}-${alarm} in state ALARM triggered policy ${group.name}-step-scaling`;
    group.setDesiredCapacity(to, { because });
    return true;
  });
}

function breachedStep(steps: readonly ScalingStep[], average: number | undefined): ScalingStep | undefined {
  if (average === undefined) return undefined;
  const breached = steps.filter(({ beyond, utilization }) =>
    beyond === 'above' ? average > utilization : average < utilization,
  );
  const distance = ({ utilization }: ScalingStep) => Math.abs(average - utilization);
  return breached.toSorted((a, b) => distance(a) - distance(b))[0];
}
