import type { Channel } from '../model/channel.ts';
import { CLOCK_TOLERANCE_MS, type SessionEvent } from '../model/ivsEvent.ts';
import type { Log } from '../model/log.ts';
import type { Count } from '../model/metrics.ts';
import { MOCK_ID_PREFIX } from '../model/row.ts';
import type { IncompleteStream, OpenStream, Stream } from '../model/stream.ts';
import { addMs, type Clock, earliest, type Timestamp, toTimestamp } from '../model/time.ts';
import type { Database } from '../store/database.ts';
import { readChannel } from '../store/foldReads.ts';
import { allIncomplete, allOpen } from '../store/streams.ts';
import { addEvidence } from './addEvidence.ts';
import { foldSessionEvent, type SessionEventsDatabase } from './handleEvent.ts';
import type { IvsSession, IvsSessions, IvsStream } from './ivsSessions.ts';
import { readEncoders } from './readEncoders.ts';
import {
  missedEventsOfEndedSession,
  missedEventsOfLiveSession,
  missedEventsOfRecording,
  startFinding,
  streamingFinding,
} from './repair.ts';
import { endOf, isIncomplete, startOf } from './session.ts';

export interface ReconcileDependencies {
  readonly database: SessionEventsDatabase;
  readonly ivs: IvsSessions;
  readonly clock: Clock;
  readonly log: Log;
  readonly count: Count;
  /**
   * How long, in milliseconds, a session may be open without being in IVS's list, because IVS lists a new
   * session with a delay.
   */
  readonly graceMs: number;
}

/** The result of a run. Sessions are identified by their stream ids. */
export interface ReconcileReport {
  /** The number of streams that IVS lists as live. */
  readonly live: number;
  /** The number of open sessions in the tables. */
  readonly open: number;
  readonly opened: readonly string[];
  readonly closed: readonly string[];
  /** Sessions that were known only from their recordings before this run. */
  readonly completed: readonly string[];
  /** Sessions whose repair failed. The next run retries them. */
  readonly failed: readonly string[];
}

/**
 * Compares the open sessions with IVS's list of live streams, and folds the events that were missed, and
 * IVS's own data where event clocks were wrong. The fold, not the reconciler, decides which session is open.
 *
 * Invariants, whatever events arrived, for every stream that IVS lists from the start to the end of a run:
 * - the channel is live with that session after the run
 * - a session that IVS does not list is open no longer than the grace period
 *
 * The whole list is read before anything is compared. If reading it fails, the error is thrown and nothing
 * changes. Sessions of mock channels are skipped, because IVS does not know them.
 */
export function reconciler(dependencies: ReconcileDependencies): () => Promise<ReconcileReport> {
  return async () => {
    const { database, ivs, clock, graceMs } = dependencies;
    const from = toTimestamp(clock());
    const live = await ivs.listLive();
    // Read after the list, because the list of 100,000 streams takes minutes and the tables take seconds.
    const [open, incomplete] = await Promise.all([readOpen(database), readIncomplete(database)]);
    const playing = new Set(open.filter(stream => stream.isLive).map(stream => stream.id));
    const listed = new Set(live.map(stream => stream.streamId));
    const now = toTimestamp(clock());
    // A session that has just begun, or began while the list was read, may be missing from the list. A start too far in
    // the future comes from a wrong clock.
    const isSettled = ({ startedAt }: { startedAt: string }) =>
      startedAt < addMs(from, -graceMs) || startedAt > addMs(now, CLOCK_TOLERANCE_MS);

    const ghosts = open.filter(stream => !listed.has(stream.id) && isSettled(stream));
    const unfinished = incomplete.filter(isSettled);
    const ended = await repair(dependencies, ghosts, stream => stream.id, closeMissed);
    const completed = await repair(dependencies, unfinished, stream => stream.id, completeMissed);
    // Live streams come last, because the repair of another session can make that session newer than the live
    // one.
    const touched = new Set([...ghosts, ...unfinished].map(stream => stream.channelId));
    const missing = live.filter(stream => !playing.has(stream.streamId) || touched.has(stream.channelId));
    const started = await repair(dependencies, missing, stream => stream.streamId, openMissed(from));
    dependencies.count('StaleOpenSessions', ended.failed.length);
    // After all repairs, because this uses the same quota of IVS.
    await readEncoders(dependencies, live);
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
  return (await allOpen(database)).filter(stream => !stream.id.startsWith(MOCK_ID_PREFIX));
}

async function readIncomplete(database: Database<'streams'>): Promise<IncompleteStream[]> {
  const incomplete: IncompleteStream[] = [];
  for await (const stream of allIncomplete(database)) incomplete.push(stream);
  return incomplete;
}

/** Folds the missed events of a session, and returns the events that it folded. */
type RepairSession<T> = (dependencies: ReconcileDependencies, session: T) => Promise<SessionEvent[]>;

/** Repairs each session. A failure does not stop the others. */
async function repair<T>(
  dependencies: ReconcileDependencies,
  sessions: readonly T[],
  idOf: (session: T) => string,
  repairSession: RepairSession<T>,
): Promise<{ done: string[]; failed: string[] }> {
  const done: string[] = [];
  const failed: string[] = [];
  for (const session of sessions) {
    const id = idOf(session);
    try {
      const events = await repairSession(dependencies, session);
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

/** @param from when the list of live streams was begun. */
const openMissed =
  (from: Timestamp): RepairSession<IvsStream> =>
  async (dependencies, stream) => {
    const { database, ivs, clock } = dependencies;
    const { channelId, channelArn, streamId } = stream;
    const { channel, streams } = await readChannel(database, channelId, [streamId]);
    // The channel belongs to another stack, or to another account with the same channel id.
    if (channel === undefined || channel.arn !== channelArn) return [];
    const row = streams.get(streamId);
    if (isShownLive(channel, row)) return [];
    const known = row?.evidence ?? {};
    // The session ended after IVS began to list it. With 100,000 live streams, thousands end during one list, and IVS
    // could not be asked for each. If the event was wrong, it is older than the list of the next run.
    if (row !== undefined && row.updatedAt > from && (endOf(known) ?? '') > from) return [];
    const session = await ivs.find(channelArn, streamId);
    // All evidence says that the session has ended, so IVS's list is outdated.
    if (session === undefined && known.lastEndedAt !== undefined) return [];
    const now = toTimestamp(clock());
    const events = missedEventsOfLiveSession(stream, known, session, stream.startedAt, now);
    await foldAll(dependencies, events);
    return session?.endedAt === undefined
      ? [...events, ...(await makeNewest(dependencies, stream, session))]
      : events;
  };

/**
 * Makes a session that IVS streams the one that its channel shows. If the missed events were enough, it folds
 * nothing. Otherwise the clocks of its own events, or of the events of a newer session, were wrong.
 */
async function makeNewest(
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
  const events: SessionEvent[] = [
    streamingFinding(stream, known, session?.startedAt ?? stream.startedAt, now),
  ];
  await foldAll(dependencies, events);
  // Each iteration moves one session with a wrong start before this one, so the loop ends.
  for (;;) {
    const { channel } = await readChannel(database, channelId, []);
    const newest = channel?.newestStreamId;
    if (newest === undefined || newest === streamId) return events;
    const { streams } = await readChannel(database, channelId, [streamId, newest]);
    const startedAt = startOf(streams.get(streamId)?.evidence ?? {}) ?? now;
    const theirs = await ivs.find(channelArn, newest);
    // The encoder has reconnected since the list was read.
    const isUnderWay = theirs !== undefined && theirs.endedAt === undefined;
    if (isUnderWay && (theirs.startedAt ?? '') > startedAt) return events;
    const other = { channelArn, streamId: newest };
    const before = earliest(theirs?.startedAt, addMs(startedAt, -1));
    const older = startFinding(other, streams.get(newest)?.evidence ?? {}, before, now);
    await foldAll(dependencies, [older]);
    events.push(older);
  }
}

function isShownLive(channel: Channel, stream: Stream | undefined): boolean {
  return channel.isLive && channel.openStreamId === stream?.id && stream?.isLive === true;
}

const closeMissed: RepairSession<OpenStream> = async (dependencies, { channelId, channelArn, id }) => {
  const { database, ivs, clock } = dependencies;
  const session = await ivs.find(channelArn, id);
  const { streams } = await readChannel(database, channelId, [id]);
  const name = { channelArn, streamId: id };
  const events = missedEventsOfEndedSession(
    name,
    streams.get(id)?.evidence ?? {},
    session,
    toTimestamp(clock()),
  );
  await foldAll(dependencies, events);
  return events;
};

const completeMissed: RepairSession<IncompleteStream> = async (
  dependencies,
  { channelId, channelArn, id, startedAt },
) => {
  const { database, ivs, clock } = dependencies;
  const session = await ivs.find(channelArn, id);
  const { streams } = await readChannel(database, channelId, [id]);
  const known = streams.get(id)?.evidence;
  if (known === undefined || !isIncomplete(known)) return [];
  const [name, now] = [{ channelArn, streamId: id }, toTimestamp(clock())];
  const events = missedEventsOfRecording(name, known, session, now);
  // IVS will not know more later, so the session is marked as complete.
  const all = isIncomplete(events.reduce(addEvidence, known))
    ? [...events, startFinding(name, known, session?.startedAt ?? startedAt, now)]
    : events;
  await foldAll(dependencies, all);
  return all;
};

async function foldAll(dependencies: ReconcileDependencies, events: readonly SessionEvent[]): Promise<void> {
  for (const event of events) await foldSessionEvent(dependencies, event);
}
