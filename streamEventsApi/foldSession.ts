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
import { type Neighbors, neighborsToRead, previewChange, restoreInvariants } from './channelSessions.ts';
import { foldEvidence, isLifecycleChange, sessionsOf, withChannelTitle } from './fold.ts';
import { startOf } from './session.ts';

export type FoldDatabase = Database<'channels' | 'streams' | 'streamEvents'>;

export type SessionFold = 'folded' | 'duplicate' | 'unknownChannel' | 'noOpenSession';

/**
 * Folds one event into its channel's sessions. If any row that was read has changed since, nothing is
 * written, the result is `conflict`, and the event must be folded again.
 *
 * Usually two requests are enough, whatever the length of the channel's history: one reads the channel and
 * the session, one writes the event, the session and the channel in one transaction. The transaction requires
 * that
 * - the event is not in the timeline yet, so that it counts once;
 * - each session has the version that was read;
 * - for a lifecycle change or a change of the open session's recording, the channel has the version that was
 *   read. The write increments that version, so these changes are folded one after another. This prevents two
 *   open sessions at once, and keeps the channel's preview that of the open session.
 */
export async function foldSession(
  database: FoldDatabase,
  clock: Clock,
  input: SessionEvent | ChannelLimitEvent,
): Promise<SessionFold | 'conflict'> {
  const event = input.kind === 'channelLimit' ? await assignToOpenSession(database, input) : input;
  if (event === 'unknownChannel' || event === 'noOpenSession') return event;
  const read = await readForFold(database, event);
  // Ids are unique only within one partition, Region and account.
  if (read.channel === undefined || read.channel.arn !== event.channel.arn) return 'unknownChannel';
  if (input.kind === 'channelLimit' && read.streams.get(event.streamId)?.isOpen === undefined)
    return 'conflict';
  const now = toTimestamp(clock());
  const [own, ...related] = foldEvidence(read.channel, read.streams, event, now);
  if (own === undefined) throw new Error('a fold has at least the session that its event names');

  // A duplicate event changes no other session.
  const others = related.filter(
    ({ id, evidence }) => !isDeepStrictEqual(evidence, read.streams.get(id)?.evidence),
  );
  const before = read.streams.get(own.id);
  const change = isLifecycleChange(before, own)
    ? await settleIn(database, read.channel, before, withChannelTitle(read.channel, before, own), others)
    : otherChange(read.channel, own, others, related);
  if (change === 'conflict' || isStale(read, change)) return 'conflict';
  const rows = new Map([...read.streams, ...change.read]);
  const sessions = openFirst(read.channel, change.sessions);
  return commit(database, read.channel, event, rows, sessions, change.channel, now);
}

/** Assigns a channel's limit breach to its open session. This takes one request more than other events. */
async function assignToOpenSession(
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
  /** The session that the event names is the first. */
  readonly sessions: readonly [Stream, ...Stream[]];
  /** The rows that were read for this change, by id. */
  readonly read: ReadonlyMap<string, Stream>;
  /** Undefined when the channel does not change. */
  readonly channel: ChannelLiveState | ChannelPreview | undefined;
}

/** Returns whether a row was written between two reads of it, so that the change mixes two versions. */
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
  const near = await readNeighbors(database, channel, before, after);
  const read = Object.values(near).flatMap(row => (row === undefined ? [] : [[row.id, row] as const]));
  return { ...restoreInvariants(channel, after, others, near), read: new Map(read) };
}

async function readNeighbors(
  database: FoldDatabase,
  channel: Channel,
  before: Stream | undefined,
  after: Stream,
): Promise<Neighbors> {
  switch (neighborsToRead(channel, before, after)) {
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

/**
 * Puts the open session right after the event's own session: if there are too many sessions for one
 * transaction, it is then written together with the channel, so the channel's preview always belongs to it.
 */
function openFirst({ openStreamId }: Channel, [own, ...others]: Change['sessions']): Stream[] {
  const isOpen = ({ id }: Stream) => id === openStreamId;
  return [own, ...others.filter(isOpen), ...others.filter(session => !isOpen(session))];
}

// A transaction accepts 100 items: the event, the channel, and these sessions, with room to spare.
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
  // A write to the channel already requires that the channel exists. Without one, new rows need that
  // condition, so that they do not outlive the channel's deletion.
  const isNew = sessions.some(session => !rows.has(session.id));
  const held = live === undefined && isNew ? [channelExists(database, channel.id)] : [];
  // Only a recording merged across more than 90 sessions gets here. The event is written in the last
  // transaction: after an interruption the event is not in the timeline yet, and is folded again.
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
