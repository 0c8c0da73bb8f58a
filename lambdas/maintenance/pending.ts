import {
  type DeletionDependencies,
  type DeletionResult,
  finishDeletion,
} from '../../domain/accounts/deletion.ts';
import { deleteUnusedImages } from '../../domain/images/images.ts';
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

/** The result of a run. Users and channels are identified by their ids. */
export interface PendingReport {
  readonly deleted: readonly string[];
  /** The number of users and channels that have to wait for a later run without an error. */
  readonly later: number;
  /** Users and channels that failed. The next run retries them. */
  readonly failed: readonly string[];
}

/** How long an interrupted sign-up can be resumed. Afterwards the username is released. */
export const ABANDON_AFTER_MS = 24 * 60 * 60 * 1000;

// One large account must not use up the time for all others.
const USER_SHARE = 0.5;

/**
 * Continues interrupted work: deletions of users, sign-ups that were abandoned a day ago (they are deleted),
 * replacements of stream keys, images that no profile shows any more, and pending changes of a channel's partner status or type. A failure does not
 * stop the others. When the time is up, the next run continues.
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
      if (pending.status === 'active') {
        if (!(await deleteUnusedImages(dependencies, pending.id))) later++;
        continue;
      }
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

/** Returns the user if it exists and must be deleted. */
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
