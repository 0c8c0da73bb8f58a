import { randomBytes } from 'node:crypto';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { passwordHasher } from '../../domain/accounts/passwords.ts';
import { profileChange } from '../../domain/accounts/profileChange.ts';
import type { SignedIn } from '../../domain/accounts/sessions.ts';
import type { Caller } from '../../domain/accounts/tokens.ts';
import type { User } from '../../model/user.ts';
import { readChannel } from '../../store/foldReads.ts';
import {
  getSession,
  moveSessionToNextVersion,
  recordPasswordProof,
  sessionIdsOf,
  sessionIsActive,
} from '../../store/sessions.ts';
import { transact } from '../../store/transaction.ts';
import { userIdNamed } from '../../store/usernames.ts';
import { getUser } from '../../store/users.ts';
import { cheapScrypt, movableClock, putAccount, testAccounts } from '../support/accounts.ts';
import { useDatabase } from '../support/database.ts';
import { handling } from '../support/eventHandling.ts';
import { injectFaults } from '../support/faults.ts';
import { stateEvent } from '../support/ivsEvents.ts';
import { live, putRows } from '../support/rows.ts';
import { inTurns, watchWrites } from '../support/turns.ts';

const database = useDatabase();
const PASSWORD = 'correct horse';
const hasher = passwordHasher({ random: randomBytes, parameters: cheapScrypt });

let names = 0;
let name = '';
let time = movableClock();
let accounts: ReturnType<typeof testAccounts>;
let signedIn: SignedIn;
let caller: Caller;

beforeEach(async () => {
  name = `Ann${++names}`;
  time = movableClock();
  accounts = testAccounts(database(), time.clock);
  await putAccount(database(), name, { user: { passwordHash: await hasher.hash(PASSWORD) } });
  signedIn = await accounts.signIn(name, PASSWORD);
  caller = await accounts.tokens.verify(signedIn.accessToken);
});

type Change = Parameters<(typeof accounts)['changeProfile']>[1];
const change = (wanted: Change, by = caller) => accounts.changeProfile(by, wanted);
/** A caller who has just signed in as `user`. */
const callerAs = async (user: User): Promise<Caller> =>
  accounts.tokens.verify((await accounts.sessions.start(user)).accessToken);
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => 'accepted',
    (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : error),
  );
const OVER = 'UnauthenticatedError: the sign-in of this access token has ended: sign in again';
const TAKEN = 'ConflictError: the username is taken';

/** The user's name in every row that has it. */
async function shownNames(userId: string, channelId: string) {
  const { channel, streams } = await readChannel(database(), channelId, [`st-${channelId}`]);
  const user = await getUser(database(), userId);
  return {
    user: [user?.username, user?.usernameKey],
    channel: [channel?.username, channel?.usernameKey],
    stream: streams.get(`st-${channelId}`)?.username,
  };
}

describe('a change of the name', () => {
  test('is on the user, the channel and the open stream, and leaves the old name to nobody', async () => {
    const { user: owner, channel } = await putAccount(database(), `Live${names}`);
    const open = live(channel);
    await putRows(database(), 'channels', [open.channel]);
    await putRows(database(), 'streams', [open.stream]);
    const by = await callerAs(owner);
    const wanted = `Lively${names}`;
    const { user } = await change({ username: wanted }, by);
    expect(user.username).toBe(wanted);
    expect(await shownNames(channel.userId, channel.id)).toEqual({
      user: [wanted, wanted.toLowerCase()],
      channel: [wanted, wanted.toLowerCase()],
      stream: wanted,
    });
    expect(await userIdNamed(database(), wanted)).toBe(channel.userId);
    expect(await userIdNamed(database(), `Live${names}`)).toBeUndefined();
  });

  test('may change the case only', async () => {
    const wanted = name.toUpperCase();
    await change({ username: wanted });
    expect(await shownNames(caller.userId, caller.channelId)).toMatchObject({
      user: [wanted, name.toLowerCase()],
      channel: [wanted, name.toLowerCase()],
    });
    expect(await userIdNamed(database(), name)).toBe(caller.userId);
  });

  test('to the current name changes nothing', async () => {
    const before = await getUser(database(), caller.userId);
    await change({ username: name });
    await change({});
    expect(await getUser(database(), caller.userId)).toEqual(before);
  });

  test('to a name that is taken, in any case, is refused and changes nothing', async () => {
    await putAccount(database(), `Bob${names}`);
    const before = await shownNames(caller.userId, caller.channelId);
    for (const taken of [`Bob${names}`, `BOB${names}`])
      expect(await refusal(change({ username: taken }))).toBe(TAKEN);
    // No part of the change is written either.
    const password = { current: PASSWORD, wanted: 'battery staple' };
    expect(await refusal(change({ username: `bob${names}`, password }))).toBe(TAKEN);
    expect(await shownNames(caller.userId, caller.channelId)).toEqual(before);
    await accounts.signIn(name, PASSWORD);
  });

  test('succeeds for one of twenty users who want the same name at once', async () => {
    const wanted = `Wanted${names}`;
    const owners = await Promise.all(
      Array.from({ length: 20 }, (_, index) => putAccount(database(), `w${names}-${index}`)),
    );
    const answers = await Promise.all(
      owners.map(async ({ user }) => refusal(change({ username: wanted }, await callerAs(user)))),
    );
    expect(answers.filter(answer => answer === 'accepted')).toHaveLength(1);
    expect(answers.filter(answer => answer === TAKEN)).toHaveLength(19);
    const shown = await Promise.all(owners.map(({ channel }) => shownNames(channel.userId, channel.id)));
    expect(shown.filter(({ user }) => user[0] === wanted)).toHaveLength(1);
    for (const { user, channel } of shown) expect(channel).toEqual(user);
  });

  test('is consistent in all rows when one user sends many at once', async () => {
    const wanted = Array.from({ length: 8 }, (_, index) => `many${names}-${index}`);
    const faults = injectFaults(database().client, { transactionConflict: 0.2 }, Math.random);
    const answers = await Promise.all(wanted.map(username => refusal(change({ username }))));
    faults.stop();
    expect(new Set(answers)).toEqual(new Set(['accepted']));
    const shown = await shownNames(caller.userId, caller.channelId);
    expect(shown.channel).toEqual(shown.user);
    const held = await Promise.all([name, ...wanted].map(one => userIdNamed(database(), one)));
    expect(held.filter(id => id !== undefined)).toEqual([caller.userId]);
    expect(await userIdNamed(database(), shown.user[0] ?? '')).toBe(caller.userId);
  });
});

describe('a change of the password', () => {
  const wanted = 'battery staple';
  const password = { current: PASSWORD, wanted };

  test('ends every sign-in except the one that changed it', async () => {
    const others = [await accounts.signIn(name, PASSWORD), await accounts.signIn(name, PASSWORD)];
    await change({ password });
    for (const { refreshToken } of others)
      expect(await refusal(accounts.sessions.refresh(refreshToken))).toContain('UnauthenticatedError');
    await accounts.sessions.refresh(signedIn.refreshToken);
    expect(await refusal(accounts.signIn(name, PASSWORD))).toContain('UnauthenticatedError');
    await accounts.signIn(name, wanted);
  });

  test('deletes the rows of all other sign-ins', async () => {
    await accounts.signIn(name, PASSWORD);
    await change({ password });
    const left: string[] = [];
    for await (const id of sessionIdsOf(database(), caller.userId)) left.push(id);
    expect(left).toEqual([caller.familyId]);
  });

  test('ends sign-ins that the index does not show yet', async () => {
    const user = await getUser(database(), caller.userId);
    if (user === undefined) throw new Error('the user has no row');
    const other = await accounts.signIn(name, PASSWORD);
    const { refreshToken } = other;
    const Key = { id: refreshToken.split('.')[0] };
    const row = (await database().client.send(new GetCommand({ TableName: database().names.sessions, Key })))
      .Item;
    await change({ password });
    // Puts the row back, as if the index had not listed it.
    await putRows(database(), 'sessions', [row ?? {}]);
    expect(await refusal(accounts.sessions.refresh(refreshToken))).toContain('UnauthenticatedError');
    // Stands for a sign-in that verified the old password just before the change.
    expect(await refusal(accounts.sessions.start(user))).toContain('UnauthenticatedError');
  });

  test('needs the current one; guesses lock this sign-in only, also after renames', async () => {
    for (let i = 0; i < 5; i++) {
      const guess = change({ password: { current: `guess ${i}`, wanted } });
      expect(await refusal(guess)).toBe('ForbiddenError: the current password is wrong');
      name = `renamed${names}-${i}`;
      await change({ username: name });
    }
    expect(await refusal(change({ password }))).toContain('TooManyRequestsError');
    await accounts.signIn(name, PASSWORD);
    time.forward(900);
    await change({ password });
  });

  test('works for the owner while guesses of others lock the account', async () => {
    for (let i = 0; i < 6; i++) await refusal(accounts.signIn(name, `guess ${i}`));
    expect(await refusal(accounts.signIn(name, PASSWORD))).toContain('TooManyRequestsError');
    await change({ password });
  });

  test('succeeds for one of several that are sent at once', async () => {
    const all = Array.from({ length: 4 }, (_, index) => `battery staple ${index}`);
    const answers = await Promise.all(
      all.map(one => refusal(change({ password: { current: PASSWORD, wanted: one } }))),
    );
    expect(answers.filter(answer => answer === 'accepted')).toHaveLength(1);
    await accounts.signIn(name, all[answers.indexOf('accepted')] ?? '');
  });

  test('is refused after a sign-out', async () => {
    await accounts.sessions.end(caller);
    expect(await refusal(change({ password }))).toBe(
      'UnauthenticatedError: the sign-in of this access token has ended: sign in again',
    );
    await accounts.signIn(name, PASSWORD);
  });
});

describe('a sign-in that has ended', () => {
  test('changes nothing, although its access token is valid for some minutes', async () => {
    await accounts.sessions.end(caller);
    expect(await refusal(change({ username: `copied${names}` }))).toBe(OVER);
    expect(await userIdNamed(database(), name)).toBe(caller.userId);
  });

  test('changes nothing when another sign-in has changed the password and its own row still exists', async () => {
    const proven = await accounts.stepUp.prove(caller);
    const changed = { ...proven.user, passwordVersion: 1, version: proven.user.version + 1 };
    await putRows(database(), 'users', [changed]);
    const rename = profileChange({ database: database(), clock: time.clock, passwords: hasher });
    expect(await refusal(rename(proven, { username: `copied${names}` }))).toBe(OVER);
    expect(await getUser(database(), caller.userId)).toEqual(changed);
  });

  test('lets no change write after it, in every interleaving', async () => {
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat()), fc.boolean(), async (picks, isPassword) => {
        const owner = `owner${++names}`;
        await putAccount(database(), owner, { user: { passwordHash: await hasher.hash(PASSWORD) } });
        const by = await accounts.tokens.verify((await accounts.signIn(owner, PASSWORD)).accessToken);
        const wanted = isPassword
          ? { password: { current: PASSWORD, wanted: 'battery staple' } }
          : { username: `x${owner}` };
        let ended = false;
        const early = watchWrites(database().client, () => ended);
        await inTurns(
          database().client,
          [
            () => refusal(change(wanted, by)),
            async () => {
              await accounts.sessions.end(by);
              ended = true;
            },
          ],
          picks,
        );
        expect(early()).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });

  test.each([
    ['that belongs to another user', { userId: 'somebody' }],
    ['that belongs to an earlier password', { passwordVersion: 7 }],
  ])('is also one %s', async (_, other) => {
    const row = await getSession(database(), caller.familyId);
    await putRows(database(), 'sessions', [{ ...row, ...other }]);
    expect(await refusal(change({ username: `copied${names}` }))).toBe(OVER);
    const session = { id: caller.familyId, userId: caller.userId, passwordVersion: 0 };
    const now = time.clock().toISOString();
    for (const item of [
      sessionIsActive(database(), session),
      moveSessionToNextVersion(database(), session, now, true),
    ])
      expect(await transact(database(), [item])).toEqual({ committed: false, failed: [0] });
    expect(await recordPasswordProof(database(), session, now)).toBe(false);
    expect(await getSession(database(), caller.familyId)).toEqual({ ...row, ...other });
  });
});

describe('the proof of the password', () => {
  const prove = (current?: string) => accounts.stepUp.prove(caller, current);

  test('is valid for five minutes from the sign-in, and a refresh does not extend it', async () => {
    time.forward(200);
    const { accessToken } = await accounts.sessions.refresh(signedIn.refreshToken);
    caller = await accounts.tokens.verify(accessToken);
    time.forward(100);
    expect((await prove()).by).toBe('time');
    time.forward(1);
    expect(await refusal(prove())).toContain(
      'ForbiddenError: the password was confirmed more than five minutes ago',
    );
    expect(await refusal(change({ username: `late${names}` }))).toContain('ForbiddenError');
    expect((await prove(PASSWORD)).by).toBe('password');
  });

  test('is renewed by the password only', async () => {
    time.forward(301);
    expect(await refusal(accounts.stepUp.renew(caller, 'not it'))).toBe(
      'ForbiddenError: the current password is wrong',
    );
    expect(await refusal(prove())).toContain('ForbiddenError');
    const until = await accounts.stepUp.renew(caller, PASSWORD);
    expect(until.getTime() - time.clock().getTime()).toBe(300_000);
    await change({ username: `soon${names}` });
  });
});

test('nothing can be changed once the account is being deleted', async () => {
  const user = await getUser(database(), caller.userId);
  await putRows(database(), 'users', [{ ...user, status: 'deleting', pending: 'true' }]);
  expect(await refusal(change({ username: `gone${names}` }))).toContain('UnauthenticatedError');
  expect(await userIdNamed(database(), `gone${names}`)).toBeUndefined();
});

test('after a rename while sessions start, the open session has the new name', async () => {
  for (let round = 0; round < 5; round++) {
    const owner = `busy${names}-${round}`;
    const { user, channel } = await putAccount(database(), owner);
    const by = await callerAs(user);
    const { handle } = handling(database());
    const begin = (id: string, minute: number) =>
      handle(stateEvent('Session Created', id, `2026-01-15T10:0${minute}:00Z`, { resources: [channel.arn] }));
    const wanted = `busier${names}-${round}`;
    await Promise.all([begin('st-1', 1), change({ username: wanted }, by), begin('st-2', 2)]);
    const shown = await readChannel(database(), channel.id, ['st-2']);
    expect(shown.channel).toMatchObject({ username: wanted, openStreamId: 'st-2' });
    expect(shown.streams.get('st-2')?.username).toBe(wanted);
  }
});
