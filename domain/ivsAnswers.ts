import { IvsBusyError, IvsNotFoundError, IvsQuotaError } from '../ivs/errors.ts';
import { BusyError, ConflictError, NotFoundError } from './errors.ts';

const RETRY_AFTER_SECONDS = 2;

// A quota is raised by a person, or falls as users delete their accounts.
const QUOTA_RETRY_AFTER_SECONDS = 600;

/**
 * The answer of a call about a channel, to the owner who waits for it.
 *
 * @throws BusyError when IVS refuses calls as too many
 * @throws NotFoundError when the channel is gone at IVS: its user is being deleted
 */
export const ofChannel = answers(() => new NotFoundError('channel'));

/**
 * The answer of a call about a chat room, to somebody who waits for it.
 *
 * @throws BusyError when IVS refuses calls as too many
 * @throws ConflictError when IVS has no such room: it is mock data, or its owner is being deleted
 */
export const ofRoom = answers(
  () =>
    new ConflictError('chat-room-missing', 'the chat room of this channel is not open: IVS does not have it'),
);

/**
 * The answer of a call about a stage, to somebody who waits for it.
 *
 * @throws BusyError when IVS refuses calls as too many
 * @throws ConflictError when IVS has no such stage: its row is mock data, or its user is being deleted
 */
export const ofStage = answers(
  () =>
    new ConflictError('stage-missing', 'nobody can join this stage: it is mock data, or it is being deleted'),
);

/**
 * IVS has as many resources of a kind as the account may have. Only the operator can raise the quota, so the caller is
 * told to come back later, and the operator is told by a log line that an alarm counts.
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
