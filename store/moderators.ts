import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { type Ban, banRow } from '../model/ban.ts';
import { MAX_MODERATORS, type Moderator, moderatorRow } from '../model/moderator.ts';
import type { Timestamp } from '../model/time.ts';
import * as z from '../model/zod.ts';
import { putAuditEntry } from './audit.ts';
import { batchGet } from './batchGet.ts';
import { retryOnConflict } from './conflicts.ts';
import type { Database } from './database.ts';
import { type Actor, isNotBanned, mayModerate, type Refusal, refusalOf } from './moderationRules.ts';
import { type Page, type PageRequest, queryAll, queryPage } from './pages.ts';
import { type TransactItem, transactNamed } from './transaction.ts';
import { activeUser } from './users.ts';

// Invariants, in addition to those of `moderationRules.ts`:
// - A channel's `moderatorCount` equals the number of its rows in this table and is at most MAX_MODERATORS. Each row is
//   added or deleted in one transaction with the count, on the condition that it was absent or present.
// - Only the owner appoints. The owner or the moderator ends the appointment.
// - Only active users are appointed: the deletion of a user deletes the rows that exist, and none is written later.

type ModeratorsDatabase = Database<'moderators'>;

/** Reads a user's appointment in a channel consistently. One request. */
export async function getModerator(
  { client, names }: ModeratorsDatabase,
  channelId: string,
  userId: string,
): Promise<Moderator | undefined> {
  const { Item } = await client.send(
    new GetCommand({ TableName: names.moderators, Key: { channelId, userId }, ConsistentRead: true }),
  );
  return Item === undefined ? undefined : moderatorRow.parse(Item);
}

/** What a user who does not own a channel is to it. */
export interface Standing {
  readonly isModerator: boolean;
  /** The user's ban, which may have ended. */
  readonly ban: Ban | undefined;
}

/** Reads whether a user moderates a channel, and their ban from it, consistently. One request. */
export async function getStanding(
  database: Database<'bans' | 'moderators'>,
  channelId: string,
  userId: string,
): Promise<Standing> {
  const { bans, moderators } = database.names;
  const key = { channelId, userId };
  const rows = await batchGet(database, [
    { table: bans, key },
    { table: moderators, key },
  ]);
  const ban = rows.get(bans)?.[0];
  return {
    isModerator: rows.get(moderators)?.[0] !== undefined,
    ban: ban === undefined ? undefined : banRow.parse(ban),
  };
}

/** Reads all moderators of a channel consistently, at most MAX_MODERATORS. One request. */
export async function allModerators(
  database: ModeratorsDatabase,
  channelId: string,
): Promise<readonly Moderator[]> {
  const moderators: Moderator[] = [];
  const query = {
    TableName: database.names.moderators,
    ConsistentRead: true,
    KeyConditionExpression: 'channelId = :channelId',
    ExpressionAttributeValues: { ':channelId': channelId },
  };
  for await (const moderator of queryAll(database, moderatorRow, query)) moderators.push(moderator);
  return moderators;
}

const moderatedChannel = z.pick(moderatorRow, { channelId: true, userId: true, createdAt: true });

/** Lists the channels that a user moderates, latest appointment first. One request per page; may lag behind writes. */
export function listModerated(
  database: ModeratorsDatabase,
  userId: string,
  page: PageRequest,
): Promise<Page<Pick<Moderator, 'channelId' | 'createdAt'>>> {
  return queryPage(
    database,
    moderatedChannel,
    {
      TableName: database.names.moderators,
      IndexName: 'userIdIndex',
      KeyConditionExpression: 'userId = :userId',
      ExpressionAttributeValues: { ':userId': userId },
      ScanIndexForward: false,
    },
    page,
  );
}

/**
 * The result of an appointment.
 * - `full`: the channel has MAX_MODERATORS moderators.
 * - `banned`: the user is banned from the channel.
 * - `noUser`: the user is deleted or being deleted.
 */
export type Appointment = Moderator | 'already' | 'full' | 'banned' | 'noUser' | 'ownerGone';

/**
 * Appoints a user as moderator of the owner's channel and adds the act to the audit, in one transaction. One request;
 * more while other writers change the same rows.
 *
 * @param owner acts in their own channel; `userId` is somebody else.
 * @returns the new row, or why nothing was written.
 * @throws TransactionContentionError when too many writers conflict.
 */
export function putModerator(
  database: Database<'moderators' | 'bans' | 'audit' | 'users' | 'channels'>,
  owner: Pick<Actor, 'channelId' | 'ownerId'>,
  userId: string,
  auditId: string,
  now: Timestamp,
): Promise<Appointment> {
  const { names } = database;
  const { channelId, ownerId } = owner;
  const actor: Actor = { channelId, ownerId, by: ownerId };
  const row: Moderator = { channelId, userId, createdAt: now, updatedAt: now };
  return retryOnConflict(async () => {
    const failed = await transactNamed(database, {
      row: {
        Put: { TableName: names.moderators, Item: row, ConditionExpression: 'attribute_not_exists(userId)' },
      },
      count: {
        Update: {
          TableName: names.channels,
          Key: { id: channelId },
          UpdateExpression: 'ADD moderatorCount :one',
          ConditionExpression:
            'attribute_exists(id) AND (attribute_not_exists(moderatorCount) OR moderatorCount < :most)',
          ExpressionAttributeValues: { ':one': 1, ':most': MAX_MODERATORS },
        },
      },
      user: activeUser(database, userId),
      allowed: isNotBanned(database, channelId, userId, now),
      entry: putAuditEntry(database, actor, { action: 'appoint', userId }, auditId, now),
      owner: activeUser(database, ownerId),
    });
    if (failed.has('owner')) return 'ownerGone';
    if (failed.has('row')) return 'already';
    if (failed.has('user')) return 'noUser';
    if (failed.has('allowed')) return 'banned';
    return failed.has('count') ? 'full' : row;
  });
}

/**
 * Ends the appointment of a moderator and adds the act to the audit, in one transaction. From then on, every write of
 * the moderator in the channel fails. One request; more while other writers change the same rows.
 *
 * @param actor the owner, or the moderator `userId`
 * @returns `none` when the user is no moderator; then nothing was written.
 * @throws TransactionContentionError when too many writers conflict.
 */
export function removeModerator(
  database: Database<'moderators' | 'audit' | 'users' | 'channels'>,
  actor: Actor,
  userId: string,
  auditId: string,
  now: Timestamp,
): Promise<'dismissed' | 'none' | Refusal> {
  return retryOnConflict(async () => {
    const failed = await transactNamed(database, {
      row: deleteModerator(database, actor.channelId, userId),
      count: subtractModerator(database, actor.channelId),
      entry: putAuditEntry(database, actor, { action: 'dismiss', userId }, auditId, now),
      ...mayModerate(database, actor),
      // The row itself is the condition for the moderator.
      moderator: undefined,
    });
    return refusalOf(failed) ?? (failed.has('row') || failed.has('count') ? 'none' : 'dismissed');
  });
}

/**
 * Deletes the appointment of a user whose account is being deleted. One request; two when the channel is deleted.
 *
 * @throws TransactionContentionError when too many writers conflict.
 */
export async function removeDeletedModerator(
  database: Database<'moderators' | 'channels'>,
  channelId: string,
  userId: string,
): Promise<void> {
  const row = deleteModerator(database, channelId, userId);
  await retryOnConflict(async () => {
    const failed = await transactNamed(database, { row, count: subtractModerator(database, channelId) });
    // The channel is deleted, including its count.
    if (failed.has('count')) await transactNamed(database, { row });
    return 'done';
  });
}

function deleteModerator(
  { names }: Pick<ModeratorsDatabase, 'names'>,
  channelId: string,
  userId: string,
): TransactItem {
  return {
    Delete: {
      TableName: names.moderators,
      Key: { channelId, userId },
      ConditionExpression: 'attribute_exists(userId)',
    },
  };
}

function subtractModerator({ names }: Pick<Database<'channels'>, 'names'>, channelId: string): TransactItem {
  return {
    Update: {
      TableName: names.channels,
      Key: { id: channelId },
      UpdateExpression: 'ADD moderatorCount :minusOne',
      ConditionExpression: 'attribute_exists(id)',
      ExpressionAttributeValues: { ':minusOne': -1 },
    },
  };
}
