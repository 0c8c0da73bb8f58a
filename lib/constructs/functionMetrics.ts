import { type Duration, Stack } from 'aws-cdk-lib';
import { type IMetric, MathExpression, type Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { NodeFunction } from './nodeFunction.ts';

/** Names of metrics that Lambda publishes of a function. */
export type LambdaMetric = 'Invocations' | 'Errors' | 'Throttles' | 'Duration' | 'ConcurrentExecutions';

/** The functions of a stack, and what Lambda says of them. */
export interface Functions {
  /** The names of all, as in `model/functions.ts`. */
  readonly services: readonly string[];
  /** @throws Error when the stack has no such function. */
  metricOf(service: string, name: LambdaMetric, options: MetricOptions): Metric;
}

/** The functions that have been built in `scope`'s stack so far. */
export function functionsIn(scope: Construct): Functions {
  const built = Stack.of(scope)
    .node.findAll()
    .filter(found => found instanceof NodeFunction);
  const byService = new Map(built.map(({ service, lambda }) => [service, lambda]));
  return {
    services: [...byService.keys()],
    metricOf(service, name, options) {
      const lambda = byService.get(service);
      if (lambda === undefined) throw new Error(`no function ${service} has been built`);
      return lambda.metric(name, { label: service, ...options });
    },
  };
}

/** How many calls of a function failed, or were refused as too many, and what else counts as a failure of it. */
export function failuresOf(
  functions: Functions,
  service: string,
  period: Duration,
  others: Readonly<Record<string, IMetric>> = {},
): IMetric {
  const sum = { statistic: 'Sum', period };
  return new MathExpression({
    label: `${service} failed or was refused`,
    expression: ['errors', 'throttles', ...Object.keys(others)].map(name => `FILL(${name}, 0)`).join(' + '),
    usingMetrics: {
      errors: functions.metricOf(service, 'Errors', sum),
      throttles: functions.metricOf(service, 'Throttles', sum),
      ...others,
    },
    period,
  });
}
