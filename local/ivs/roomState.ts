import { z } from 'zod';
import { tagRecord } from './tags.ts';

/** A chat room as IVS Chat keeps it. */
export const roomRecord = z.object({
  arn: z.string(),
  name: z.string(),
  maximumMessageRatePerSecond: z.number(),
  maximumMessageLength: z.number(),
  messageReviewHandler: z
    .object({ uri: z.string().optional(), fallbackResult: z.enum(['ALLOW', 'DENY']).optional() })
    .optional(),
  loggingConfigurationIdentifiers: z.array(z.string()),
  tags: tagRecord,
  createTime: z.string(),
  updateTime: z.string(),
});
export type SimulatedRoom = z.infer<typeof roomRecord>;
