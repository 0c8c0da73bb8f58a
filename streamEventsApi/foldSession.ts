import { isDeepStrictEqual } from 'node:util';
import type { Channel } from '../model/channel.ts';
import type { ChannelLimitEvent, SessionEvent } from '../model/ivsEvent.ts';
import { seedMarkOf } from '../model/row.ts';
import type { Stream } from '../model/stream.ts';
import { occurrenceId } from '../model/streamEvent.ts';
import { type Clock, type Timestamp, toTimestamp } from '../model/time.ts';
import {
  type ChannelLiveState,
  type ChannelPreview,
  channelExists,
  putLiveState,
} from '../store/channels.ts';
import type { Database } from '../store/database.ts';
import { type ChannelRead, readChannel } from '../store/foldReads.ts';
import { addEvent } from '../store/streamEvents.ts';
import { neighbor, putFolded } from '../store/streams.ts';
import { type TransactItem, type TransactionResult, transact } from '../store/transaction.ts';
import { foldEvidence, isLifecycleChange, sessionsOf, titled } from './fold.ts';
import { startOf } from './session.ts';
import { type Neighbors, previewChange, reach, settle } from './settle.ts';

export type FoldDatabase = Database<'channels' | 'streams' | 'streamEvents'>;

export type SessionFold = 'folded' | 'duplicate' | 'unknownChannel' | 'noOpenSession';

/**
 * Folds one event into its channel's sessions, if nothing of what was read has changed meanwhile: if it has,
 * nothing is written, the result is `conflict`, and the event must be folded again.
 *
 * Two requests in the usual case, however long the channel's history: one reads the channel and the session,
 * one writes the event, the session and the channel, all or nothing. The write holds
 * - that what the event tells is not in the timeline yet, so that it counts once;
 * - that each session is at the version that was read;
 * - for a lifecycle change, and for one of the open session's recording, that the channel is at the version that was
 *   read, and raises it. Such changes are therefore folded one after another, which is what keeps two sessions from
 *   being open at once, and the preview that of the open one.
 */
export async function foldSession(
  database: FoldDatabase,
  clock: Clock,
  told: SessionEvent | ChannelLimitEvent,
): Promise<SessionFold | 'conflict'> {
  const event = told.kind === 'channelLimit' ? await ofOpenSession(database, told) : told;
  if (event === 'unknownChannel' || event === 'noOpenSession') return event;
  const read = await readForFold(database, event);
  // Ids are unique within one partition, Region and account only.
  if (read.channel === undefined || read.channel.arn !== event.channel.arn) return 'unknownChannel';
  if (told.kind === 'channelLimit' && read.streams.get(event.streamId)?.isOpen === undefined)
    return 'conflict';
  const now = toTimestamp(clock());
  const [own, ...related] = foldEvidence(read.channel, read.streams, event, now);
  if (own === undefined) throw new Error('a fold has at least the session that its event names');

  // An event seen before says nothing new of any of them.
  const others = related.filter(
    ({ id, evidence }) => !isDeepStrictEqual(evidence, read.streams.get(id)?.evidence),
  );
  const before = read.streams.get(own.id);
  const change = isLifecycleChange(before, own)
    ? await settleIn(database, read.channel, before, titled(read.channel, before, own), others)
    : otherChange(read.channel, own, others, related);
  if (change === 'conflict' || isStale(read, change)) return 'conflict';
  const rows = new Map([...read.streams, ...change.read]);
  const sessions = openFirst(read.channel, change.sessions);
  return commit(database, read.channel, event, rows, sessions, change.channel, now);
}

/** The breach as one of the session that is open. It takes one more request than others. */
async function ofOpenSession(
  database: FoldDatabase,
  breach: ChannelLimitEvent,
): Promise<SessionEvent | 'unknownChannel' | 'noOpenSession'> {
  const { channel } = await readChannel(database, breach.channel.id, []);
  if (channel === undefined || channel.arn !== breach.channel.arn) return 'unknownChannel';
  if (channel.openStreamId === undefined) return 'noOpenSession';
  return { ...breach, kind: 'streamLimit', streamId: channel.openStreamId };
}

async function readForFold(database: FoldDatabase, event: SessionEvent): Promise<ChannelRead> {
  const first = sessionsOf(event, new Map());
  const read = await readChannel(database, event.channel.id, first);
  const all = sessionsOf(event, read.streams);
  return all.length > first.length ? readChannel(database, event.channel.id, all) : read;
}

interface Change {
  /** The session that the event names first. */
  readonly sessions: readonly [Stream, ...Stream[]];
  /** Rows that were read on the way, by id. */
  readonly read: ReadonlyMap<string, Stream>;
  /** Undefined when it stays as it is. */
  readonly channel: ChannelLiveState | ChannelPreview | undefined;
}

/** Whether a row was written between two reads of it: what was made of the first is not of the second. */
function isStale(first: ChannelRead, change: Change): boolean {
  return [...change.read.values()].some(({ id, version }) => {
    const before = first.streams.get(id);
    return before !== undefined && before.version !== version;
  });
}

function otherChange(
  channel: Channel,
  own: Stream,
  others: readonly Stream[],
  related: readonly Stream[],
): Change | 'conflict' {
  const preview = previewChange(channel, [own, ...related]);
  if (preview === 'conflict') return preview;
  const live = preview === 'unchanged' ? undefined : preview;
  return { sessions: [own, ...others], read: new Map(), channel: live };
}

async function settleIn(
  database: FoldDatabase,
  channel: Channel,
  before: Stream | undefined,
  after: Stream,
  others: readonly Stream[],
): Promise<Change> {
  const near = await readNear(database, channel, before, after);
  const read = Object.values(near).flatMap(row => (row === undefined ? [] : [[row.id, row] as const]));
  return { ...settle(channel, after, others, near), read: new Map(read) };
}

async function readNear(
  database: FoldDatabase,
  channel: Channel,
  before: Stream | undefined,
  after: Stream,
): Promise<Neighbors> {
  switch (reach(channel, before, after)) {
    case 'none':
      return {};
    case 'newest': {
      const id = channel.newestStreamId ?? '';
      const { streams } = await readChannel(database, channel.id, [id]);
      return { beforeNew: streams.get(id) };
    }
    case 'around': {
      const was = startOf(before?.evidence ?? {});
      const is = startOf(after.evidence) ?? '';
      const at = (side: 'before' | 'after', startedAt: string) =>
        neighbor(database, channel.id, side, { startedAt, id: after.id }, after.id);
      const [beforeNew, afterNew, beforeOld, afterOld] = await Promise.all([
        at('before', is),
        at('after', is),
        was === undefined || was === is ? undefined : at('before', was),
        was === undefined || was === is ? undefined : at('after', was),
      ]);
      return { beforeNew, afterNew, beforeOld, afterOld };
    }
  }
}

/** Where there are too many for one transaction, the first are written with the channel: the preview is never another's. */
function openFirst({ openStreamId }: Channel, [own, ...others]: Change['sessions']): Stream[] {
  const isOpen = ({ id }: Stream) => id === openStreamId;
  return [own, ...others.filter(isOpen), ...others.filter(session => !isOpen(session))];
}

// A transaction takes 100 items: the event, the channel, and this many sessions with room to spare.
const SESSIONS_PER_TRANSACTION = 90;

async function commit(
  database: FoldDatabase,
  channel: Channel,
  event: SessionEvent,
  rows: ReadonlyMap<string, Stream>,
  sessions: readonly Stream[],
  live: ChannelLiveState | ChannelPreview | undefined,
  now: Timestamp,
): Promise<SessionFold | 'conflict'> {
  const puts = sessions.map(session => putFolded(database, rows.get(session.id), session));
  // What changes the channel holds by itself that it is there. Else, new rows must not outlive its deletion.
  const isNew = sessions.some(session => !rows.has(session.id));
  const held = live === undefined && isNew ? [channelExists(database, channel.id)] : [];
  // Only a recording merged over very many reconnects has more. The event itself is written last: should this
  // be interrupted, the event is not in the timeline yet and is folded again.
  while (puts.length > SESSIONS_PER_TRANSACTION) {
    const result = await transact(database, [...puts.splice(-SESSIONS_PER_TRANSACTION), ...held]);
    if (!result.committed) return 'conflict';
  }
  const items: TransactItem[] = [
    addEvent(database, timelineRow(channel, event, now)),
    ...puts,
    ...held,
    ...(live === undefined ? [] : [putLiveState(database, channel, live, now)]),
  ];
  return outcome(await transact(database, items));
}

function outcome(result: TransactionResult): SessionFold | 'conflict' {
  if (result.committed) return 'folded';
  return result.failed.includes(0) ? 'duplicate' : 'conflict';
}

function timelineRow(channel: Channel, event: SessionEvent, now: Timestamp) {
  return {
    streamId: event.streamId,
    id: occurrenceId({ ...event, channelId: channel.id }),
    eventId: event.id,
    time: event.time,
    channelId: channel.id,
    name: event.name,
    detailType: event.detailType,
    detail: { ...event.detail },
    createdAt: now,
    updatedAt: now,
    ...seedMarkOf(channel),
  };
}
