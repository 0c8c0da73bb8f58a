import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type IdempotencyRow, idempotencyRow } from '../model/idempotency.ts';
import type { Database } from './database.ts';

type IdempotencyDatabase = Database<'idempotency'>;

/**
 * Writes `row` if the key has no row, so that its lease holds the key. An expired row counts as absent,
 * because DynamoDB deletes it late.
 *
 * @returns false when the key has a row; then nothing was written.
 */
export function takeKey(database: IdempotencyDatabase, row: IdempotencyRow, now: Date): Promise<boolean> {
  return put(database, row, {
    ConditionExpression: 'attribute_not_exists(id) OR expiresAt <= :now',
    ExpressionAttributeValues: { ':now': Math.floor(now.getTime() / 1000) },
  });
}

/**
 * Replaces the row of a lease that expired before there was an answer. Of several requests that try this, one
 * succeeds.
 *
 * @returns false when the row has changed; then nothing was written.
 */
export function retakeKey(
  database: IdempotencyDatabase,
  row: IdempotencyRow,
  lostLease: string,
): Promise<boolean> {
  return put(database, row, {
    ConditionExpression: 'lease = :lost AND attribute_not_exists(answer)',
    ExpressionAttributeValues: { ':lost': lostLease },
  });
}

/** Reads the row of a key consistently. One request. */
export async function getKey(
  { client, names }: IdempotencyDatabase,
  id: string,
): Promise<IdempotencyRow | undefined> {
  const key = { TableName: names.idempotency, Key: { id }, ConsistentRead: true };
  const { Item } = await client.send(new GetCommand(key));
  return Item === undefined ? undefined : idempotencyRow.parse(Item);
}

/**
 * Stores the answer if the lease still holds the key. A request that took over the key stores its own answer.
 */
export function storeAnswer(
  { client, names }: IdempotencyDatabase,
  { id, lease }: Pick<IdempotencyRow, 'id' | 'lease'>,
  answer: string,
  now: Date,
): Promise<boolean> {
  return unlessRefused(() =>
    client.send(
      new UpdateCommand({
        TableName: names.idempotency,
        Key: { id },
        UpdateExpression: 'SET answer = :answer, updatedAt = :now',
        ConditionExpression: 'lease = :lease',
        ExpressionAttributeValues: { ':answer': answer, ':now': now.toISOString(), ':lease': lease },
      }),
    ),
  );
}

/** Releases a key without an answer, so that the next request with this key does the work. */
export function releaseKey(
  { client, names }: IdempotencyDatabase,
  { id, lease }: Pick<IdempotencyRow, 'id' | 'lease'>,
): Promise<boolean> {
  return unlessRefused(() =>
    client.send(
      new DeleteCommand({
        TableName: names.idempotency,
        Key: { id },
        ConditionExpression: 'lease = :lease AND attribute_not_exists(answer)',
        ExpressionAttributeValues: { ':lease': lease },
      }),
    ),
  );
}

function put(
  { client, names }: IdempotencyDatabase,
  row: IdempotencyRow,
  condition: { ConditionExpression: string; ExpressionAttributeValues: Record<string, unknown> },
): Promise<boolean> {
  return unlessRefused(() =>
    client.send(new PutCommand({ TableName: names.idempotency, Item: row, ...condition })),
  );
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
