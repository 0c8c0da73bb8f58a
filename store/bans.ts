import { DeleteCommand, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { type Ban, banRow } from '../model/ban.ts';
import type { Timestamp } from '../model/time.ts';
import { retryOnConflict } from './conflicts.ts';
import type { Database } from './database.ts';
import type { Key, Page, PageRequest } from './pages.ts';
import { transact } from './transaction.ts';
import { activeUser } from './users.ts';

// Invariant: a user is banned from a channel if and only if this table has a row for both whose `until` is
// absent or in the future. The keys are ids, which neither a rename nor a new session changes.

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
export type NewBan = Pick<Ban, 'channelId' | 'userId' | 'username' | 'by' | 'reason' | 'until'>;

/**
 * Bans a user from now on. The new ban replaces an earlier ban of the same user, with its end and reason.
 *
 * The user who bans must be active: the bans of a channel are deleted with its owner, and a ban written later
 * would remain. One request; more while other writers change the same user.
 *
 * @returns the ban, or undefined when the user who bans is deleted or being deleted; then nothing was
 * written.
 * @throws TransactionContentionError when too many writers conflict.
 */
export function putBan(
  database: Database<'bans' | 'users'>,
  ban: NewBan,
  now: Timestamp,
): Promise<Ban | undefined> {
  const { until } = ban;
  const row: Ban = {
    ...ban,
    bannedAt: now,
    ...(until === undefined ? {} : { expiresAt: Math.ceil(Date.parse(until) / 1000) }),
    createdAt: now,
    updatedAt: now,
  };
  return retryOnConflict(async () => {
    const { committed } = await transact(database, [
      { Put: { TableName: database.names.bans, Item: row } },
      activeUser(database, ban.by),
    ]);
    return committed ? row : undefined;
  });
}

/**
 * Deletes a ban. One request.
 *
 * @returns whether a ban existed, including a ban that had ended.
 */
export async function deleteBan(
  { client, names }: BansDatabase,
  channelId: string,
  userId: string,
): Promise<boolean> {
  const { Attributes } = await client.send(
    new DeleteCommand({ TableName: names.bans, Key: { channelId, userId }, ReturnValues: 'ALL_OLD' }),
  );
  return Attributes !== undefined;
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
