import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Database } from './database.ts';

export type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/**
 * The result of a transaction: committed, or not written because the conditions of the `failed` items failed.
 * `failed` contains positions in `items`.
 */
export type TransactionResult =
  | { readonly committed: true }
  | { readonly committed: false; readonly failed: readonly number[] };

/**
 * Another transaction was changing one of the items, or capacity was missing. Nothing was written, and a
 * retry may succeed.
 */
export class TransactionContentionError extends Error {
  override readonly name = 'TransactionContentionError';
}

const contention = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);

/**
 * Returns whether DynamoDB rejects the request's content permanently: an item over 400 KB, an empty key, or
 * text that is not well formed. A retry cannot help.
 */
export function isRejectedPermanently(error: unknown): boolean {
  if (error instanceof TransactionCanceledException)
    return (error.CancellationReasons ?? []).some(({ Code }) => Code === 'ValidationError');
  return error instanceof Error && ['ValidationException', 'SerializationException'].includes(error.name);
}

/**
 * Writes all of `items` or none, in one request.
 *
 * @returns the names of the items whose conditions failed. Empty when the items were written.
 * @throws TransactionContentionError when another writer conflicted or DynamoDB had too little capacity.
 */
export async function transactNamed<Name extends string>(
  database: Database<never>,
  items: Readonly<Record<Name, TransactItem | undefined>>,
): Promise<ReadonlySet<Name>> {
  const names = (Object.keys(items) as Name[]).filter(name => items[name] !== undefined);
  const written = names.flatMap(name => items[name] ?? []);
  const result = await transact(database, written);
  return new Set(result.committed ? [] : names.filter((_, place) => result.failed.includes(place)));
}

/**
 * Writes all of `items` or none, in one request.
 *
 * @returns the failed conditions, if any.
 * @throws TransactionContentionError when another writer conflicted or DynamoDB had too little capacity.
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
