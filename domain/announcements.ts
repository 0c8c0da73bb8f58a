import { type AnnouncedChannel, currentViewers } from '../model/channel.ts';
import type { ChannelState, StageState } from '../model/roomEvents.ts';
import { isSeeded } from '../model/row.ts';
import type { AnnouncedStage } from '../model/stage.ts';

/** A committed change of a row that announcements are made from. */
export type RowChange =
  | { readonly table: 'channels'; readonly before: AnnouncedChannel; readonly after: AnnouncedChannel }
  | { readonly table: 'stages'; readonly before: AnnouncedStage; readonly after: AnnouncedStage };

/**
 * What is told about a channel or a stage: its whole public state, and the name of what changed. The whole
 * state, so that a client that misses one announcement is right again after the next.
 */
export type Announcement = (
  | {
      readonly name: 'stream:live' | 'stream:offline' | 'stream:updated' | 'stream:viewers';
      readonly state: ChannelState;
    }
  | { readonly name: 'stage:live' | 'stage:offline' | 'stage:requests'; readonly state: StageState }
) & {
  /** The owner of the channel or stage. */
  readonly userId: string;
  /** The owner's chat room, if the changed row names it. The row of a stage does not. */
  readonly chatRoomArn?: string | undefined;
};

/**
 * Returns what is told about a change, or undefined when nobody needs to know. Nothing is told about mock
 * data. A row that is created or deleted is no change: nobody is in its chat room.
 */
export function announcementOf(change: RowChange): Announcement | undefined {
  if (isSeeded(change.after.arn)) return undefined;
  return change.table === 'channels'
    ? ofChannel(change.before, change.after)
    : ofStage(change.before, change.after);
}

function ofChannel(before: AnnouncedChannel, after: AnnouncedChannel): Announcement | undefined {
  const { isLive, title, categoryId, userId, chatRoomArn } = after;
  const isOtherStream = isLive && before.openStreamId !== after.openStreamId;
  const isUpdate = before.title !== title || before.categoryId !== categoryId;
  const isTurn = before.isLive !== isLive || isOtherStream;
  // The write that ends a session removes the number, which is no news of its own.
  const isCount = isLive && after.viewers !== undefined && before.viewers !== after.viewers;
  if (!isTurn && !isUpdate && !isCount) return undefined;
  const name = isTurn
    ? isLive
      ? 'stream:live'
      : 'stream:offline'
    : isUpdate
      ? 'stream:updated'
      : 'stream:viewers';
  return { name, state: channelStateOf(after), userId, chatRoomArn };
}

function channelStateOf(channel: AnnouncedChannel): ChannelState {
  const { id, isLive, title, categoryId, openStreamId, liveStartedAt, viewers, viewersAt, updatedAt } =
    channel;
  const state = { ...announcedState(channel), channelId: id, title };
  const described = categoryId === undefined ? state : { ...state, categoryId };
  if (!isLive) return described;
  const live = { ...described, streamId: openStreamId, startedAt: liveStartedAt };
  if (viewers === undefined || viewersAt === undefined) return live;
  return {
    ...live,
    // Writing the number does not change the version.
    id: `${live.id}:${viewersAt}`,
    viewers: currentViewers({ viewers, viewersAt }, new Date(updatedAt)),
    viewersAt,
  };
}

function ofStage(before: AnnouncedStage, after: AnnouncedStage): Announcement | undefined {
  const { id, isLive, requestsVersion, userId } = after;
  const isTurn = before.isLive !== isLive;
  if (!isTurn && before.requestsVersion === requestsVersion) return undefined;
  const state = {
    ...announcedState(after),
    stageId: id,
    ...(requestsVersion === undefined ? {} : { requestsVersion }),
  };
  return { name: isTurn ? (isLive ? 'stage:live' : 'stage:offline') : 'stage:requests', state, userId };
}

const announcedState = ({ id, version, updatedAt, isLive }: AnnouncedChannel | AnnouncedStage) => ({
  id: `${id}:${version}`,
  version,
  at: updatedAt,
  isLive,
});

/**
 * Returns whether nobody misses an announcement that is not told: the next number of viewers replaces it. Such
 * announcements must not delay others.
 */
export const isDispensable = ({ name }: Announcement): boolean => name === 'stream:viewers';

/**
 * Merges two successive announcements of one channel or stage: the newer state, with a name that also tells
 * what the older one told. Going live and then offline is told as going offline, although the two cancel each
 * other out: the first may have been told by an attempt that was interrupted.
 */
export function mergeAnnouncements(older: Announcement, newer: Announcement): Announcement {
  if (newer.name === 'stage:requests')
    return older.name === newer.name
      ? newer
      : { ...newer, name: newer.state.isLive ? 'stage:live' : 'stage:offline' };
  if (newer.name !== 'stream:updated' && newer.name !== 'stream:viewers') return newer;
  switch (older.name) {
    case 'stream:viewers':
      return newer;
    case 'stream:updated':
      return { ...newer, name: 'stream:updated' };
    default:
      return { ...newer, name: newer.state.isLive ? 'stream:live' : 'stream:offline' };
  }
}
