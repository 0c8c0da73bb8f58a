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
import { withRoomErrors } from '../ivsAnswers.ts';
import { type List, type ListRequest, readList } from '../lists.ts';
import { getModeratedChannel } from './rooms.ts';

export interface BanDependencies {
  readonly database: Database<'channels' | 'usernames' | 'users' | 'bans'>;
  readonly chat: Pick<ChatControl, 'disconnectUser'>;
  readonly clock: () => Date;
}

/** The owner of the chat, and the user to ban or unban, by name or user id. */
export interface BanPath {
  readonly username: string;
  readonly bannedUsername: string;
}

/** The options of a ban. A ban without `until` lasts until it is lifted. */
export interface BanTerms {
  readonly until?: Timestamp | undefined;
  readonly reason?: string | undefined;
}

// Every member of the room sees this text, so it does not contain the owner's reason.
const REASON = 'banned by the owner of the channel';

/**
 * Bans a user from the chat of the caller's channel, replaces an earlier ban, and disconnects the user. With
 * an id, this also works for a renamed or deleted user. Four database requests; five with an id. When IVS
 * fails, the ban is stored, and repeating the request disconnects the user.
 *
 * @throws NotFoundError when the channel or the user does not exist
 * @throws ForbiddenError when the caller does not own the channel
 * @throws RefusedValuesError when `until` is in the past
 * @throws ConflictError when the caller bans themselves, or the caller's account is being deleted
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
  if (banned === undefined) throw new ConflictError('account-closing', 'your account is being deleted');
  // Without a room there are no connections.
  if (channel.chatRoomArn !== undefined)
    await withRoomErrors(doneWhenGone(chat.disconnectUser(channel.chatRoomArn, userId, REASON, budget)));
  return banned;
}

/**
 * Returns the user who has a name now, and the name's spelling, because paths ignore case. Chat messages name
 * their senders by id, and so does a ban of a user who was renamed or deleted.
 */
async function userNamed(
  database: Database<'channels' | 'usernames' | 'users'>,
  username: string,
): Promise<{ readonly userId: string; readonly name: string }> {
  // The index with the spelling lags, so it must not decide who has the name.
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
 * Lifts a ban from the caller's channel. Without a ban, nothing changes. At most four database requests.
 *
 * @param path contains the banned user's current name, or their id from the list, which also works after a
 * rename or a deletion. No name equals the id of another user, because names in the form of ids are reserved.
 * @throws NotFoundError when the channel does not exist or no user has the name
 * @throws ForbiddenError when the caller does not own the channel
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
  // The id may belong to a user who is not banned.
  else if (!isUserId(bannedUsername)) throw new NotFoundError('user');
}

/**
 * Lists the bans from the caller's channel that apply now, newest first. Two database requests per page.
 *
 * @throws NotFoundError when the channel does not exist
 * @throws ForbiddenError when the caller does not own the channel
 * @throws InvalidCursorError when the cursor does not belong to this list
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
