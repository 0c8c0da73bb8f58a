import type { Channel } from '../model/channel.ts';
import { type Follow, followRow } from '../model/follow.ts';
import { present } from '../model/row.ts';
import type { Timestamp } from '../model/time.ts';
import { untilWritten } from './contention.ts';
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

/** What a channel becomes with the follower that makes it a partner. */
export interface Partnership {
  /** The number of followers that it takes. */
  readonly followers: number;
  /** The IVS channel type that a partner's channel is to be raised to, if any. */
  readonly raiseTo: Channel['pendingType'];
}

/**
 * - `partner`: followed, and the channel became a partner with this follower
 * - `noChannel`: the channel, or the user whose it is, is gone or going
 * - `noUser`: the same of the follower
 */
export type FollowResult = 'followed' | 'partner' | 'alreadyFollows' | 'noChannel' | 'noUser';

/**
 * Adds a follower, and makes the channel a partner if this is the one that was missing: in one transaction, so
 * that it happens exactly once and cannot be lost on the way. One request, two for the one follower that does it.
 *
 * Neither user may be going: what is deleted with a user is found before the user is gone, and a follower who
 * comes later would be left over.
 *
 * @throws TransactionContentionError when the channel has too many writers at once.
 */
export function putFollow(
  database: Database<'follows' | 'channels' | 'users'>,
  { userId, channel }: Following,
  partnership: Partnership,
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
  return untilWritten(async () => {
    const usual = await write(countFollower(names.channels, channel.id, partnership));
    if (usual.committed) return 'followed';
    const refused = refusal(usual.failed);
    if (refused !== undefined) return refused;
    const crossing = await write(countPartner(names.channels, channel.id, partnership, now));
    if (crossing.committed) return 'partner';
    // Of two conditions that leave nothing out neither held: others came and went between the requests.
    return refusal(crossing.failed) ?? 'changed';
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

/** One more, of a channel that is a partner or does not become one by it. */
function countFollower(table: string, id: string, { followers }: Partnership): TransactItem {
  return {
    Update: {
      TableName: table,
      Key: { id },
      UpdateExpression: 'ADD followerCount :one',
      ConditionExpression: 'isPartner = :true OR followerCount < :almost',
      ExpressionAttributeValues: { ':one': 1, ':true': true, ':almost': followers - 1 },
    },
  };
}

/**
 * One more, with whom the channel becomes a partner. It raises the version, as whoever clears `pending` must not
 * miss that something was left to do. The number may have been lowered: then the next follower is the one.
 */
function countPartner(
  table: string,
  id: string,
  { followers, raiseTo }: Partnership,
  now: Timestamp,
): TransactItem {
  const raise = raiseTo === undefined ? '' : ', pendingType = :type, pending = :present';
  return {
    Update: {
      TableName: table,
      Key: { id },
      UpdateExpression: `SET isPartner = :true, partnerSince = :now, updatedAt = :now${raise} ADD followerCount :one, version :one`,
      ConditionExpression: 'isPartner = :false AND followerCount >= :almost',
      ExpressionAttributeValues: {
        ':one': 1,
        ':true': true,
        ':false': false,
        ':now': now,
        ':almost': followers - 1,
        ...(raiseTo === undefined ? {} : { ':type': raiseTo, ':present': present }),
      },
    },
  };
}

/**
 * Takes a follower away, whatever the state of either user. The channel stays a partner. One request.
 *
 * @returns whether there was one to take away.
 * @throws TransactionContentionError when the channel has too many writers at once.
 */
export function removeFollow(database: FollowsDatabase, userId: string, channelId: string): Promise<boolean> {
  const remove = deleteFollow(database, userId, channelId);
  const count = countFewer(database, channelId, 1);
  return untilWritten(async () => {
    const result = await transact(database, [remove, count]);
    if (result.committed) return true;
    if (result.failed.includes(0)) return false;
    // The channel is gone, and the count with it.
    return (await transact(database, [remove])).committed;
  });
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

/** Everyone who follows a channel, to the end. The index lags behind a little; the channel's followerCount does not. */
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

/** Takes `followers` off a channel's count; the condition fails when the channel is gone. */
export function countFewer(
  { names }: Pick<Database<'channels'>, 'names'>,
  channelId: string,
  followers: number,
): TransactItem {
  return {
    Update: {
      TableName: names.channels,
      Key: { id: channelId },
      UpdateExpression: 'ADD followerCount :less',
      // Without it, the update would make a row of a channel that is gone.
      ConditionExpression: 'attribute_exists(id)',
      ExpressionAttributeValues: { ':less': -followers },
    },
  };
}
