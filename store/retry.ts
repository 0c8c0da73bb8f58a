import { setTimeout as delay } from 'node:timers/promises';

/** How long to go on trying where nothing gets through. */
export interface RetryPolicy {
  /** Tries in a row that achieve nothing, before giving up. */
  readonly tries: number;
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
}

/** About half a minute in all: a table that is being throttled, or that scales up, is back by then or needs a person. */
export const defaultRetryPolicy: RetryPolicy = { tries: 12, firstDelayMs: 50, longestDelayMs: 5_000 };

/**
 * Waits before the next try, after `failed` of them achieved nothing: twice as long each time, at random between
 * half of that and all of it, so that those who were refused together do not come back together.
 * An aborted `signal` ends the wait at once.
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
 * The answer of `request`, which is made again while it fails in a way that may pass. The SDK tries a few times
 * itself; under long throttling it stops doing so.
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

/** Whether a request that failed like this may succeed when it is sent again as it was. */
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
