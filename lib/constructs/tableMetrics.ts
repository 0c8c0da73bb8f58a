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
 * Where one popular stream, channel or caller has many ask for one key, which is what DynamoDB bounds when it is paid by
 * the request. An alarm takes ten metrics at most.
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

/** How often DynamoDB refused a read or a write as too many for one key. */
export function throttledWhereHot(tables: Tables, period: Duration): IMetric {
  const named = hotPlaces.map(
    ({ table, index, throttled }, place) =>
      [`m${place}`, tables.metric(table, throttled, { index, period, statistic: 'Sum' })] as const,
  );
  return new MathExpression({
    label: 'Refused by DynamoDB',
    // A metric without a value is one that nothing was refused of.
    expression: named.map(([id]) => `FILL(${id}, 0)`).join(' + '),
    usingMetrics: Object.fromEntries(named),
    period,
  });
}
