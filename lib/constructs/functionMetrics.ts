import { type Duration, Stack } from 'aws-cdk-lib';
import { type IMetric, MathExpression, type Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { NodeFunction } from './nodeFunction.ts';

/** The names of Lambda metrics. */
export type LambdaMetric =
  | 'Invocations'
  | 'Errors'
  | 'Throttles'
  | 'Duration'
  | 'ConcurrentExecutions'
  | 'IteratorAge';

/** The functions of a stack and their Lambda metrics. */
export interface Functions {
  /** The names of all functions, as in `model/functions.ts`. */
  readonly services: readonly string[];
  /** @throws Error when the stack has no such function. */
  metricOf(service: string, name: LambdaMetric, options: MetricOptions): Metric;
}

/** Returns the functions created so far in the stack of `scope`. */
export function functionsIn(scope: Construct): Functions {
  const built = Stack.of(scope)
    .node.findAll()
    .filter(found => found instanceof NodeFunction);
  const byService = new Map(built.map(({ service, lambda }) => [service, lambda]));
  return {
    services: [...byService.keys()],
    metricOf(service, name, options) {
      const lambda = byService.get(service);
      if (lambda === undefined)
        throw new Error(`the stack has no function ${service}: create it before its metrics are used`);
      return lambda.metric(name, { label: service, ...options });
    },
  };
}

/** Returns the number of failed and throttled invocations of a function, plus `others`. */
export function failuresOf(
  functions: Functions,
  service: string,
  period: Duration,
  others: Readonly<Record<string, IMetric>> = {},
): IMetric {
  const sum = { statistic: 'Sum', period };
  return new MathExpression({
    label: `${service} failed or was throttled`,
    expression: ['errors', 'throttles', ...Object.keys(others)].map(name => `FILL(${name}, 0)`).join(' + '),
    usingMetrics: {
      errors: functions.metricOf(service, 'Errors', sum),
      throttles: functions.metricOf(service, 'Throttles', sum),
      ...others,
    },
    period,
  });
}
