import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { FunctionName } from '../functions/shared/contract.ts';
import { type MetricName, metricNamespace } from '../functions/telemetry/metric-names.ts';
import type { SpotInterruptionHandler } from './spot-interruption-handler.ts';

/** A metric of the handler's own, from functions/telemetry/metric-names.ts. */
export function handlerMetric(
  handler: SpotInterruptionHandler,
  metricName: MetricName,
  { label, period = Duration.minutes(1), statistic = Stats.SUM }: MetricOptions = {},
): Metric {
  return new Metric({
    namespace: metricNamespace,
    metricName,
    dimensionsMap: { service: handler.serviceName },
    statistic,
    period,
    label: label ?? metricName,
  });
}

interface MetricOptions {
  /** Default: the metric's name. */
  readonly label?: string;
  /** Default: one minute. */
  readonly period?: Duration;
  /** Default: the sum. */
  readonly statistic?: string;
}

/**
 * Executions that ended in DuplicateNotice. No function runs there, so none can count them; but every other way to
 * succeed is counted by the function before it, a fraction of a second before the execution ends.
 */
export function duplicateNotices(handler: SpotInterruptionHandler, period = Duration.minutes(1)): MathExpression {
  const options = { period };
  const recommendations = handler.replacesRecommended ? ' + FILL(takenOver, 0) + FILL(givenUp, 0)' : '';
  const others = `(FILL(handled, 0) + FILL(notManaged, 0) + FILL(alreadyDetached, 0)${recommendations})`;
  return new MathExpression({
    expression: `IF(succeeded > ${others}, succeeded - ${others}, 0)`,
    usingMetrics: {
      succeeded: handler.stateMachine.metricSucceeded({ period, statistic: Stats.SUM }),
      ...(handler.replacesRecommended && {
        takenOver: handlerMetric(handler, 'RecommendationsTakenOver', options),
        givenUp: handlerMetric(handler, 'RecommendationsGivenUp', options),
      }),
      handled: handlerMetric(handler, 'Handled', options),
      notManaged: handlerMetric(handler, 'NotManaged', options),
      alreadyDetached: handlerMetric(handler, 'AlreadyDetached', options),
    },
    period,
    label: 'DuplicateNotice',
  });
}

/** Errors of all functions, less those that mean that another execution held the group's lease. */
export function unexpectedErrors(handler: SpotInterruptionHandler, period = Duration.minutes(5)): MathExpression {
  return new MathExpression({
    expression: 'FILL(describe, 0) + FILL(check, 0) + FILL(set, 0) + FILL(detach, 0) - FILL(leaseWaits, 0)',
    usingMetrics: {
      describe: functionErrors(handler, 'describe-instance', period),
      check: functionErrors(handler, 'check-capacity', period),
      set: functionErrors(handler, 'set-desired-capacity', period),
      detach: functionErrors(handler, 'detach-instances', period),
      leaseWaits: handlerMetric(handler, 'LeaseWaits', { period }),
    },
    period,
    label: 'Function errors',
  });
}

export function functionErrors(
  handler: SpotInterruptionHandler,
  name: FunctionName,
  period = Duration.minutes(1),
): IMetric {
  return handler.functions[name].metricErrors({ period, statistic: Stats.SUM, label: name });
}
