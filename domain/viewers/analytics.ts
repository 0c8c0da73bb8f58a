import { parseIvsArn } from '../../model/arn.ts';
import type { ChatMinute } from '../../model/chatMessage.ts';
import { isStarted, type StartedStream } from '../../model/stream.ts';
import { addMs, earliest, type Timestamp, toTimestamp } from '../../model/time.ts';
import { usernameKeyOf } from '../../model/username.ts';
import { MAX_ANALYTICS_MINUTES, minuteOf } from '../../model/viewerMinute.ts';
import { countSent, listChatMinutes, type TimeWindow } from '../../store/chatMessages.ts';
import type { Database } from '../../store/database.ts';
import { listViewerMinutes, readOwnStream } from '../../store/viewerMinutes.ts';
import type { Caller } from '../accounts/tokens.ts';
import { getChannelByUsername } from '../channelPage.ts';
import { chatWindow } from '../chatReplay.ts';
import { ForbiddenError, NotFoundError } from '../errors.ts';
import { type Chart, chartOf } from './chart.ts';

export interface AnalyticsDependencies {
  readonly database: Database<'channels' | 'streams' | 'metrics' | 'chatMessages'>;
  readonly clock: () => Date;
}

export interface AnalyticsRequest {
  readonly username: string;
  readonly streamId: string;
  /** Left out, the start of the stream. */
  readonly from: Timestamp | undefined;
  /** Left out, its end, or now. */
  readonly to: Timestamp | undefined;
}

export interface Analytics extends Chart {
  /** The first minute of what was asked for that is not in here; undefined when nothing is left. */
  readonly nextFrom: Timestamp | undefined;
}

/**
 * What a stream's viewers and its chat did, minute by minute, for the owner of the channel. Three database requests
 * for an hour, and for any time of which the rows have less than a megabyte; one more for the stream's first minute and
 * one for its last, where there was chat in them. Only minutes in which the stream was open are told, and only chat that
 * was sent while it was: the messages of its replay.
 *
 * @throws NotFoundError when there is no such channel or stream
 * @throws ForbiddenError when the channel is somebody else's
 */
export async function readAnalytics(
  { database, clock }: AnalyticsDependencies,
  caller: Pick<Caller, 'channelId'>,
  request: AnalyticsRequest,
): Promise<Analytics> {
  const { channel, stream } = await readOwnStream(database, caller.channelId, request.streamId);
  if (channel?.usernameKey !== usernameKeyOf(request.username)) {
    await getChannelByUsername(database, request.username);
    throw new ForbiddenError('not-owner', "only the owner of a channel may see its streams' analytics");
  }
  if (!isStarted(stream)) throw new NotFoundError('stream');
  const { minutes, nextFrom } = rangeOf(stream, request, clock());
  const [first, last] = [minutes[0], minutes.at(-1)];
  if (first === undefined || last === undefined) return { ...chartOf([], [], []), nextFrom };
  const room = parseIvsArn(channel.chatRoomArn ?? '', 'room');
  const [viewers, chat] = await Promise.all([
    listViewerMinutes(database, stream.id, first, last),
    room === undefined
      ? []
      : readChat(database, room.id, chatWindow(stream, addMs(last, MINUTE_MS)), first, last),
  ]);
  return { ...chartOf(minutes, viewers, chat), nextFrom };
}

const MINUTE_MS = 60_000;

/** The minutes of a room. Of a minute that is in `open` only in part, the messages of that part are counted. */
async function readChat(
  database: Database<'chatMessages'>,
  roomId: string,
  open: TimeWindow,
  first: Timestamp,
  last: Timestamp,
): Promise<readonly ChatMinute[]> {
  const rows = await listChatMinutes(database, roomId, first, last);
  return Promise.all(
    rows.map(async row => {
      const end = addMs(row.minute, MINUTE_MS);
      const part = {
        from: open.from > row.minute ? open.from : row.minute,
        before: open.before < end ? open.before : end,
      };
      if (part.from === row.minute && part.before === end) return row;
      return { ...row, messages: await countSent(database, roomId, part) };
    }),
  );
}

/** The minutes of a stream that a request asks for, as many as one answer takes. */
function rangeOf({ startedAt, endedAt }: StartedStream, { from, to }: AnalyticsRequest, now: Date) {
  const start = from === undefined || from < startedAt ? startedAt : from;
  const over = earliest(endedAt, toTimestamp(now));
  const end = to === undefined ? over : earliest(to, over);
  const minutes: Timestamp[] = [];
  let minute = minuteOf(start);
  for (; minute < end && minutes.length < MAX_ANALYTICS_MINUTES; minute = addMs(minute, MINUTE_MS))
    minutes.push(minute);
  return { minutes, nextFrom: minute < end ? minute : undefined };
}
