import type { Channel } from '../../model/channel.ts';
import type { ChatRoom } from '../../model/chatRoom.ts';
import type { Stage } from '../../model/stage.ts';
import { getRoomAndStage, getUserAndChannel } from '../../store/accounts.ts';
import type { Database } from '../../store/database.ts';
import { getUser } from '../../store/users.ts';
import { UnauthenticatedError } from '../errors.ts';
import { type ActiveUser, isActive } from './sessions.ts';
import type { Caller } from './tokens.ts';

/** A user with what was made for them. */
export interface Profile {
  readonly user: ActiveUser;
  readonly channel: Channel;
  readonly chatRoom: ChatRoom;
  readonly stage: Stage;
}

/**
 * The caller's own profile. Two database requests.
 *
 * @throws UnauthenticatedError when the caller is deleting, or has deleted, their account.
 */
export async function getProfile(
  database: Database<'users' | 'channels' | 'chatRooms' | 'stages'>,
  caller: Caller,
): Promise<Profile> {
  const account = await getAccount(database, caller);
  const { chatRoomId, stageId } = account.user;
  if (chatRoomId === undefined || stageId === undefined) throw accountGone();
  const { chatRoom, stage } = await getRoomAndStage(database, chatRoomId, stageId);
  // They were there when the user was made, so they have been deleted since the user was read.
  if (chatRoom === undefined || stage === undefined) throw accountGone();
  return { ...account, chatRoom, stage };
}

/**
 * The caller and their channel. One database request.
 *
 * @throws UnauthenticatedError
 */
export async function getAccount(
  database: Database<'users' | 'channels'>,
  { userId, channelId }: Caller,
): Promise<Pick<Profile, 'user' | 'channel'>> {
  const { user, channel } = await getUserAndChannel(database, userId, channelId);
  if (!isActive(user) || channel === undefined) throw accountGone();
  return { user, channel };
}

/**
 * The caller as they are now. What is handed out under their name must not go by the access token: it outlives a rename
 * and a deletion by some minutes. One database request.
 *
 * @throws UnauthenticatedError when the caller is deleting, or has deleted, their account.
 */
export async function getActiveUser(
  database: Database<'users'>,
  { userId }: Pick<Caller, 'userId'>,
): Promise<ActiveUser> {
  const user = await getUser(database, userId);
  if (!isActive(user)) throw accountGone();
  return user;
}

/** A token outlives the account it was made for by some minutes. */
export function accountGone(): UnauthenticatedError {
  return new UnauthenticatedError('token', 'the account of this access token is gone');
}
