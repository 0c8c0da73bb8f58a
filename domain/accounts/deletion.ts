import type { Budget } from '../../ivs/budget.ts';
import { IvsBusyError, IvsInUseError } from '../../ivs/errors.ts';
import type { StageControl } from '../../ivs/ports.ts';
import { toTimestamp } from '../../model/time.ts';
import type { User } from '../../model/user.ts';
import { RowsLeftError } from '../../store/batchWrite.ts';
import { retryOnConflict } from '../../store/conflicts.ts';
import { TransactionContentionError } from '../../store/transaction.ts';
import { beginDeletion, removeUser, resourcesOnRecord } from '../../store/userDeletion.ts';
import { getUser } from '../../store/users.ts';
import { type EndingResources, endResources } from './deletionResources.ts';
import {
  type DeletionDatabase,
  OutOfTimeError,
  removeChat,
  removeFollowing,
  removeHistory,
  removeOwned,
  removeSessions,
  removeStageRows,
} from './deletionRows.ts';
import { passwordVersionOf } from './sessions.ts';
import { type ProvenCaller, signInOver } from './stepUp.ts';

export interface DeletionDependencies {
  readonly database: DeletionDatabase;
  readonly resources: EndingResources;
  readonly stages: Pick<StageControl, 'disconnect'>;
  readonly clock: () => Date;
}

/** `deleting`: it has begun, cannot be undone, and is gone on with by the next call, or by the schedule. */
export type DeletionResult = 'deleted' | 'deleting';

/**
 * Deletes a user and all that is theirs: what they have at IVS, every row, and at last the name. From its first
 * request on the user is signed out, and cannot sign in again. Whom they followed loses a follower.
 *
 * It may be ended anywhere and called again, also twice at a time: each step finds what is left of its part. A user
 * who is gone is deleted. What stays: sign-in limits and answers kept for Idempotency-Keys, which expire within a day,
 * what the user wrote in others' chat rooms, and others' bans of the user.
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

/** Whose account is to be deleted, and the sign-in that asks for it. A deletion that has begun needs none to go on. */
export type DeletingCaller = Pick<ProvenCaller, 'userId' | 'session'> | { readonly userId: string };

/** The user, marked as being deleted; undefined when they are gone, or not yet created. */
async function begin(
  { database, clock }: DeletionDependencies,
  caller: DeletingCaller,
): Promise<User | undefined | 'conflict'> {
  const user = await getUser(database, caller.userId);
  if (user === undefined || user.status === 'creating') return undefined;
  if (user.status === 'deleting') return user;
  // Another sign-in can change the password after the step-up, and the row of this one is deleted a little later.
  if (!('session' in caller) || caller.session.passwordVersion !== passwordVersionOf(user))
    throw signInOver();
  const begun = await beginDeletion(database, user, caller.session, toTimestamp(clock()));
  if (begun === 'ended') throw signInOver();
  return begun;
}

/** Goes on with deleting `user`, who is marked as being deleted. */
export function finishDeletion({
  database,
  resources,
  stages,
  clock,
}: DeletionDependencies): (user: User, budget: Budget) => Promise<DeletionResult> {
  return async (user, budget) => {
    try {
      await removeSessions(database, user.id, budget);
      await endResources(resources, await resourcesOnRecord(database, user), budget);
      await removeFollowing(database, clock, user.id, budget);
      await removeOwned(database, user, budget);
      if (user.channelId !== undefined) await removeHistory(database, user.channelId, budget);
      if (user.chatRoomId !== undefined) await removeChat(database, user.chatRoomId, budget);
      await removeStageRows({ database, stages, clock }, user, budget);
      // A sign-in that was under way when the deletion began is in the index by now.
      await removeSessions(database, user.id, budget);
      await removeUser(database, user);
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
