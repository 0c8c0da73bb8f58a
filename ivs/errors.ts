/** IVS refused calls as too many for as long as there was time: nothing was done, and a later try may succeed. */
export class IvsBusyError extends Error {
  override readonly name = 'IvsBusyError';
}

/** The account has as many of these as IVS allows it: more need a person, who asks AWS for a higher quota. */
export class IvsQuotaError extends Error {
  override readonly name = 'IvsQuotaError';
}

/** IVS refuses to change or delete what is in use: a channel that is live, a stage that is being changed. */
export class IvsInUseError extends Error {
  override readonly name = 'IvsInUseError';
}

/** There is no such resource at IVS. */
export class IvsNotFoundError extends Error {
  override readonly name = 'IvsNotFoundError';
}

/**
 * What a failed call to one of the three control planes means:
 * - `throttled`: refused as one too many, and not done
 * - `passing`: failed on the way or at the service; it may have been done
 * - `offline`: the channel is not broadcasting
 * - `other`: asked wrongly, or not allowed
 */
export type Failure = 'throttled' | 'passing' | 'offline' | 'notFound' | 'inUse' | 'quota' | 'other';

/**
 * Sorts what an SDK client threw. By name and status: not every operation that can be throttled, say, has the
 * error in its model, and the SDK then gives it no class of its own.
 */
export function failureOf(error: unknown): Failure {
  if (!isNamed(error)) return 'other';
  const status = statusOf(error);
  if (status === 429 || error.name === 'ThrottlingException') return 'throttled';
  if (error.name === 'ChannelNotBroadcasting') return 'offline';
  if (error.name === 'ResourceNotFoundException') return 'notFound';
  if (error.name === 'ConflictException') return 'inUse';
  if (error.name === 'ServiceQuotaExceededException') return 'quota';
  // No status: the connection failed, or no answer came in time.
  if (status === undefined) return isCutOff(error) ? 'passing' : 'other';
  return status >= 500 ? 'passing' : 'other';
}

/** `error` in this project's words, with the SDK's as its cause; what has no word is left as it is. */
export function translated(failure: Failure, error: unknown): unknown {
  const cause = { cause: error };
  switch (failure) {
    case 'throttled':
      return new IvsBusyError('IVS refuses calls as too many', cause);
    case 'notFound':
      return new IvsNotFoundError('IVS has no such resource', cause);
    case 'inUse':
      return new IvsInUseError('IVS says that the resource is in use', cause);
    case 'quota':
      return new IvsQuotaError('IVS allows no more of these', cause);
    default:
      return error;
  }
}

interface Named {
  readonly name: string;
}

// Not by class: what Node's own modules throw is no Error of the realm that a test runs in.
function isNamed(error: unknown): error is Named {
  return typeof error === 'object' && error !== null && 'name' in error && typeof error.name === 'string';
}

function statusOf(error: Named): number | undefined {
  const metadata = '$metadata' in error ? error.$metadata : undefined;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return undefined;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}

const cutOff = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN']);

function isCutOff(error: Named): boolean {
  return error.name === 'TimeoutError' || ('code' in error && cutOff.has(String(error.code)));
}

/** A delete: what is not there any more is deleted. */
export async function doneWhenGone(deletion: Promise<unknown>): Promise<void> {
  try {
    await deletion;
  } catch (error) {
    if (!(error instanceof IvsNotFoundError)) throw error;
  }
}

/** `done`, or `offline` when IVS says that the channel is not broadcasting. */
export async function offlineOr<T extends string>(done: T, call: Promise<unknown>): Promise<T | 'offline'> {
  try {
    await call;
    return done;
  } catch (error) {
    if (failureOf(error) === 'offline') return 'offline';
    throw error;
  }
}
