/** Calls a second of one operation in one account and Region; IVS does not raise it on request. */
export const CALLS_A_SECOND = 5;

/** Decides whether a call of an operation is within its quota, and counts it if so. */
export type Quota = (operation: string) => boolean;

/**
 * A token bucket for each operation: it holds one second's calls and fills at the same rate.
 * `clock` gives milliseconds that never go back.
 */
export function tokenBuckets(clock: () => number): Quota {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return operation => {
    const now = clock();
    const bucket = buckets.get(operation) ?? { tokens: CALLS_A_SECOND, at: now };
    const tokens = Math.min(CALLS_A_SECOND, bucket.tokens + ((now - bucket.at) / 1000) * CALLS_A_SECOND);
    const allowed = tokens >= 1;
    buckets.set(operation, { tokens: allowed ? tokens - 1 : tokens, at: now });
    return allowed;
  };
}

/** No quota at all, for tests of something else. */
export const unlimited: Quota = () => true;
