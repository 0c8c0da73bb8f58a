import { livePreviewPathOf } from '../domain/recordings.ts';
import type { Channel } from '../model/channel.ts';
import { present } from '../model/row.ts';
import type { Stream } from '../model/stream.ts';
import type { ChannelLiveState, ChannelPreview } from '../store/channels.ts';
import { compareStarts, type Start } from '../store/streams.ts';
import { endOf, isPlaying, type Position, placed, startOf } from './session.ts';

/**
 * The sessions of a channel next to one whose lifecycle changed, as they were read: before and after its old
 * place in the order, and before and after its new one. None of them is that session itself.
 */
export interface Neighbors {
  readonly beforeOld?: Stream | undefined;
  readonly afterOld?: Stream | undefined;
  readonly beforeNew?: Stream | undefined;
  readonly afterNew?: Stream | undefined;
}

/**
 * What must be read before `settle` can be asked:
 * - `none`: nothing; the usual case
 * - `newest`: the channel's newest session, which is open and is about to be superseded
 * - `around`: the neighbors of the session's old and new place
 */
export type Reach = 'none' | 'newest' | 'around';

export function reach(channel: Channel, before: Stream | undefined, after: Stream): Reach {
  const was = startOf(before?.evidence ?? {});
  const is = startOf(after.evidence);
  if (is === undefined) return 'none';
  const newest = newestOf(channel);
  if (was === is) {
    // Its place is the same. Only an older session that is no longer over needs to know who came next.
    return newest?.id === after.id || endOf(after.evidence) !== undefined ? 'none' : 'around';
  }
  const becomesNewest = newest === undefined || compareStarts({ startedAt: is, id: after.id }, newest) > 0;
  if (was !== undefined || !becomesNewest) return 'around';
  return channel.openStreamId === undefined ? 'none' : 'newest';
}

/** What a lifecycle change leaves: the sessions that differ from their rows, the changed one first, each once, and the channel. */
export interface Settled {
  readonly sessions: readonly [Stream, ...Stream[]];
  readonly channel: ChannelLiveState;
}

/**
 * Restores, after the evidence of one session changed, what holds of all sessions of a channel:
 * - a session is open if and only if it is the newest that has started and it is not over;
 * - one that its own events do not close ended when the one that came next started;
 * - the channel is live if and only if the open session is playing;
 * - its preview is the recording that is being made of the open session, if one is.
 *
 * Moving one session changes who comes next for at most three: itself, the one before its old place and
 * the one before its new place. All others keep what they have.
 *
 * @param related other sessions of which the same event changed the evidence and nothing of their lifecycle.
 * @param read the neighbors' rows.
 */
export function settle(
  channel: Channel,
  after: Stream,
  related: readonly Stream[],
  read: Neighbors,
): Settled {
  const near = withChanges(read, related);
  const around = [near.beforeOld, near.afterOld, near.beforeNew, near.afterNew, after];
  const order = [...new Map(around.flatMap(s => (s === undefined ? [] : [[s.id, s] as const]))).values()]
    .filter(session => startOf(session.evidence) !== undefined)
    .sort((a, b) => compareStarts(placeOf(a), placeOf(b)));
  const newest = newestAfter(channel, order, after);
  const settled = (session: Stream) => placed(session, positionOf(session, order, newest));

  const changed = [near.beforeOld, near.beforeNew]
    .filter(
      (session, index, all) => session !== undefined && all.findIndex(s => s?.id === session.id) === index,
    )
    .flatMap(session => (session === undefined ? [] : [[session, settled(session)] as const]))
    .filter(([was, is]) => was.isOpen !== is.isOpen || was.endedAt !== is.endedAt)
    .map(([, is]) => is);
  const others = related.filter(({ id }) => !changed.some(session => session.id === id));
  const sessions = [settled(after), ...changed, ...others] as const;
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

/** The newest session once `after` stands where its evidence puts it. */
function newestAfter(channel: Channel, order: Stream[], after: Stream): Start {
  const newest = newestOf(channel);
  const here = placeOf(after);
  // It was the newest itself: now it is the last of those around its old place and its new one.
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
  // The channel's row stands in for the newest session where its own row did not have to be read.
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
    live: isLive ? present : undefined,
    liveStartedAt: isLive ? newest.startedAt : undefined,
    liveCategoryId: isLive ? channel.categoryId : undefined,
    livePreviewPath: isOpen ? previewOf(row, channel) : undefined,
  };
}

/** The channel's row stands in for the open session where its own row did not have to be read. */
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
 * What becomes of the channel's preview when something changed that is not of its lifecycle.
 * - `unchanged`: nothing. The channel's row need not be held: whoever opens or closes a session writes the session's row
 *   too, so while that is as it was read, what is open is what was read
 * - `conflict`: a session was opened after the channel was read and before its own row was, for one read of several rows is
 *   not of one instant
 *
 * @param sessions those that the change bears upon, as they are after it.
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
