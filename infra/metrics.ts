import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { FunctionName } from '../functions/shared/contract.ts';
import { type MetricName, metricNamespace } from '../functions/telemetry/metric-names.ts';

/** What a handler is measured by. */
interface Measured {
  /** The dimension `service` of its own metrics. */
  readonly serviceName: string;
  readonly stateMachine: StateMachine;
  /** Rebalance recommendations are acted on. Default: false. */
  readonly replacesRecommended?: boolean;
  readonly functions: Readonly<Record<FunctionName, LambdaFunction>>;
}

/** A metric of the handler's own, from functions/telemetry/metric-names.ts: by default the sum of each minute. */
export function handlerMetric(
  { serviceName }: Pick<Measured, 'serviceName'>,
  metricName: MetricName,
  options: MetricOptions = {},
): Metric {
  return new Metric({
    namespace: metricNamespace,
    metricName,
    dimensionsMap: { service: serviceName },
    statistic: Stats.SUM,
    period: Duration.minutes(1),
    label: metricName,
    ...options,
  });
}

/**
 * Executions that ended in DuplicateNotice. No function runs there, so none can count them; but every other way to
 * succeed is counted by the function before it, a fraction of a second before the execution ends.
 */
export function duplicateNotices(handler: Measured, period = Duration.minutes(1)): MathExpression {
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
export function unexpectedErrors(handler: Measured, period = Duration.minutes(5)): MathExpression {
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

export function functionErrors(handler: Measured, name: FunctionName, period = Duration.minutes(1)): Metric {
  return handler.functions[name].metricErrors({ period, statistic: Stats.SUM, label: name });
}
