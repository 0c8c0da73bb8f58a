import { type Duration, Stack } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { type MetricName, type MetricSpec, metrics, SERVICE_DIMENSION } from '../../model/metrics.ts';

export interface OwnMetricOptions {
  readonly period: Duration;
  /** Which of those that publish it. */
  readonly service: string;
  /** Instead of the one that the model says. */
  readonly statistic?: string;
}

/**
 * A metric of `model/metrics.ts`, as a function of `scope`'s stack publishes it.
 * @throws Error when the model knows of no such function.
 */
export function ownMetric(
  scope: Construct,
  name: MetricName,
  { service, statistic, period }: OwnMetricOptions,
): Metric {
  const spec: MetricSpec = metrics[name];
  if (!spec.services.includes(service)) throw new Error(`${service} publishes no ${name}`);
  return new Metric({
    namespace: Stack.of(scope).stackName,
    metricName: name,
    dimensionsMap: { [SERVICE_DIMENSION]: service },
    statistic: statistic ?? spec.statistic,
    period,
    label: spec.services.length > 1 ? `${name} (${service})` : name,
  });
}
