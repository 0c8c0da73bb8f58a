import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type User, userRow } from '../model/user.ts';
import type { Database } from './database.ts';
import type { TransactItem } from './transaction.ts';
import { setAll } from './update.ts';
import { userIdNamed } from './usernames.ts';

type UsersDatabase = Database<'users'>;

/** One user, whatever their status, read consistently. One request. */
export async function getUser({ client, names }: UsersDatabase, id: string): Promise<User | undefined> {
  const key = { TableName: names.users, Key: { id }, ConsistentRead: true };
  const { Item } = await client.send(new GetCommand(key));
  return Item === undefined ? undefined : userRow.parse(Item);
}

/** The user that has `username`, in any case, whatever their status. Two requests. */
export async function userByName(
  database: Database<'users' | 'usernames'>,
  username: string,
): Promise<User | undefined> {
  const id = await userIdNamed(database, username);
  return id === undefined ? undefined : getUser(database, id);
}

/** What a user may change of themselves. */
export type UserChange = Partial<Pick<User, 'username' | 'usernameKey' | 'passwordHash' | 'passwordVersion'>>;

/** Changes a user, if they are active and their row is still as `user` was read. */
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

/** The condition that a user is there and not being deleted. */
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

/** The condition that a user is active and has the password that they had when `user` was read. */
export function sameSignIn({ names }: Pick<UsersDatabase, 'names'>, user: User): TransactItem {
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
 * Puts another hash of the same password in the place of the one `user` was read with. It is left as it is when the
 * password has been changed since.
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
