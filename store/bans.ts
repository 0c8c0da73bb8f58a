import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { type Ban, banRow } from '../model/ban.ts';
import type { Timestamp } from '../model/time.ts';
import { putAuditEntry } from './audit.ts';
import { retryOnConflict } from './conflicts.ts';
import type { Database } from './database.ts';
import { type Actor, isNoModerator, mayModerate, type Refusal, refusalOf } from './moderationRules.ts';
import type { Key, Page, PageRequest } from './pages.ts';
import { transactNamed } from './transaction.ts';

// Invariants:
// - Every ban and every end of a ban by somebody has its entry in `audit`: both are written in one transaction.
// - Nobody is banned from a channel that they own or moderate: see `moderationRules.ts`.
// - A user is banned from a channel if and only if this table has a row for both whose `until`
//   is absent or in the future. The keys are ids, which neither a rename nor a new session changes.

type BansDatabase = Database<'bans'>;

/** Returns whether a ban applies at `now`. TTL deletes rows days late, so an existing row may have ended. */
export function isInForce({ until }: Pick<Ban, 'until'>, now: Timestamp): boolean {
  return until === undefined || now < until;
}

/** Reads a user's ban from a channel consistently. The ban may have ended. One request. */
export async function getBan(
  { client, names }: BansDatabase,
  channelId: string,
  userId: string,
): Promise<Ban | undefined> {
  const { Item } = await client.send(
    new GetCommand({ TableName: names.bans, Key: { channelId, userId }, ConsistentRead: true }),
  );
  return Item === undefined ? undefined : banRow.parse(Item);
}

/** The values of a new ban. The other members of its row derive from them. */
export type NewBan = Pick<Ban, 'userId' | 'username' | 'reason' | 'until'>;

type ModerationDatabase = Database<'bans' | 'moderators' | 'audit' | 'users'>;

/**
 * Bans a user from now on and adds the act to the audit, in one transaction. The new ban replaces an earlier ban of the
 * same user, with its end and reason. One request; more while other writers change the same rows.
 *
 * The conditions of the transaction decide who may act: the owner, or somebody who is a moderator at that instant. They
 * also protect moderators: a user who is one at that instant is not banned. The caller never passes the owner as the
 * user, nor the user who acts.
 *
 * @returns the ban, or why nothing was written. `isModerator`: the user moderates the channel.
 * @throws TransactionContentionError when too many writers conflict.
 */
export function putBan(
  database: ModerationDatabase,
  actor: Actor,
  { userId, username, reason, until }: NewBan,
  auditId: string,
  now: Timestamp,
): Promise<Ban | Refusal | 'isModerator'> {
  const { channelId, by } = actor;
  const terms = {
    ...(reason === undefined ? {} : { reason }),
    ...(until === undefined ? {} : { until }),
  };
  const row: Ban = {
    channelId,
    userId,
    username,
    by,
    ...terms,
    bannedAt: now,
    ...(until === undefined ? {} : { expiresAt: Math.ceil(Date.parse(until) / 1000) }),
    createdAt: now,
    updatedAt: now,
  };
  return retryOnConflict(async () => {
    const failed = await transactNamed(database, {
      ban: { Put: { TableName: database.names.bans, Item: row } },
      protected: isNoModerator(database, channelId, userId),
      entry: putAuditEntry(database, actor, { action: 'ban', userId, ...terms }, auditId, now),
      ...mayModerate(database, actor),
    });
    return refusalOf(failed) ?? (failed.has('protected') ? 'isModerator' : row);
  });
}

/**
 * Lifts a ban that applies at `now` and adds the act to the audit, in one transaction. Who may do so is decided as for
 * `putBan`. One request; more while other writers change the same rows.
 *
 * @returns `none` when no ban applies; then nothing was written.
 * @throws TransactionContentionError when too many writers conflict.
 */
export function deleteBan(
  database: ModerationDatabase,
  actor: Actor,
  userId: string,
  auditId: string,
  now: Timestamp,
): Promise<'lifted' | 'none' | Refusal> {
  return retryOnConflict(async () => {
    const failed = await transactNamed(database, {
      ban: {
        Delete: {
          TableName: database.names.bans,
          Key: { channelId: actor.channelId, userId },
          ConditionExpression: 'attribute_exists(userId) AND (attribute_not_exists(#until) OR #until > :now)',
          ExpressionAttributeNames: { '#until': 'until' },
          ExpressionAttributeValues: { ':now': now },
        },
      },
      entry: putAuditEntry(database, actor, { action: 'lift-ban', userId }, auditId, now),
      ...mayModerate(database, actor),
    });
    return refusalOf(failed) ?? (failed.has('ban') ? 'none' : 'lifted');
  });
}

// Rows of ended bans count towards a request's limit until TTL deletes them. A page makes at most this many
// requests; if they do not fill the page, it is short and has a `next`.
const ROWS_PER_REQUEST = 100;
const MAX_REQUESTS = 10;

/**
 * Lists the bans of a channel that apply at `now`, newest first, consistently. One request per page; more
 * when TTL has not yet deleted many ended bans.
 */
export async function listBans(
  { client, names }: BansDatabase,
  channelId: string,
  { limit, after }: PageRequest,
  now: Timestamp,
): Promise<Page<Ban>> {
  const items: Ban[] = [];
  let next = after;
  for (let requests = 0; requests < MAX_REQUESTS; requests++) {
    const answer = await client.send(
      new QueryCommand({
        TableName: names.bans,
        IndexName: 'bannedAtIndex',
        ConsistentRead: true,
        KeyConditionExpression: 'channelId = :channelId',
        ExpressionAttributeValues: { ':channelId': channelId },
        ScanIndexForward: false,
        Limit: ROWS_PER_REQUEST,
        ExclusiveStartKey: next,
      }),
    );
    const bans = (answer.Items ?? []).map(item => banRow.parse(item));
    items.push(...bans.filter(ban => isInForce(ban, now)));
    const last = items[limit - 1];
    if (last !== undefined && items.length > limit)
      return { items: items.slice(0, limit), next: keyOf(last) };
    next = answer.LastEvaluatedKey;
    if (next === undefined) return { items };
    if (last !== undefined) break;
  }
  return next === undefined ? { items } : { items, next };
}

const keyOf = ({ channelId, userId, bannedAt }: Ban): Key => ({ channelId, userId, bannedAt });
