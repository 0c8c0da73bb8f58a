import type { Budget } from '../ivs/budget.ts';
import type { ChannelPageRow } from '../model/channel.ts';
import type { Follow } from '../model/follow.ts';
import { addMs, toTimestamp } from '../model/time.ts';
import { getPages } from '../store/channels.ts';
import type { Database } from '../store/database.ts';
import {
  putFollow,
  listFollowers as readFollowers,
  listFollowing as readFollowing,
  removeFollow,
} from '../store/follows.ts';
import { getUsernames } from '../store/users.ts';
import type { Caller } from './accounts/tokens.ts';
import { getChannelByUsername } from './channelPage.ts';
import type { CursorCodec } from './cursors.ts';
import { ConflictError, ForbiddenError, NotFoundError } from './errors.ts';
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
  /** Called when IVS could not change a new partner's channel type. The schedule will change it. */
  readonly onReviewFailed: (channelId: string, error: unknown) => void;
}

/**
 * Makes the caller follow the channel of the user `username`. A repetition changes nothing. Two database
 * requests; more when many users follow at once, and for the follower who makes the channel eligible as a
 * partner. The channel becomes a partner at once if the rule requires no minimum follow time, otherwise by
 * the schedule.
 *
 * @throws NotFoundError when the channel does not exist
 * @throws ConflictError when the channel is the caller's own, or the caller's account is being deleted
 * @throws TransactionContentionError when too many writers of the channel conflict
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
      throw new ConflictError('account-closing', 'your account is being deleted');
    case 'review':
      if (partner.followerAgeDays > 0) return;
      // The follow is stored even if the review fails.
      await reviewPartner(dependencies, channel.id)
        .then(() => changeType(dependencies, channel.id, budget))
        .catch(error => onReviewFailed(channel.id, error));
  }
}

/**
 * Makes the caller unfollow the channel. A repetition changes nothing. Two database requests; three for a
 * partner's channel.
 *
 * @throws NotFoundError when the channel does not exist
 * @throws TransactionContentionError when too many writers of the channel conflict
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

/** A follow and the current state of its channel. */
export interface FollowedChannel {
  readonly follow: Follow;
  readonly channel: ChannelPageRow;
}

/**
 * Lists the channels that a user follows, latest follow first. Two database requests per page. A channel that
 * is deleted between the two requests is left out.
 *
 * @throws InvalidCursorError when the cursor does not belong to this list
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

/** A user who follows a channel, with their current name. */
export interface Follower {
  readonly userId: string;
  readonly username: string;
  readonly followedAt: string;
}

/**
 * Lists the followers of the caller's channel, latest follow first. Who follows whom is private, so nobody else may see
 * the list. Three database requests per page. A user who is deleted between the requests is left out.
 *
 * @throws NotFoundError when the channel does not exist
 * @throws ForbiddenError when the caller does not own the channel
 * @throws InvalidCursorError when the cursor does not belong to this list
 */
export async function listFollowers(
  database: Database<'follows' | 'channels' | 'users'>,
  cursors: CursorCodec,
  caller: Pick<Caller, 'channelId'>,
  username: string,
  request: ListRequest,
): Promise<List<Follower>> {
  const { id } = await getChannelByUsername(database, username);
  if (id !== caller.channelId)
    throw new ForbiddenError('not-owner', 'only the owner of a channel may see its followers');
  const { items, nextCursor } = await readList(cursors, ['listFollowers', id], request, page =>
    readFollowers(database, id, page),
  );
  const names = await getUsernames(
    database,
    items.map(({ userId }) => userId),
  );
  const followers = items.flatMap(({ userId, followedAt }) => {
    const name = names.get(userId);
    return name === undefined ? [] : [{ userId, username: name, followedAt }];
  });
  return { items: followers, nextCursor };
}
