import type { Channel } from '../model/channel.ts';
import { CLOCK_TOLERANCE_MS, type SessionEvent } from '../model/ivsEvent.ts';
import type { Log } from '../model/log.ts';
import type { Count } from '../model/metrics.ts';
import { MOCK_ID_PREFIX } from '../model/row.ts';
import type { IncompleteStream, OpenStream, Stream } from '../model/stream.ts';
import { addMs, type Clock, earliest, toTimestamp } from '../model/time.ts';
import type { Database } from '../store/database.ts';
import { readChannel } from '../store/foldReads.ts';
import { allIncomplete, allOpen } from '../store/streams.ts';
import { foldSessionEvent, type SessionEventsDatabase } from './handleEvent.ts';
import type { IvsSession, IvsSessions, IvsStream } from './ivsSessions.ts';
import { foundStart, foundStreaming, missedEnd, missedRest, missedStart } from './repair.ts';
import { isIncomplete, startOf } from './session.ts';
import { witness } from './witness.ts';

export interface ReconcileDependencies {
  readonly database: SessionEventsDatabase;
  readonly ivs: IvsSessions;
  readonly clock: Clock;
  readonly log: Log;
  readonly count: Count;
  /** How long, in milliseconds, a session may be open and not in IVS's list: one that has just begun is not. */
  readonly graceMs: number;
}

/** What a run found and did. Sessions are named by their stream ids. */
export interface ReconcileReport {
  /** How many streams IVS lists as live. */
  readonly live: number;
  /** How many sessions were open in the tables. */
  readonly open: number;
  readonly opened: readonly string[];
  readonly closed: readonly string[];
  /** Sessions that were known from their recordings alone. */
  readonly completed: readonly string[];
  /** Sessions whose repair went wrong; the next run tries them again. */
  readonly failed: readonly string[];
}

/**
 * Compares the open sessions with IVS's list of live streams, and folds the events that must have been missed, and what
 * IVS knows better where the clocks of events were wrong: the fold, not the reconciler, decides what is open.
 *
 * It keeps these, whatever events came, for every stream that IVS lists when a run begins and still has at its end:
 * - the channel is live with that session after the run
 * - a session that IVS does not list is open for no longer than the grace period
 *
 * The list is read whole before anything is compared; if reading it fails, the error is thrown and nothing has
 * changed. Sessions of mock channels are left alone: IVS never knew them.
 */
export function reconciler(dependencies: ReconcileDependencies): () => Promise<ReconcileReport> {
  return async () => {
    const { database, ivs, clock, graceMs } = dependencies;
    const live = await ivs.listLive();
    const open = await readOpen(database);
    const incomplete = await readIncomplete(database);
    const playing = new Set(open.filter(stream => stream.isLive).map(stream => stream.id));
    const listed = new Set(live.map(stream => stream.streamId));
    const now = toTimestamp(clock());
    // One that has just begun may not be in the list yet. No clock that is right dates one so far ahead.
    const isSettled = ({ startedAt }: { startedAt: string }) =>
      startedAt < addMs(now, -graceMs) || startedAt > addMs(now, CLOCK_TOLERANCE_MS);

    const ghosts = open.filter(stream => !listed.has(stream.id) && isSettled(stream));
    const unfinished = incomplete.filter(isSettled);
    const ended = await repair(dependencies, ghosts, stream => stream.id, closeMissed);
    const completed = await repair(dependencies, unfinished, stream => stream.id, completeMissed);
    // Last, for what IVS tells of another session can make that one newer than the stream that is live.
    const touched = new Set([...ghosts, ...unfinished].map(stream => stream.channelId));
    const missing = live.filter(stream => !playing.has(stream.streamId) || touched.has(stream.channelId));
    const started = await repair(dependencies, missing, stream => stream.streamId, openMissed);
    dependencies.count('StaleOpenSessions', ended.failed.length);
    return {
      live: live.length,
      open: open.length,
      opened: started.done,
      closed: ended.done,
      completed: completed.done,
      failed: [...started.failed, ...ended.failed, ...completed.failed],
    };
  };
}

async function readOpen(database: Database<'streams'>): Promise<OpenStream[]> {
  const open: OpenStream[] = [];
  for await (const stream of allOpen(database)) if (!stream.id.startsWith(MOCK_ID_PREFIX)) open.push(stream);
  return open;
}

async function readIncomplete(database: Database<'streams'>): Promise<IncompleteStream[]> {
  const incomplete: IncompleteStream[] = [];
  for await (const stream of allIncomplete(database)) incomplete.push(stream);
  return incomplete;
}

/** Folds what was missed of a session and gives the events that it folded. */
type Mend<T> = (dependencies: ReconcileDependencies, session: T) => Promise<SessionEvent[]>;

/** Mends each session. One that cannot be repaired does not keep the others from it. */
async function repair<T>(
  dependencies: ReconcileDependencies,
  sessions: readonly T[],
  idOf: (session: T) => string,
  mend: Mend<T>,
): Promise<{ done: string[]; failed: string[] }> {
  const done: string[] = [];
  const failed: string[] = [];
  for (const session of sessions) {
    const id = idOf(session);
    try {
      const events = await mend(dependencies, session);
      if (events.length === 0) continue;
      dependencies.log.info('session reconciled', { streamId: id, events: events.map(event => event.name) });
      dependencies.count('SessionReconciled');
      done.push(id);
    } catch (error) {
      dependencies.log.error('session not reconciled', { streamId: id, error });
      failed.push(id);
    }
  }
  return { done, failed };
}

const openMissed: Mend<IvsStream> = async (dependencies, stream) => {
  const { database, ivs, clock } = dependencies;
  const { channelId, channelArn, streamId } = stream;
  const { channel, streams } = await readChannel(database, channelId, [streamId]);
  // Another stack's channel in the same account, or one of another account that has the same id.
  if (channel === undefined || channel.arn !== channelArn) return [];
  const row = streams.get(streamId);
  if (isShownLive(channel, row)) return [];
  const known = row?.evidence ?? {};
  const session = await ivs.find(channelArn, streamId);
  // It has ended, as far as anyone knows; IVS's list is behind.
  if (session === undefined && known.lastEndedAt !== undefined) return [];
  const now = toTimestamp(clock());
  const events = missedStart(stream, known, session, stream.startedAt, now);
  await foldAll(dependencies, events);
  return session?.endedAt === undefined
    ? [...events, ...(await putFirst(dependencies, stream, session))]
    : events;
};

/**
 * Folds what makes a session that IVS streams the one that its channel shows. Nothing, if it is: its missed events were
 * enough. Otherwise clocks were wrong, of its own events or of those that make another session newer.
 */
async function putFirst(
  dependencies: ReconcileDependencies,
  stream: IvsStream,
  session: IvsSession | undefined,
): Promise<SessionEvent[]> {
  const { database, ivs, clock } = dependencies;
  const { channelId, channelArn, streamId } = stream;
  const now = toTimestamp(clock());
  const first = await readChannel(database, channelId, [streamId]);
  const known = first.streams.get(streamId)?.evidence ?? {};
  if (first.channel === undefined || isShownLive(first.channel, first.streams.get(streamId))) return [];
  const events: SessionEvent[] = [foundStreaming(stream, known, session?.startedAt ?? stream.startedAt, now)];
  await foldAll(dependencies, events);
  // Each round makes one session older than this one, so there are as many as have a start that is wrong.
  for (;;) {
    const { channel } = await readChannel(database, channelId, []);
    const newest = channel?.newestStreamId;
    if (newest === undefined || newest === streamId) return events;
    const { streams } = await readChannel(database, channelId, [streamId, newest]);
    const startedAt = startOf(streams.get(streamId)?.evidence ?? {}) ?? now;
    const theirs = await ivs.find(channelArn, newest);
    // The encoder has connected anew since the list was read.
    const isUnderWay = theirs !== undefined && theirs.endedAt === undefined;
    if (isUnderWay && (theirs.startedAt ?? '') > startedAt) return events;
    const other = { channelArn, streamId: newest };
    const before = earliest(theirs?.startedAt, addMs(startedAt, -1));
    const older = foundStart(other, streams.get(newest)?.evidence ?? {}, before, now);
    await foldAll(dependencies, [older]);
    events.push(older);
  }
}

function isShownLive(channel: Channel, stream: Stream | undefined): boolean {
  return channel.isLive && channel.openStreamId === stream?.id && stream?.isLive === true;
}

const closeMissed: Mend<OpenStream> = async (dependencies, { channelId, channelArn, id }) => {
  const { database, ivs, clock } = dependencies;
  const session = await ivs.find(channelArn, id);
  const { streams } = await readChannel(database, channelId, [id]);
  const name = { channelArn, streamId: id };
  const events = missedEnd(name, streams.get(id)?.evidence ?? {}, session, toTimestamp(clock()));
  await foldAll(dependencies, events);
  return events;
};

const completeMissed: Mend<IncompleteStream> = async (
  dependencies,
  { channelId, channelArn, id, startedAt },
) => {
  const { database, ivs, clock } = dependencies;
  const session = await ivs.find(channelArn, id);
  const { streams } = await readChannel(database, channelId, [id]);
  const known = streams.get(id)?.evidence;
  if (known === undefined || !isIncomplete(known)) return [];
  const [name, now] = [{ channelArn, streamId: id }, toTimestamp(clock())];
  const events = missedRest(name, known, session, now);
  // IVS will not remember more of it: it is not asked again.
  const all = isIncomplete(events.reduce(witness, known))
    ? [...events, foundStart(name, known, session?.startedAt ?? startedAt, now)]
    : events;
  await foldAll(dependencies, all);
  return all;
};

async function foldAll(dependencies: ReconcileDependencies, events: readonly SessionEvent[]): Promise<void> {
  for (const event of events) await foldSessionEvent(dependencies, event);
}
