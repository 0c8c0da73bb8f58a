import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Timestamp } from '../model/time.ts';
import { addMs } from '../model/time.ts';
import { type User, type Username, usernameRow } from '../model/user.ts';
import { NAME_HOLD_MS, usernameKeyOf } from '../model/username.ts';
import type { Database } from './database.ts';
import type { TransactItem } from './transaction.ts';

// Invariants of names. A name is its key: all spellings of a name that differ only in case are one name.
// - A row without `heldUntil` says that the user `userId` has the name. Each user has exactly one such row, the
//   one of the `usernameKey` in their own row: both rows are written in one transaction.
// - A row with `heldUntil` says that the user `userId` gave the name up. Before that time, nobody else can take
//   the name, and the user can take it back. From that time on, the row counts as absent, whether or not TTL has
//   deleted it.
// - `renamedTo` is the name that the user took in the same transaction. It is absent after a deletion. The row of
//   `renamedTo` is kept for as long as this row or longer, because the user gives it up later or never. So a
//   former name never leads to another user.

type Names = Pick<Database<'usernames'>, 'names'>;
type Owner = Pick<User, 'id' | 'usernameKey'>;

/**
 * Gives a name to a user. The condition fails when another user has the name, or gave it up and it is still
 * kept for them.
 */
export function takeName(
  { names }: Names,
  user: Pick<User, 'id'>,
  usernameKey: string,
  now: Timestamp,
): TransactItem {
  const Item: Username = { usernameKey, userId: user.id, createdAt: now, updatedAt: now };
  return {
    Put: {
      TableName: names.usernames,
      Item,
      ConditionExpression: `${NAME_IS_FREE} OR userId = :userId`,
      ExpressionAttributeValues: { ':now': now, ':userId': user.id },
    },
  };
}

/** The condition that nobody has a name and that it is kept for nobody. Its value is `:now`. */
export const NAME_IS_FREE = 'attribute_not_exists(usernameKey) OR heldUntil <= :now';

/**
 * Gives a user's current name up and keeps it for them.
 *
 * @param renamedTo the user's new name; undefined when the user is deleted
 */
export function holdName(
  { names }: Names,
  { id, usernameKey }: Owner,
  renamedTo: string | undefined,
  now: Timestamp,
): TransactItem {
  const heldUntil = heldUntilAfter(now);
  return {
    Update: {
      TableName: names.usernames,
      Key: { usernameKey },
      UpdateExpression:
        'SET heldUntil = :until, expiresAt = :expiresAt, updatedAt = :now' +
        (renamedTo === undefined ? '' : ', renamedTo = :renamedTo'),
      ConditionExpression: OWN_NAME,
      ExpressionAttributeValues: {
        ':id': id,
        ':until': heldUntil,
        ':expiresAt': Math.ceil(Date.parse(heldUntil) / 1000),
        ':now': now,
        ...(renamedTo === undefined ? {} : { ':renamedTo': renamedTo }),
      },
    },
  };
}

/** Deletes the name of a user who never finished signing up, so that anybody can take it at once. */
export function freeName({ names }: Names, { id, usernameKey }: Owner): TransactItem {
  return {
    Delete: {
      TableName: names.usernames,
      Key: { usernameKey },
      ConditionExpression: OWN_NAME,
      ExpressionAttributeValues: { ':id': id },
    },
  };
}

const OWN_NAME = 'userId = :id AND attribute_not_exists(heldUntil)';

/** Returns until when a name that is given up at `now` is kept. */
export function heldUntilAfter(now: Timestamp): Timestamp {
  return addMs(now, NAME_HOLD_MS);
}

/**
 * Reads who has a name or for whom it is kept, regardless of case. Consistent; one request.
 *
 * @returns undefined when the name is free.
 */
export async function getName(
  { client, names }: Database<'usernames'>,
  username: string,
  now: Timestamp,
): Promise<Username | undefined> {
  const Key = { usernameKey: usernameKeyOf(username) };
  const { Item } = await client.send(
    new GetCommand({ TableName: names.usernames, Key, ConsistentRead: true }),
  );
  if (Item === undefined) return undefined;
  const row = usernameRow.parse(Item);
  return row.heldUntil !== undefined && row.heldUntil <= now ? undefined : row;
}

/**
 * Reads the id of the user who has a name now, regardless of case. A name that was given up has none.
 * Consistent; one request.
 */
export async function userIdNamed(
  database: Database<'usernames'>,
  username: string,
): Promise<string | undefined> {
  // The time does not matter here: a former name has no user, even while it is kept.
  const row = await getName(database, username, '');
  return row?.heldUntil === undefined ? row?.userId : undefined;
}

/**
 * Reads the current name of the user who had the name `username` before.
 *
 * Consistent; one request if `username` is no former name, otherwise one more for each of the user's renames
 * since, of which there are at most `MAX_FORMER_NAMES`. The reads end, because each name that they follow was
 * given up later than the one before.
 *
 * @returns undefined when `username` is no former name, or the user was deleted.
 */
export async function newNameOf(
  database: Database<'usernames'>,
  username: string,
  now: Timestamp,
): Promise<string | undefined> {
  let newName: string | undefined;
  for (let name = username, userId: string | undefined; ; name = newName) {
    const row = await getName(database, name, now);
    // The second condition holds for a name whose row ended, and was taken by another user, between the reads.
    if (row === undefined || row.userId !== (userId ?? row.userId)) return undefined;
    if (row.heldUntil === undefined) return newName;
    if (row.renamedTo === undefined) return undefined;
    userId = row.userId;
    newName = row.renamedTo;
  }
}
