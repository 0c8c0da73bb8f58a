import type { Budget } from '../../ivs/budget.ts';
import { doneWhenGone } from '../../ivs/errors.ts';
import type { ChatControl, StageControl } from '../../ivs/ports.ts';
import type { Ban } from '../../model/ban.ts';
import { type Timestamp, toTimestamp } from '../../model/time.ts';
import { isUserId } from '../../model/username.ts';
import { deleteBan, putBan, listBans as readBans } from '../../store/bans.ts';
import type { Database } from '../../store/database.ts';
import { userIdNamed } from '../../store/usernames.ts';
import type { Caller } from '../accounts/tokens.ts';
import type { CursorCodec } from '../cursors.ts';
import { ConflictError, NotFoundError, RefusedValuesError } from '../errors.ts';
import { withRoomErrors } from '../ivsAnswers.ts';
import { type List, type ListRequest, readList } from '../lists.ts';
import type { GuestEventDependencies } from '../stages/guestEvents.ts';
import { endParticipation } from '../stages/leaving.ts';
import { userNamed } from './people.ts';
import { getModeratedChannel, protectedUser, refused } from './rooms.ts';

export interface BanDependencies extends GuestEventDependencies {
  readonly database: Database<
    | 'channels'
    | 'usernames'
    | 'users'
    | 'bans'
    | 'moderators'
    | 'audit'
    | 'stages'
    | 'stageTokens'
    | 'stageRequests'
  >;
  readonly chat: Pick<ChatControl, 'disconnectUser' | 'sendEvent'>;
  readonly stages: Pick<StageControl, 'disconnect'>;
  readonly clock: () => Date;
  /** Creates a unique id for an entry of the audit. */
  readonly newId: () => string;
}

type Moderator = Pick<Caller, 'userId' | 'channelId'>;

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

// Every member of the room sees this text, so it does not contain the reason, or the name of a moderator.
const REASON = 'banned from the channel';

/**
 * Bans a user from the chat and the stage of a channel that the caller owns or moderates, and replaces an earlier ban.
 * The user is disconnected from both, and their invitation and their request to come on stage end. With an id, this
 * also works for a renamed or deleted user.
 *
 * Five database requests for the owner, six for a moderator; one more with an id, and one or two more for a user with an
 * invitation or a request. When IVS fails, the ban is stored, and repeating the request disconnects the user.
 *
 * @throws NotFoundError when the channel or the user does not exist
 * @throws ForbiddenError when the caller neither owns nor moderates the channel, or is a moderator and the user is the
 * owner or a moderator
 * @throws RefusedValuesError when `until` is in the past
 * @throws ConflictError when the caller bans themselves, when the owner bans a moderator, or when the owner's account is
 * being deleted
 * @throws BusyError when IVS is busy
 */
export async function ban(
  dependencies: BanDependencies,
  caller: Moderator,
  { username, bannedUsername }: BanPath,
  { until, reason }: BanTerms,
  budget: Budget,
): Promise<Ban> {
  const { database, chat, clock, newId } = dependencies;
  const { channel, actor, isOwner } = await getModeratedChannel(database, caller, username);
  const now = toTimestamp(clock());
  if (until !== undefined && until <= now)
    throw new RefusedValuesError([{ field: 'until', message: 'must be in the future' }]);
  const { userId, name } = await userNamed(database, bannedUsername);
  if (userId === caller.userId) throw new ConflictError('self', 'you cannot ban yourself');
  if (userId === channel.userId) throw protectedUser();

  const wanted = {
    userId,
    username: name,
    ...(until === undefined ? {} : { until }),
    ...(reason === undefined ? {} : { reason }),
  };
  const banned = await putBan(database, actor, wanted, newId(), now);
  if (banned === 'isModerator') {
    if (!isOwner) throw protectedUser();
    throw new ConflictError('is-moderator', 'the user moderates your channel: dismiss them first');
  }
  if (typeof banned === 'string') throw refused(banned);
  await Promise.allSettled([
    // Without a room there are no connections.
    channel.chatRoomArn === undefined
      ? undefined
      : withRoomErrors(doneWhenGone(chat.disconnectUser(channel.chatRoomArn, userId, REASON, budget))),
    endParticipation(dependencies, channel, userId, REASON, budget),
  ]).then(throwFirst);
  return banned;
}

/** Throws the first failure, after all work has ended. */
function throwFirst(results: readonly PromiseSettledResult<unknown>[]): void {
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

/**
 * Lifts a ban from a channel that the caller owns or moderates. Without a ban, nothing changes. At most five database
 * requests.
 *
 * @param path contains the banned user's current name, or their id from the list, which also works after a
 * rename or a deletion. No name equals the id of another user, because names in the form of ids are reserved.
 * @throws NotFoundError when the channel does not exist or no user has the name
 * @throws ForbiddenError when the caller neither owns nor moderates the channel
 * @throws ConflictError when the owner's account is being deleted
 */
export async function unban(
  { database, clock, newId }: Pick<BanDependencies, 'database' | 'clock' | 'newId'>,
  caller: Moderator,
  { username, bannedUsername }: BanPath,
): Promise<void> {
  const { actor } = await getModeratedChannel(database, caller, username);
  const auditId = newId();
  const lift = async (userId: string) => {
    const result = await deleteBan(database, actor, userId, auditId, toTimestamp(clock()));
    if (result === 'notModerator' || result === 'ownerGone') throw refused(result);
    return result === 'lifted';
  };
  if (await lift(bannedUsername)) return;
  const userId = await userIdNamed(database, bannedUsername);
  if (userId !== undefined) await lift(userId);
  // The id may belong to a user who is not banned.
  else if (!isUserId(bannedUsername)) throw new NotFoundError('user');
}

/**
 * Lists the bans from a channel that the caller owns or moderates and that apply now, newest first. Two database
 * requests per page; three for a moderator.
 *
 * @throws NotFoundError when the channel does not exist
 * @throws ForbiddenError when the caller neither owns nor moderates the channel
 * @throws InvalidCursorError when the cursor does not belong to this list
 */
export async function listBans(
  {
    database,
    clock,
    cursors,
  }: Pick<BanDependencies, 'clock'> & {
    readonly database: Database<'channels' | 'moderators' | 'bans'>;
    readonly cursors: CursorCodec;
  },
  caller: Moderator,
  username: string,
  request: ListRequest,
): Promise<List<Ban>> {
  const { channel } = await getModeratedChannel(database, caller, username);
  const now = toTimestamp(clock());
  return readList(cursors, ['listBans', channel.id], request, page =>
    readBans(database, channel.id, page, now),
  );
}
