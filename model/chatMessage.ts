import * as z from 'zod';
import { rowTimes, seedMark } from './row.ts';

/** A row of `chatMessages`. `id` is `<sent time>#<message id>`, so a stream's messages are kept as sent. */
export const chatMessageRow = z.object({
  streamId: z.string(),
  id: z.string(),
  messageId: z.string(),
  sentAt: z.string(),
  content: z.string(),
  sender: z.object({ userId: z.string(), username: z.string().optional() }),
  isDeleted: z.boolean(),
  ...rowTimes,
  ...seedMark,
});
export type ChatMessage = z.infer<typeof chatMessageRow>;
