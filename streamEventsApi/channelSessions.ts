import { livePreviewPathOf } from '../domain/recordings.ts';
import { type Channel, directoryKeys } from '../model/channel.ts';
import type { Stream } from '../model/stream.ts';
import type { ChannelLiveState, ChannelPreview } from '../store/channels.ts';
import { compareStarts, type Start } from '../store/streams.ts';
import { endOf, isPlaying, type Position, startOf, withPosition } from './session.ts';

/**
 * The neighbors, as they were read, of a session whose lifecycle changed: before and after its old place in
 * the order, and before and after its new place. The session itself is not among them.
 */
export interface Neighbors {
  readonly beforeOld?: Stream | undefined;
  readonly afterOld?: Stream | undefined;
  readonly beforeNew?: Stream | undefined;
  readonly afterNew?: Stream | undefined;
}

/**
 * The rows that `restoreInvariants` needs:
 * - `none`: no rows; the usual case
 * - `newest`: the channel's newest session, which is open and about to be superseded
 * - `around`: the neighbors of the session's old and new place
 */
export type NeighborsToRead = 'none' | 'newest' | 'around';

export function neighborsToRead(
  channel: Channel,
  before: Stream | undefined,
  after: Stream,
): NeighborsToRead {
  const was = startOf(before?.evidence ?? {});
  const is = startOf(after.evidence);
  if (is === undefined) return 'none';
  const newest = newestOf(channel);
  if (was === is) {
    // The place is the same. Only an older session that is open again needs its successor.
    return newest?.id === after.id || endOf(after.evidence) !== undefined ? 'none' : 'around';
  }
  const becomesNewest = newest === undefined || compareStarts({ startedAt: is, id: after.id }, newest) > 0;
  if (was !== undefined || !becomesNewest) return 'around';
  return channel.openStreamId === undefined ? 'none' : 'newest';
}

/**
 * The result of a lifecycle change: the channel's state, and each session that differs from its row, with the
 * changed session first.
 */
export interface RestoredSessions {
  readonly sessions: readonly [Stream, ...Stream[]];
  readonly channel: ChannelLiveState;
}

/**
 * Restores the invariants of a channel's sessions after the evidence of one session changed:
 * - a session is open if and only if it is the newest started session and has not ended;
 * - a session that its own events do not end has ended when the next session started;
 * - the channel is live if and only if the open session is playing;
 * - the channel's preview is the recording in progress of the open session, if there is one.
 *
 * Moving one session changes the successor of at most three sessions: itself, the one before its old place
 * and the one before its new place. All other sessions stay unchanged.
 *
 * @param related Other sessions whose evidence, but not their lifecycle, the same event changed.
 * @param read The neighbors' rows.
 */
export function restoreInvariants(
  channel: Channel,
  after: Stream,
  related: readonly Stream[],
  read: Neighbors,
): RestoredSessions {
  const near = withChanges(read, related);
  const around = [near.beforeOld, near.afterOld, near.beforeNew, near.afterNew, after];
  const order = [...new Map(around.flatMap(s => (s === undefined ? [] : [[s.id, s] as const]))).values()]
    .filter(session => startOf(session.evidence) !== undefined)
    .sort((a, b) => compareStarts(placeOf(a), placeOf(b)));
  const newest = newestAfter(channel, order, after);
  const inPlace = (session: Stream) => withPosition(session, positionOf(session, order, newest));

  const changed = [near.beforeOld, near.beforeNew]
    .filter(
      (session, index, all) => session !== undefined && all.findIndex(s => s?.id === session.id) === index,
    )
    .flatMap(session => (session === undefined ? [] : [[session, inPlace(session)] as const]))
    .filter(([was, is]) => was.isOpen !== is.isOpen || was.endedAt !== is.endedAt)
    .map(([, is]) => is);
  const others = related.filter(({ id }) => !changed.some(session => session.id === id));
  const sessions = [inPlace(after), ...changed, ...others] as const;
  return { sessions, channel: liveState(channel, newest, [...sessions, ...order]) };
}

function withChanges(near: Neighbors, related: readonly Stream[]): Neighbors {
  const latest = (row: Stream | undefined) => related.find(({ id }) => id === row?.id) ?? row;
  return {
    beforeOld: latest(near.beforeOld),
    afterOld: latest(near.afterOld),
    beforeNew: latest(near.beforeNew),
    afterNew: latest(near.afterNew),
  };
}

/** Returns the newest session after `after` has moved to the place that its evidence gives it. */
function newestAfter(channel: Channel, order: Stream[], after: Stream): Start {
  const newest = newestOf(channel);
  const here = placeOf(after);
  // The moved session was the newest: now the newest is the last of the sessions around its old and new
  // place.
  if (newest === undefined || newest.id === after.id) {
    const last = order.at(-1);
    return last === undefined ? here : placeOf(last);
  }
  return compareStarts(here, newest) > 0 ? here : newest;
}

function positionOf(session: Stream, order: Stream[], newest: Start): Position {
  const place = placeOf(session);
  if (place.id === newest.id) return 'newest';
  const next = order.find(other => compareStarts(placeOf(other), place) > 0);
  // The channel's row replaces the newest session's own row, which is not always read.
  return { nextStartedAt: next === undefined ? newest.startedAt : placeOf(next).startedAt };
}

function liveState(channel: Channel, newest: Start, known: readonly Stream[]): ChannelLiveState {
  const row = known.find(session => session.id === newest.id);
  const isOpen = row === undefined ? channel.openStreamId === newest.id : endOf(row.evidence) === undefined;
  const isLive = row === undefined ? channel.isLive : isOpen && isPlaying(row.evidence);
  return {
    isLive,
    newestStreamId: newest.id,
    newestStartedAt: newest.startedAt,
    openStreamId: isOpen ? newest.id : undefined,
    ...(isLive ? directoryKeys(channel) : { live: undefined, liveCategoryId: undefined }),
    liveStartedAt: isLive ? newest.startedAt : undefined,
    livePreviewPath: isOpen ? previewOf(row, channel) : undefined,
  };
}

/**
 * Returns the preview of the open session. The channel's row replaces the session's own row, which is not
 * always read.
 */
function previewOf(open: Stream | undefined, channel: Channel): string | undefined {
  return open === undefined ? channel.livePreviewPath : livePreviewPathOf(open);
}

function newestOf({ newestStreamId, newestStartedAt }: Channel): Start | undefined {
  if (newestStreamId === undefined || newestStartedAt === undefined) return undefined;
  return { id: newestStreamId, startedAt: newestStartedAt };
}

function placeOf(session: Stream): Start {
  return { id: session.id, startedAt: startOf(session.evidence) ?? '' };
}

/**
 * Returns the channel's preview after a change that does not concern the lifecycle.
 * - `unchanged`: the preview stays the same. The channel's row needs no condition: every write that opens or
 *   closes a session also writes that session's row, so the version check on that row is enough
 * - `conflict`: a session was opened between the read of the channel and the read of the session's row,
 *   because one read of several rows is not one snapshot
 *
 * @param sessions The sessions that the change concerns, after the change.
 */
export function previewChange(
  channel: Channel,
  sessions: readonly Stream[],
): ChannelPreview | 'unchanged' | 'conflict' {
  const allOpen = sessions.filter(session => session.isOpen !== undefined);
  if (allOpen.some(({ id }) => id !== channel.openStreamId)) return 'conflict';
  const [open] = allOpen;
  if (open === undefined) return 'unchanged';
  const livePreviewPath = livePreviewPathOf(open);
  return livePreviewPath === channel.livePreviewPath ? 'unchanged' : { livePreviewPath };
}
