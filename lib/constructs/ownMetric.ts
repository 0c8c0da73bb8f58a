import { type Duration, Stack } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { type MetricName, type MetricSpec, metrics, SERVICE_DIMENSION } from '../../model/metrics.ts';

export interface OwnMetricOptions {
  readonly period: Duration;
  /** The function that publishes the metric. */
  readonly service: string;
  /** Overrides the statistic in `model/metrics.ts`. */
  readonly statistic?: string;
}

/**
 * Returns a metric of `model/metrics.ts` as a function of the stack publishes it.
 * @throws Error when that function does not publish the metric.
 */
export function ownMetric(
  scope: Construct,
  name: MetricName,
  { service, statistic, period }: OwnMetricOptions,
): Metric {
  const spec: MetricSpec = metrics[name];
  if (!spec.services.includes(service))
    throw new Error(`${service} does not publish the metric ${name}: see model/metrics.ts`);
  return new Metric({
    namespace: Stack.of(scope).stackName,
    metricName: name,
    dimensionsMap: { [SERVICE_DIMENSION]: service },
    statistic: statistic ?? spec.statistic,
    period,
    label: spec.services.length > 1 ? `${name} (${service})` : name,
  });
}
