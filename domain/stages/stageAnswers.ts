import { IvsBusyError, IvsNotFoundError } from '../../ivs/errors.ts';
import { BusyError, ConflictError } from '../errors.ts';

const RETRY_AFTER_SECONDS = 2;

/**
 * The answer of a call about a stage, to somebody who waits for it.
 *
 * @throws BusyError when IVS refuses calls as too many
 * @throws ConflictError when IVS has no such stage: its row is mock data, or its user is being deleted
 */
export async function ofStage<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof IvsBusyError)
      throw new BusyError('IVS is busy; try again', RETRY_AFTER_SECONDS, { cause: error });
    if (error instanceof IvsNotFoundError)
      throw new ConflictError('nobody can join this stage: it is mock data, or it is being deleted');
    throw error;
  }
}
