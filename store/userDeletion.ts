import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { present } from '../model/row.ts';
import type { Timestamp } from '../model/time.ts';
import { type User, userRow } from '../model/user.ts';
import { batchGet } from './batchGet.ts';
import { retryOnConflict } from './conflicts.ts';
import type { Database } from './database.ts';
import { countFewer, deleteFollow } from './follows.ts';
import { queryAll } from './pages.ts';
import { type LivingSession, livingSession } from './sessions.ts';
import { transact } from './transaction.ts';
import type { CreatingUser } from './userCreation.ts';

// The invariants of a user who is being deleted:
// - Nobody signs in, follows or is followed any more: those writes hold that the users are active.
// - The row of what led to other rows goes after them: a stream's after its events, the user's own last of all, and
//   with it the name. So what an interruption leaves is found again.
// - The channel's row goes before the streams: no event is folded into a channel that has none. The chat room's goes
//   before the messages, which the user's own row leads to: no message is archived into a room that has none.

/**
 * Marks an active user as being deleted, if their row is as it was read and the sign-in that asks for it goes on: a
 * sign-in that is ended at the same time deletes nothing.
 *
 * @returns the user as they are then; `ended` when the sign-in is over, `changed` when the row is not as it was read.
 */
export async function beginDeletion(
  database: Database<'users' | 'sessions'>,
  user: User,
  session: LivingSession,
  now: Timestamp,
): Promise<User | 'ended' | 'conflict'> {
  const { leaseUntil, ...kept } = user;
  const deleting: User = {
    ...kept,
    status: 'deleting',
    pending: present,
    version: user.version + 1,
    updatedAt: now,
  };
  const { committed, ...rest } = await transact(database, [
    {
      Put: {
        TableName: database.names.users,
        Item: deleting,
        ConditionExpression: '#status = :active AND #version = :read',
        ExpressionAttributeNames: { '#status': 'status', '#version': 'version' },
        ExpressionAttributeValues: { ':active': 'active', ':read': user.version },
      },
    },
    livingSession(database, session),
  ]);
  if (committed) return deleting;
  return 'failed' in rest && rest.failed.includes(0) ? 'conflict' : 'ended';
}

/**
 * Gives up creating `user`, if nobody has gone on with it since it was read.
 * @returns the user as one who is being deleted; undefined when somebody was faster.
 */
export function abandonCreation(
  database: Database<'users'>,
  user: CreatingUser,
  now: Timestamp,
): Promise<User | undefined> {
  return markDeleting(database, user.id, now, {
    ConditionExpression: '#status = :creating AND #version = :read',
    ExpressionAttributeValues: { ':creating': 'creating', ':read': user.version },
  });
}

async function markDeleting(
  { client, names }: Database<'users'>,
  id: string,
  now: Timestamp,
  condition: {
    readonly ConditionExpression: string;
    readonly ExpressionAttributeValues: Readonly<Record<string, unknown>>;
  },
): Promise<User | undefined> {
  try {
    const { Attributes } = await client.send(
      new UpdateCommand({
        TableName: names.users,
        Key: { id },
        UpdateExpression:
          'SET #status = :deleting, pending = :present, updatedAt = :now, #version = #version + :one REMOVE leaseUntil',
        ConditionExpression: condition.ConditionExpression,
        ExpressionAttributeNames: { '#status': 'status', '#version': 'version' },
        ExpressionAttributeValues: {
          ...condition.ExpressionAttributeValues,
          ':deleting': 'deleting',
          ':present': present,
          ':now': now,
          ':one': 1,
        },
        ReturnValues: 'ALL_NEW',
      }),
    );
    return userRow.parse(Attributes);
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}

const pendingUser = z.object({ id: z.string(), status: userRow.shape.status, createdAt: z.string() });
export type PendingUser = z.infer<typeof pendingUser>;

/** The users who are being created or deleted, oldest first. The index lags behind a little. */
export function pendingUsers(database: Database<'users'>): AsyncGenerator<PendingUser> {
  return queryAll(database, pendingUser, {
    TableName: database.names.users,
    IndexName: 'pendingIndex',
    KeyConditionExpression: 'pending = :present',
    ExpressionAttributeValues: { ':present': present },
  });
}

/** What is on record of a user's resources; what has no row any more is left out. */
export interface OnRecord {
  readonly channelArn?: string | undefined;
  readonly roomArn?: string | undefined;
  readonly stageArn?: string | undefined;
}

const arnRow = z.object({ arn: z.string() });

/** The resources of a user, from their rows or, while they were being created, from the user's own. One request. */
export async function resourcesOnRecord(
  database: Database<'channels' | 'chatRooms' | 'stages'>,
  { channelId, chatRoomId, stageId, madeChannel, madeRoom, madeStage }: User,
): Promise<OnRecord> {
  if (channelId === undefined || chatRoomId === undefined || stageId === undefined)
    return { channelArn: madeChannel?.arn, roomArn: madeRoom?.arn, stageArn: madeStage?.arn };
  const { channels, chatRooms, stages } = database.names;
  const rows = await batchGet(
    database,
    [
      { table: channels, key: { id: channelId } },
      { table: chatRooms, key: { id: chatRoomId } },
      { table: stages, key: { id: stageId } },
    ],
    { attributes: ['arn'] },
  );
  const arnIn = (table: string) => arnRow.safeParse(rows.get(table)?.[0]).data?.arn;
  return {
    channelArn: arnIn(channels),
    roomArn: arnIn(chatRooms),
    stageArn: arnIn(stages),
  };
}

/** Followers that one transaction takes away: it may have 100 items, and the channel is one. */
export const FOLLOWERS_AT_A_TIME = 99;

/** Takes up to 99 followers away from a channel, with its count. Those who have left meanwhile are passed over. */
export async function removeFollowers(
  database: Database<'follows' | 'channels'>,
  channelId: string,
  userIds: readonly string[],
): Promise<void> {
  let following = [...new Set(userIds)];
  await retryOnConflict(async () => {
    if (following.length === 0) return 'none';
    const removals = following.map(userId => deleteFollow(database, userId, channelId));
    const count = countFewer(database, channelId, following.length);
    const result = await transact(database, [...removals, count]);
    if (result.committed) return 'removed';
    // Another run has deleted the channel, which it does when no follower is left.
    if (result.failed.includes(removals.length)) return 'none';
    following = following.filter((_, index) => !result.failed.includes(index));
    return 'conflict';
  });
}

/**
 * Deletes the rows of a user's channel, chat room and stage, unless the channel has followers: their rows, which an
 * index finds with a delay, must go first. False when it has.
 */
export async function removeOwnedRows(
  database: Database<'channels' | 'chatRooms' | 'stages'>,
  { channelId, chatRoomId, stageId }: User,
): Promise<boolean> {
  if (channelId === undefined || chatRoomId === undefined || stageId === undefined) return true;
  const { channels, chatRooms, stages } = database.names;
  const { committed } = await retryOnConflict(() =>
    transact(database, [
      {
        Delete: {
          TableName: channels,
          Key: { id: channelId },
          ConditionExpression: 'attribute_not_exists(id) OR followerCount <= :none',
          ExpressionAttributeValues: { ':none': 0 },
        },
      },
      { Delete: { TableName: chatRooms, Key: { id: chatRoomId } } },
      { Delete: { TableName: stages, Key: { id: stageId } } },
    ]),
  );
  return committed;
}

/** The end of a deletion: the user's row and the name, which is anybody's from now on. */
export async function removeUser(
  database: Database<'users' | 'usernames'>,
  { id, usernameKey }: User,
): Promise<void> {
  const { users, usernames } = database.names;
  // When a condition fails, another run was faster: user and name are gone, and the name may be somebody else's.
  await retryOnConflict(() =>
    transact(database, [
      {
        Delete: {
          TableName: users,
          Key: { id },
          ConditionExpression: '#status = :deleting',
          ExpressionAttributeNames: { '#status': 'status' },
          ExpressionAttributeValues: { ':deleting': 'deleting' },
        },
      },
      {
        Delete: {
          TableName: usernames,
          Key: { usernameKey },
          ConditionExpression: 'userId = :id',
          ExpressionAttributeValues: { ':id': id },
        },
      },
    ]),
  );
}
