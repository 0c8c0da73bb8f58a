import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Channel } from '../model/channel.ts';
import type { ChatRoom } from '../model/chatRoom.ts';
import type { Stage } from '../model/stage.ts';
import type { Timestamp } from '../model/time.ts';
import { type User, type Username, userRow } from '../model/user.ts';
import { retryOnConflict } from './conflicts.ts';
import type { Database } from './database.ts';
import { type TransactItem, transact } from './transaction.ts';
import { setAll } from './update.ts';

// The invariants of a user who is being created:
// - A name, whatever its case, is one user's: its row of `usernames` and the user's own are put and deleted together.
// - One request at a time does the creating. Each of its writes holds that the row is as it last wrote it, by
//   `version`, which every write raises: a request that takes over the lease thereby ends the other's.
// - What is made at IVS is recorded before the next thing is made, and only within the lease: what was made longer
//   ago than any lease lasts and is not on record will never be.

/** A user who is being created, in the hands of one request until `leaseUntil`. */
export type CreatingUser = User & { readonly status: 'creating' };

/** What can be recorded as made. */
export type Made = Pick<User, 'madeChannel' | 'madeRoom' | 'madeStage'>;

/** Takes a name for a new user. False when it is somebody's. One request. */
export async function reserveUser(
  database: Database<'users' | 'usernames'>,
  user: CreatingUser,
): Promise<boolean> {
  const { id: userId, usernameKey, createdAt, updatedAt } = user;
  const name: Username = { usernameKey, userId, createdAt, updatedAt };
  const { users, usernames } = database.names;
  const { committed } = await retryOnConflict(() =>
    transact(database, [
      {
        Put: {
          TableName: usernames,
          Item: name,
          ConditionExpression: 'attribute_not_exists(usernameKey)',
        },
      },
      { Put: { TableName: users, Item: user, ConditionExpression: 'attribute_not_exists(id)' } },
    ]),
  );
  return committed;
}

/** Takes the creating of `user` over, until `leaseUntil`. Undefined when another request was faster. */
export function takeLease(
  database: Database<'users'>,
  user: CreatingUser,
  leaseUntil: Timestamp,
  now: Timestamp,
): Promise<CreatingUser | undefined> {
  return update(database, user, { leaseUntil }, now);
}

/** Lets the next request go on at once. Nothing happens when another has taken over. */
export async function releaseLease(
  database: Database<'users'>,
  user: CreatingUser,
  now: Timestamp,
): Promise<void> {
  await update(database, user, { leaseUntil: undefined }, now);
}

/** Records what was made. Undefined when the lease is over or another request's. */
export function recordMade(
  database: Database<'users'>,
  user: CreatingUser,
  made: Partial<Made>,
  now: Timestamp,
): Promise<CreatingUser | undefined> {
  return update(database, user, made, now, 'leaseUntil > :now');
}

/** The rows of what a user owns. */
export interface OwnedRows {
  readonly channel: Channel;
  readonly chatRoom: ChatRoom;
  readonly stage: Stage;
}

/**
 * Makes the user active, with the rows of what is theirs: all or nothing. Undefined when the lease is over or
 * another request's. The stream key is on the channel's row from now on, and nowhere else.
 */
export async function activateUser(
  database: Database<'users' | 'channels' | 'chatRooms' | 'stages'>,
  user: CreatingUser,
  { channel, chatRoom, stage }: OwnedRows,
  now: Timestamp,
): Promise<User | undefined> {
  const { names } = database;
  const { madeChannel, madeRoom, madeStage, leaseUntil, pending, ...kept } = user;
  const active: User = {
    ...kept,
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
          ...stillOurs(user),
          ConditionExpression: `${OURS} AND leaseUntil > :now`,
          ExpressionAttributeValues: { ...stillOurs(user).ExpressionAttributeValues, ':now': now },
        },
      },
      put(names.channels, channel),
      put(names.chatRooms, chatRoom),
      put(names.stages, stage),
    ]),
  );
  return committed ? active : undefined;
}

const OURS = '#status = :creating AND #version = :read';

function stillOurs({ version }: CreatingUser) {
  return {
    ExpressionAttributeNames: { '#status': 'status', '#version': 'version' },
    ExpressionAttributeValues: { ':creating': 'creating', ':read': version },
  };
}

/** Writes `changes` if the row is as `user` was read; gives the row then, else undefined. */
async function update(
  { client, names }: Database<'users'>,
  user: CreatingUser,
  changes: Partial<User>,
  now: Timestamp,
  condition?: 'leaseUntil > :now',
): Promise<CreatingUser | undefined> {
  const expression = setAll({ ...changes, version: user.version + 1, updatedAt: now });
  const ours = stillOurs(user);
  try {
    const { Attributes } = await client.send(
      new UpdateCommand({
        TableName: names.users,
        Key: { id: user.id },
        UpdateExpression: expression.UpdateExpression,
        ConditionExpression: condition === undefined ? OURS : `${OURS} AND ${condition}`,
        ExpressionAttributeNames: {
          ...expression.ExpressionAttributeNames,
          ...ours.ExpressionAttributeNames,
        },
        ExpressionAttributeValues: {
          ...expression.ExpressionAttributeValues,
          ...ours.ExpressionAttributeValues,
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
