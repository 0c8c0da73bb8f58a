import type { Budget } from '../ivs/budget.ts';
import type { FollowedChannelRow } from '../model/channel.ts';
import type { Follow } from '../model/follow.ts';
import { addMs, toTimestamp } from '../model/time.ts';
import { getPages } from '../store/channels.ts';
import type { Database } from '../store/database.ts';
import {
  followingKey,
  putFollow,
  listFollowers as readFollowers,
  listFollowing as readFollowing,
  removeFollow,
} from '../store/follows.ts';
import type { Key, Page, PageRequest } from '../store/pages.ts';
import { getShownUsers, type ShownUser } from '../store/users.ts';
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
  readonly channel: FollowedChannelRow;
}

export interface FollowingRequest extends ListRequest {
  /** Only channels that are live, or only channels that are not. */
  readonly isLive?: boolean | undefined;
}

/**
 * Lists the channels that a user follows: the live ones, then the others, each with the latest follow first. With
 * `isLive`, lists only one kind. A page of somebody who follows up to 100 channels takes two database requests.
 *
 * Any page takes at most six: they look at up to 300 follows, and stop when the page is full. A page may therefore have
 * fewer items than the limit, or none, before the end of the list. A channel that is deleted between two requests is
 * left out. One that goes live or ends its stream between two pages can be left out or listed twice.
 *
 * @throws InvalidCursorError when the cursor does not belong to this list
 */
export function listFollowing(
  database: Database<'follows' | 'channels'>,
  cursors: CursorCodec,
  userId: string,
  { isLive, ...request }: FollowingRequest,
): Promise<List<FollowedChannel>> {
  const rounds = followedRounds(database, userId);
  if (isLive === undefined)
    return readList(cursors, ['listFollowing', userId, 'live first'], request, page =>
      readLiveFirst(rounds, page),
    );
  return readList(cursors, ['listFollowing', userId, String(isLive)], request, page =>
    readFollowedThat(isLive, rounds, page),
  );
}

// The place before the first channel that is not live.
const FIRST_OTHER: Key = { others: 'first' };

/** Lists the live channels, and after the last of them the others, in the same page. */
async function readLiveFirst(
  rounds: FollowedRounds,
  { limit, after }: PageRequest,
): Promise<Page<FollowedChannel>> {
  const live =
    after !== undefined && 'others' in after
      ? { items: [] }
      : await readFollowedThat(true, rounds, { limit, after });
  if (live.next !== undefined) return live;
  const missing = limit - live.items.length;
  if (missing === 0 || !rounds.left(undefined)) return { items: live.items, next: FIRST_OTHER };
  const { others: _, ...key } = after !== undefined && 'others' in after ? after : FIRST_OTHER;
  const begin = Object.keys(key).length === 0 ? undefined : key;
  const page = await readFollowedThat(false, rounds, { limit: missing, after: begin });
  const items = [...live.items, ...page.items];
  return page.next === undefined ? { items } : { items, next: { others: 'after', ...page.next } };
}

// BatchGetItem reads up to 100 rows.
const ROUND_FOLLOWS = 100;
const MAX_ROUNDS = 3;

/** Reads follows with their channels for one answer. Each round takes two database requests, and is done once. */
interface FollowedRounds {
  read(after: Key | undefined): Promise<Page<FollowedChannel>>;
  /** Returns whether `read` may be called for this place. */
  left(after: Key | undefined): boolean;
}

function followedRounds(database: Database<'follows' | 'channels'>, userId: string): FollowedRounds {
  const done = new Map<string, Promise<Page<FollowedChannel>>>();
  const nameOf = (after: Key | undefined) => JSON.stringify(after ?? null);
  return {
    left: after => done.size < MAX_ROUNDS || done.has(nameOf(after)),
    read: after => {
      const round =
        done.get(nameOf(after)) ?? readFollowed(database, userId, { limit: ROUND_FOLLOWS, after });
      done.set(nameOf(after), round);
      return round;
    },
  };
}

/** Reads one page of follows with their channels. Two database requests. */
async function readFollowed(
  database: Database<'follows' | 'channels'>,
  userId: string,
  page: PageRequest,
): Promise<Page<FollowedChannel>> {
  const follows = await readFollowing(database, userId, page);
  const channels = await getPages(
    database,
    follows.items.map(({ channelId }) => channelId),
  );
  const items = follows.items.flatMap(follow => {
    const channel = channels.get(follow.channelId);
    return channel === undefined ? [] : [{ follow, channel }];
  });
  return { ...follows, items };
}

/** Reads follows and their channels until `limit` of them are live, or are not. */
async function readFollowedThat(
  isLive: boolean,
  rounds: FollowedRounds,
  { limit, after }: PageRequest,
): Promise<Page<FollowedChannel>> {
  const items: FollowedChannel[] = [];
  let next = after;
  do {
    const read = await rounds.read(next);
    items.push(...read.items.filter(({ channel }) => channel.isLive === isLive));
    const last = items[limit - 1];
    // The next page starts after the last follow that this page shows, so it skips none that match.
    if (last !== undefined && items.length > limit)
      return { items: items.slice(0, limit), next: followingKey(last.follow) };
    if (read.next === undefined) return { items };
    next = read.next;
  } while (items.length < limit && rounds.left(next));
  return { items, next };
}

/** A user who follows a channel, with their current name and profile. */
export interface Follower {
  readonly user: ShownUser;
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
  const users = await getShownUsers(
    database,
    items.map(({ userId }) => userId),
  );
  const followers = items.flatMap(({ userId, followedAt }) => {
    const user = users.get(userId);
    return user === undefined ? [] : [{ user, followedAt }];
  });
  return { items: followers, nextCursor };
}
