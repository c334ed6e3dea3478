import type { AutoScalingGroup } from '../aws/index.ts';
import { type Load, type Utilization, utilizationMeter } from './load.ts';
import { type Stage, withinLimits } from './stage.ts';

export interface TargetTrackingPlan {
  readonly kind: 'target-tracking';
  readonly load: Load;
  /** Of the instances' average CPU utilization. Default 0.6. */
  readonly targetUtilization?: number;
  /** From a change of its own until it scales in. Default 300. */
  readonly scaleInCooldownSeconds?: number;
  /** Default 60. */
  readonly firstAfterSeconds?: number;
  /** Default: it goes on. */
  readonly untilSeconds?: number;
}

/** How far below the target the metric has to be for a scale-in: the lower alarm that target tracking creates. */
const scaleInMargin = 0.9;

/**
 * A target tracking scaling policy. It evaluates each minute and sets an absolute size, computed from what is InService and
 * how busy that is; it scales out at once, and in only where the metric is a tenth below the target and its cooldown is over.
 *
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-target-tracking.html
 */
export function startTargetTracking(stage: Stage, plan: TargetTrackingPlan): void {
  const { targetUtilization = 0.6, scaleInCooldownSeconds = 300, firstAfterSeconds = 60, untilSeconds } = plan;
  const { group } = stage;
  const measure = utilizationMeter(group, plan.load);
  let changedAt = Number.NEGATIVE_INFINITY;
  stage.every({ firstAfterSeconds, everySeconds: 60, untilSeconds }, (seconds) => {
    const utilization = measure(seconds);
    if (utilization === undefined) return true;
    const to = withinLimits(group, sizeFor(utilization, targetUtilization));
    const alarm = alarmOf(utilization, targetUtilization);
    const isScaleOut = alarm === 'AlarmHigh' && to > group.desiredCapacity;
    const isScaleIn = alarm === 'AlarmLow' && to < group.desiredCapacity;
    if (isScaleOut || (isScaleIn && seconds >= changedAt + scaleInCooldownSeconds)) {
      changedAt = seconds;
      group.setDesiredCapacity(to, { because: cause(group, alarm) });
    }
    return true;
  });
}

/** The size at which the same load would meet the target; a hair's breadth above a whole number is that number. */
function sizeFor({ inService, average }: Utilization, target: number): number {
  return Math.ceil((inService * average) / target - 1e-9);
}

function alarmOf({ average }: Utilization, target: number): 'AlarmHigh' | 'AlarmLow' | undefined {
  if (average > target) return 'AlarmHigh';
  return average < target * scaleInMargin ? 'AlarmLow' : undefined;
}

function cause({ name }: AutoScalingGroup, alarm: string): string {
  return `a monitor alarm TargetTracking-${name}-${alarm} in state ALARM triggered policy ${name}-target-tracking`;
}
