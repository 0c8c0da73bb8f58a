import { Duration } from 'aws-cdk-lib';
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import {
  type ApplicationLoadBalancer,
  HttpCodeElb,
  HttpCodeTarget,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { ApiMetrics } from './apiMetrics.ts';

/**
 * Returns the load balancer's metrics for the API. Its own errors, such as those without a healthy task, are
 * not part of the task metrics, so both are added. A count of 0 is missing data in CloudWatch.
 */
export function balancerMetrics({ metrics }: ApplicationLoadBalancer): ApiMetrics {
  const period = Duration.minutes(1);
  const own = metrics.httpCodeElb(HttpCodeElb.ELB_5XX_COUNT, { period });
  const sum = (
    label: string,
    expression: string,
    others: ConstructorParameters<typeof MathExpression>[0]['usingMetrics'],
  ) => new MathExpression({ label, expression, usingMetrics: { own, ...others }, period });
  return {
    requests: sum('Requests', 'FILL(own, 0) + FILL(taken, 0)', { taken: metrics.requestCount({ period }) }),
    serverErrors: sum('5xx', 'FILL(own, 0) + FILL(tasks, 0)', {
      tasks: metrics.httpCodeTarget(HttpCodeTarget.TARGET_5XX_COUNT, { period }),
    }),
    latencies: ['p50', 'p99'].map(statistic =>
      metrics.targetResponseTime({ statistic, period, label: statistic }),
    ),
  };
}
