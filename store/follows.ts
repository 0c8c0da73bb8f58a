import type { Channel } from '../model/channel.ts';
import { type Follow, followRow } from '../model/follow.ts';
import { present } from '../model/row.ts';
import { type Timestamp, toTimestamp } from '../model/time.ts';
import { getPages } from './channels.ts';
import { retryOnConflict } from './conflicts.ts';
import type { Database } from './database.ts';
import { type Page, type PageRequest, queryAll, queryPage } from './pages.ts';
import { type TransactItem, transact } from './transaction.ts';
import { activeUser } from './users.ts';

// The invariant: a channel's followerCount is the number of its rows here, at every instant. Each row comes and
// goes in one transaction with the count, and only when it was not there, or was.

type FollowsDatabase = Database<'follows' | 'channels'>;

/** Who follows whom. */
export interface Following {
  readonly userId: string;
  readonly channel: Pick<Channel, 'id' | 'userId'>;
}

/** When the partner status of a channel has to be decided. */
export interface PartnerReview {
  /** The number of followers that a partner needs. */
  readonly followers: number;
  readonly at: Timestamp;
}

/**
 * - `review`: followed, and the channel has so many followers by now that its partner status has to be decided
 * - `noChannel`: the channel, or the user whose it is, is gone or going
 * - `noUser`: the same of the follower
 */
export type FollowResult = 'followed' | 'review' | 'alreadyFollows' | 'noChannel' | 'noUser';

/**
 * Adds a follower. If the channel may become a partner with them, it is marked for review in the same transaction, so
 * that the mark cannot be lost. One request, two for the one follower that does it.
 *
 * Neither user may be going: what is deleted with a user is found before the user is gone, and a follower who
 * comes later would be left over.
 *
 * @throws TransactionContentionError when the channel has too many writers at once.
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
    // Of two conditions that leave nothing out neither held: others came and went between the requests.
    return refusal(crossing.failed) ?? 'conflict';
  });
}

/** Why nobody may be counted; undefined when nothing but the count stands against it. */
function refusal(failed: readonly number[]): FollowResult | undefined {
  if (failed.includes(FOLLOWER)) return 'noUser';
  if (failed.includes(OWNER)) return 'noChannel';
  return failed.includes(FOLLOW) ? 'alreadyFollows' : undefined;
}

// Places in the transaction of a follow; the second is the count.
const [FOLLOW, FOLLOWER, OWNER] = [0, 2, 3];

/** One more, of a channel whose partner status this follower cannot change or that is marked for review already. */
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

/** One more, with whom the channel has enough followers. It raises the version, so that no other write loses the mark. */
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
 * Takes a follower away, whatever the state of either user. A partner's channel is marked for review in the same
 * transaction. One request, two for a partner's channel.
 *
 * @param reviewAt when the partner status is to be decided: later than the index of followers needs to catch up.
 * @returns whether there was one to take away.
 * @throws TransactionContentionError when the channel has too many writers at once.
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
    countFewer(database, channelId, 1, { isPartner: false }),
    countFewerOfPartner(database, channelId, reviewAt, now),
  ];
  return retryOnConflict(async () => {
    for (const count of counts) {
      const result = await transact(database, [remove, count]);
      if (result.committed) return true;
      if (result.failed.includes(0)) return false;
    }
    if ((await getPages(database, [channelId])).has(channelId)) return 'conflict';
    // The channel is gone, and the count with it.
    return (await transact(database, [remove])).committed;
  });
}

function countFewerOfPartner(
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
 * Since when the channel has had `followers` of those who follow it now: when the latest of the oldest `followers`
 * follows was made. Undefined when there are fewer. One request for some thousand followers. The index lags behind.
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

/** Whom a user follows, newest first, as it is at this instant. One request a page. */
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

/** Everyone who follows a channel, the earliest first, to the end. The index lags behind a little; the channel's followerCount does not. */
export function allFollowers(database: Database<'follows'>, channelId: string): AsyncGenerator<Follow> {
  return queryAll(database, followRow, {
    TableName: database.names.follows,
    IndexName: 'followersIndex',
    KeyConditionExpression: 'channelId = :channelId',
    ExpressionAttributeValues: { ':channelId': channelId },
  });
}

/** Everyone whom a user follows, to the end, as it is at this instant. */
export function allFollowing(database: Database<'follows'>, userId: string): AsyncGenerator<Follow> {
  return queryAll(database, followRow, {
    TableName: database.names.follows,
    ConsistentRead: true,
    KeyConditionExpression: 'userId = :userId',
    ExpressionAttributeValues: { ':userId': userId },
  });
}

/** Deletes a follow; the condition fails when there is none. It belongs in one transaction with `countFewer`. */
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

/** Takes `followers` off a channel's count; the condition fails when the channel is gone or not as `is` says. */
export function countFewer(
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
      // Without it, the update would make a row of a channel that is gone.
      ConditionExpression: is === undefined ? 'attribute_exists(id)' : 'isPartner = :isPartner',
      ExpressionAttributeValues: {
        ':less': -followers,
        ...(is === undefined ? {} : { ':isPartner': is.isPartner }),
      },
    },
  };
}
