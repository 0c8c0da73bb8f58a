import { IvsBusyError, IvsNotFoundError } from '../ivs/errors.ts';
import { BusyError, NotFoundError } from './errors.ts';

const RETRY_AFTER_SECONDS = 2;

/**
 * The answer of a call about a channel, to the owner who waits for it.
 *
 * @throws BusyError when IVS refuses calls as too many
 * @throws NotFoundError when the channel is gone at IVS: its user is being deleted
 */
export async function ofChannel<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof IvsBusyError)
      throw new BusyError('IVS is busy; try again', RETRY_AFTER_SECONDS, { cause: error });
    if (error instanceof IvsNotFoundError) throw new NotFoundError('channel');
    throw error;
  }
}
