/**
 * Does `work` on each item of `source`, on at most `limit` at a time. Items are taken one by one as there is
 * room for them, so a source that makes them as it goes is never ahead by more than `limit`.
 *
 * The first failure stops the taking; what is under way is waited for, then the failure is thrown. An aborted
 * `signal` stops the taking in the same way, and throws nothing.
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
