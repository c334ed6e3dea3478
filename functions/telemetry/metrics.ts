import { readServiceName, readSilent } from '../configuration/settings.ts';
import type { Measurements } from './measurements.ts';
import { type MetricName, metricNamespace, metricUnits } from './metric-names.ts';

interface Measures<Input, Output> {
  readonly ofOutput: (output: Output, input: Input) => Measurements;
  readonly ofError: (error: unknown, input: Input) => Measurements;
}

const service = readServiceName(process.env);
const isSilent = readSilent(process.env);

/**
 * Runs a function and emits what is measured of its output or its error, as one line in CloudWatch's embedded metric
 * format. The one dimension is `service`, the environment variable SERVICE_NAME.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function measured<Input, Output>(run: (input: Input) => Promise<Output>, measures: Measures<Input, Output>) {
  return async (input: Input): Promise<Output> => {
    const output = await run(input).catch((error: unknown) => {
      emit(measures.ofError(error, input));
      throw error;
    });
    emit(measures.ofOutput(output, input));
    return output;
  };
}

function emit({ metrics, properties }: Measurements): void {
  const names = metricNames.filter((name) => metrics[name] !== undefined);
  if (names.length === 0 || isSilent) return;
  const directive = {
    Namespace: metricNamespace,
    Dimensions: [['service']],
    Metrics: names.map((name) => ({ Name: name, Unit: metricUnits[name] })),
  };
  const values = Object.fromEntries(names.map((name) => [name, metrics[name]]));
  const _aws = { Timestamp: Date.now(), CloudWatchMetrics: [directive] };
  // Not through the console, of which Lambda's runtime would make a line of its own.
  process.stdout.write(`${JSON.stringify({ _aws, service, ...properties, ...values })}\n`);
}

const metricNames = Object.keys(metricUnits).filter(isMetricName);

function isMetricName(name: string): name is MetricName {
  return name in metricUnits;
}
