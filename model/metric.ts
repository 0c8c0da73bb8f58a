import * as z from 'zod';
import { rowTimes, seedMark } from './row.ts';

/**
 * A rollup row of `metrics`: what the samples of one minute and one shard add up to. `id` is
 * `minute#<start of the minute>#<shard>`. Sums and counts add up over shards and minutes; an average is
 * a sum over `samples`.
 */
export const minuteMetricRow = z.object({
  streamId: z.string(),
  id: z.string(),
  minute: z.string(),
  shard: z.number().int(),
  viewers: z.number().int(),
  samples: z.number().int(),
  latencyMsSum: z.number(),
  bufferMsSum: z.number(),
  bitrateSum: z.number(),
  qualities: z.record(z.string(), z.number()),
  browsers: z.record(z.string(), z.number()),
  operatingSystems: z.record(z.string(), z.number()),
  ...rowTimes,
  ...seedMark,
});
export type MinuteMetric = z.infer<typeof minuteMetricRow>;
