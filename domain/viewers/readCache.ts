/**
 * Caches the results of `read` for `ms` milliseconds, for at most `size` keys. `undefined` is not cached,
 * because a missing value may appear. Concurrent readers of a key share one read.
 */
export function readCache<T>(
  { ms, size, clock }: { readonly ms: number; readonly size: number; readonly clock: () => Date },
  read: (key: string) => Promise<T | undefined>,
): (key: string) => Promise<T | undefined> {
  const entries = new Map<string, { readonly value: Promise<T | undefined>; readonly until: number }>();
  return async key => {
    const now = clock().getTime();
    const found = entries.get(key);
    if (found !== undefined && now < found.until) return found.value;
    const entry = { value: read(key), until: now + ms };
    const remove = () => {
      if (entries.get(key) === entry) entries.delete(key);
    };
    entries.delete(key);
    entries.set(key, entry);
    // Removes the oldest entry.
    const [oldest] = entries.keys();
    if (entries.size > size && oldest !== undefined) entries.delete(oldest);
    try {
      const value = await entry.value;
      if (value === undefined) remove();
      return value;
    } catch (error) {
      remove();
      throw error;
    }
  };
}
