import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type IdempotencyRow, idempotencyRow } from '../model/idempotency.ts';
import type { Database } from './database.ts';

type IdempotencyDatabase = Database<'idempotency'>;

/**
 * Writes `row`, whose lease then has the key, if no row of the key is there. One that has expired is as good as
 * none: DynamoDB deletes it in its own time.
 *
 * @returns false when there is one, and nothing was written.
 */
export function takeKey(database: IdempotencyDatabase, row: IdempotencyRow, now: Date): Promise<boolean> {
  return put(database, row, {
    ConditionExpression: 'attribute_not_exists(id) OR expiresAt <= :now',
    ExpressionAttributeValues: { ':now': Math.floor(now.getTime() / 1000) },
  });
}

/**
 * Writes `row` over the one of a lease that ran out before there was an answer: of several who find it so, one.
 *
 * @returns false when it is no longer so, and nothing was written.
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

/** The row of a key, read consistently. One request. */
export async function getKey(
  { client, names }: IdempotencyDatabase,
  id: string,
): Promise<IdempotencyRow | undefined> {
  const key = { TableName: names.idempotency, Key: { id }, ConsistentRead: true };
  const { Item } = await client.send(new GetCommand(key));
  return Item === undefined ? undefined : idempotencyRow.parse(Item);
}

/** Adds the answer, if the lease still has the key. Whoever took the key over keeps an answer of their own. */
export function keepAnswer(
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

/** Lets go of a key without an answer, so that the next request with it does the work. */
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
