import * as z from 'zod';
import { rowTimes, seedMark } from './row.ts';

/** A row of `streamEvents`: one event of a session's timeline. `id` is `<time>#<event id>`. */
export const streamEventRow = z.object({
  streamId: z.string(),
  id: z.string(),
  eventId: z.string(),
  time: z.string(),
  channelId: z.string(),
  /** `Session Created`, `Recording End`, or the limit that was breached. */
  name: z.string(),
  detailType: z.string(),
  /** The event's own detail, as it came. */
  detail: z.record(z.string(), z.unknown()),
  ...rowTimes,
  ...seedMark,
});
export type StreamEvent = z.infer<typeof streamEventRow>;
