import { setTimeout as delay } from 'node:timers/promises';

/** How often to retry requests that fail. */
export interface RetryPolicy {
  /** The number of consecutive tries without progress after which to stop. */
  readonly tries: number;
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
}

/** About half a minute in total. By then a throttled or scaling table has recovered or needs an operator. */
export const defaultRetryPolicy: RetryPolicy = { tries: 12, firstDelayMs: 50, longestDelayMs: 5_000 };

/**
 * Waits after `failed` tries without progress. The upper bound of the wait doubles each time; the actual wait
 * is random between half of it and all of it, so that throttled callers do not retry together. An aborted
 * `signal` ends the wait at once.
 */
export async function waitBeforeRetry(
  failed: number,
  { firstDelayMs, longestDelayMs }: RetryPolicy,
  signal?: AbortSignal,
): Promise<void> {
  const longest = Math.min(longestDelayMs, firstDelayMs * 2 ** failed);
  try {
    await delay(longest * (0.5 + Math.random() / 2), undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
}

/**
 * Sends `request`, and sends it again while it fails with a transient error. The SDK retries a few times
 * itself, but stops under long throttling.
 *
 * @throws the last error when it is not transient, when the policy allows no more tries, or when `signal` is
 * aborted.
 */
export async function retry<T>(
  request: () => Promise<T>,
  policy: RetryPolicy,
  signal?: AbortSignal,
): Promise<T> {
  for (let failed = 1; ; failed++) {
    try {
      return await request();
    } catch (error) {
      if (!isTransient(error) || failed >= policy.tries || signal?.aborted) throw error;
      await waitBeforeRetry(failed, policy, signal);
    }
  }
}

const throttled = new Set([
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
  'LimitExceededException',
  'TransactionContentionError',
]);
const cutOff = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'TimeoutError']);

/** Returns whether a failed request may succeed when it is repeated unchanged. */
export function isTransient(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const name = 'name' in error ? String(error.name) : '';
  const code = 'code' in error ? String(error.code) : '';
  return throttled.has(name) || cutOff.has(name) || cutOff.has(code) || statusOf(error) >= 500;
}

function statusOf(error: object): number {
  const metadata = '$metadata' in error ? error.$metadata : undefined;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return 0;
  return Number(metadata.httpStatusCode);
}
