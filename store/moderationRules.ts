import type { Timestamp } from '../model/time.ts';
import type { Database } from './database.ts';
import type { TransactItem } from './transaction.ts';
import { activeUser } from './users.ts';

// Invariants of moderation, which hold because every write of `bans`, `moderators` and `audit` has these conditions in
// its transaction. A read before the write only gives an earlier answer.
// - Whoever acts in a channel is its owner, or is its moderator at the instant of the act. An act that races the
//   dismissal of its moderator is written before the dismissal, or not at all.
// - Nobody is a moderator of a channel and banned from it at the same instant: an appointment requires that no ban
//   applies, and a ban that the user is no moderator. Of two that race, one is written.
// - Nobody acts on the owner. The owner of a channel never changes, so callers compare the ids.
// - Only channels of active owners get rows, because all rows of a channel are deleted with its owner.

/** Somebody who acts in a channel. */
export interface Actor {
  readonly channelId: string;
  /** The owner of the channel. */
  readonly ownerId: string;
  /** The user who acts: the owner or a moderator. */
  readonly by: string;
}

/** Returns the condition that a user moderates a channel. */
function isModerator({ names }: Pick<Database<'moderators'>, 'names'>, channelId: string, userId: string) {
  return {
    ConditionCheck: {
      TableName: names.moderators,
      Key: { channelId, userId },
      ConditionExpression: 'attribute_exists(userId)',
    },
  };
}

/** Returns the condition that a user does not moderate a channel. */
export function isNoModerator(
  { names }: Pick<Database<'moderators'>, 'names'>,
  channelId: string,
  userId: string,
): TransactItem {
  return {
    ConditionCheck: {
      TableName: names.moderators,
      Key: { channelId, userId },
      ConditionExpression: 'attribute_not_exists(userId)',
    },
  };
}

/** Returns the condition that no ban of a user from a channel applies at `now`. */
export function isNotBanned(
  { names }: Pick<Database<'bans'>, 'names'>,
  channelId: string,
  userId: string,
  now: Timestamp,
): TransactItem {
  return {
    ConditionCheck: {
      TableName: names.bans,
      Key: { channelId, userId },
      ConditionExpression: 'attribute_not_exists(userId) OR #until <= :now',
      ExpressionAttributeNames: { '#until': 'until' },
      ExpressionAttributeValues: { ':now': now },
    },
  };
}

/** Returns the named conditions that an act needs: an active owner, and for a moderator their row and account. */
export function mayModerate(
  database: Pick<Database<'moderators' | 'users'>, 'names'>,
  { channelId, ownerId, by }: Actor,
) {
  const isOwner = by === ownerId;
  return {
    owner: activeUser(database, ownerId),
    moderator: isOwner ? undefined : isModerator(database, channelId, by),
    actor: isOwner ? undefined : activeUser(database, by),
  };
}

/**
 * Why an act was not written.
 * - `notModerator`: the user who acts neither owns nor moderates the channel, or is being deleted.
 * - `ownerGone`: the owner of the channel is deleted or being deleted.
 */
export type Refusal = 'notModerator' | 'ownerGone';

/** Returns why an act was not written, if conditions of `mayModerate` failed. */
export function refusalOf(failed: ReadonlySet<string>): Refusal | undefined {
  if (failed.has('owner')) return 'ownerGone';
  return failed.has('moderator') || failed.has('actor') ? 'notModerator' : undefined;
}
