/**
 * Runs `work` on each item of `source`, on at most `limit` items at a time. Items are taken only when a
 * worker is free, so a generating source is never ahead by more than `limit` items.
 *
 * After the first failure no more items are taken; the running work is awaited, then the failure is thrown.
 * An aborted `signal` stops in the same way but throws nothing.
 */
export async function inParallel<T>(
  source: Iterable<T> | AsyncIterable<T>,
  limit: number,
  signal: AbortSignal | undefined,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const items = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  const failures: unknown[] = [];
  const worker = async () => {
    while (failures.length === 0 && !signal?.aborted) {
      const next = await items.next();
      if (next.done) return;
      await work(next.value);
    }
  };
  const guarded = () => worker().catch(error => void failures.push(error));
  await Promise.all(Array.from({ length: limit }, guarded));
  if (failures.length > 0) throw failures[0];
}
