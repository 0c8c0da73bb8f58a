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
  /** The offset at which the first page begins; absent, it begins with the first message of all. */
  readonly fromMs?: number | undefined;
}

export interface ReplayedMessage {
  readonly message: ChatMessage;
  /** When to show it, in milliseconds from the start of what is played. */
  readonly offsetMs: number;
  readonly isDeleted: boolean;
}

/**
 * The chat of a stream, in order: what was sent to its channel's room while it was open. Which messages those are is
 * decided here and not when they are archived, so it follows what is known of the stream now. Four database requests
 * a page, three where there are no messages, and one more for a recording that goes on over reconnects.
 *
 * @throws NotFoundError when there is no such channel or stream
 * @throws InvalidCursorError
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
  // A cursor says itself where its page begins.
  const asked = fromMs === undefined || request.cursor !== undefined ? time.window.from : time.timeOf(fromMs);
  const window = { ...time.window, from: asked > time.window.from ? asked : time.window.from };
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
 * When a message was to be sent to be of this stream's chat: from its start to its end or, while it is open, to `now`.
 * What was sent between two streams is in neither. Whatever counts a stream's messages counts those of this window.
 */
export function chatWindow({ startedAt, endedAt }: StartedStream, now: Timestamp): TimeWindow {
  return { from: startedAt, before: endedAt ?? now };
}

/** Between the clock and the time of what is played. */
export interface ReplayTime {
  /** What the replay shows: a stream's chat or, of a recording that goes on over reconnects, that of all its streams. */
  readonly window: TimeWindow;
  /** Where in the recording something was sent, in milliseconds. Below 0 for what was sent before it began. */
  offsetOf(sentAt: Timestamp): number;
  /** The first instant whose offset is `offsetMs`. */
  timeOf(offsetMs: number): Timestamp;
}

/**
 * How the replay of `stream` counts. Offsets are from what a player shows first: the start of the recording where the
 * stream has one, and the start of the stream where it has none, or only a part in another stream's.
 *
 * A recording has nothing of the time between the end of a session and the moment when it goes on with the next one. So
 * what was sent in such an interruption is at the cut, and what was sent after it comes earlier by its length.
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
    const goesOn = recordedFrom(session);
    const end = window.before > zero ? window.before : zero;
    if (end < goesOn) cuts.push({ from: end, before: goesOn });
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

/** When a recording goes on with a session that was merged into it. */
function recordedFrom({ startedAt, evidence: { recordingStart } }: StartedStream): Timestamp {
  return recordingStart !== undefined && recordingStart.at > startedAt ? recordingStart.at : startedAt;
}

/** How much of `window` was over at `time`, in milliseconds. */
function msIn({ from, before }: TimeWindow, time: Timestamp): number {
  return Math.max(0, Date.parse(time < before ? time : before) - Date.parse(from));
}

/** The streams that are part of a stream's recording. Without a request where it can be told that there are none. */
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
