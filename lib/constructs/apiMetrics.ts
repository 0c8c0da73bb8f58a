import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';

/** The metrics of the HTTP API per minute, for both compute types. */
export interface ApiMetrics {
  /** The number of requests. */
  readonly requests: IMetric;
  /** The number of requests with a 5xx response. */
  readonly serverErrors: IMetric;
  /** The response times: the median and the 99th percentile. */
  readonly latencies: readonly IMetric[];
}

/** Fewer errors per minute raise no alarm: at night, one error in three requests would be 33 %. */
const FEWEST = 5;

/** Returns the percentage of requests with a 5xx response; 0 when there are fewer than `FEWEST` errors. */
export const errorRate = ({ requests, serverErrors }: ApiMetrics): IMetric =>
  new MathExpression({
    label: '5xx responses in percent',
    expression: `IF(errors >= ${FEWEST}, 100 * errors / requests, 0)`,
    usingMetrics: { requests, errors: serverErrors },
    period: Duration.minutes(1),
  });
