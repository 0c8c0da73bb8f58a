import { IvsBusyError, IvsNotFoundError, IvsQuotaError } from '../ivs/errors.ts';
import { BusyError, ConflictError, NotFoundError } from './errors.ts';

const RETRY_AFTER_SECONDS = 2;

// The quota changes only when AWS raises it, or when users delete their accounts.
const QUOTA_RETRY_AFTER_SECONDS = 600;

/**
 * Awaits a call about a channel for its owner.
 *
 * @throws BusyError when IVS throttles calls
 * @throws NotFoundError when the channel does not exist at IVS: its user is being deleted
 */
export const withChannelErrors = answers(() => new NotFoundError('channel'));

/**
 * Awaits a call about a chat room for a client.
 *
 * @throws BusyError when IVS throttles calls
 * @throws ConflictError when the room does not exist at IVS: it is mock data, or its owner is being deleted
 */
export const withRoomErrors = answers(
  () =>
    new ConflictError(
      'chat-room-missing',
      'the chat room of this channel does not exist at Amazon IVS: it is mock data or is being deleted',
    ),
);

/**
 * Awaits a call about a stage for a client.
 *
 * @throws BusyError when IVS throttles calls
 * @throws ConflictError when the stage does not exist at IVS: it is mock data, or its user is being deleted
 */
export const withStageErrors = answers(
  () =>
    new ConflictError(
      'stage-missing',
      'this stage does not exist at Amazon IVS: it is mock data or is being deleted',
    ),
);

/**
 * Returns the error for an exhausted IVS quota. Only the operator can request a higher quota, so the client
 * is asked to retry later, and a log line that an alarm counts informs the operator.
 */
export function quotaFull(cause: IvsQuotaError): BusyError {
  return new BusyError(
    'ivs-quota',
    'the platform has reached its quota at Amazon IVS; try again later',
    QUOTA_RETRY_AFTER_SECONDS,
    { cause },
  );
}

function answers(gone: () => Error): <T>(call: Promise<T>) => Promise<T> {
  return async call => {
    try {
      return await call;
    } catch (error) {
      if (error instanceof IvsBusyError)
        throw new BusyError('ivs-busy', 'IVS is busy; try again', RETRY_AFTER_SECONDS, { cause: error });
      if (error instanceof IvsQuotaError) throw quotaFull(error);
      if (error instanceof IvsNotFoundError) throw gone();
      throw error;
    }
  };
}
