import {
  type DeletionDependencies,
  type DeletionResult,
  finishDeletion,
} from '../../domain/accounts/deletion.ts';
import { finishPendingChannels, type PendingChannelDependencies } from '../../domain/pendingChannels.ts';
import type { Budget } from '../../ivs/budget.ts';
import type { Log } from '../../model/log.ts';
import { addMs, type Timestamp, toTimestamp } from '../../model/time.ts';
import type { User } from '../../model/user.ts';
import { isCreating } from '../../store/userCreation.ts';
import { abandonCreation, type PendingUser, pendingUsers } from '../../store/userDeletion.ts';
import { getUser } from '../../store/users.ts';

export type PendingDependencies = DeletionDependencies &
  PendingChannelDependencies & { readonly log: Pick<Log, 'info' | 'error'> };

/** What a run found and did. Users and channels are named by their ids. */
export interface PendingReport {
  readonly deleted: readonly string[];
  /** How many users and channels have something left to do, and nothing wrong with them. */
  readonly later: number;
  /** The next run tries them again. */
  readonly failed: readonly string[];
}

/** How long a sign-up that was interrupted waits for whoever began it. Then the name is free again. */
export const ABANDON_AFTER_MS = 24 * 60 * 60 * 1000;

// One large account must not take the time of all others.
const USER_SHARE = 0.5;

/**
 * Goes on with what was interrupted: users who are being deleted, users who began to sign up a day ago and never came
 * back (who are deleted), stream keys that were being replaced, channels whose partner status or type is to change. One that fails is
 * in no other's way. When there is no time left, the rest is for the next run.
 */
export async function finishPending(
  dependencies: PendingDependencies,
  budget: Budget,
): Promise<PendingReport> {
  const { database, clock, log } = dependencies;
  const finish = finishDeletion(dependencies);
  const abandonedBefore = addMs(toTimestamp(clock()), -ABANDON_AFTER_MS);
  const deleted: string[] = [];
  const failed: string[] = [];
  let later = 0;

  for await (const pending of pendingUsers(database)) {
    if (budget.left() <= 0) break;
    try {
      const user = await toDelete(dependencies, pending, abandonedBefore);
      const result: DeletionResult =
        user === undefined ? 'deleting' : await finish(user, share(budget, USER_SHARE));
      if (result === 'deleting') later++;
      else deleted.push(pending.id);
    } catch (error) {
      log.error('user not deleted', { userId: pending.id, error });
      failed.push(pending.id);
    }
  }

  const channels = await finishPendingChannels(dependencies, budget);
  for (const { channelId, error } of channels.failed) log.error('channel not finished', { channelId, error });
  return {
    deleted,
    later: later + channels.later,
    failed: [...failed, ...channels.failed.map(({ channelId }) => channelId)],
  };
}

/** The user, if they are to be deleted and are still there. */
async function toDelete(
  { database, clock }: PendingDependencies,
  { id, status, createdAt }: PendingUser,
  abandonedBefore: Timestamp,
): Promise<User | undefined> {
  if (status === 'creating' && createdAt >= abandonedBefore) return undefined;
  const user = await getUser(database, id);
  if (user === undefined) return undefined;
  if (isCreating(user)) {
    const now = toTimestamp(clock());
    const isHeld = user.leaseUntil !== undefined && user.leaseUntil > now;
    return isHeld ? undefined : abandonCreation(database, user, now);
  }
  return user.status === 'deleting' ? user : undefined;
}

function share(budget: Budget, part: number): Budget {
  const reserve = budget.left() * (1 - part);
  const left = () => budget.left() - reserve;
  return { left, wait: ms => budget.wait(Math.min(ms, Math.max(0, left()))) };
}
