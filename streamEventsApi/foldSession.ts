import { isDeepStrictEqual } from 'node:util';
import type { Channel } from '../model/channel.ts';
import type { SessionEvent } from '../model/ivsEvent.ts';
import { seedMarkOf } from '../model/row.ts';
import type { Stream } from '../model/stream.ts';
import { type Timestamp, toTimestamp } from '../model/time.ts';
import {
  type ChannelLiveState,
  type ChannelPreview,
  channelExists,
  putLiveState,
} from '../store/channels.ts';
import type { Database } from '../store/database.ts';
import { type ChannelRead, readChannel } from '../store/foldReads.ts';
import { addEvent, streamEventId } from '../store/streamEvents.ts';
import { neighbour, putFolded } from '../store/streams.ts';
import { type TransactItem, type TransactionResult, transact } from '../store/transaction.ts';
import { foldEvidence, isLifecycleChange, sessionsOf, titled } from './fold.ts';
import type { Clock } from './ports.ts';
import { startOf } from './session.ts';
import { type Neighbours, previewChange, reach, settle } from './settle.ts';

export type FoldDatabase = Database<'channels' | 'streams' | 'streamEvents'>;

export type SessionFold = 'folded' | 'duplicate' | 'unknownChannel';

/**
 * Folds one event into its channel's sessions, if nothing of what was read has changed meanwhile: if it has,
 * nothing is written, the result is `changed`, and the event must be folded again.
 *
 * Two requests in the usual case, however long the channel's history: one reads the channel and the session,
 * one writes the event, the session and the channel, all or nothing. The write holds
 * - that the event is not in the timeline yet, so that it counts once;
 * - that each session is at the version that was read;
 * - for a lifecycle change, and for one of the open session's recording, that the channel is at the version that was
 *   read, and raises it. Such changes are therefore folded one after another, which is what keeps two sessions from
 *   being open at once, and the preview that of the open one.
 */
export async function foldSession(
  database: FoldDatabase,
  clock: Clock,
  event: SessionEvent,
): Promise<SessionFold | 'changed'> {
  const read = await readForFold(database, event);
  if (read.channel === undefined) return 'unknownChannel';
  const now = toTimestamp(clock());
  const [own, ...related] = foldEvidence(read.channel, read.streams, event, now);
  if (own === undefined) throw new Error('a fold has at least the session that its event names');

  // An event seen before says nothing new of any of them.
  const others = related.filter(
    ({ id, evidence }) => !isDeepStrictEqual(evidence, read.streams.get(id)?.evidence),
  );
  const before = read.streams.get(own.id);
  const change = isLifecycleChange(before, own)
    ? await settleIn(database, read.channel, before, titled(read.channel, before, own))
    : otherChange(read.channel, own, related);
  if (change === 'torn') return 'changed';
  const rows = new Map([...read.streams, ...change.read]);
  const sessions = [...change.sessions, ...openFirst(read.channel, others)];
  return commit(database, read.channel, event, rows, sessions, change.channel, now);
}

async function readForFold(database: FoldDatabase, event: SessionEvent): Promise<ChannelRead> {
  const first = sessionsOf(event, new Map());
  const read = await readChannel(database, event.channel.id, first);
  const all = sessionsOf(event, read.streams);
  return all.length > first.length ? readChannel(database, event.channel.id, all) : read;
}

interface Change {
  readonly sessions: readonly Stream[];
  /** Rows that were read on the way, by id. */
  readonly read: ReadonlyMap<string, Stream>;
  /** Undefined when it stays as it is. */
  readonly channel: ChannelLiveState | ChannelPreview | undefined;
}

function otherChange(channel: Channel, own: Stream, related: readonly Stream[]): Change | 'torn' {
  const preview = previewChange(channel, [own, ...related]);
  if (preview === 'torn') return preview;
  return { sessions: [own], read: new Map(), channel: preview === 'unchanged' ? undefined : preview };
}

async function settleIn(
  database: FoldDatabase,
  channel: Channel,
  before: Stream | undefined,
  after: Stream,
): Promise<Change> {
  const near = await readNear(database, channel, before, after);
  const read = Object.values(near).flatMap(row => (row === undefined ? [] : [[row.id, row] as const]));
  return { ...settle(channel, after, near), read: new Map(read) };
}

async function readNear(
  database: FoldDatabase,
  channel: Channel,
  before: Stream | undefined,
  after: Stream,
): Promise<Neighbours> {
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
        neighbour(database, channel.id, side, { startedAt, id: after.id }, after.id);
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
function openFirst({ openStreamId }: Channel, sessions: readonly Stream[]): Stream[] {
  const isOpen = ({ id }: Stream) => id === openStreamId;
  return [...sessions.filter(isOpen), ...sessions.filter(session => !isOpen(session))];
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
): Promise<SessionFold | 'changed'> {
  const puts = sessions.map(session => putFolded(database, rows.get(session.id), session));
  // What changes the channel holds by itself that it is there. Else, new rows must not outlive its deletion.
  const isNew = sessions.some(session => !rows.has(session.id));
  const held = live === undefined && isNew ? [channelExists(database, channel.id)] : [];
  // Only a recording merged over very many reconnects has more. The event itself is written last: should this
  // be interrupted, the event is not in the timeline yet and is folded again.
  while (puts.length > SESSIONS_PER_TRANSACTION) {
    const result = await transact(database, [...puts.splice(-SESSIONS_PER_TRANSACTION), ...held]);
    if (!result.committed) return 'changed';
  }
  const items: TransactItem[] = [
    addEvent(database, timelineRow(channel, event, now)),
    ...puts,
    ...held,
    ...(live === undefined ? [] : [putLiveState(database, channel, live, now)]),
  ];
  return outcome(await transact(database, items));
}

function outcome(result: TransactionResult): SessionFold | 'changed' {
  if (result.committed) return 'folded';
  return result.failed.includes(0) ? 'duplicate' : 'changed';
}

function timelineRow(channel: Channel, event: SessionEvent, now: Timestamp) {
  return {
    streamId: event.streamId,
    id: streamEventId(event.time, event.id),
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
