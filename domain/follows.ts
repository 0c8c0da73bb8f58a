import type { Budget } from '../ivs/budget.ts';
import type { ChannelPageRow } from '../model/channel.ts';
import type { Follow } from '../model/follow.ts';
import { addMs, toTimestamp } from '../model/time.ts';
import { getPages } from '../store/channels.ts';
import type { Database } from '../store/database.ts';
import { putFollow, listFollowing as readFollowing, removeFollow } from '../store/follows.ts';
import type { Caller } from './accounts/tokens.ts';
import { getChannelByUsername } from './channelPage.ts';
import type { CursorCodec } from './cursors.ts';
import { ConflictError, NotFoundError } from './errors.ts';
import { type List, type ListRequest, readList } from './lists.ts';
import {
  changeType,
  type PartnerDependencies,
  REVIEW_DELAY_MS,
  reviewPartner,
  type TypeDependencies,
} from './partner.ts';

export interface FollowDependencies extends PartnerDependencies, TypeDependencies {
  readonly database: Database<'follows' | 'channels' | 'users'>;
  /** Told when a new partner's type could not be changed at IVS, which the schedule will do. */
  readonly onReviewFailed: (channelId: string, error: unknown) => void;
}

/**
 * Makes the caller a follower of the channel of the user called `username`; one who is already, stays one. Two database
 * requests, more when many follow at once or for the follower with whom the channel has enough to be a partner. Where
 * followers need not have followed for any time, the channel becomes one at once, else by the schedule.
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
  const { database, clock, partner, onReviewFailed } = dependencies;
  const channel = await getChannelByUsername(database, username);
  if (channel.id === caller.channelId) throw new ConflictError('self', 'you cannot follow your own channel');
  const now = toTimestamp(clock());
  const review = { followers: partner.followers, at: now };
  switch (await putFollow(database, { userId: caller.userId, channel }, review, now)) {
    case 'noChannel':
      throw new NotFoundError('channel');
    case 'noUser':
      throw new ConflictError('account-closing', 'this account is being deleted');
    case 'review':
      if (partner.followerAgeDays > 0) return;
      // It is followed, whatever becomes of this.
      await reviewPartner(dependencies, channel.id)
        .then(() => changeType(dependencies, channel.id, budget))
        .catch(error => onReviewFailed(channel.id, error));
  }
}

/**
 * Makes the caller no follower of the channel; one who is none, stays none. Two database requests, three for a partner's
 * channel.
 *
 * @throws NotFoundError when there is no such channel
 * @throws TransactionContentionError when the channel has too many writers at once
 */
export async function unfollow(
  { database, clock }: Pick<FollowDependencies, 'database' | 'clock'>,
  caller: Pick<Caller, 'userId'>,
  username: string,
): Promise<void> {
  const { id } = await getChannelByUsername(database, username);
  const now = toTimestamp(clock());
  await removeFollow(database, caller.userId, id, addMs(now, REVIEW_DELAY_MS), now);
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
