import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Channel } from '../model/channel.ts';
import type { ChatRoom } from '../model/chatRoom.ts';
import type { Stage } from '../model/stage.ts';
import type { Timestamp } from '../model/time.ts';
import { type User, userRow } from '../model/user.ts';
import { retryOnConflict } from './conflicts.ts';
import type { Database } from './database.ts';
import { type TransactItem, transact } from './transaction.ts';
import { setAll } from './update.ts';
import { takeName } from './usernames.ts';

// Invariants of a user who is being created:
// - The rows in `usernames` and `users` are written and deleted together. `usernames.ts` says who can have a name.
// - One request at a time does the creation. Each write requires that the row has the `version` of this
//   request's last write, and increments it. A request that takes over the lease thereby stops the earlier
//   request.
// - Each resource created at IVS is recorded before the next one is created, and only during the lease. A
//   resource that is older than the longest lease and not recorded will never be recorded.

/** A user who is being created. One request owns the creation until `leaseUntil`. */
export type CreatingUser = User & { readonly status: 'creating' };

/** The created resources that can be recorded. */
export type Made = Pick<User, 'madeChannel' | 'madeRoom' | 'madeStage'>;

/**
 * Reserves a name for a new user. One request.
 *
 * @returns false when the name is taken or kept for somebody.
 */
export async function reserveUser(
  database: Database<'users' | 'usernames'>,
  user: CreatingUser,
): Promise<boolean> {
  const { users } = database.names;
  const { committed } = await retryOnConflict(() =>
    transact(database, [
      takeName(database, user, user.usernameKey, user.createdAt),
      { Put: { TableName: users, Item: user, ConditionExpression: 'attribute_not_exists(id)' } },
    ]),
  );
  return committed;
}

/**
 * Takes over the creation of `user` until `leaseUntil`.
 *
 * @returns undefined when another request took it over first.
 */
export function takeLease(
  database: Database<'users'>,
  user: CreatingUser,
  leaseUntil: Timestamp,
  now: Timestamp,
): Promise<CreatingUser | undefined> {
  return update(database, user, { leaseUntil }, now);
}

/**
 * Ends the lease, so that the next request can continue at once. Does nothing when another request took it
 * over.
 */
export async function releaseLease(
  database: Database<'users'>,
  user: CreatingUser,
  now: Timestamp,
): Promise<void> {
  await update(database, user, { leaseUntil: undefined }, now);
}

/**
 * Records created resources.
 *
 * @returns undefined when the lease has expired or belongs to another request.
 */
export function recordMade(
  database: Database<'users'>,
  user: CreatingUser,
  made: Partial<Made>,
  now: Timestamp,
): Promise<CreatingUser | undefined> {
  return update(database, user, made, now, 'leaseUntil > :now');
}

/** The rows of a user's channel, chat room and stage. */
export interface OwnedRows {
  readonly channel: Channel;
  readonly chatRoom: ChatRoom;
  readonly stage: Stage;
}

/**
 * Activates the user and writes the rows of their resources, in one transaction. From then on only the
 * channel's row has the stream key.
 *
 * @returns undefined when the lease has expired or belongs to another request; then nothing was written.
 */
export async function activateUser(
  database: Database<'users' | 'channels' | 'chatRooms' | 'stages'>,
  user: CreatingUser,
  { channel, chatRoom, stage }: OwnedRows,
  now: Timestamp,
): Promise<User | undefined> {
  const { names } = database;
  const { madeChannel, madeRoom, madeStage, leaseUntil, pending, ...rest } = user;
  const active: User = {
    ...rest,
    status: 'active',
    channelId: channel.id,
    chatRoomId: chatRoom.id,
    stageId: stage.id,
    version: user.version + 1,
    updatedAt: now,
  };
  const put = (TableName: string, Item: Record<string, unknown>): TransactItem => ({
    Put: { TableName, Item, ConditionExpression: 'attribute_not_exists(id)' },
  });
  const { committed } = await retryOnConflict(() =>
    transact(database, [
      {
        Put: {
          TableName: names.users,
          Item: active,
          ...ownsLease(user),
          ConditionExpression: `${OWNS_LEASE} AND leaseUntil > :now`,
          ExpressionAttributeValues: { ...ownsLease(user).ExpressionAttributeValues, ':now': now },
        },
      },
      put(names.channels, channel),
      put(names.chatRooms, chatRoom),
      put(names.stages, stage),
    ]),
  );
  return committed ? active : undefined;
}

const OWNS_LEASE = '#status = :creating AND #version = :read';

function ownsLease({ version }: CreatingUser) {
  return {
    ExpressionAttributeNames: { '#status': 'status', '#version': 'version' },
    ExpressionAttributeValues: { ':creating': 'creating', ':read': version },
  };
}

/**
 * Writes `changes` if the row is unchanged since `user` was read.
 *
 * @returns the new row, or undefined when the condition failed.
 */
async function update(
  { client, names }: Database<'users'>,
  user: CreatingUser,
  changes: Partial<User>,
  now: Timestamp,
  condition?: 'leaseUntil > :now',
): Promise<CreatingUser | undefined> {
  const expression = setAll({ ...changes, version: user.version + 1, updatedAt: now });
  const lease = ownsLease(user);
  try {
    const { Attributes } = await client.send(
      new UpdateCommand({
        TableName: names.users,
        Key: { id: user.id },
        UpdateExpression: expression.UpdateExpression,
        ConditionExpression: condition === undefined ? OWNS_LEASE : `${OWNS_LEASE} AND ${condition}`,
        ExpressionAttributeNames: {
          ...expression.ExpressionAttributeNames,
          ...lease.ExpressionAttributeNames,
        },
        ExpressionAttributeValues: {
          ...expression.ExpressionAttributeValues,
          ...lease.ExpressionAttributeValues,
          ...(condition === undefined ? {} : { ':now': now }),
        },
        ReturnValues: 'ALL_NEW',
      }),
    );
    const row = userRow.parse(Attributes);
    return isCreating(row) ? row : undefined;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}

export function isCreating(user: User): user is CreatingUser {
  return user.status === 'creating';
}
