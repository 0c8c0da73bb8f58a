import { type AuditEntry, auditKey, auditRow } from '../model/auditEntry.ts';
import type { Timestamp } from '../model/time.ts';
import { retryOnConflict } from './conflicts.ts';
import type { Database } from './database.ts';
import { type Actor, isNoModerator, mayModerate, type Refusal, refusalOf } from './moderationRules.ts';
import { type Page, type PageRequest, queryPage } from './pages.ts';
import { type TransactItem, transactNamed } from './transaction.ts';

// Invariants:
// - An act that changes rows and its entry are written in one transaction. An act at IVS alone has its entry first.
// - An entry never changes: it is only put, on the condition that its key is free, and deleted with the channel.

/** What an act is, besides who acts where and when. */
export type Act = Pick<AuditEntry, 'action' | 'userId' | 'messageId' | 'reason' | 'until'>;

/**
 * Adds an act to the audit of a channel. `randomId` is new for each act. If the key is taken, the act itself was already
 * written: the client of DynamoDB repeats a request whose answer was lost.
 */
export function putAuditEntry(
  { names }: Pick<Database<'audit'>, 'names'>,
  { channelId, by }: Actor,
  act: Act,
  randomId: string,
  now: Timestamp,
): TransactItem {
  const row: AuditEntry = {
    channelId,
    id: auditKey(now, randomId),
    at: now,
    by,
    ...act,
    createdAt: now,
    updatedAt: now,
  };
  return { Put: { TableName: names.audit, Item: row, ConditionExpression: 'attribute_not_exists(id)' } };
}

/**
 * Records an act that only IVS carries out. Called before the act, so that no act is without an entry. A moderator cannot
 * act on another one. One request.
 *
 * @returns why nothing was written, or `recorded`. `isModerator`: the act concerns another moderator.
 * @throws TransactionContentionError when too many writers conflict.
 */
export function recordAct(
  database: Database<'audit' | 'moderators' | 'users'>,
  actor: Actor,
  act: Act,
  randomId: string,
  now: Timestamp,
): Promise<'recorded' | Refusal | 'isModerator'> {
  const { channelId, ownerId, by } = actor;
  const { userId } = act;
  const isFree = userId === undefined || by === ownerId || userId === by;
  return retryOnConflict(async () => {
    const failed = await transactNamed(database, {
      entry: putAuditEntry(database, actor, act, randomId, now),
      protected: isFree ? undefined : isNoModerator(database, channelId, userId),
      ...mayModerate(database, actor),
    });
    return refusalOf(failed) ?? (failed.has('protected') ? 'isModerator' : 'recorded');
  });
}

/** Lists the acts of moderation in a channel, newest first, consistently. One request per page. */
export function listAudit(
  database: Database<'audit'>,
  channelId: string,
  page: PageRequest,
): Promise<Page<AuditEntry>> {
  return queryPage(
    database,
    auditRow,
    {
      TableName: database.names.audit,
      ConsistentRead: true,
      KeyConditionExpression: 'channelId = :channelId',
      ExpressionAttributeValues: { ':channelId': channelId },
      ScanIndexForward: false,
    },
    page,
  );
}
