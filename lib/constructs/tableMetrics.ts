import type { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { TableName } from '../../model/tables.ts';
import type { Tables } from './tables.ts';

interface HotPlace {
  readonly table: TableName;
  readonly index?: string;
  readonly throttled: 'ReadThrottleEvents' | 'WriteThrottleEvents';
}

/**
 * The tables and indexes where one popular stream, channel or caller sends many requests to one key, which
 * DynamoDB limits even with on-demand billing. A CloudWatch alarm supports at most ten metrics.
 */
const hotPlaces: readonly HotPlace[] = [
  { table: 'channels', throttled: 'WriteThrottleEvents' },
  { table: 'channels', index: 'usernameIndex', throttled: 'ReadThrottleEvents' },
  { table: 'channels', index: 'liveIndex', throttled: 'ReadThrottleEvents' },
  { table: 'channels', index: 'liveIndex', throttled: 'WriteThrottleEvents' },
  { table: 'streams', throttled: 'WriteThrottleEvents' },
  { table: 'streams', index: 'isOpenIndex', throttled: 'WriteThrottleEvents' },
  { table: 'metrics', throttled: 'ReadThrottleEvents' },
  { table: 'metrics', throttled: 'WriteThrottleEvents' },
  { table: 'chatMessages', throttled: 'WriteThrottleEvents' },
  { table: 'rateLimits', throttled: 'WriteThrottleEvents' },
];

/** Returns the number of reads and writes that DynamoDB throttled in these places. */
export function throttledWhereHot(tables: Tables, period: Duration): IMetric {
  const named = hotPlaces.map(
    ({ table, index, throttled }, place) =>
      [`m${place}`, tables.metric(table, throttled, { index, period, statistic: 'Sum' })] as const,
  );
  return new MathExpression({
    label: 'Throttled by DynamoDB',
    // A metric without data means no throttling.
    expression: named.map(([id]) => `FILL(${id}, 0)`).join(' + '),
    usingMetrics: Object.fromEntries(named),
    period,
  });
}
