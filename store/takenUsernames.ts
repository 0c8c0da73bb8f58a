import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Database } from './database.ts';

const idRow = z.object({ id: z.string() });

/** The ids of the users and channels that have `username`, in any case. Two requests; lags behind writes a little. */
export async function idsNamed(
  { client, names }: Database<'users' | 'channels'>,
  username: string,
): Promise<string[]> {
  const answers = await Promise.all(
    [names.users, names.channels].map(table =>
      client.send(
        new QueryCommand({
          TableName: table,
          IndexName: 'usernameIndex',
          KeyConditionExpression: 'usernameKey = :key',
          ExpressionAttributeValues: { ':key': username.toLowerCase() },
        }),
      ),
    ),
  );
  return answers.flatMap(({ Items = [] }) => Items.map(item => idRow.parse(item).id));
}
