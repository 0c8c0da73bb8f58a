import type { Budget } from '../../ivs/budget.ts';
import { IvsBusyError, IvsInUseError } from '../../ivs/errors.ts';
import type { StageControl } from '../../ivs/ports.ts';
import { toTimestamp } from '../../model/time.ts';
import type { User } from '../../model/user.ts';
import { RowsLeftError } from '../../store/batchWrite.ts';
import { retryOnConflict } from '../../store/conflicts.ts';
import type { ImageBucket } from '../../store/imageBucket.ts';
import { TransactionContentionError } from '../../store/transaction.ts';
import { beginDeletion, readStoredArns, removeUser } from '../../store/userDeletion.ts';
import { getUser } from '../../store/users.ts';
import { deleteAllImages } from '../images/images.ts';
import { type DeletableResources, deleteResources } from './deletionResources.ts';
import {
  type DeletionDatabase,
  OutOfTimeError,
  removeAppointments,
  removeChat,
  removeEmailRows,
  removeFollowing,
  removeHistory,
  removeOwned,
  removeSessions,
  removeStageRows,
} from './deletionRows.ts';
import { passwordVersionOf } from './sessions.ts';
import { type ProvenCaller, signInEnded } from './stepUp.ts';

export interface DeletionDependencies {
  readonly database: DeletionDatabase;
  readonly resources: DeletableResources;
  readonly stages: Pick<StageControl, 'disconnect'>;
  /** The bucket of users' images. */
  readonly bucket: Pick<ImageBucket, 'delete'>;
  readonly clock: () => Date;
}

/** `deleting`: the deletion has begun and cannot be undone. The next call or the schedule continues it. */
export type DeletionResult = 'deleted' | 'deleting';

/**
 * Deletes a user and everything they own: their IVS resources, all rows, and finally the name. The first
 * write signs the user out, and they cannot sign in again. Channels that they followed lose a follower.
 *
 * The deletion can be interrupted, repeated and run twice at the same time: each step finds the remaining
 * rows of its part. The result for a deleted user is `deleted`. These remain: sign-in limits and answers
 * stored for Idempotency-Keys, which expire within a day; the user's names, which nobody can take for 30 days;
 * the user's messages in other chat rooms; and other owners' bans of the user.
 */
export function deleteAccount(
  dependencies: DeletionDependencies,
): (caller: DeletingCaller, budget: Budget) => Promise<DeletionResult> {
  const finish = finishDeletion(dependencies);
  return async (caller, budget) => {
    const user = await retryOnConflict(() => begin(dependencies, caller));
    return user === undefined ? 'deleted' : finish(user, budget);
  };
}

/** The user to delete, and the sign-in that requests the deletion. Continuing a deletion needs no sign-in. */
export type DeletingCaller = Pick<ProvenCaller, 'userId' | 'session'> | { readonly userId: string };

/**
 * Returns the user, marked as being deleted; undefined when the user does not exist or is still being
 * created.
 */
async function begin(
  { database, clock }: DeletionDependencies,
  caller: DeletingCaller,
): Promise<User | undefined | 'conflict'> {
  const user = await getUser(database, caller.userId);
  if (user === undefined || user.status === 'creating') return undefined;
  if (user.status === 'deleting') return user;
  // Another sign-in can change the password after the step-up, and this sign-in's row is deleted only later.
  if (!('session' in caller) || caller.session.passwordVersion !== passwordVersionOf(user))
    throw signInEnded();
  const begun = await beginDeletion(database, user, caller.session, toTimestamp(clock()));
  if (begun === 'ended') throw signInEnded();
  return begun;
}

/** Continues the deletion of `user`, who is marked as being deleted. */
export function finishDeletion({
  database,
  resources,
  stages,
  bucket,
  clock,
}: DeletionDependencies): (user: User, budget: Budget) => Promise<DeletionResult> {
  return async (user, budget) => {
    try {
      await removeSessions(database, user.id, budget);
      await deleteResources(resources, await readStoredArns(database, user), budget);
      await removeFollowing(database, clock, user.id, budget);
      await removeEmailRows(database, user);
      await removeOwned(database, user, budget);
      if (user.channelId !== undefined) await removeHistory(database, user.channelId, budget);
      if (user.chatRoomId !== undefined) await removeChat(database, user.chatRoomId, budget);
      await removeStageRows({ database, stages, clock }, user, budget);
      await removeAppointments(database, user.id, budget);
      // The index now contains sign-ins that were in progress when the deletion began.
      await removeSessions(database, user.id, budget);
      if (!(await deleteAllImages({ bucket, clock }, user))) return 'deleting';
      await removeUser(database, user, toTimestamp(clock()));
      return 'deleted';
    } catch (error) {
      if (isPassing(error)) return 'deleting';
      throw error;
    }
  };
}

function isPassing(error: unknown): boolean {
  return (
    error instanceof OutOfTimeError ||
    error instanceof IvsBusyError ||
    error instanceof IvsInUseError ||
    error instanceof RowsLeftError ||
    error instanceof TransactionContentionError
  );
}
