import { IvsBusyError, IvsNotFoundError } from '../../ivs/errors.ts';
import { BusyError, ConflictError } from '../errors.ts';

const RETRY_AFTER_SECONDS = 2;

/**
 * The answer of a call about a chat room, to somebody who waits for it.
 *
 * @throws BusyError when IVS refuses calls as too many
 * @throws ConflictError when IVS has no such room: it is mock data, or its owner is being deleted
 */
export async function ofRoom<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof IvsBusyError)
      throw new BusyError('IVS is busy; try again', RETRY_AFTER_SECONDS, { cause: error });
    if (error instanceof IvsNotFoundError)
      throw new ConflictError('the chat room of this channel is not open: IVS does not have it');
    throw error;
  }
}
