import type { Channel } from '../../model/channel.ts';
import type { ChatRoom } from '../../model/chatRoom.ts';
import type { PublicProfile } from '../../model/profile.ts';
import type { Stage } from '../../model/stage.ts';
import { getRoomAndStage, getUserAndChannel } from '../../store/accounts.ts';
import type { Database } from '../../store/database.ts';
import { getUser } from '../../store/users.ts';
import { NotFoundError, UnauthenticatedError } from '../errors.ts';
import { type ActiveUser, isActive } from './sessions.ts';
import type { Caller } from './tokens.ts';

/** A user with their channel, chat room and stage. */
export interface Profile {
  readonly user: ActiveUser;
  readonly channel: Channel;
  readonly chatRoom: ChatRoom;
  readonly stage: Stage;
}

/**
 * Reads the caller's own profile. Two database requests.
 *
 * @throws UnauthenticatedError when the caller's account is deleted or being deleted
 */
export async function getProfile(
  database: Database<'users' | 'channels' | 'chatRooms' | 'stages'>,
  caller: Caller,
): Promise<Profile> {
  const account = await getAccount(database, caller);
  const { chatRoomId, stageId } = account.user;
  if (chatRoomId === undefined || stageId === undefined) throw accountGone();
  const { chatRoom, stage } = await getRoomAndStage(database, chatRoomId, stageId);
  // They existed when the user was created, so they were deleted after the user was read.
  if (chatRoom === undefined || stage === undefined) throw accountGone();
  return { ...account, chatRoom, stage };
}

/**
 * Reads the caller and their channel. One database request.
 *
 * @throws UnauthenticatedError when the caller's account is deleted or being deleted
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
 * Reads the caller's current state. Tokens that carry the caller's name must use this state and not the
 * access token, which stays valid for some minutes after a rename or a deletion. One database request.
 *
 * @throws UnauthenticatedError when the caller's account is deleted or being deleted
 */
export async function getActiveUser(
  database: Database<'users'>,
  { userId }: Pick<Caller, 'userId'>,
): Promise<ActiveUser> {
  const user = await getUser(database, userId);
  if (!isActive(user)) throw accountGone();
  return user;
}

/**
 * Reads the user `userId`, for everybody. One database request.
 *
 * @throws NotFoundError when the user does not exist, or is being created or deleted
 */
export async function getPublicUser(
  database: Database<'users'>,
  userId: string,
): Promise<Pick<ActiveUser, 'id' | 'username' | 'createdAt' | 'channelId'> & PublicProfile> {
  const user = await getUser(database, userId);
  if (!isActive(user)) throw new NotFoundError('user');
  return user;
}

/**
 * Returns the error for an access token whose account was deleted. Such a token stays valid for some minutes.
 */
export function accountGone(): UnauthenticatedError {
  return new UnauthenticatedError('token', 'the account of this access token was deleted');
}
