import type { Channel } from '../model/channel.ts';
import type { User, Username } from '../model/user.ts';
import type { Database } from './database.ts';
import type { TransactItem } from './transaction.ts';
import { setAll } from './update.ts';

type Names = Pick<Database<'usernames' | 'channels' | 'streams'>, 'names'>;

// The invariant: a name, whatever its case, is at most one user's. A row of `usernames` is that user's hold on it;
// the users row is written with it, in one transaction, in sign-up and here.

/** Takes a name that is nobody's. */
export function takeName({ names }: Names, user: User, usernameKey: string, now: string): TransactItem {
  const Item: Username = { usernameKey, userId: user.id, createdAt: now, updatedAt: now };
  return {
    Put: { TableName: names.usernames, Item, ConditionExpression: 'attribute_not_exists(usernameKey)' },
  };
}

/** Gives up the name that a user has. */
export function giveUpName({ names }: Names, user: User): TransactItem {
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
 * Shows a user's new name on their channel, and on the session that is open, if both are as `channel` was read.
 * Sessions that are over keep the name they were streamed under.
 */
export function showName(
  { names }: Names,
  channel: Channel,
  { username, usernameKey }: Pick<User, 'username' | 'usernameKey'>,
  now: string,
): TransactItem[] {
  // With the version, so that a session which begins at the same time does not copy the old name.
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
