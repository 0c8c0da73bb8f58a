import type { Budget } from '../ivs/budget.ts';
import type { ChannelPageRow } from '../model/channel.ts';
import type { Follow } from '../model/follow.ts';
import { toTimestamp } from '../model/time.ts';
import { getPages } from '../store/channels.ts';
import type { Database } from '../store/database.ts';
import { putFollow, listFollowing as readFollowing, removeFollow } from '../store/follows.ts';
import type { Caller } from './accounts/tokens.ts';
import { getChannelByUsername } from './channelPage.ts';
import type { CursorCodec } from './cursors.ts';
import { ConflictError, NotFoundError } from './errors.ts';
import { type List, type ListRequest, readList } from './lists.ts';
import { partnershipOf, type RaiseDependencies, raiseType } from './partner.ts';

export interface FollowDependencies extends RaiseDependencies {
  readonly database: Database<'follows' | 'channels' | 'users'>;
  /** The number of followers that makes a channel a partner. */
  readonly partnerFollowers: number;
  /** Told when a new partner's channel could not be raised, which the schedule will do. */
  readonly onRaiseFailed: (channelId: string, error: unknown) => void;
}

/**
 * Makes the caller a follower of the channel of the user called `username`; one who is already, stays one. The
 * follower who is the one that was missing makes the channel a partner, and has its IVS type raised. Two database
 * requests, more for the one who makes a partner or when many follow at once.
 *
 * @throws NotFoundError when there is no such channel
 * @throws ConflictError when it is the caller's own, or the caller is being deleted
 * @throws TransactionContentionError when the channel has too many writers at once
 */
export async function follow(
  dependencies: FollowDependencies,
  caller: Pick<Caller, 'userId' | 'channelId'>,
  username: string,
  budget: Budget,
): Promise<void> {
  const { database, clock, partnerFollowers, onRaiseFailed } = dependencies;
  const channel = await getChannelByUsername(database, username);
  if (channel.id === caller.channelId) throw new ConflictError('self', 'you cannot follow your own channel');
  const partnership = partnershipOf(channel.id, partnerFollowers);
  const following = { userId: caller.userId, channel };
  switch (await putFollow(database, following, partnership, toTimestamp(clock()))) {
    case 'noChannel':
      throw new NotFoundError('channel');
    case 'noUser':
      throw new ConflictError('account-closing', 'this account is being deleted');
    case 'partner':
      // It is followed, whatever becomes of this.
      await raiseType(dependencies, channel.id, budget).catch(error => onRaiseFailed(channel.id, error));
  }
}

/**
 * Makes the caller no follower of the channel; one who is none, stays none. Two database requests.
 *
 * @throws NotFoundError when there is no such channel
 * @throws TransactionContentionError when the channel has too many writers at once
 */
export async function unfollow(
  database: Database<'follows' | 'channels'>,
  caller: Pick<Caller, 'userId'>,
  username: string,
): Promise<void> {
  const { id } = await getChannelByUsername(database, username);
  await removeFollow(database, caller.userId, id);
}

/** A channel that somebody follows, as it is now. */
export interface FollowedChannel {
  readonly follow: Follow;
  readonly channel: ChannelPageRow;
}

/**
 * The channels that a user follows, the latest followed first. Two database requests a page. A channel that is
 * deleted between the two is left out.
 *
 * @throws InvalidCursorError
 */
export async function listFollowing(
  database: Database<'follows' | 'channels'>,
  cursors: CursorCodec,
  userId: string,
  request: ListRequest,
): Promise<List<FollowedChannel>> {
  const { items, nextCursor } = await readList(cursors, ['listFollowing', userId], request, page =>
    readFollowing(database, userId, page),
  );
  const pages = await getPages(
    database,
    items.map(({ channelId }) => channelId),
  );
  const followed = items.flatMap(follow => {
    const channel = pages.get(follow.channelId);
    return channel === undefined ? [] : [{ follow, channel }];
  });
  return { items: followed, nextCursor };
}
