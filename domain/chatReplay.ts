import { parseIvsArn } from '../model/arn.ts';
import type { ChannelPageRow } from '../model/channel.ts';
import type { ChatMessage } from '../model/chatMessage.ts';
import { addMs, type Timestamp, toTimestamp } from '../model/time.ts';
import { listMessages, readDeletions, type TimeWindow } from '../store/chatMessages.ts';
import type { Database } from '../store/database.ts';
import { getStream } from '../store/streams.ts';
import { getChannelByUsername } from './channelPage.ts';
import type { CursorCodec } from './cursors.ts';
import { NotFoundError } from './errors.ts';
import { type List, type ListRequest, readList } from './lists.ts';
import { isStarted, type StartedStream } from './startedStream.ts';

export interface ReplayDependencies {
  readonly database: Database<'channels' | 'streams' | 'chatMessages'>;
  readonly cursors: CursorCodec;
  readonly clock: () => Date;
}

export interface ReplayRequest extends ListRequest {
  /** Milliseconds from the zero of the replay, where the first page begins; absent, with the first message of all. */
  readonly fromMs?: number | undefined;
}

export interface ReplayedMessage {
  readonly message: ChatMessage;
  /** When it was sent, in milliseconds from the zero of the replay. */
  readonly offsetMs: number;
  readonly isDeleted: boolean;
}

/**
 * The chat of a stream, in order: what was sent to its channel's room while it was open. Which messages those are is
 * decided here and not when they are archived, so it follows what is known of the stream now. Four database requests
 * a page, three where there are no messages.
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
  const zero = replayZero(stream);
  const open = chatWindow(stream, toTimestamp(clock()));
  // A cursor says itself where its page begins.
  const asked = fromMs === undefined || request.cursor !== undefined ? open.from : addMs(zero, fromMs);
  const window = { ...open, from: asked > open.from ? asked : open.from };
  const scope = ['listChatMessages', channel.id, stream.id] as const;
  const { items, nextCursor } = await readList(cursors, scope, request, page =>
    listMessages(database, roomId, window, page),
  );
  const ids = items.map(({ messageId }) => messageId);
  const deleted = ids.length === 0 ? new Set() : await readDeletions(database, roomId, ids);
  return {
    items: items.map(message => ({
      message,
      offsetMs: Date.parse(message.sentAt) - Date.parse(zero),
      isDeleted: deleted.has(message.messageId),
    })),
    nextCursor,
  };
}

/**
 * The instant that offsets count from: what a player shows first. That is the start of the recording where the stream
 * has one, and the start of the stream where it has none, or only a part in another stream's.
 */
export function replayZero({ startedAt, recordingStartedAt, recordingStreamId }: StartedStream): Timestamp {
  return recordingStreamId === undefined && recordingStartedAt !== undefined ? recordingStartedAt : startedAt;
}

/**
 * When a message was to be sent to be of this stream's chat: from its start to its end or, while it is open, to `now`.
 * What was sent between two streams is in neither. A recording that takes earlier streams in begins before its own
 * stream: its chat does too, so that it is replayed whole.
 */
export function chatWindow(stream: StartedStream, now: Timestamp): TimeWindow {
  const { startedAt, endedAt } = stream;
  const zero = replayZero(stream);
  return { from: zero < startedAt ? zero : startedAt, before: endedAt ?? now };
}

function roomIdOf({ chatRoomArn }: ChannelPageRow): string | undefined {
  return chatRoomArn === undefined ? undefined : parseIvsArn(chatRoomArn, 'room')?.id;
}
