import type { Budget } from '../../ivs/budget.ts';
import type { ChatCapability, ChatControl, ChatToken } from '../../ivs/ports.ts';
import { toTimestamp } from '../../model/time.ts';
import { getBan, isInForce } from '../../store/bans.ts';
import type { Database } from '../../store/database.ts';
import { getActiveUser } from '../accounts/profile.ts';
import type { Caller } from '../accounts/tokens.ts';
import { getChannelByUsername } from '../channelPage.ts';
import { ForbiddenError } from '../errors.ts';
import { ofRoom } from '../ivsAnswers.ts';
import { roomArnOf } from './rooms.ts';

export interface ChatTokenDependencies {
  readonly database: Database<'channels' | 'bans' | 'users'>;
  readonly chat: Pick<ChatControl, 'createToken'>;
  readonly clock: () => Date;
  /** Makes up what tells one guest from another. */
  readonly newId: () => string;
}

export type ChatRole = 'guest' | 'user' | 'owner';

/** A token, and whom it is for. */
export interface IssuedChatToken extends ChatToken {
  readonly userId: string;
  readonly role: ChatRole;
  readonly capabilities: readonly ChatCapability[];
}

const capabilitiesOf: Readonly<Record<ChatRole, readonly ChatCapability[]>> = {
  guest: [],
  user: ['SEND_MESSAGE'],
  owner: ['SEND_MESSAGE', 'DELETE_MESSAGE', 'DISCONNECT_USER'],
};

/**
 * How long a connection lasts. Clients fetch a new token when it ends, so a shorter one would cost more of the calls
 * that IVS takes, and for a longer one the review of messages would have to know more of the bans: a token that was
 * handed out at the moment of a ban is good for this long, and a minute.
 */
const SESSION_MINUTES = 60;

/**
 * A token for the chat of the channel of the user called `username`: guests read, users send as well, the owner also
 * deletes messages and disconnects users. At most five database requests and one call of IVS. The token carries the
 * name that the user has now.
 *
 * @param caller who asks; undefined for a guest
 * @throws NotFoundError when there is no such channel
 * @throws UnauthenticatedError when the caller has deleted their account
 * @throws ForbiddenError when the caller is banned
 * @throws ConflictError when IVS does not have the room
 * @throws BusyError when IVS is busy
 */
export async function createChatToken(
  dependencies: ChatTokenDependencies,
  caller: Pick<Caller, 'userId' | 'channelId'> | undefined,
  username: string,
  budget: Budget,
): Promise<IssuedChatToken> {
  const { database, chat, newId } = dependencies;
  const channel = await getChannelByUsername(database, username);
  const roomArn = roomArnOf(channel);
  const role = roleOf(caller, channel.id);
  const userId = caller?.userId ?? `guest-${newId()}`;
  const capabilities = capabilitiesOf[role];
  const mayEnter = async () => {
    if (caller === undefined) return undefined;
    const [user] = await Promise.all([
      getActiveUser(database, caller),
      // An owner cannot ban themselves, and a guest has no id that stays.
      role === 'user' ? mustNotBeBanned(dependencies, channel.id, userId) : undefined,
    ]);
    return user;
  };

  const user = await mayEnter();
  const attributes = { role, ...(user === undefined ? {} : { username: user.username }) };
  const request = { userId, capabilities, sessionMinutes: SESSION_MINUTES, attributes };
  const token = await ofRoom(chat.createToken(roomArn, request, budget));
  // An account that was closed since the first look gets no token.
  // A ban is written before its user is disconnected. One that was written since the first look may have disconnected
  // them before this token was there to be used; it is seen now. One that comes later disconnects who used it.
  await mayEnter();
  return { ...token, userId, role, capabilities };
}

function roleOf(caller: Pick<Caller, 'channelId'> | undefined, channelId: string): ChatRole {
  if (caller === undefined) return 'guest';
  return caller.channelId === channelId ? 'owner' : 'user';
}

async function mustNotBeBanned(
  { database, clock }: Pick<ChatTokenDependencies, 'database' | 'clock'>,
  channelId: string,
  userId: string,
): Promise<void> {
  const ban = await getBan(database, channelId, userId);
  if (ban === undefined || !isInForce(ban, toTimestamp(clock()))) return;
  const end = ban.until === undefined ? '' : ` until ${ban.until}`;
  throw new ForbiddenError(
    'banned',
    `you are banned from this chat${end}`,
    ban.until === undefined ? {} : { parameters: { until: ban.until } },
  );
}
