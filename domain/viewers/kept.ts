/**
 * Keeps what `read` gives for `ms`, under at most `size` keys, so that it is not read again each time it is needed.
 * `undefined` is not kept: what is not there may come. Readers at the same time share one read.
 */
export function kept<T>(
  { ms, size, clock }: { readonly ms: number; readonly size: number; readonly clock: () => Date },
  read: (key: string) => Promise<T | undefined>,
): (key: string) => Promise<T | undefined> {
  const entries = new Map<string, { readonly value: Promise<T | undefined>; readonly until: number }>();
  return async key => {
    const now = clock().getTime();
    const found = entries.get(key);
    if (found !== undefined && now < found.until) return found.value;
    const entry = { value: read(key), until: now + ms };
    const forget = () => {
      if (entries.get(key) === entry) entries.delete(key);
    };
    entries.delete(key);
    entries.set(key, entry);
    // The oldest goes.
    const [oldest] = entries.keys();
    if (entries.size > size && oldest !== undefined) entries.delete(oldest);
    try {
      const value = await entry.value;
      if (value === undefined) forget();
      return value;
    } catch (error) {
      forget();
      throw error;
    }
  };
}
