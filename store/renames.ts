import type { Channel } from '../model/channel.ts';
import type { User, Username } from '../model/user.ts';
import type { Database } from './database.ts';
import type { TransactItem } from './transaction.ts';
import { setAll } from './update.ts';

type Names = Pick<Database<'usernames' | 'channels' | 'streams'>, 'names'>;

// Invariant: at most one user has a name, regardless of case. A row of `usernames` assigns the name to the
// user. Sign-up and the functions below write it in one transaction with the user's row.

/** Assigns a free name to a user. The condition fails when the name is taken. */
export function takeName({ names }: Names, user: User, usernameKey: string, now: string): TransactItem {
  const Item: Username = { usernameKey, userId: user.id, createdAt: now, updatedAt: now };
  return {
    Put: { TableName: names.usernames, Item, ConditionExpression: 'attribute_not_exists(usernameKey)' },
  };
}

/** Deletes the assignment of a user's current name. */
export function releaseName({ names }: Names, user: User): TransactItem {
  return {
    Delete: {
      TableName: names.usernames,
      Key: { usernameKey: user.usernameKey },
      ConditionExpression: 'userId = :userId',
      ExpressionAttributeValues: { ':userId': user.id },
    },
  };
}

/**
 * Writes a user's new name to their channel and its open session, if the channel is unchanged since it was
 * read. Ended sessions keep the name that they had.
 */
export function showName(
  { names }: Names,
  channel: Channel,
  { username, usernameKey }: Pick<User, 'username' | 'usernameKey'>,
  now: string,
): TransactItem[] {
  // The new version prevents a session that starts at the same time from copying the old name.
  const update = setAll({ username, usernameKey, version: channel.version + 1, updatedAt: now });
  const onChannel = {
    Update: {
      TableName: names.channels,
      Key: { id: channel.id },
      ...update,
      ConditionExpression: '#version = :read',
      ExpressionAttributeValues: { ...update.ExpressionAttributeValues, ':read': channel.version },
    },
  };
  if (channel.openStreamId === undefined) return [onChannel];
  const onStream = {
    Update: {
      TableName: names.streams,
      Key: { channelId: channel.id, id: channel.openStreamId },
      UpdateExpression: 'SET username = :username, updatedAt = :now, #version = #version + :one',
      ConditionExpression: 'attribute_exists(id)',
      ExpressionAttributeNames: { '#version': 'version' },
      ExpressionAttributeValues: { ':username': username, ':now': now, ':one': 1 },
    },
  };
  return [onChannel, onStream];
}
