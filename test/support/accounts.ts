import { randomBytes } from 'node:crypto';
import { accounts } from '../../domain/accounts/accounts.ts';
import type { SigningKeys } from '../../domain/accounts/jwt.ts';
import type { ScryptParameters } from '../../domain/accounts/passwords.ts';
import { profileChange } from '../../domain/accounts/profileChange.ts';
import { signInChecks } from '../../domain/accounts/signInChecks.ts';
import { endOtherSignIns, endSignIn } from '../../domain/accounts/signIns.ts';
import { type Caller, tokenIssuer } from '../../domain/accounts/tokens.ts';
import type { Channel } from '../../model/channel.ts';
import type { User } from '../../model/user.ts';
import type { Database } from '../../store/database.ts';
import { channel, putRows } from './rows.ts';

/** scrypt at minimal cost, so that tests spend no time on hashing. */
export const cheapScrypt = { N: 2, r: 1, p: 1 } as const;

/** A fixed key for tests. */
export const fixedKeys: SigningKeys = (() => {
  const key = { id: 'key-1', secret: new TextEncoder().encode('a signing secret of the tests, long enough') };
  return { current: async () => key, withId: async id => (id === key.id ? key : undefined) };
})();

/** A clock that stands still until a test moves it. */
export function movableClock(start = '2026-01-15T10:00:00.000Z') {
  let now = Date.parse(start);
  return {
    clock: () => new Date(now),
    forward: (seconds: number) => {
      now += seconds * 1000;
    },
  };
}

/** The dependencies of accounts over `database`, with a test clock and cheap password hashes. */
export function testAccounts(
  database: Database<
    'users' | 'usernames' | 'channels' | 'streams' | 'chatRooms' | 'stages' | 'sessions' | 'rateLimits'
  >,
  clock: () => Date,
  scrypt: ScryptParameters = cheapScrypt,
) {
  const tokens = tokenIssuer({ keys: fixedKeys, clock });
  const made = accounts({ database, tokens, clock, random: randomBytes, scrypt });
  const changeProfile = profileChange({ database, clock, ...made });
  return {
    tokens,
    ...made,
    checkSignIn: signInChecks({ database, clock }),
    endSignIn: (caller: Caller, id: string) => endSignIn(database, caller, id),
    endOtherSignIns: (caller: Caller) => endOtherSignIns({ database, clock }, caller),
    signIn: (username: string, password: string, from: { network?: string; deviceToken?: string } = {}) =>
      made.signIn({ username, password, network: '192.0.2.1', ...from }),
    changeProfile: async (
      caller: Caller,
      { username, password }: { username?: string; password?: { current: string; wanted: string } },
    ) => {
      const proven = await made.stepUp.prove(caller, password?.current);
      return changeProfile(proven, { username, password: password?.wanted });
    },
  };
}

/**
 * Writes an active user called `username` with all their rows, and the hash of `password` if one is given.
 */
export async function putAccount(
  database: Database<'users' | 'usernames' | 'channels' | 'chatRooms' | 'stages'>,
  username: string,
  overrides: { user?: Partial<Omit<User, 'channelId'>>; channel?: Partial<Channel> } = {},
): Promise<{ user: User & { channelId: string }; channel: Channel }> {
  const times = { createdAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-01-01T00:00:00.000Z' };
  const usernameKey = username.toLowerCase();
  const id = `user-${username}`;
  const owned = channel({ username, userId: id, ...overrides.channel });
  const user = {
    id,
    username,
    usernameKey,
    status: 'active' as const,
    channelId: owned.id,
    chatRoomId: `room-${username}`,
    stageId: `stage-${username}`,
    version: 1,
    ...times,
    ...overrides.user,
  };
  const base = { userId: id, name: username, ...times };
  const ivs = 'us-west-2:000000000000';
  await putRows(database, 'users', [user]);
  await putRows(database, 'usernames', [{ usernameKey, userId: id, ...times }]);
  await putRows(database, 'channels', [owned]);
  await putRows(database, 'chatRooms', [
    {
      ...base,
      id: user.chatRoomId,
      arn: `arn:aws:ivschat:${ivs}:room/${user.chatRoomId}`,
      channelId: owned.id,
    },
  ]);
  await putRows(database, 'stages', [
    {
      ...base,
      id: user.stageId,
      arn: `arn:aws:ivs:${ivs}:stage/${user.stageId}`,
      isLive: false,
      publishedParticipants: [],
      version: 0,
    },
  ]);
  return { user, channel: owned };
}
