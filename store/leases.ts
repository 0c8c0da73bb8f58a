import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { addMs, toTimestamp } from '../model/time.ts';
import type { Database } from './database.ts';

type LeasesDatabase = Database<'rateLimits'>;

/**
 * Runs `work` unless another process is running work of the same name. A process that ends without finishing its work
 * holds the lease until `forMs` have passed. Two requests.
 *
 * @returns `busy` when another process holds the lease.
 */
export async function withLease<T>(
  database: LeasesDatabase,
  name: string,
  forMs: number,
  clock: () => Date,
  work: () => Promise<T>,
): Promise<T | 'busy'> {
  const now = toTimestamp(clock());
  const until = addMs(now, forMs);
  if (!(await setLease(database, name, until, 'attribute_not_exists(leaseUntil) OR leaseUntil <= :now', now)))
    return 'busy';
  try {
    return await work();
  } finally {
    // If the lease has expired, another process may hold it.
    const end = toTimestamp(clock());
    await setLease(database, name, end, 'leaseUntil = :held', end, { ':held': until });
  }
}

/** Returns false when the condition does not hold; then nothing was written. */
async function setLease(
  { client, names }: LeasesDatabase,
  name: string,
  until: string,
  ConditionExpression: string,
  now: string,
  values: Readonly<Record<string, string>> = {},
): Promise<boolean> {
  try {
    await client.send(
      new UpdateCommand({
        TableName: names.rateLimits,
        Key: { id: `lease#${name}` },
        UpdateExpression:
          'SET leaseUntil = :until, expiresAt = :expiresAt, updatedAt = :now, createdAt = if_not_exists(createdAt, :now)',
        ConditionExpression,
        ExpressionAttributeValues: {
          ':until': until,
          ':expiresAt': Math.ceil(Date.parse(until) / 1_000) + 3_600,
          ':now': now,
          ...values,
        },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
