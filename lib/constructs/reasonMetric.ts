import { type Duration, Stack } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, type ILogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { IVS_QUOTA, REVIEW_RULES_UNREAD } from '../../model/metrics.ts';

const reasonMetrics = {
  IvsQuotaReached: { reason: IVS_QUOTA, label: 'Requests that failed on an exhausted IVS quota' },
  ReviewRulesUnread: {
    reason: REVIEW_RULES_UNREAD,
    label: 'Messages rejected because the room’s rules could not be read',
  },
} as const;
export type ReasonMetricName = keyof typeof reasonMetrics;

/** Counts the log lines of a group that have the `reason` of a metric. */
export class ReasonMetric extends Construct {
  constructor(scope: Construct, id: string, metricName: ReasonMetricName, logGroup: ILogGroup) {
    super(scope, id);
    new MetricFilter(this, 'Filter', {
      logGroup,
      filterPattern: FilterPattern.stringValue('$.reason', '=', reasonMetrics[metricName].reason),
      metricNamespace: Stack.of(this).stackName,
      metricName,
    });
  }

  /** Returns the number of log lines with the reason, over all counted log groups. */
  static metric(scope: Construct, metricName: ReasonMetricName, period: Duration): Metric {
    return new Metric({
      namespace: Stack.of(scope).stackName,
      metricName,
      statistic: 'Sum',
      period,
      label: reasonMetrics[metricName].label,
    });
  }
}
