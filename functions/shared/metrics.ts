import { Metrics } from '@aws-lambda-powertools/metrics';
import type { Measurements } from './measurements.ts';
import { type MetricName, metricNamespace, metricUnits } from './metric-names.ts';

interface Measures<Input, Output> {
  readonly ofOutput: (output: Output, input: Input) => Measurements;
  readonly ofError?: (error: unknown, input: Input) => Measurements;
}

/**
 * Runs a function and emits what is measured of its output or its error, as one line in CloudWatch's embedded metric
 * format. The dimension `service` is the environment variable POWERTOOLS_SERVICE_NAME;
 * POWERTOOLS_METRICS_DISABLED=true silences it.
 */
export function measured<Input, Output>(run: (input: Input) => Promise<Output>, measures: Measures<Input, Output>) {
  return async (input: Input): Promise<Output> => {
    const output = await run(input).catch((error: unknown) => {
      if (measures.ofError) emit(measures.ofError(error, input));
      throw error;
    });
    emit(measures.ofOutput(output, input));
    return output;
  };
}

const emitter = new Metrics({ namespace: metricNamespace });

function emit({ metrics, properties }: Measurements): void {
  const names = metricNames.filter((name) => metrics[name] !== undefined);
  if (names.length === 0) return;
  for (const name of names) emitter.addMetric(name, metricUnits[name], metrics[name] ?? 0);
  for (const [key, value] of Object.entries(properties)) emitter.addMetadata(key, String(value));
  emitter.publishStoredMetrics();
}

const metricNames = Object.keys(metricUnits).filter(isMetricName);

function isMetricName(name: string): name is MetricName {
  return name in metricUnits;
}
