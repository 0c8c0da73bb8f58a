import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { usernameRow } from '../model/user.ts';
import { usernameKeyOf } from '../model/username.ts';
import type { Database } from './database.ts';

/** Reads the id of the user with `username`, regardless of case. Consistent; one request. */
export async function userIdNamed(
  { client, names }: Database<'usernames'>,
  username: string,
): Promise<string | undefined> {
  const Key = { usernameKey: usernameKeyOf(username) };
  const { Item } = await client.send(
    new GetCommand({ TableName: names.usernames, Key, ConsistentRead: true }),
  );
  return Item === undefined ? undefined : usernameRow.parse(Item).userId;
}
