import { type Duration, Stack } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, type ILogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { IVS_QUOTA } from '../../model/metrics.ts';

const METRIC = 'IvsQuotaReached';

/** Counts the log lines of the API that say that a quota of IVS is used up. */
export class IvsQuotaMetric extends Construct {
  constructor(scope: Construct, id: string, logGroup: ILogGroup) {
    super(scope, id);
    new MetricFilter(this, 'Filter', {
      logGroup,
      filterPattern: FilterPattern.stringValue('$.reason', '=', IVS_QUOTA),
      metricNamespace: Stack.of(this).stackName,
      metricName: METRIC,
    });
  }

  /** How often a quota was met, whatever ran the API. */
  static metric(scope: Construct, period: Duration): Metric {
    return new Metric({
      namespace: Stack.of(scope).stackName,
      metricName: METRIC,
      statistic: 'Sum',
      period,
      label: 'Requests that met a full quota of IVS',
    });
  }
}
