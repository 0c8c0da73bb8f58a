import type { SessionEvent } from '../model/ivsEvent.ts';
import { MOCK_ID_PREFIX } from '../model/row.ts';
import type { OpenStream } from '../model/stream.ts';
import { addMs, toTimestamp } from '../model/time.ts';
import { readChannel } from '../store/foldReads.ts';
import { allOpen } from '../store/streams.ts';
import type { FoldDatabase } from './foldSession.ts';
import { foldSessionEvent } from './handleEvent.ts';
import type { IvsSessions, IvsStream } from './ivsSessions.ts';
import type { Clock, Count, Log } from './ports.ts';
import { missedEnd, missedStart } from './repair.ts';

export interface ReconcileDependencies {
  readonly database: FoldDatabase;
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
  /** Sessions whose repair went wrong; the next run tries them again. */
  readonly failed: readonly string[];
}

/**
 * Compares the open sessions with IVS's list of live streams, and folds the events that must have been missed:
 * the fold, not the reconciler, decides what is open.
 *
 * The list is read whole before anything is compared; if reading it fails, the error is thrown and nothing has
 * changed. Sessions of mock channels are left alone: IVS never knew them.
 */
export function reconciler(dependencies: ReconcileDependencies): () => Promise<ReconcileReport> {
  return async () => {
    const { database, ivs, clock, graceMs } = dependencies;
    const live = await ivs.listLive();
    const open = await readOpen(database);
    const playing = new Set(open.filter(stream => stream.isLive).map(stream => stream.id));
    const listed = new Set(live.map(stream => stream.streamId));
    const settledBefore = addMs(toTimestamp(clock()), -graceMs);

    const missing = live.filter(stream => !playing.has(stream.streamId));
    const ghosts = open.filter(stream => !listed.has(stream.id) && stream.startedAt < settledBefore);
    const started = await repair(dependencies, missing, stream => stream.streamId, missedStartOf);
    const ended = await repair(dependencies, ghosts, stream => stream.id, missedEndOf);
    dependencies.count('StaleOpenSessions', ended.failed.length);
    return {
      live: live.length,
      open: open.length,
      opened: started.done,
      closed: ended.done,
      failed: [...started.failed, ...ended.failed],
    };
  };
}

async function readOpen(database: FoldDatabase): Promise<OpenStream[]> {
  const open: OpenStream[] = [];
  for await (const stream of allOpen(database)) if (!stream.id.startsWith(MOCK_ID_PREFIX)) open.push(stream);
  return open;
}

type Find<T> = (dependencies: ReconcileDependencies, session: T) => Promise<SessionEvent[]>;

/** Folds what was missed of each session. One that cannot be repaired does not keep the others from it. */
async function repair<T>(
  dependencies: ReconcileDependencies,
  sessions: readonly T[],
  idOf: (session: T) => string,
  find: Find<T>,
): Promise<{ done: string[]; failed: string[] }> {
  const done: string[] = [];
  const failed: string[] = [];
  for (const session of sessions) {
    const id = idOf(session);
    try {
      const events = await find(dependencies, session);
      for (const event of events) await foldSessionEvent(dependencies, event);
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

const missedStartOf: Find<IvsStream> = async ({ database, ivs, clock }, stream) => {
  const { channel, streams } = await readChannel(database, stream.channelId, [stream.streamId]);
  // Another stack's channel in the same account.
  if (channel === undefined) return [];
  const known = streams.get(stream.streamId)?.evidence ?? {};
  // It has ended for good; IVS's list is behind.
  if (known.sessionEndedAt !== undefined || known.streamFailedAt !== undefined) return [];
  const session = await ivs.find(stream.channelArn, stream.streamId);
  return missedStart(stream, known, session, stream.startedAt, toTimestamp(clock()));
};

const missedEndOf: Find<OpenStream> = async ({ database, ivs, clock }, { channelId, channelArn, id }) => {
  const session = await ivs.find(channelArn, id);
  const { streams } = await readChannel(database, channelId, [id]);
  const known = streams.get(id)?.evidence ?? {};
  return missedEnd({ channelArn, streamId: id }, known, session, toTimestamp(clock()));
};
