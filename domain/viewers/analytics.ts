import type { IngestPoint } from '../../ivs/ports.ts';
import { parseIvsArn } from '../../model/arn.ts';
import type { ChatMinute } from '../../model/chatMessage.ts';
import { type Encoder, isStarted, type StartedStream } from '../../model/stream.ts';
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
import { buildChart, type Chart, type ChartMinute } from './chart.ts';
import type { ReadIngest } from './ingest.ts';

export interface AnalyticsDependencies {
  readonly database: Database<'channels' | 'streams' | 'metrics' | 'chatMessages'>;
  readonly readIngest: ReadIngest;
  readonly clock: () => Date;
}

export interface AnalyticsRequest {
  readonly username: string;
  readonly streamId: string;
  /** Default: the start of the stream. */
  readonly from: Timestamp | undefined;
  /** Default: the end of the stream, or now. */
  readonly to: Timestamp | undefined;
}

export interface Analytics extends Omit<Chart, 'minutes'> {
  readonly minutes: readonly (ChartMinute & { readonly ingest: IngestPoint })[];
  /** Undefined while IVS has not detected it. */
  readonly encoder: Encoder | undefined;
  /** The first requested minute that is not in this answer; undefined when the answer is complete. */
  readonly nextFrom: Timestamp | undefined;
}

/**
 * Reads the viewers and the chat of a stream minute by minute, for the owner of the channel. Three database
 * requests if the rows have less than one megabyte, which always includes an hour. One more for the stream's
 * first minute and one for its last, if they have chat messages. The answer contains only minutes in which
 * the stream was open, and only messages of its replay.
 *
 * Also reads what IVS measured at the ingest: at most one call of CloudWatch a minute for a chart, at the same time as
 * the other reads. Without an answer, the analytics have no such values.
 *
 * @throws NotFoundError when the channel or the stream does not exist
 * @throws ForbiddenError when the caller does not own the channel
 */
export async function readAnalytics(
  { database, readIngest, clock }: AnalyticsDependencies,
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
  const { encoder } = stream;
  if (first === undefined || last === undefined)
    return { ...buildChart([], [], []), minutes: [], encoder, nextFrom };
  const room = parseIvsArn(channel.chatRoomArn ?? '', 'room');
  const [viewers, chat, ingest] = await Promise.all([
    listViewerMinutes(database, stream.id, first, last),
    room === undefined
      ? []
      : readChat(database, room.id, chatWindow(stream, addMs(last, MINUTE_MS)), first, last),
    readIngest(channel.id, first, last),
  ]);
  const chart = buildChart(minutes, viewers, chat);
  const measured = chart.minutes.map(minute => ({ ...minute, ingest: ingest?.get(minute.minute) ?? {} }));
  return { ...chart, minutes: measured, encoder, nextFrom };
}

const MINUTE_MS = 60_000;

/**
 * Reads the chat minutes of a room. In a minute that is only partly in `open`, only the messages of that part
 * are counted.
 */
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

/** Returns the requested minutes of a stream, limited to the size of one answer. */
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
