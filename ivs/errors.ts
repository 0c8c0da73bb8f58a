/** IVS throttled all calls until the budget was used up. Nothing was done, and a later try may succeed. */
export class IvsBusyError extends Error {
  override readonly name = 'IvsBusyError';
}

/**
 * The account has reached its IVS quota for these resources. An operator must request a higher quota from
 * AWS.
 */
export class IvsQuotaError extends Error {
  override readonly name = 'IvsQuotaError';
}

/**
 * IVS rejects the change or deletion of a resource in use: a live channel, or a stage that is being changed.
 */
export class IvsInUseError extends Error {
  override readonly name = 'IvsInUseError';
}

/** The resource does not exist at IVS. */
export class IvsNotFoundError extends Error {
  override readonly name = 'IvsNotFoundError';
}

/**
 * The meaning of a failed call to one of the three control planes:
 * - `throttled`: rejected because of too many calls, and not executed.
 * - `passing`: failed in the network or at the service; it may have been executed.
 * - `offline`: the channel is not broadcasting.
 * - `notFound`, `inUse`, `quota`: see IvsNotFoundError, IvsInUseError and IvsQuotaError.
 * - `other`: an invalid request, or no permission.
 */
export type Failure = 'throttled' | 'passing' | 'offline' | 'notFound' | 'inUse' | 'quota' | 'other';

/**
 * Classifies an error of an SDK client by its name and status, not by its class: the models of some
 * operations lack errors such as throttling, and the SDK has no class for those.
 */
export function failureOf(error: unknown): Failure {
  if (!isNamed(error)) return 'other';
  const status = statusOf(error);
  if (status === 429 || error.name === 'ThrottlingException') return 'throttled';
  if (error.name === 'ChannelNotBroadcasting') return 'offline';
  if (error.name === 'ResourceNotFoundException') return 'notFound';
  if (error.name === 'ConflictException') return 'inUse';
  if (error.name === 'ServiceQuotaExceededException') return 'quota';
  // No status: the connection failed, or no answer arrived within the timeout.
  if (status === undefined) return isCutOff(error) ? 'passing' : 'other';
  return status >= 500 ? 'passing' : 'other';
}

/**
 * Returns this project's error for `failure`, with the SDK's error as its cause. Other errors are returned
 * unchanged.
 */
export function translated(failure: Failure, error: unknown): unknown {
  const cause = { cause: error };
  switch (failure) {
    case 'throttled':
      return new IvsBusyError('IVS throttles calls', cause);
    case 'notFound':
      return new IvsNotFoundError('IVS has no such resource', cause);
    case 'inUse':
      return new IvsInUseError('IVS reports that the resource is in use', cause);
    case 'quota':
      return new IvsQuotaError('the account has reached its IVS quota', cause);
    default:
      return error;
  }
}

interface Named {
  readonly name: string;
}

// Not by class: an error of Node's own modules is not an instance of the `Error` of a test's realm.
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

/** Awaits a deletion. A resource that does not exist counts as deleted. */
export async function doneWhenGone(deletion: Promise<unknown>): Promise<void> {
  try {
    await deletion;
  } catch (error) {
    if (!(error instanceof IvsNotFoundError)) throw error;
  }
}

/** Awaits `call` and returns `done`, or `offline` when the channel is not broadcasting. */
export async function offlineOr<T extends string>(done: T, call: Promise<unknown>): Promise<T | 'offline'> {
  try {
    await call;
    return done;
  } catch (error) {
    if (failureOf(error) === 'offline') return 'offline';
    throw error;
  }
}
