import type { PublicProfile } from '../../model/profile.ts';
import { toTimestamp } from '../../model/time.ts';
import { putChannel } from '../../store/channels.ts';
import { retryOnConflict } from '../../store/conflicts.ts';
import type { Database } from '../../store/database.ts';
import { transact } from '../../store/transaction.ts';
import { putUserChange } from '../../store/users.ts';
import { getAccount } from './profile.ts';
import type { Caller } from './tokens.ts';

export interface PublicProfileDependencies {
  readonly database: Database<'users' | 'channels'>;
  readonly clock: () => Date;
}

/** The requested changes. Missing members stay unchanged, and null removes one. */
export type PublicProfileEdit = {
  readonly [name in 'displayName' | 'bio' | 'color']?: PublicProfile[name] | null;
};

/**
 * Changes what the caller shows of themselves, on the user's row and on its copy on the channel's row. Two database
 * requests; one when nothing changes, and more only when other writers change one of the rows at the same time.
 *
 * @throws UnauthenticatedError when the caller's account is deleted or being deleted
 */
export function editPublicProfile(
  { database, clock }: PublicProfileDependencies,
  caller: Caller,
  edit: PublicProfileEdit,
): Promise<PublicProfile> {
  return retryOnConflict(async () => {
    const { user, channel } = await getAccount(database, caller);
    const changes = Object.entries(edit).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value ?? undefined] as const],
    );
    const change: PublicProfile = Object.fromEntries(changes);
    const changed = { ...user, ...change };
    if (changes.every(([name, value]) => user[name as keyof PublicProfile] === value)) return changed;
    const now = toTimestamp(clock());
    const { committed } = await transact(database, [
      putUserChange(database, user, change, now),
      putChannel(database, channel, { ...channel, ...change, updatedAt: now }),
    ]);
    return committed ? changed : 'conflict';
  });
}
