import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { cardAttributes, type ProfileCard, type PublicProfile } from '../model/profile.ts';
import type { Timestamp } from '../model/time.ts';
import { type User, userRow } from '../model/user.ts';
import { usernameKeyOf } from '../model/username.ts';
import * as z from '../model/zod.ts';
import { batchGet } from './batchGet.ts';
import type { Database } from './database.ts';
import type { TransactItem } from './transaction.ts';
import { setAll } from './update.ts';
import { userIdNamed } from './usernames.ts';

type UsersDatabase = Database<'users'>;

/** Reads a user of any status, consistently. One request. */
export async function getUser({ client, names }: UsersDatabase, id: string): Promise<User | undefined> {
  const key = { TableName: names.users, Key: { id }, ConsistentRead: true };
  const { Item } = await client.send(new GetCommand(key));
  return Item === undefined ? undefined : userRow.parse(Item);
}

/** Reads the user who has the name `username` now, regardless of case and status. Two requests. */
export async function userByName(
  database: Database<'users' | 'usernames'>,
  username: string,
): Promise<User | undefined> {
  const id = await userIdNamed(database, username);
  return id === undefined ? undefined : getUser(database, id);
}

const shownUser = z.pick(userRow, {
  id: true,
  username: true,
  displayName: true,
  color: true,
  avatar: true,
});

/** What a list shows of a user. */
export type ShownUser = Pick<User, 'id' | 'username'> & ProfileCard;

/** Reads what lists show of users, by their ids. Users who do not exist are left out. One request for up to 100 ids. */
export async function getShownUsers(
  database: UsersDatabase,
  ids: readonly string[],
): Promise<Map<string, ShownUser>> {
  const table = database.names.users;
  const rows = await batchGet(
    database,
    ids.map(id => ({ table, key: { id } })),
    { consistent: false, attributes: ['id', 'username', ...cardAttributes] },
  );
  const users = (rows.get(table) ?? []).map(row => shownUser.parse(row));
  return new Map(users.map(user => [user.id, user]));
}

/** The attributes of their own row that a user changes with their name, password, e-mail address or profile. Undefined removes one. */
export type UserChange = Partial<
  Pick<
    User,
    | 'username'
    | 'usernameKey'
    | 'formerNames'
    | 'passwordHash'
    | 'passwordVersion'
    | 'imageObjects'
    | 'email'
    | 'pending'
  >
> &
  PublicProfile;

/** Changes an active user, if their row is unchanged since `user` was read. */
export function putUserChange(
  { names }: Pick<UsersDatabase, 'names'>,
  user: User,
  change: UserChange,
  now: string,
): TransactItem {
  const update = setAll({ ...change, version: user.version + 1, updatedAt: now });
  return {
    Update: {
      TableName: names.users,
      Key: { id: user.id },
      ...update,
      ConditionExpression: '#status = :active AND #version = :read',
      ExpressionAttributeNames: { ...update.ExpressionAttributeNames, '#status': 'status' },
      ExpressionAttributeValues: {
        ...update.ExpressionAttributeValues,
        ':active': 'active',
        ':read': user.version,
      },
    },
  };
}

/** Returns the condition that a user exists and is active. */
export function activeUser({ names }: Pick<UsersDatabase, 'names'>, id: string): TransactItem {
  return {
    ConditionCheck: {
      TableName: names.users,
      Key: { id },
      ConditionExpression: '#status = :active',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: { ':active': 'active' },
    },
  };
}

/**
 * Returns the condition that a user is active and that the password has not changed since `user` was read.
 */
export function hasSamePassword({ names }: Pick<UsersDatabase, 'names'>, user: User): TransactItem {
  const { passwordVersion } = user;
  const same =
    passwordVersion === undefined ? 'attribute_not_exists(passwordVersion)' : 'passwordVersion = :password';
  return {
    ConditionCheck: {
      TableName: names.users,
      Key: { id: user.id },
      ConditionExpression: `#status = :active AND ${same}`,
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: {
        ':active': 'active',
        ...(passwordVersion === undefined ? {} : { ':password': passwordVersion }),
      },
    },
  };
}

/**
 * Gives the staff role to the user who has the name `username` now, or takes it. The condition holds that the user still
 * has the name, so that the role never goes to somebody else. A user who is being created or deleted gets no role. The
 * version changes, so that a write of the whole row as it was read before fails, instead of giving back a role that was
 * taken. Two requests.
 *
 * @returns the user; undefined when there is no such user, and then nothing was written.
 */
export async function setStaff(
  database: Database<'users' | 'usernames'>,
  username: string,
  isStaff: boolean,
  now: Timestamp,
): Promise<User | undefined> {
  const { client, names } = database;
  const id = await userIdNamed(database, username);
  if (id === undefined) return undefined;
  const hasName = 'usernameKey = :name';
  try {
    const { Attributes } = await client.send(
      new UpdateCommand({
        TableName: names.users,
        Key: { id },
        ...(isStaff
          ? {
              UpdateExpression:
                'SET staffSince = if_not_exists(staffSince, :now), updatedAt = :now ADD #version :one',
              ConditionExpression: `${hasName} AND #status = :active`,
              ExpressionAttributeNames: { '#status': 'status', '#version': 'version' },
            }
          : {
              UpdateExpression: 'SET updatedAt = :now REMOVE staffSince ADD #version :one',
              ConditionExpression: hasName,
              ExpressionAttributeNames: { '#version': 'version' },
            }),
        ExpressionAttributeValues: {
          ':name': usernameKeyOf(username),
          ':now': now,
          ':one': 1,
          ...(isStaff ? { ':active': 'active' } : {}),
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

/**
 * Replaces the password hash with another hash of the same password. Does nothing when the password has
 * changed since `user` was read.
 */
export async function rehashPassword(
  { client, names }: UsersDatabase,
  user: User,
  passwordHash: string,
  now: string,
): Promise<void> {
  try {
    await client.send(
      new UpdateCommand({
        TableName: names.users,
        Key: { id: user.id },
        UpdateExpression: 'SET passwordHash = :to, updatedAt = :now',
        ConditionExpression: 'passwordHash = :from',
        ExpressionAttributeValues: { ':from': user.passwordHash, ':to': passwordHash, ':now': now },
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}
