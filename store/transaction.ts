import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Database } from './database.ts';

export type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** How a transaction ended: written whole, or not at all because these items' conditions failed. */
export type TransactionResult =
  | { readonly committed: true }
  | { readonly committed: false; readonly failed: readonly number[] };

/** Another transaction held one of the items: nothing was written, and trying again may succeed. */
export class TransactionContentionError extends Error {
  override readonly name = 'TransactionContentionError';
}

const contention = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);

/**
 * Whether DynamoDB will never take what a request says: an item over 400 KB, an empty key, text that is not well formed.
 * Sending it again cannot help.
 */
export function isRefusedForGood(error: unknown): boolean {
  if (error instanceof TransactionCanceledException)
    return (error.CancellationReasons ?? []).some(({ Code }) => Code === 'ValidationError');
  return error instanceof Error && ['ValidationException', 'SerializationException'].includes(error.name);
}

/**
 * Writes all of `items` or none, in one request.
 *
 * @returns which conditions failed, if any did.
 * @throws TransactionContentionError when DynamoDB gave up for another writer's sake or for want of capacity.
 */
export async function transact(database: Database<never>, items: TransactItem[]): Promise<TransactionResult> {
  try {
    await database.client.send(new TransactWriteCommand({ TransactItems: items }));
    return { committed: true };
  } catch (error) {
    if (error instanceof Error && error.name === 'TransactionInProgressException') {
      throw new TransactionContentionError(error.message, { cause: error });
    }
    if (!(error instanceof TransactionCanceledException)) throw error;
    const codes = (error.CancellationReasons ?? []).map(reason => reason.Code ?? 'None');
    const failed = codes.flatMap((code, index) => (code === 'ConditionalCheckFailed' ? [index] : []));
    if (failed.length > 0) return { committed: false, failed };
    if (codes.some(code => contention.has(code)))
      throw new TransactionContentionError(codes.join(', '), { cause: error });
    throw error;
  }
}
