import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';

/** What the HTTP API counts of itself in a minute, whatever runs it. */
export interface ApiMetrics {
  /** How many requests came. */
  readonly requests: IMetric;
  /** How many of them were answered with a 5xx. */
  readonly serverErrors: IMetric;
  /** How long answers took, in the median and at the slow end. */
  readonly latencies: readonly IMetric[];
}

/** So few errors in a minute alarm nobody: one in the three requests of a night would be a third of them. */
const FEWEST = 5;

/** The share of requests that were answered with a 5xx, in percent; 0 when they are very few. */
export const errorRate = ({ requests, serverErrors }: ApiMetrics): IMetric =>
  new MathExpression({
    label: 'Answered with a 5xx, in percent',
    expression: `IF(errors >= ${FEWEST}, 100 * errors / requests, 0)`,
    usingMetrics: { requests, errors: serverErrors },
    period: Duration.minutes(1),
  });
