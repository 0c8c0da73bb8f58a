import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { type ReplacedToken, type Session, sessionRow } from '../model/session.ts';
import type { Database } from './database.ts';
import { queryAll } from './pages.ts';
import type { TransactItem } from './transaction.ts';

type SessionsDatabase = Database<'sessions'>;

/** A refresh-token family, read consistently. One request. Undefined also for a row in the form of an earlier version. */
export async function getSession(
  { client, names }: SessionsDatabase,
  id: string,
): Promise<Session | undefined> {
  const key = { TableName: names.sessions, Key: { id }, ConsistentRead: true };
  const { Item } = await client.send(new GetCommand(key));
  return sessionRow.safeParse(Item).data;
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
  rotation: {
    readonly from: string;
    readonly to: string;
    /** Follows from the row as it was read: it changes only together with the token. */
    readonly replaced: readonly ReplacedToken[];
    readonly expiresAt: number;
    readonly now: string;
  },
): Promise<boolean> {
  const { from, to, replaced, expiresAt, now } = rotation;
  return unlessRefused(() =>
    client.send(
      new UpdateCommand({
        TableName: names.sessions,
        Key: { id },
        UpdateExpression:
          'SET tokenHash = :to, replaced = :replaced, expiresAt = :expiresAt, updatedAt = :now',
        // `:to` is in the row when the SDK sends this again because the answer to it was lost.
        ConditionExpression: 'tokenHash IN (:from, :to)',
        ExpressionAttributeValues: {
          ':from': from,
          ':to': to,
          ':replaced': replaced,
          ':expiresAt': expiresAt,
          ':now': now,
        },
      }),
    ),
  );
}

/** Which family of whose, and of which of their passwords. A condition on it holds that the sign-in goes on. */
export type LivingSession = Pick<Session, 'id' | 'userId' | 'passwordVersion'>;

const goesOn = ({ userId, passwordVersion }: LivingSession) => ({
  ConditionExpression: 'userId = :userId AND passwordVersion = :read',
  ExpressionAttributeValues: { ':userId': userId, ':read': passwordVersion },
});

/** The condition that a sign-in goes on: of its end and a write at the same time, the end wins. */
export function livingSession(
  { names }: Pick<SessionsDatabase, 'names'>,
  session: LivingSession,
): TransactItem {
  return { ConditionCheck: { TableName: names.sessions, Key: { id: session.id }, ...goesOn(session) } };
}

/** Takes a sign-in along to the next password, which is thereby proved, if it goes on. */
export function keepSession(
  { names }: Pick<SessionsDatabase, 'names'>,
  session: LivingSession,
  now: string,
): TransactItem {
  const condition = goesOn(session);
  return {
    Update: {
      TableName: names.sessions,
      Key: { id: session.id },
      UpdateExpression: 'SET passwordVersion = :version, provedAt = :now, updatedAt = :now',
      ...condition,
      ExpressionAttributeValues: {
        ...condition.ExpressionAttributeValues,
        ':version': session.passwordVersion + 1,
        ':now': now,
      },
    },
  };
}

/**
 * Records that the password was proved in a sign-in.
 *
 * @returns false when the sign-in has ended, or is of another password by now.
 */
export async function proveSession(
  { client, names }: SessionsDatabase,
  session: LivingSession,
  now: string,
): Promise<boolean> {
  const condition = goesOn(session);
  return unlessRefused(() =>
    client.send(
      new UpdateCommand({
        TableName: names.sessions,
        Key: { id: session.id },
        UpdateExpression: 'SET provedAt = :now, updatedAt = :now',
        ...condition,
        ExpressionAttributeValues: { ...condition.ExpressionAttributeValues, ':now': now },
      }),
    ),
  );
}

/**
 * Deletes a family of an earlier password, or of a user who may not sign in.
 *
 * @returns false when the family was taken along to a new password since `session` was read, and nothing was deleted.
 */
export async function deleteOutdatedSession(
  { client, names }: SessionsDatabase,
  { id, passwordVersion }: Session,
): Promise<boolean> {
  return unlessRefused(() =>
    client.send(
      new DeleteCommand({
        TableName: names.sessions,
        Key: { id },
        ConditionExpression: 'attribute_not_exists(id) OR passwordVersion = :read',
        ExpressionAttributeValues: { ':read': passwordVersion },
      }),
    ),
  );
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

async function unlessRefused(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
