import type { ChannelPageRow } from '../../model/channel.ts';
import type { Database } from '../../store/database.ts';
import type { Actor, Refusal } from '../../store/moderationRules.ts';
import { getModerator } from '../../store/moderators.ts';
import type { Caller } from '../accounts/tokens.ts';
import { getChannelByUsername } from '../channelPage.ts';
import { ConflictError, ForbiddenError, NotFoundError } from '../errors.ts';

/**
 * Reads the channel of the user `username` and checks that the caller owns it. One database request.
 *
 * @throws NotFoundError when the channel does not exist
 * @throws ForbiddenError when the caller does not own the channel
 */
export async function getOwnedChannel(
  database: Database<'channels'>,
  caller: Pick<Caller, 'channelId'>,
  username: string,
): Promise<ChannelPageRow> {
  const channel = await getChannelByUsername(database, username);
  if (channel.id !== caller.channelId)
    throw new ForbiddenError('not-owner', 'only the owner of a channel may do this');
  return channel;
}

/** A channel, and the owner or moderator who acts in it. */
export interface ModeratedChannel {
  readonly channel: ChannelPageRow;
  readonly actor: Actor;
  readonly isOwner: boolean;
}

/**
 * Reads the channel of the user `username` and checks that the caller owns or moderates it. One database request for
 * the owner, two for others. A moderator may be dismissed in the next moment, so a write needs its own condition:
 * `mayModerate` of the store.
 *
 * @throws NotFoundError when the channel does not exist
 * @throws ForbiddenError when the caller neither owns nor moderates the channel
 */
export async function getModeratedChannel(
  database: Database<'channels' | 'moderators'>,
  { userId, channelId }: Pick<Caller, 'userId' | 'channelId'>,
  username: string,
): Promise<ModeratedChannel> {
  const channel = await getChannelByUsername(database, username);
  const isOwner = channel.id === channelId;
  if (!isOwner && (await getModerator(database, channel.id, userId)) === undefined)
    throw refused('notModerator');
  return { channel, actor: { channelId: channel.id, ownerId: channel.userId, by: userId }, isOwner };
}

/** Returns the error for an act that a condition of the store has refused. */
export function refused(refusal: Refusal): Error {
  switch (refusal) {
    case 'notModerator':
      return new ForbiddenError(
        'not-moderator',
        'only the owner and the moderators of a channel may do this',
      );
    case 'ownerGone':
      return new ConflictError('account-closing', 'the account of the owner of the channel is being deleted');
  }
}

/** Returns the error for an act of a moderator that concerns the owner or another moderator. */
export function protectedUser(): ForbiddenError {
  return new ForbiddenError('protected-user', 'a moderator cannot act on the owner or on another moderator');
}

/**
 * Returns the ARN of a channel's chat room.
 *
 * @throws NotFoundError when the channel has no chat room
 */
export function roomArnOf({ chatRoomArn }: Pick<ChannelPageRow, 'chatRoomArn'>): string {
  if (chatRoomArn === undefined) throw new NotFoundError('chat room');
  return chatRoomArn;
}
