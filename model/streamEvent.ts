import { createHash } from 'node:crypto';
import { rowTimes, seedMark } from './row.ts';
import * as z from './zod.ts';

/** A row of `streamEvents`: one event of a session's timeline. `id` comes from `occurrenceId`. */
export const streamEventRow = z.object({
  streamId: z.string(),
  id: z.string(),
  /** The id of the first event that reported the occurrence. */
  eventId: z.string(),
  time: z.string(),
  channelId: z.string(),
  /** `Session Created`, `Recording End`, or the name of the breached limit. */
  name: z.string(),
  detailType: z.string(),
  /** The event's detail, unchanged. */
  detail: z.record(z.string(), z.unknown()),
  ...rowTimes,
  ...seedMark,
});
export type StreamEvent = z.infer<typeof streamEventRow>;

/** The members of an event that identify what happened to a session. */
export type Occurrence = Pick<StreamEvent, 'channelId' | 'time' | 'name' | 'detailType' | 'detail'>;

/**
 * Returns the range key of an occurrence, which orders a timeline and keeps each occurrence in it once. Two
 * events with the same content get the same key even if their ids differ, for example when the reconciler
 * created an event and IVS's own event arrived late. `null` counts as absent.
 */
export function occurrenceId({ channelId, time, name, detailType, detail }: Occurrence): string {
  const reported = Object.entries(detail)
    .filter(([member, value]) => value !== null && !ignoredMembers.has(member))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const digest = createHash('sha256').update(JSON.stringify([channelId, detailType, name, reported]));
  return `${time}#${digest.digest('base64url').slice(0, 22)}`;
}

// IVS's API does not return the channel's name with a session's events, and a channel can be renamed.
const ignoredMembers = new Set(['channel_name', 'reconciled']);
