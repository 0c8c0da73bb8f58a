import type { Budget } from '../../ivs/budget.ts';
import { doneWhenGone } from '../../ivs/errors.ts';
import type { ChatControl } from '../../ivs/ports.ts';
import type { Ban } from '../../model/ban.ts';
import { type Timestamp, toTimestamp } from '../../model/time.ts';
import { isUserId } from '../../model/username.ts';
import { deleteBan, putBan, listBans as readBans } from '../../store/bans.ts';
import { findByUsername } from '../../store/channels.ts';
import type { Database } from '../../store/database.ts';
import { userIdNamed } from '../../store/usernames.ts';
import { getUser } from '../../store/users.ts';
import type { Caller } from '../accounts/tokens.ts';
import type { CursorCodec } from '../cursors.ts';
import { ConflictError, NotFoundError, RefusedValuesError } from '../errors.ts';
import { ofRoom } from '../ivsAnswers.ts';
import { type List, type ListRequest, readList } from '../lists.ts';
import { getModeratedChannel } from './rooms.ts';

export interface BanDependencies {
  readonly database: Database<'channels' | 'usernames' | 'users' | 'bans'>;
  readonly chat: Pick<ChatControl, 'disconnectUser'>;
  readonly clock: () => Date;
}

/** Whose chat, and who is banned from it or may come back: by name, or by the user's id. */
export interface BanPath {
  readonly username: string;
  readonly bannedUsername: string;
}

/** What may be said of a ban: without an end, it holds until it is lifted. */
export interface BanTerms {
  readonly until?: Timestamp | undefined;
  readonly reason?: string | undefined;
}

// Everybody in the room is told, so it says nothing of the owner's own reason.
const REASON = 'banned by the owner of the channel';

/**
 * Bans a user from the chat of the caller's channel, in place of an earlier ban, and ends their connections. By id this
 * works whatever became of the user's name or account. Four database requests, five by id. When IVS fails, the ban holds all the same, and the same request ends the connections.
 *
 * @throws NotFoundError when there is no such channel or user
 * @throws ForbiddenError when the channel is somebody else's
 * @throws RefusedValuesError when the ban would be over already
 * @throws ConflictError when it is the caller who would be banned, or who is being deleted
 * @throws BusyError when IVS is busy
 */
export async function ban(
  { database, chat, clock }: BanDependencies,
  caller: Pick<Caller, 'userId' | 'channelId'>,
  { username, bannedUsername }: BanPath,
  { until, reason }: BanTerms,
  budget: Budget,
): Promise<Ban> {
  const channel = await getModeratedChannel(database, caller, username);
  const now = toTimestamp(clock());
  if (until !== undefined && until <= now)
    throw new RefusedValuesError([{ field: 'until', message: 'must be in the future' }]);
  const { userId, name } = await userNamed(database, bannedUsername);
  if (userId === caller.userId) throw new ConflictError('self', 'you cannot ban yourself');

  const wanted = {
    channelId: channel.id,
    userId,
    username: name,
    by: caller.userId,
    ...(until === undefined ? {} : { until }),
    ...(reason === undefined ? {} : { reason }),
  };
  const banned = await putBan(database, wanted, now);
  if (banned === undefined)
    throw new ConflictError('account-closing', 'the account of this user is being deleted');
  // Where there is no room, nobody is in it.
  if (channel.chatRoomArn !== undefined)
    await ofRoom(doneWhenGone(chat.disconnectUser(channel.chatRoomArn, userId, REASON, budget)));
  return banned;
}

/**
 * Who has a name now, and the name as they write it: in a path its case does not matter. Chat messages name their
 * senders by id, and so does a ban of somebody who was renamed or has deleted their account.
 */
async function userNamed(
  database: Database<'channels' | 'usernames' | 'users'>,
  username: string,
): Promise<{ readonly userId: string; readonly name: string }> {
  // The index that has the name as it is written lags, so whose it is, is not its to say.
  const [userId, page] = await Promise.all([
    userIdNamed(database, username),
    findByUsername(database, username),
  ]);
  if (userId !== undefined) return { userId, name: page?.userId === userId ? page.username : username };
  if (!isUserId(username)) throw new NotFoundError('user');
  const id = username.toLowerCase();
  const user = await getUser(database, id);
  return { userId: id, name: user?.username ?? id };
}

/**
 * Lifts a ban from the caller's channel; where there is none, nothing changes. At most four database requests.
 *
 * @param path with the name that the banned user has now, or their id as the list has it: that is good also when they
 *   have another name since, or are gone. No name is another user's id, for those are reserved.
 * @throws NotFoundError when there is no such channel, or nobody has the name
 * @throws ForbiddenError when the channel is somebody else's
 */
export async function unban(
  { database }: Pick<BanDependencies, 'database'>,
  caller: Pick<Caller, 'channelId'>,
  { username, bannedUsername }: BanPath,
): Promise<void> {
  const { id } = await getModeratedChannel(database, caller, username);
  if (await deleteBan(database, id, bannedUsername)) return;
  const userId = await userIdNamed(database, bannedUsername);
  if (userId !== undefined) await deleteBan(database, id, userId);
  // The id may be of somebody who is not banned, or not any more.
  else if (!isUserId(bannedUsername)) throw new NotFoundError('user');
}

/**
 * The bans from the caller's channel that hold now, newest first. Two database requests a page.
 *
 * @throws NotFoundError when there is no such channel
 * @throws ForbiddenError when it is somebody else's
 * @throws InvalidCursorError
 */
export async function listBans(
  {
    database,
    clock,
    cursors,
  }: Pick<BanDependencies, 'database' | 'clock'> & { readonly cursors: CursorCodec },
  caller: Pick<Caller, 'channelId'>,
  username: string,
  request: ListRequest,
): Promise<List<Ban>> {
  const { id } = await getModeratedChannel(database, caller, username);
  const now = toTimestamp(clock());
  return readList(cursors, ['listBans', id], request, page => readBans(database, id, page, now));
}
