import { createHash } from 'node:crypto';
import * as z from 'zod';
import { rowTimes, seedMark } from './row.ts';

/** A row of `streamEvents`: one event of a session's timeline. `id` is that of the occurrence: `occurrenceId`. */
export const streamEventRow = z.object({
  streamId: z.string(),
  id: z.string(),
  /** The id of the event that told the occurrence first. */
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

/** What an event says happened to a session. */
export type Occurrence = Pick<StreamEvent, 'channelId' | 'time' | 'name' | 'detailType' | 'detail'>;

/**
 * The range key of an occurrence, which keeps a timeline in order and each occurrence in it once: two events that say
 * the same have the same key, whatever their own ids are, and so has the event that the reconciler made for one that was
 * late. `null` is the same as absent.
 */
export function occurrenceId({ channelId, time, name, detailType, detail }: Occurrence): string {
  const told = Object.entries(detail)
    .filter(([member, value]) => value !== null && !asides.has(member))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const digest = createHash('sha256').update(JSON.stringify([channelId, detailType, name, told]));
  return `${time}#${digest.digest('base64url').slice(0, 22)}`;
}

// IVS's API does not tell the channel's name with a session's events, and a channel can be renamed.
const asides = new Set(['channel_name', 'reconciled']);
