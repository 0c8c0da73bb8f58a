import type { Channel } from '../model/channel.ts';
import type { User } from '../model/user.ts';
import { nameRangeOf } from '../model/username.ts';
import type { Database } from './database.ts';
import type { TransactItem } from './transaction.ts';
import { setAll } from './update.ts';

type Names = Pick<Database<'channels' | 'streams'>, 'names'>;

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
  const nameRange = nameRangeOf(usernameKey);
  const update = setAll({ username, usernameKey, nameRange, version: channel.version + 1, updatedAt: now });
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
