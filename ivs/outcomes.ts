import { IvsNotFoundError } from './errors.ts';
import { failureOf } from './failures.ts';

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
