import type { Budget } from '../../ivs/budget.ts';
import type { ChatCapability, ChatControl, ChatToken } from '../../ivs/ports.ts';
import { tokenAttributes } from '../../model/profile.ts';
import { toTimestamp } from '../../model/time.ts';
import { isInForce } from '../../store/bans.ts';
import type { Database } from '../../store/database.ts';
import { getStanding } from '../../store/moderators.ts';
import { getActiveUser } from '../accounts/profile.ts';
import type { ActiveUser } from '../accounts/sessions.ts';
import type { Caller } from '../accounts/tokens.ts';
import { getChannelByUsername } from '../channelPage.ts';
import { ForbiddenError } from '../errors.ts';
import { withRoomErrors } from '../ivsAnswers.ts';
import { roomArnOf } from './rooms.ts';

export interface ChatTokenDependencies {
  readonly database: Database<'channels' | 'bans' | 'moderators' | 'users'>;
  readonly chat: Pick<ChatControl, 'createToken'>;
  /** The base URL of recordings and images, without a slash at the end. */
  readonly recordingsUrl: string;
  readonly clock: () => Date;
  /** Creates a unique id for a guest. */
  readonly newId: () => string;
}

export type ChatRole = 'guest' | 'user' | 'moderator' | 'owner';

/** A token and its user. */
export interface IssuedChatToken extends ChatToken {
  readonly userId: string;
  readonly role: ChatRole;
  readonly capabilities: readonly ChatCapability[];
}

const capabilitiesOf: Readonly<Record<ChatRole, readonly ChatCapability[]>> = {
  guest: [],
  user: ['SEND_MESSAGE'],
  moderator: ['SEND_MESSAGE', 'DELETE_MESSAGE', 'DISCONNECT_USER'],
  owner: ['SEND_MESSAGE', 'DELETE_MESSAGE', 'DISCONNECT_USER'],
};

/**
 * How long a connection lasts. A shorter time would cost more of the token calls that IVS allows, because
 * clients fetch a new token when a connection ends. With a longer time, the review of messages would have to
 * read more bans: a token issued just before a ban works for this time plus one minute.
 */
const SESSION_MINUTES = 60;

/**
 * Creates a token for the chat of the user `username`: guests can read, users can also send, and the owner
 * and the moderators can also delete messages and disconnect users. At most five database requests and one call of IVS. The
 * token carries the user's current name and profile.
 *
 * @param caller undefined for a guest
 * @throws NotFoundError when the channel does not exist
 * @throws UnauthenticatedError when the caller's account is deleted or being deleted
 * @throws ForbiddenError when the caller is banned
 * @throws ConflictError when the room does not exist at IVS
 * @throws BusyError when IVS is busy
 */
export async function createChatToken(
  dependencies: ChatTokenDependencies,
  caller: Pick<Caller, 'userId' | 'channelId'> | undefined,
  username: string,
  budget: Budget,
): Promise<IssuedChatToken> {
  const { database, chat, newId, recordingsUrl } = dependencies;
  const channel = await getChannelByUsername(database, username);
  const roomArn = roomArnOf(channel);
  const userId = caller?.userId ?? `guest-${newId()}`;
  const checkAccess = async (): Promise<{ role: ChatRole; user?: ActiveUser }> => {
    if (caller === undefined) return { role: 'guest' };
    const [user, role] = await Promise.all([
      getActiveUser(database, caller),
      roleOf(dependencies, channel.id, caller),
    ]);
    return { role, user };
  };

  for (;;) {
    const { role, user } = await checkAccess();
    const capabilities = capabilitiesOf[role];
    const attributes = { role, ...(user === undefined ? {} : tokenAttributes(user, recordingsUrl)) };
    const request = { userId, capabilities, sessionMinutes: SESSION_MINUTES, attributes };
    const token = await withRoomErrors(chat.createToken(roomArn, request, budget));
    // Checked again, because the account may have been deleted since the first check. A ban is written before
    // its user is disconnected: a ban written since the first check may have disconnected the user before this
    // token could be used, and is seen now. A later ban disconnects the user of this token. The same holds for the
    // dismissal of a moderator, who gets another token, with fewer capabilities.
    const after = await checkAccess();
    if (role !== 'moderator' || after.role === role) return { ...token, userId, role, capabilities };
  }
}

/**
 * Returns the role of a signed-in user. One database request; none for the owner, who can neither be banned nor
 * appointed.
 *
 * @throws ForbiddenError when the user is banned
 */
async function roleOf(
  { database, clock }: Pick<ChatTokenDependencies, 'database' | 'clock'>,
  channelId: string,
  caller: Pick<Caller, 'userId' | 'channelId'>,
): Promise<ChatRole> {
  if (caller.channelId === channelId) return 'owner';
  const { ban, isModerator } = await getStanding(database, channelId, caller.userId);
  if (ban === undefined || !isInForce(ban, toTimestamp(clock()))) return isModerator ? 'moderator' : 'user';
  const end = ban.until === undefined ? '' : ` until ${ban.until}`;
  throw new ForbiddenError(
    'banned',
    `you are banned from this chat${end}`,
    ban.until === undefined ? {} : { parameters: { until: ban.until } },
  );
}
