import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { present } from '../model/row.ts';
import type { Timestamp } from '../model/time.ts';
import { type User, userRow } from '../model/user.ts';
import * as z from '../model/zod.ts';
import { batchGet } from './batchGet.ts';
import { retryOnConflict } from './conflicts.ts';
import type { Database } from './database.ts';
import { deleteFollow, subtractFollowers } from './follows.ts';
import { queryAll } from './pages.ts';
import { type ActiveSession, sessionIsActive } from './sessions.ts';
import { transact } from './transaction.ts';
import type { CreatingUser } from './userCreation.ts';
import { freeName, holdName } from './usernames.ts';

// Invariants of a user who is being deleted:
// - The user can no longer sign in, follow or be followed: those writes require active users.
// - A row that leads to other rows is deleted after them: a stream's row after its events, and the user's row
//   and name last. So a run after an interruption finds the remaining rows.
// - The channel's row is deleted before the streams, because no event is folded into a missing channel. The
//   chat room's row is deleted before the messages, because no message is archived into a missing room; the
//   user's row still leads to the messages.

/**
 * Marks an active user as being deleted, if their row is unchanged and the session that requested the
 * deletion is active. If the session ends at the same time, nothing is deleted.
 *
 * @returns the new user; `ended` when the session has ended; `conflict` when the row has changed.
 */
export async function beginDeletion(
  database: Database<'users' | 'sessions'>,
  user: User,
  session: ActiveSession,
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
    sessionIsActive(database, session),
  ]);
  if (committed) return deleting;
  return 'failed' in rest && rest.failed.includes(0) ? 'conflict' : 'ended';
}

/**
 * Abandons the creation of `user`, if no request has continued it since it was read.
 *
 * @returns the user with the status `deleting`, or undefined when a request has continued the creation.
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

/** Yields the users who are being created or deleted, oldest first. The index may lag behind writes. */
export function pendingUsers(database: Database<'users'>): AsyncGenerator<PendingUser> {
  return queryAll(database, pendingUser, {
    TableName: database.names.users,
    IndexName: 'pendingIndex',
    KeyConditionExpression: 'pending = :present',
    ExpressionAttributeValues: { ':present': present },
  });
}

/** The ARNs of a user's resources that are stored. A resource without a row has no ARN here. */
export interface StoredArns {
  readonly channelArn?: string | undefined;
  readonly roomArn?: string | undefined;
  readonly stageArn?: string | undefined;
}

const arnRow = z.object({ arn: z.string() });

/**
 * Reads the ARNs of a user's resources from their rows or, during creation, from the user's row. One request.
 */
export async function readStoredArns(
  database: Database<'channels' | 'chatRooms' | 'stages'>,
  { channelId, chatRoomId, stageId, madeChannel, madeRoom, madeStage }: User,
): Promise<StoredArns> {
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

/** The number of followers that one transaction removes: it has at most 100 items, and one is the channel. */
export const FOLLOWERS_AT_A_TIME = 99;

/** Removes up to 99 followers from a channel and its count. Users who no longer follow it are skipped. */
export async function removeFollowers(
  database: Database<'follows' | 'channels'>,
  channelId: string,
  userIds: readonly string[],
): Promise<void> {
  let following = [...new Set(userIds)];
  await retryOnConflict(async () => {
    if (following.length === 0) return 'none';
    const removals = following.map(userId => deleteFollow(database, userId, channelId));
    const count = subtractFollowers(database, channelId, following.length);
    const result = await transact(database, [...removals, count]);
    if (result.committed) return 'removed';
    // Another run has deleted the channel, which it does only when there is no follower left.
    if (result.failed.includes(removals.length)) return 'none';
    following = following.filter((_, index) => !result.failed.includes(index));
    return 'conflict';
  });
}

/**
 * Deletes the rows of a user's channel, chat room and stage, unless the channel has followers. Their rows
 * must be deleted first, and the index lists them with a delay.
 *
 * @returns false when the channel has followers.
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

/**
 * Completes a deletion: deletes the user's row and gives the name up. The name is kept for 30 days, unless the
 * user never finished signing up.
 */
export async function removeUser(
  database: Database<'users' | 'usernames'>,
  user: User,
  now: Timestamp,
): Promise<void> {
  // When a condition fails, another run has deleted the user and given the name up.
  await retryOnConflict(() =>
    transact(database, [
      {
        Delete: {
          TableName: database.names.users,
          Key: { id: user.id },
          ConditionExpression: '#status = :deleting',
          ExpressionAttributeNames: { '#status': 'status' },
          ExpressionAttributeValues: { ':deleting': 'deleting' },
        },
      },
      user.channelId === undefined ? freeName(database, user) : holdName(database, user, undefined, now),
    ]),
  );
}
