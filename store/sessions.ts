import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { type Session, sessionRow } from '../model/session.ts';
import type { Database } from './database.ts';
import { queryAll } from './pages.ts';
import type { TransactItem } from './transaction.ts';

type SessionsDatabase = Database<'sessions'>;

/** A refresh-token family, read consistently. One request. */
export async function getSession(
  { client, names }: SessionsDatabase,
  id: string,
): Promise<Session | undefined> {
  const key = { TableName: names.sessions, Key: { id }, ConsistentRead: true };
  const { Item } = await client.send(new GetCommand(key));
  return Item === undefined ? undefined : sessionRow.parse(Item);
}

/** Writes a new family. */
export function putSession({ names }: Pick<SessionsDatabase, 'names'>, session: Session): TransactItem {
  const condition = { ConditionExpression: 'attribute_not_exists(id)' };
  return { Put: { TableName: names.sessions, Item: session, ...condition } };
}

/**
 * Replaces the good token of a family, if it is the one with the hash `from`: of two who present it at once, one
 * wins.
 *
 * @returns false when the family is gone or another token is good by now.
 */
export async function rotateToken(
  { client, names }: SessionsDatabase,
  id: string,
  { from, to, expiresAt, now }: { from: string; to: string; expiresAt: number; now: string },
): Promise<boolean> {
  try {
    await client.send(
      new UpdateCommand({
        TableName: names.sessions,
        Key: { id },
        UpdateExpression: 'SET tokenHash = :to, expiresAt = :expiresAt, updatedAt = :now',
        // `:to` is in the row when the SDK sends this again because the answer to it was lost.
        ConditionExpression: 'tokenHash IN (:from, :to)',
        ExpressionAttributeValues: { ':from': from, ':to': to, ':expiresAt': expiresAt, ':now': now },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/** Takes a family of `userId` along to a new password, if it is still there. */
export function keepSession(
  { names }: Pick<SessionsDatabase, 'names'>,
  id: string,
  userId: string,
  passwordVersion: number,
  now: string,
): TransactItem {
  return {
    Update: {
      TableName: names.sessions,
      Key: { id },
      UpdateExpression: 'SET passwordVersion = :version, updatedAt = :now',
      ConditionExpression: 'userId = :userId',
      ExpressionAttributeValues: { ':version': passwordVersion, ':userId': userId, ':now': now },
    },
  };
}

/** Deletes a family: its tokens are good for nothing from now on. Nothing happens when it is gone already. */
export async function deleteSession({ client, names }: SessionsDatabase, id: string): Promise<void> {
  await client.send(new DeleteCommand({ TableName: names.sessions, Key: { id } }));
}

const sessionId = z.object({ id: z.string() });

/** The ids of a user's families. The index lags behind the table a little. */
export async function* sessionIdsOf(database: SessionsDatabase, userId: string): AsyncGenerator<string> {
  const rows = queryAll(database, sessionId, {
    TableName: database.names.sessions,
    IndexName: 'userIdIndex',
    KeyConditionExpression: 'userId = :userId',
    ExpressionAttributeValues: { ':userId': userId },
  });
  for await (const { id } of rows) yield id;
}
