import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type RateLimitRow, rateLimitRow } from '../model/rateLimit.ts';
import type { Database } from './database.ts';

type RateLimitsDatabase = Database<'rateLimits'>;

/**
 * Increments the count `id`. One request.
 *
 * @param until when the window of `id` ends. The row expires one minute later.
 * @returns the new count.
 */
export async function incrementCount(
  { client, names }: RateLimitsDatabase,
  id: string,
  until: Date,
  now: Date,
): Promise<number> {
  const { Attributes } = await client.send(
    new UpdateCommand({
      TableName: names.rateLimits,
      Key: { id },
      UpdateExpression:
        'ADD #count :one SET #until = :until, expiresAt = :expiresAt, updatedAt = :now, ' +
        'createdAt = if_not_exists(createdAt, :now)',
      ExpressionAttributeNames: { '#count': 'count', '#until': 'until' },
      ExpressionAttributeValues: {
        ':one': 1,
        ':until': until.toISOString(),
        ':expiresAt': expiry(until),
        ':now': now.toISOString(),
      },
      ReturnValues: 'ALL_NEW',
    }),
  );
  return rateLimitRow.parse(Attributes).count;
}

/** Decrements the count `id`. One request. */
export async function decrementCount({ client, names }: RateLimitsDatabase, id: string): Promise<void> {
  await client.send(
    new UpdateCommand({
      TableName: names.rateLimits,
      Key: { id },
      UpdateExpression: 'ADD #count :less',
      ExpressionAttributeNames: { '#count': 'count' },
      ExpressionAttributeValues: { ':less': -1 },
    }),
  );
}

/** Reads the count `id` consistently. One request. */
export async function getCount(
  { client, names }: RateLimitsDatabase,
  id: string,
): Promise<RateLimitRow | undefined> {
  const key = { TableName: names.rateLimits, Key: { id }, ConsistentRead: true };
  const { Item } = await client.send(new GetCommand(key));
  return Item === undefined ? undefined : rateLimitRow.parse(Item);
}

/**
 * Writes a count that was calculated from `before`, if the row is unchanged. Of several requests that read
 * the same count, one succeeds.
 *
 * @returns false when the row has changed; then nothing was written.
 */
export async function putCount(
  { client, names }: RateLimitsDatabase,
  id: string,
  before: RateLimitRow | undefined,
  after: { readonly count: number; readonly until: Date },
  now: Date,
): Promise<boolean> {
  const row: RateLimitRow = {
    id,
    count: after.count,
    until: after.until.toISOString(),
    expiresAt: expiry(after.until),
    createdAt: before?.createdAt ?? now.toISOString(),
    updatedAt: now.toISOString(),
  };
  const unchanged =
    before === undefined
      ? { ConditionExpression: 'attribute_not_exists(id)' }
      : {
          ConditionExpression: '#count = :count AND #until = :until',
          ExpressionAttributeNames: { '#count': 'count', '#until': 'until' },
          ExpressionAttributeValues: { ':count': before.count, ':until': before.until },
        };
  try {
    await client.send(new PutCommand({ TableName: names.rateLimits, Item: row, ...unchanged }));
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/** Deletes the count `id`. */
export async function deleteCount({ client, names }: RateLimitsDatabase, id: string): Promise<void> {
  await client.send(new DeleteCommand({ TableName: names.rateLimits, Key: { id } }));
}

// DynamoDB deletes expired rows late. Until then readers compare `until` with the clock.
const expiry = (until: Date) => Math.ceil(until.getTime() / 1000) + 60;
