import { DeleteCommand, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { type Ban, banRow } from '../model/ban.ts';
import type { Timestamp } from '../model/time.ts';
import { retryOnConflict } from './conflicts.ts';
import type { Database } from './database.ts';
import type { Key, Page, PageRequest } from './pages.ts';
import { transact } from './transaction.ts';
import { activeUser } from './users.ts';

// The invariant: a user is banned from a channel if and only if a row of theirs is here and its `until`, if it has
// one, is still to come. Rows are by ids, which neither a rename nor a new sign-in changes.

type BansDatabase = Database<'bans'>;

/** Whether a ban holds at `now`. TTL deletes rows days late, so a row that is there may be over. */
export function isInForce({ until }: Pick<Ban, 'until'>, now: Timestamp): boolean {
  return until === undefined || now < until;
}

/** The ban of a user from a channel, read consistently; it may be over. One request. */
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

/** What is decided of a ban; the rest of its row follows from it. */
export type NewBan = Pick<Ban, 'channelId' | 'userId' | 'username' | 'by' | 'reason' | 'until'>;

/**
 * Bans a user from now on. An earlier ban of the same user is replaced, with its end and its reason.
 *
 * Who bans must not be going: the bans of a channel are deleted with its owner, and one that comes later would be
 * left over. One request, more while others write about the same user.
 *
 * @returns the ban; undefined when the one who bans is gone or going, and nothing was written.
 * @throws TransactionContentionError when there are too many writers at once.
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

/** Lifts a ban. One request. @returns whether there was one, be it over or not. */
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

// Rows that are over take up places of a request until TTL deletes them. A page has no more requests than this, and
// is short, with a `next`, when they were not enough to fill it.
const ROWS_A_REQUEST = 100;
const MOST_REQUESTS = 10;

/**
 * The bans of a channel that hold at `now`, newest first, as it is at this instant. One request a page, more where
 * many rows are over and not deleted yet.
 */
export async function listBans(
  { client, names }: BansDatabase,
  channelId: string,
  { limit, after }: PageRequest,
  now: Timestamp,
): Promise<Page<Ban>> {
  const items: Ban[] = [];
  let next = after;
  for (let requests = 0; requests < MOST_REQUESTS; requests++) {
    const answer = await client.send(
      new QueryCommand({
        TableName: names.bans,
        IndexName: 'bannedAtIndex',
        ConsistentRead: true,
        KeyConditionExpression: 'channelId = :channelId',
        ExpressionAttributeValues: { ':channelId': channelId },
        ScanIndexForward: false,
        Limit: ROWS_A_REQUEST,
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
