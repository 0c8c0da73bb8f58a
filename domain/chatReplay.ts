import { parseIvsArn } from '../model/arn.ts';
import type { ChannelPageRow } from '../model/channel.ts';
import type { ChatMessage } from '../model/chatMessage.ts';
import { isStarted, type StartedStream } from '../model/stream.ts';
import { addMs, type Timestamp, toTimestamp } from '../model/time.ts';
import { listMessages, readDeletions, type TimeWindow } from '../store/chatMessages.ts';
import type { Database } from '../store/database.ts';
import { compareStarts, getStream, listMerged } from '../store/streams.ts';
import { getChannelByUsername } from './channelPage.ts';
import type { CursorCodec } from './cursors.ts';
import { NotFoundError } from './errors.ts';
import { type List, type ListRequest, readList } from './lists.ts';

export interface ReplayDependencies {
  readonly database: Database<'channels' | 'streams' | 'chatMessages'>;
  readonly cursors: CursorCodec;
  readonly clock: () => Date;
}

export interface ReplayRequest extends ListRequest {
  /** The offset of the first page, in milliseconds. Absent, the first page begins with the first message. */
  readonly fromMs?: number | undefined;
}

export interface ReplayedMessage {
  readonly message: ChatMessage;
  /** When to show the message, in milliseconds after the start of the playback. */
  readonly offsetMs: number;
  readonly isDeleted: boolean;
}

/**
 * Lists the chat of a stream in order: the messages sent to its channel's room while it was open. The
 * messages are selected when they are read, not when they are archived, so the result follows the current
 * state of the stream. Four database requests per page, three without messages, and one more for a recording
 * that spans reconnects.
 *
 * @throws NotFoundError when the channel or the stream does not exist
 * @throws InvalidCursorError when the cursor does not belong to this list
 */
export async function listChatReplay(
  { database, cursors, clock }: ReplayDependencies,
  { username, streamId }: { readonly username: string; readonly streamId: string },
  { fromMs, ...request }: ReplayRequest,
): Promise<List<ReplayedMessage>> {
  const channel = await getChannelByUsername(database, username);
  const stream = await getStream(database, channel.id, streamId);
  if (!isStarted(stream)) throw new NotFoundError('stream');
  const roomId = roomIdOf(channel);
  if (roomId === undefined) return { items: [], nextCursor: null };
  const time = replayTime(stream, await readMerged(database, stream), toTimestamp(clock()));
  // A cursor contains the start of its page.
  const requested =
    fromMs === undefined || request.cursor !== undefined ? time.window.from : time.timeOf(fromMs);
  const window = { ...time.window, from: requested > time.window.from ? requested : time.window.from };
  const scope = ['listChatMessages', roomId, stream.id] as const;
  const { items, nextCursor } = await readList(cursors, scope, request, page =>
    listMessages(database, roomId, window, page),
  );
  const ids = items.map(({ messageId }) => messageId);
  const deleted = ids.length === 0 ? new Set() : await readDeletions(database, roomId, ids);
  return {
    items: items.map(message => ({
      message,
      offsetMs: time.offsetOf(message.sentAt),
      isDeleted: deleted.has(message.messageId),
    })),
    nextCursor,
  };
}

/**
 * Returns the time window of a stream's chat: from its start to its end or, while it is open, to `now`.
 * Messages sent between two streams belong to neither. All counts of a stream's messages use this window.
 */
export function chatWindow({ startedAt, endedAt }: StartedStream, now: Timestamp): TimeWindow {
  return { from: startedAt, before: endedAt ?? now };
}

/** Converts between clock time and playback time. */
export interface ReplayTime {
  /**
   * The window of the replay: of one stream or, for a recording that spans reconnects, of all its streams.
   */
  readonly window: TimeWindow;
  /**
   * Returns the playback offset of a message in milliseconds; negative for messages before the playback's
   * start.
   */
  offsetOf(sentAt: Timestamp): number;
  /** Returns the first instant whose offset is `offsetMs`. */
  timeOf(offsetMs: number): Timestamp;
}

/**
 * Returns the time conversion for the replay of `stream`. Offset 0 is the first frame that a player shows:
 * the start of the stream's own recording or, without a recording of its own, the start of the stream.
 *
 * A recording has no content between the end of a session and the moment when it continues with the next
 * session. Messages in such an interruption are at the cut, and later messages are shifted by its length.
 *
 * @param merged the streams whose recordings are part of this one's, in any order
 */
function replayTime(stream: StartedStream, merged: readonly StartedStream[], now: Timestamp): ReplayTime {
  const { startedAt, recordingStartedAt, recordingStreamId } = stream;
  const zero =
    recordingStreamId === undefined && recordingStartedAt !== undefined ? recordingStartedAt : startedAt;
  const sessions = [stream, ...merged].sort((a, b) => compareStarts(a, b));
  const cuts: TimeWindow[] = [];
  const window = { ...chatWindow(sessions[0] ?? stream, now) };
  for (const session of sessions.slice(1)) {
    const resumedAt = recordedFrom(session);
    const end = window.before > zero ? window.before : zero;
    if (end < resumedAt) cuts.push({ from: end, before: resumedAt });
    const { before } = chatWindow(session, now);
    if (before > window.before) window.before = before;
  }
  return {
    window,
    offsetOf: sentAt =>
      cuts.reduce((offset, cut) => offset - msIn(cut, sentAt), Date.parse(sentAt) - Date.parse(zero)),
    timeOf: offsetMs =>
      cuts.reduce(
        (time, cut) => (time > cut.from ? addMs(time, msIn(cut, cut.before)) : time),
        addMs(zero, offsetMs),
      ),
  };
}

/** Returns when a recording continues with a session that was merged into it. */
function recordedFrom({ startedAt, evidence: { recordingStart } }: StartedStream): Timestamp {
  return recordingStart !== undefined && recordingStart.at > startedAt ? recordingStart.at : startedAt;
}

/** Returns how many milliseconds of `window` were over at `time`. */
function msIn({ from, before }: TimeWindow, time: Timestamp): number {
  return Math.max(0, Date.parse(time < before ? time : before) - Date.parse(from));
}

/**
 * Reads the streams that are part of a stream's recording. Makes no request when the row shows that there are
 * none.
 */
async function readMerged(database: Database<'streams'>, stream: StartedStream): Promise<StartedStream[]> {
  const { startedAt, endedAt, recordingStartedAt, recordingEndedAt, recordingDurationMs = 0 } = stream;
  if (recordingStartedAt === undefined || recordingEndedAt === undefined) return [];
  const ownMs = Date.parse(endedAt ?? recordingEndedAt) - Date.parse(recordingStartedAt);
  if (recordingStartedAt >= startedAt && recordingDurationMs <= ownMs) return [];
  const recording = { startedAt: recordingStartedAt, endedAt: recordingEndedAt };
  return (await listMerged(database, stream, recording)).filter(isStarted);
}

function roomIdOf({ chatRoomArn }: ChannelPageRow): string | undefined {
  return chatRoomArn === undefined ? undefined : parseIvsArn(chatRoomArn, 'room')?.id;
}
