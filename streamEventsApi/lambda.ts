import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Log } from '../model/log.ts';
import { type Count, REASON_DIMENSION } from '../model/metrics.ts';
import type { Clock } from '../model/time.ts';

/** What every function here has: Powertools' structured logger and metrics, set up by the POWERTOOLS_* variables. */
export interface LambdaPorts {
  readonly log: Log;
  readonly count: Count;
  readonly clock: Clock;
  /** Runs one invocation and then writes out what was counted, also when it fails. */
  invocation<T>(work: () => Promise<T>): Promise<T>;
}

export function lambdaPorts(): LambdaPorts {
  const metrics = new Metrics();
  return {
    log: new Logger(),
    count: (name, by = 1, reason) => {
      metrics.addMetric(name, MetricUnit.Count, by);
      // Beside the metric over all reasons, which an alarm needs: CloudWatch adds up no dimensions.
      if (reason === undefined) return;
      metrics.singleMetric().addDimension(REASON_DIMENSION, reason).addMetric(name, MetricUnit.Count, by);
    },
    clock: () => new Date(),
    invocation: async work => {
      try {
        return await work();
      } finally {
        // An event whose handling failed has counted nothing.
        if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
      }
    },
  };
}
