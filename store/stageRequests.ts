import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { type OpenStageRequest, type Stage, type StageRequestRow, stageRequestRow } from '../model/stage.ts';
import { type Timestamp, toTimestamp } from '../model/time.ts';
import { retryOnConflict } from './conflicts.ts';
import type { Database } from './database.ts';
import { isNotBanned } from './moderationRules.ts';
import { getStage, putGuests } from './stages.ts';
import { type TransactItem, transact } from './transaction.ts';
import { activeUser } from './users.ts';

// Invariants of the requests to come on a stage:
// - A stage has a limited number of open requests, at most one per user. The stage's row contains them, and
//   every write requires that the row still has the version on which both limits were checked.
// - An open request has a row in `stageRequests`, which leads from the user to the stage. Both are written and
//   removed in one transaction. When the stage goes offline, only the requests in the stage's row are removed.
// - Only an active user who is not banned from the host's channel gets an open request.

type RequestsDatabase = Database<'stages' | 'stageRequests'>;

/** Reads the latest request of a user to a stage consistently. It may have ended. One request. */
export async function getRequest(
  { client, names }: Database<'stageRequests'>,
  stageId: string,
  userId: string,
): Promise<StageRequestRow | undefined> {
  const { Item } = await client.send(
    new GetCommand({ TableName: names.stageRequests, Key: { stageId, userId }, ConsistentRead: true }),
  );
  return Item === undefined ? undefined : stageRequestRow.parse(Item);
}

export interface NewRequest {
  /** All open requests after the write, with the new one. */
  readonly requests: readonly OpenStageRequest[];
  readonly row: StageRequestRow;
  /** The host's channel, from which the user must not be banned. */
  readonly channelId: string;
  /** A request that the host has declined since then keeps the user from asking again. */
  readonly declinedSince: Timestamp;
}

/**
 * Adds a request to a stage, if the stage is unchanged since it was read. One request.
 *
 * @returns why nothing was written, or `added`.
 * @throws TransactionContentionError when another transaction is changing the same rows.
 */
export async function putRequest(
  database: Database<'stages' | 'stageRequests' | 'bans' | 'users'>,
  stage: Stage,
  { requests, row, channelId, declinedSince }: NewRequest,
  now: Timestamp,
): Promise<'added' | 'conflict' | 'declined' | 'banned' | 'noUser'> {
  const { names } = database;
  const result = await transact(database, [
    putGuests(database, stage, { requests }, now),
    {
      Put: {
        TableName: names.stageRequests,
        Item: row,
        ConditionExpression: 'attribute_not_exists(declinedAt) OR declinedAt <= :since',
        ExpressionAttributeValues: { ':since': declinedSince },
      },
    },
    isNotBanned(database, channelId, row.userId, now),
    activeUser(database, row.userId),
  ]);
  if (result.committed) return 'added';
  if (result.failed.includes(USER)) return 'noUser';
  if (result.failed.includes(BAN)) return 'banned';
  return result.failed.includes(ROW) ? 'declined' : 'conflict';
}

// Positions in the transaction of a request. Position 0 is the stage.
const [ROW, BAN, USER] = [1, 2, 3];

const without = ({ requests = [] }: Stage, userId: string) =>
  requests.filter(request => request.userId !== userId);

/** Deletes the row of a user's request to a stage. */
export function removeRequestRow(
  { names }: Pick<Database<'stageRequests'>, 'names'>,
  stageId: string,
  userId: string,
): TransactItem {
  return { Delete: { TableName: names.stageRequests, Key: { stageId, userId } } };
}

/**
 * Removes a user's open request, if the stage is unchanged since it was read. One request.
 *
 * @returns whether it was removed.
 * @throws TransactionContentionError when another transaction is changing the same rows.
 */
async function removeRequest(
  database: RequestsDatabase,
  stage: Stage,
  userId: string,
  now: Timestamp,
): Promise<boolean> {
  const { committed } = await transact(database, [
    putGuests(database, stage, { requests: without(stage, userId) }, now),
    removeRequestRow(database, stage.id, userId),
  ]);
  return committed;
}

/**
 * Removes a user's open request and records that the host has declined it, if the stage is unchanged since it
 * was read. One request.
 *
 * @returns whether it was declined.
 * @throws TransactionContentionError when another transaction is changing the same rows.
 */
export async function declineRequest(
  database: RequestsDatabase,
  stage: Stage,
  { userId, expiresAt }: Pick<StageRequestRow, 'userId' | 'expiresAt'>,
  now: Timestamp,
): Promise<boolean> {
  const { committed } = await transact(database, [
    putGuests(database, stage, { requests: without(stage, userId) }, now),
    {
      Update: {
        TableName: database.names.stageRequests,
        Key: { stageId: stage.id, userId },
        UpdateExpression: 'SET declinedAt = :now, updatedAt = :now, expiresAt = :expiresAt',
        // Without this condition, a row could remain of a user who has just been deleted.
        ConditionExpression: 'attribute_exists(userId)',
        ExpressionAttributeValues: { ':now': now, ':expiresAt': expiresAt },
      },
    },
  ]);
  return committed;
}

/**
 * Removes a user's open request from a stage. Without one, nothing changes. Two database requests; one without an
 * open request.
 *
 * @throws TransactionContentionError when too many writers of the stage conflict.
 */
export async function takeRequestBack(
  database: RequestsDatabase,
  stageId: string,
  userId: string,
  clock: () => Date,
): Promise<void> {
  await retryOnConflict(async () => {
    const stage = await getStage(database, stageId);
    if (stage?.requests?.some(request => request.userId === userId) !== true) return 'none';
    return (await removeRequest(database, stage, userId, toTimestamp(clock()))) ? 'removed' : 'conflict';
  });
}
