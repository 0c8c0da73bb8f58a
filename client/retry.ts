const ATTEMPTS = 4;

/** The longest time in seconds that a client waits before it sends a request again, unless it is told another. */
export const MAX_RETRY_AFTER = 10;

/**
 * Sends `request`. When the answer has `Retry-After`, sends it again after that time, up to three times: after 429
 * any request, because it had no effect; after 409 and 503 a request that can be repeated. An answer that asks for
 * more than `maxRetryAfter` seconds is returned. The `signal` of the request ends the waiting.
 *
 * @param send is called with a copy of the request
 */
export async function sendAgain(
  request: Request,
  maxRetryAfter: number,
  send: (copy: Request) => Promise<Response>,
): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    const answer = await send(request.clone());
    const seconds = retryAfter(request, answer);
    if (seconds === undefined || seconds > maxRetryAfter || attempt === ATTEMPTS) return answer;
    await sleep(seconds * 1000, request.signal);
  }
}

const REPEATABLE = new Set(['GET', 'HEAD', 'PUT', 'DELETE']);

/** Returns after how many seconds the request may be sent again, or undefined if it must not be. */
function retryAfter({ method, headers }: Request, answer: Response): number | undefined {
  const canRepeat = REPEATABLE.has(method) || headers.has('Idempotency-Key');
  if (answer.status !== 429 && !(canRepeat && [409, 503].includes(answer.status))) return undefined;
  const value = answer.headers.get('Retry-After');
  if (value === null) return undefined;
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    }, ms);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}
