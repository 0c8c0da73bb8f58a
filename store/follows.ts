import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Channel } from '../model/channel.ts';
import { type Follow, followRow } from '../model/follow.ts';
import { present } from '../model/row.ts';
import { type Timestamp, toTimestamp } from '../model/time.ts';
import { getPages } from './channels.ts';
import { retryOnConflict } from './conflicts.ts';
import type { Database } from './database.ts';
import { type Key, type Page, type PageRequest, queryAll, queryPage } from './pages.ts';
import { type TransactItem, transact } from './transaction.ts';
import { activeUser } from './users.ts';

// Invariant: a channel's `followerCount` always equals the number of its rows in this table. Each row is
// added or deleted in one transaction with the count, on the condition that it was absent or present.

type FollowsDatabase = Database<'follows' | 'channels'>;

/** A follower and the channel that they follow. */
export interface Following {
  readonly userId: string;
  readonly channel: Pick<Channel, 'id' | 'userId'>;
}

/** Returns whether a user follows a channel. Consistent; one request. */
export async function follows(
  { client, names }: Database<'follows'>,
  userId: string,
  channelId: string,
): Promise<boolean> {
  const { Item } = await client.send(
    new GetCommand({ TableName: names.follows, Key: { userId, channelId }, ConsistentRead: true }),
  );
  return Item !== undefined;
}

/** A review of a channel's partner status that a follow may cause. */
export interface PartnerReview {
  /** The number of followers that a partner needs. */
  readonly followers: number;
  readonly at: Timestamp;
}

/**
 * The result of a follow.
 * - `review`: followed, and the channel now has enough followers that its partner status must be reviewed.
 * - `noChannel`: the channel or its owner is deleted or being deleted.
 * - `noUser`: the follower is deleted or being deleted.
 */
export type FollowResult = 'followed' | 'review' | 'alreadyFollows' | 'noChannel' | 'noUser';

/**
 * Adds a follower. If this follow can make the channel a partner, the same transaction marks the channel for
 * review, so the mark cannot be lost. One request; two for the follow that marks the channel.
 *
 * Both users must be active: a user's rows are collected before the user is deleted, and a follow written
 * later would remain.
 *
 * @throws TransactionContentionError when too many writers of the channel conflict.
 */
export function putFollow(
  database: Database<'follows' | 'channels' | 'users'>,
  { userId, channel }: Following,
  review: PartnerReview,
  now: Timestamp,
): Promise<FollowResult> {
  const { names } = database;
  const row: Follow = { userId, channelId: channel.id, followedAt: now, createdAt: now, updatedAt: now };
  const write = (counted: TransactItem) =>
    transact(database, [
      { Put: { TableName: names.follows, Item: row, ConditionExpression: 'attribute_not_exists(userId)' } },
      counted,
      activeUser(database, userId),
      activeUser(database, channel.userId),
    ]);
  return retryOnConflict(async () => {
    const usual = await write(countFollower(names.channels, channel.id, review));
    if (usual.committed) return 'followed';
    const refused = refusal(usual.failed);
    if (refused !== undefined) return refused;
    const crossing = await write(countCandidate(names.channels, channel.id, review, now));
    if (crossing.committed) return 'review';
    // One of the two conditions always holds, so another writer changed the channel between the requests.
    return refusal(crossing.failed) ?? 'conflict';
  });
}

/** Returns why the follow is rejected, or undefined when only the condition of the count failed. */
function refusal(failed: readonly number[]): FollowResult | undefined {
  if (failed.includes(FOLLOWER)) return 'noUser';
  if (failed.includes(OWNER)) return 'noChannel';
  return failed.includes(FOLLOW) ? 'alreadyFollows' : undefined;
}

// Positions in the transaction of a follow. Position 1 is the count.
const [FOLLOW, FOLLOWER, OWNER] = [0, 2, 3];

/**
 * Adds one follower to a channel whose partner status this follower cannot change, or that is already marked
 * for review.
 */
function countFollower(table: string, id: string, { followers }: PartnerReview): TransactItem {
  return {
    Update: {
      TableName: table,
      Key: { id },
      UpdateExpression: 'ADD followerCount :one',
      ConditionExpression:
        'isPartner = :true OR followerCount < :almost OR attribute_exists(partnerReviewAt)',
      ExpressionAttributeValues: { ':one': 1, ':true': true, ':almost': followers - 1 },
    },
  };
}

/**
 * Adds the follower with whom the channel has enough followers. Increments the version, so that no other
 * write loses the mark.
 */
function countCandidate(
  table: string,
  id: string,
  { followers, at }: PartnerReview,
  now: Timestamp,
): TransactItem {
  return {
    Update: {
      TableName: table,
      Key: { id },
      UpdateExpression: `${MARK} ADD followerCount :one, version :one`,
      ConditionExpression:
        'isPartner = :false AND followerCount >= :almost AND attribute_not_exists(partnerReviewAt)',
      ExpressionAttributeValues: {
        ':one': 1,
        ':false': false,
        ':almost': followers - 1,
        ...markValues(at, now),
      },
    },
  };
}

const MARK =
  'SET partnerReviewAt = if_not_exists(partnerReviewAt, :at), pending = :present, updatedAt = :now';
const markValues = (at: Timestamp, now: Timestamp) => ({ ':at': at, ':present': present, ':now': now });

/**
 * Removes a follower, whatever the state of either user. The same transaction marks a partner's channel for
 * review. One request; two for a partner's channel.
 *
 * @param reviewAt when to review the partner status: later than the delay of the index of followers.
 * @returns whether the follow existed.
 * @throws TransactionContentionError when too many writers of the channel conflict.
 */
export function removeFollow(
  database: FollowsDatabase,
  userId: string,
  channelId: string,
  reviewAt: Timestamp,
  now: Timestamp,
): Promise<boolean> {
  const remove = deleteFollow(database, userId, channelId);
  const counts = [
    subtractFollowers(database, channelId, 1, { isPartner: false }),
    subtractFollowerOfPartner(database, channelId, reviewAt, now),
  ];
  return retryOnConflict(async () => {
    for (const count of counts) {
      const result = await transact(database, [remove, count]);
      if (result.committed) return true;
      if (result.failed.includes(0)) return false;
    }
    if ((await getPages(database, [channelId])).has(channelId)) return 'conflict';
    // The channel is deleted, including its count.
    return (await transact(database, [remove])).committed;
  });
}

function subtractFollowerOfPartner(
  { names }: Pick<Database<'channels'>, 'names'>,
  channelId: string,
  at: Timestamp,
  now: Timestamp,
): TransactItem {
  return {
    Update: {
      TableName: names.channels,
      Key: { id: channelId },
      UpdateExpression: `${MARK} ADD followerCount :less, version :one`,
      ConditionExpression: 'isPartner = :true',
      ExpressionAttributeValues: { ':less': -1, ':one': 1, ':true': true, ...markValues(at, now) },
    },
  };
}

/**
 * Returns since when the channel has had `followers` of its current followers: the time of its n-th oldest
 * follow. Undefined when it has fewer. One request for about a thousand followers. The index may lag behind
 * writes.
 */
export async function followedSince(
  database: Database<'follows'>,
  channelId: string,
  followers: number,
): Promise<Timestamp | undefined> {
  let count = 0;
  for await (const { followedAt } of allFollowers(database, channelId)) {
    count++;
    if (count === followers) return toTimestamp(new Date(followedAt));
  }
  return undefined;
}

/** Lists the channels that a user follows, newest first, consistently. One request per page. */
export function listFollowing(
  database: Database<'follows'>,
  userId: string,
  page: PageRequest,
): Promise<Page<Follow>> {
  return queryPage(
    database,
    followRow,
    {
      TableName: database.names.follows,
      IndexName: 'followedAtIndex',
      ConsistentRead: true,
      KeyConditionExpression: 'userId = :userId',
      ExpressionAttributeValues: { ':userId': userId },
      ScanIndexForward: false,
    },
    page,
  );
}

/** Returns the key after which `listFollowing` continues behind `follow`. */
export function followingKey({ userId, channelId, followedAt }: Follow): Key {
  return { userId, channelId, followedAt };
}

/** Lists the followers of a channel, newest first. One request per page. The index may lag behind writes. */
export function listFollowers(
  database: Database<'follows'>,
  channelId: string,
  page: PageRequest,
): Promise<Page<Follow>> {
  return queryPage(
    database,
    followRow,
    { ...ofChannel(database.names.follows, channelId), ScanIndexForward: false },
    page,
  );
}

/**
 * Yields all followers of a channel, earliest first. The index may lag behind writes; the channel's
 * `followerCount` does not.
 */
export function allFollowers(database: Database<'follows'>, channelId: string): AsyncGenerator<Follow> {
  return queryAll(database, followRow, ofChannel(database.names.follows, channelId));
}

const ofChannel = (table: string, channelId: string) => ({
  TableName: table,
  IndexName: 'followersIndex',
  KeyConditionExpression: 'channelId = :channelId',
  ExpressionAttributeValues: { ':channelId': channelId },
});

/** Yields all follows of a user, consistently. */
export function allFollowing(database: Database<'follows'>, userId: string): AsyncGenerator<Follow> {
  return queryAll(database, followRow, {
    TableName: database.names.follows,
    ConsistentRead: true,
    KeyConditionExpression: 'userId = :userId',
    ExpressionAttributeValues: { ':userId': userId },
  });
}

/**
 * Deletes a follow. The condition fails when the follow does not exist. Use it in one transaction with
 * `subtractFollowers`.
 */
export function deleteFollow(
  { names }: Pick<Database<'follows'>, 'names'>,
  userId: string,
  channelId: string,
): TransactItem {
  return {
    Delete: {
      TableName: names.follows,
      Key: { userId, channelId },
      ConditionExpression: 'attribute_exists(userId)',
    },
  };
}

/**
 * Subtracts `followers` from a channel's count. The condition fails when the channel does not exist or does
 * not match `is`.
 */
export function subtractFollowers(
  { names }: Pick<Database<'channels'>, 'names'>,
  channelId: string,
  followers: number,
  is?: { readonly isPartner: boolean },
): TransactItem {
  return {
    Update: {
      TableName: names.channels,
      Key: { id: channelId },
      UpdateExpression: 'ADD followerCount :less',
      // Without this condition, the update would create a row for a deleted channel.
      ConditionExpression: is === undefined ? 'attribute_exists(id)' : 'isPartner = :isPartner',
      ExpressionAttributeValues: {
        ':less': -followers,
        ...(is === undefined ? {} : { ':isPartner': is.isPartner }),
      },
    },
  };
}
