import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Log } from '../model/log.ts';
import { type Count, REASON_DIMENSION } from '../model/metrics.ts';
import type { Clock } from '../model/time.ts';

/**
 * The logger, metrics and clock that every function in this folder uses. The POWERTOOLS_* variables configure
 * Powertools.
 */
export interface LambdaPorts {
  readonly log: Log;
  readonly count: Count;
  readonly clock: Clock;
  /** Runs one invocation and then publishes its metrics, even if it fails. */
  invocation<T>(work: () => Promise<T>): Promise<T>;
}

export function lambdaPorts(): LambdaPorts {
  const metrics = new Metrics();
  return {
    log: new Logger(),
    count: (name, by = 1, reason) => {
      metrics.addMetric(name, MetricUnit.Count, by);
      // In addition to the metric over all reasons, which the alarm uses: CloudWatch does not add up
      // dimensions.
      if (reason === undefined) return;
      metrics.singleMetric().addDimension(REASON_DIMENSION, reason).addMetric(name, MetricUnit.Count, by);
    },
    clock: () => new Date(),
    invocation: async work => {
      try {
        return await work();
      } finally {
        // An invocation that failed early has counted nothing.
        if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
      }
    },
  };
}
