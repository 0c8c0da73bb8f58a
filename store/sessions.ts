import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type ReplacedToken, type Session, sessionRow } from '../model/session.ts';
import * as z from '../model/zod.ts';
import { batchGet } from './batchGet.ts';
import type { Database } from './database.ts';
import { type Page, type PageRequest, queryAll, queryPage } from './pages.ts';
import type { TransactItem } from './transaction.ts';
import { setAll } from './update.ts';

type SessionsDatabase = Database<'sessions'>;

/** Reads a refresh-token family consistently. One request. Also undefined for a row in an older format. */
export async function getSession(
  { client, names }: SessionsDatabase,
  id: string,
): Promise<Session | undefined> {
  const key = { TableName: names.sessions, Key: { id }, ConsistentRead: true };
  const { Item } = await client.send(new GetCommand(key));
  return sessionRow.safeParse(Item).data;
}

/** Writes a new refresh-token family. */
export function putSession({ names }: Pick<SessionsDatabase, 'names'>, session: Session): TransactItem {
  const condition = { ConditionExpression: 'attribute_not_exists(id)' };
  return { Put: { TableName: names.sessions, Item: session, ...condition } };
}

/** Where a session was last used. */
export type SignInOrigin = Pick<Session, 'device' | 'network'>;

/**
 * Replaces the valid token of a family if its hash is `from`. Of two requests that present the same token,
 * one succeeds.
 *
 * @returns false when the family does not exist or another token is valid.
 */
export async function rotateToken(
  { client, names }: SessionsDatabase,
  id: string,
  rotation: {
    readonly from: string;
    readonly to: string;
    /** Derived from the row that was read. It changes only together with the token. */
    readonly replaced: readonly ReplacedToken[];
    readonly expiresAt: number;
    readonly origin: SignInOrigin;
    readonly now: string;
  },
): Promise<boolean> {
  const { from, to, replaced, expiresAt, origin, now } = rotation;
  const update = setAll({ tokenHash: to, replaced, expiresAt, ...origin, updatedAt: now });
  return unlessRefused(() =>
    client.send(
      new UpdateCommand({
        TableName: names.sessions,
        Key: { id },
        ...update,
        // The row already has the new hash when the answer was lost and the SDK sends the request again.
        ConditionExpression: '#tokenHash IN (:from, :tokenHash)',
        ExpressionAttributeValues: { ...update.ExpressionAttributeValues, ':from': from },
      }),
    ),
  );
}

/**
 * The values of a session that a condition checks: the session still exists and its password version is
 * unchanged.
 */
export type ActiveSession = Pick<Session, 'id' | 'userId' | 'passwordVersion'>;

const stillActive = ({ userId, passwordVersion }: ActiveSession) => ({
  ConditionExpression: 'userId = :userId AND passwordVersion = :read',
  ExpressionAttributeValues: { ':userId': userId, ':read': passwordVersion },
});

/**
 * Returns the condition that a session is still active. If the session ends at the same time as a write, the
 * write fails.
 */
export function sessionIsActive(
  { names }: Pick<SessionsDatabase, 'names'>,
  session: ActiveSession,
): TransactItem {
  return { ConditionCheck: { TableName: names.sessions, Key: { id: session.id }, ...stillActive(session) } };
}

/**
 * Moves an active session to the user's next password version. All other sessions stay behind, and so are invalid.
 *
 * @param isProof the password was just entered
 */
export function moveSessionToNextVersion(
  { names }: Pick<SessionsDatabase, 'names'>,
  session: ActiveSession,
  now: string,
  isProof: boolean,
): TransactItem {
  const condition = stillActive(session);
  return {
    Update: {
      TableName: names.sessions,
      Key: { id: session.id },
      UpdateExpression: `SET passwordVersion = :version, ${isProof ? 'provedAt = :now, ' : ''}updatedAt = :now`,
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
 * Records that the user entered the password in a session.
 *
 * @returns false when the session has ended or belongs to another password version.
 */
export async function recordPasswordProof(
  { client, names }: SessionsDatabase,
  session: ActiveSession,
  now: string,
): Promise<boolean> {
  const condition = stillActive(session);
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
 * Deletes a session of an earlier password, or of a user who may not sign in.
 *
 * @returns false when the session was moved to a new password since it was read; then nothing was deleted.
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

/** Deletes a session, which makes its tokens invalid. Does nothing when the session does not exist. */
export async function deleteSession({ client, names }: SessionsDatabase, id: string): Promise<void> {
  await client.send(new DeleteCommand({ TableName: names.sessions, Key: { id } }));
}

/** Deletes a session of one user. Does nothing when it does not exist or belongs to another user. One request. */
export async function deleteSessionOf(
  { client, names }: SessionsDatabase,
  userId: string,
  id: string,
): Promise<void> {
  await unlessRefused(() =>
    client.send(
      new DeleteCommand({
        TableName: names.sessions,
        Key: { id },
        ConditionExpression: 'userId = :userId',
        ExpressionAttributeValues: { ':userId': userId },
      }),
    ),
  );
}

/** Deletes the rows of a user's sessions, except `kept`. Finds those that its index contains. */
export async function deleteSessionsOf(
  database: SessionsDatabase,
  userId: string,
  kept?: string,
): Promise<void> {
  for await (const id of sessionIdsOf(database, userId)) {
    if (id !== kept) await deleteSession(database, id);
  }
}

/** Returns a user's sessions of any state, newest first. Two requests. The index may lag behind writes. */
export async function sessionPage(
  database: SessionsDatabase,
  userId: string,
  request: PageRequest,
): Promise<Page<Session>> {
  const table = database.names.sessions;
  const { items, ...next } = await queryPage(
    database,
    sessionId,
    { ...ofUser(database, userId), ScanIndexForward: false },
    request,
  );
  const found = await batchGet(
    database,
    items.map(({ id }) => ({ table, key: { id } })),
  );
  const rows = new Map(
    (found.get(table) ?? []).flatMap(row => {
      const { data } = sessionRow.safeParse(row);
      return data === undefined ? [] : [[data.id, data] as const];
    }),
  );
  return { items: items.flatMap(({ id }) => rows.get(id) ?? []), ...next };
}

const sessionId = z.object({ id: z.string() });

const ofUser = ({ names }: Pick<SessionsDatabase, 'names'>, userId: string) => ({
  TableName: names.sessions,
  IndexName: 'userIdIndex',
  KeyConditionExpression: 'userId = :userId',
  ExpressionAttributeValues: { ':userId': userId },
});

/** Yields the ids of a user's sessions. The index may lag behind writes. */
export async function* sessionIdsOf(database: SessionsDatabase, userId: string): AsyncGenerator<string> {
  for await (const { id } of queryAll(database, sessionId, ofUser(database, userId))) yield id;
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
