import { randomBytes } from 'node:crypto';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { passwordHasher } from '../../domain/accounts/passwords.ts';
import { TooManyRequestsError, UnauthenticatedError } from '../../domain/errors.ts';
import type { User } from '../../model/user.ts';
import { getSession } from '../../store/sessions.ts';
import { getUser } from '../../store/users.ts';
import { cheapScrypt, movableClock, putAccount, testAccounts } from '../support/accounts.ts';
import { useDatabase } from '../support/database.ts';
import { recordRequests } from '../support/requests.ts';
import { putRows } from '../support/rows.ts';

const database = useDatabase();
const PASSWORD = 'correct horse';
const hasher = passwordHasher({ random: randomBytes, parameters: cheapScrypt });

let names = 0;
let name = '';
let user: User;
let time = movableClock();
let accounts: ReturnType<typeof testAccounts>;

beforeEach(async () => {
  name = `Ann${++names}`;
  time = movableClock();
  accounts = testAccounts(database(), time.clock);
  const passwordHash = await hasher.hash(PASSWORD);
  ({ user } = await putAccount(database(), name, { user: { passwordHash } }));
});

const signIn = (password = PASSWORD, username = name) => accounts.signIn(username, password);
const familyOf = (refreshToken: string) => refreshToken.split('.')[0] ?? '';
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => 'accepted',
    (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : error),
  );
const WRONG = 'UnauthenticatedError: the username or the password is wrong';
const NOT_GOOD = 'UnauthenticatedError: the refresh token is not valid: sign in again';

describe('signing in', () => {
  test('returns tokens of the user, whatever the case of the name', async () => {
    for (const username of [name, name.toLowerCase(), name.toUpperCase()]) {
      const { user: shown, accessToken, refreshToken, expiresIn } = await signIn(PASSWORD, username);
      const caller = {
        userId: user.id,
        username: name,
        channelId: user.channelId,
        familyId: familyOf(refreshToken),
        issuedAt: time.clock().getTime(),
      };
      expect(await accounts.tokens.verify(accessToken)).toEqual(caller);
      expect(shown).toMatchObject({ id: user.id, username: name });
      expect(expiresIn).toBe(900);
    }
  });

  test('refuses a wrong password, an unknown name and a user who may not sign in with the same error', async () => {
    const passwordHash = await hasher.hash(PASSWORD);
    await putAccount(database(), `going${names}`, {
      user: { passwordHash, status: 'deleting', pending: 'true' },
    });
    await putAccount(database(), `coming${names}`, {
      user: { passwordHash, status: 'creating', pending: 'true' },
    });
    await putAccount(database(), `seeded${names}`);
    expect(await refusal(signIn('wrong'))).toBe(WRONG);
    for (const username of ['nobody', 'going', 'coming', 'seeded'])
      expect(await refusal(signIn(PASSWORD, `${username}${names}`))).toBe(WRONG);
  });

  test('takes the same database requests to refuse, whether the name exists or not', async () => {
    const sent = recordRequests(database().client);
    await refusal(signIn('wrong'));
    const wrong = sent();
    await refusal(signIn('wrong', `nobody${names}`));
    expect(sent()).toEqual(wrong);
    expect(wrong).toEqual(['GetItem', 'GetItem', 'GetItem', 'PutItem', 'UpdateItem']);
  });

  test('stores neither password nor token, only the hash of the refresh token', async () => {
    const { accessToken, refreshToken } = await signIn();
    const secret = refreshToken.split('.')[1] ?? '';
    for (const table of Object.values(database().names)) {
      const { Items } = await database().client.send(new ScanCommand({ TableName: table }));
      const text = JSON.stringify(Items);
      for (const hidden of [PASSWORD, secret, accessToken]) expect(text).not.toContain(hidden);
    }
  });

  test('hashes the password again when the hash parameters were raised, and only then', async () => {
    const kept = user.passwordHash;
    await signIn();
    expect((await getUser(database(), user.id))?.passwordHash).toBe(kept);
    const dearer = testAccounts(database(), time.clock, { N: 4, r: 1, p: 1 });
    await dearer.signIn(name, PASSWORD);
    const rehashed = (await getUser(database(), user.id))?.passwordHash;
    expect(rehashed).toMatch(/^scrypt\$4\$1\$1\$/);
    expect(await refusal(dearer.signIn(name, 'wrong'))).toBe(WRONG);
    await dearer.signIn(name, PASSWORD);
    expect((await getUser(database(), user.id))?.passwordHash).toBe(rehashed);
  });

  test('fails if the account is being deleted when the session would start', async () => {
    await putRows(database(), 'users', [{ ...user, status: 'deleting' }]);
    expect(await refusal(accounts.sessions.start(user))).toBe(WRONG);
  });
});

describe('the lock after failed attempts', () => {
  const fail = async (times: number, username = name) => {
    for (let i = 0; i < times; i++) expect(await refusal(signIn('wrong', username))).toBe(WRONG);
  };
  const seconds = async (work: Promise<unknown>) => {
    const error = await work.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof TooManyRequestsError)) throw new Error('not locked', { cause: error });
    return error.retryAfterSeconds;
  };

  test('refuses the right password too, for 15 minutes from the fifth failure on', async () => {
    await fail(4);
    time.forward(600);
    await fail(1);
    expect(await seconds(signIn())).toBe(900);
    time.forward(899);
    expect(await seconds(signIn())).toBe(1);
    time.forward(1);
    await signIn();
  });

  test('does not follow from failures that are further apart', async () => {
    for (let i = 0; i < 3; i++) {
      await fail(4);
      time.forward(900);
    }
    await signIn();
  });

  test('starts from zero after a success', async () => {
    for (let i = 0; i < 3; i++) {
      await fail(4);
      await signIn();
    }
  });

  test('is the same for a name that does not exist, in any case', async () => {
    const nobody = `Nobody${names}`;
    await fail(3, nobody);
    await fail(2, nobody.toLowerCase());
    expect(await seconds(signIn('wrong', nobody))).toBe(900);
    await signIn();
  });

  test('lets no more than five of many concurrent guesses be checked', async () => {
    const guesses = await Promise.all(Array.from({ length: 30 }, () => refusal(signIn('wrong'))));
    expect(guesses.filter(answer => answer === WRONG).length).toBeLessThanOrEqual(5);
    expect(
      guesses.filter(answer => String(answer).startsWith('TooManyRequestsError')).length,
    ).toBeGreaterThanOrEqual(25);
    expect(await refusal(signIn())).toContain('TooManyRequestsError');
  });
});

describe('guesses from many networks, with renames in between', () => {
  const LOCKED = 'TooManyRequestsError: too many wrong passwords';
  /** Guesses from a thousand networks. Returns how many were checked. */
  const attack = async (guesses: number, network = (n: number) => `2001:db8:${n.toString(16)}::/48`) => {
    let looked = 0;
    for (let n = 0; n < guesses; n++) {
      const answer = await refusal(accounts.signIn(name, `guess ${n}`, { network: network(n) }));
      if (answer === WRONG) looked++;
      else expect(answer).toBe(LOCKED);
    }
    return looked;
  };
  const rename = async () => {
    const { accessToken } = await accounts.sessions.start((await getUser(database(), user.id)) ?? user);
    name = `Ann${++names}`;
    await accounts.changeProfile(await accounts.tokens.verify(accessToken), { username: name });
  };

  test('are checked 100 times a day, and the owner can sign in on a known device meanwhile', async () => {
    const { deviceToken } = await signIn();
    let looked = 0;
    for (let round = 0; round < 8; round++) {
      looked += await attack(20);
      await rename();
      // The owner's success does not reset the attacker's count.
      await accounts.signIn(name, PASSWORD, { network: '2001:db8:1::/48', deviceToken });
    }
    expect(looked).toBe(100);
    expect(await refusal(accounts.signIn(name, PASSWORD, { network: '192.0.2.77' }))).toBe(LOCKED);
    // The clock started at 10:00. The limit ends at midnight.
    time.forward(14 * 3600 - 1);
    expect(await attack(1)).toBe(0);
    time.forward(1);
    expect(await attack(101)).toBe(100);
  });

  test('from one network lock that network only', async () => {
    expect(await attack(7, () => '192.0.2.9')).toBe(5);
    await accounts.signIn(name, PASSWORD, { network: '192.0.2.10' });
    expect(await refusal(accounts.signIn(name, PASSWORD, { network: '192.0.2.9' }))).toBe(LOCKED);
  });

  test("from a locked network do not count towards the day's limit", async () => {
    expect(await attack(200, () => '192.0.2.9')).toBe(5);
    expect(await attack(200)).toBe(95);
  });

  test('with a copied device token are limited too, and lock nobody else', async () => {
    const { deviceToken } = await signIn();
    let looked = 0;
    for (let n = 0; n < 130; n++) {
      const answer = await refusal(
        accounts.signIn(name, `guess ${n}`, { network: `192.0.2.${n}`, deviceToken }),
      );
      if (answer === WRONG) looked++;
      time.forward(200);
    }
    expect(looked).toBeLessThanOrEqual(100);
    expect(looked).toBeGreaterThan(40);
    await accounts.signIn(name, PASSWORD);
  });

  test.each<[string, () => Promise<string>]>([
    [
      'of another user',
      async () => {
        const other = `Bob${names}`;
        await putAccount(database(), other, { user: { passwordHash: await hasher.hash(PASSWORD) } });
        return (await signIn(PASSWORD, other)).deviceToken;
      },
    ],
    [
      'of an earlier password',
      async () => {
        const { deviceToken, accessToken } = await signIn();
        const password = { current: PASSWORD, wanted: 'battery staple' };
        await accounts.changeProfile(await accounts.tokens.verify(accessToken), { password });
        return deviceToken;
      },
    ],
    ['that is an access token', async () => (await signIn()).accessToken],
    ['that is invalid', async () => 'x'],
  ])('with a device token %s count as from the network', async (_, made) => {
    const deviceToken = await made();
    for (let n = 0; n < 5; n++)
      expect(await refusal(accounts.signIn(name, 'wrong', { network: '192.0.2.9', deviceToken }))).toBe(
        WRONG,
      );
    expect(await refusal(accounts.signIn(name, PASSWORD, { network: '192.0.2.9', deviceToken }))).toBe(
      LOCKED,
    );
  });

  test('a device keeps its id over sign-ins and refreshes, and its token gives no access', async () => {
    const first = await signIn();
    const second = await accounts.signIn(name, PASSWORD, { deviceToken: first.deviceToken });
    const third = await accounts.sessions.refresh(second.refreshToken);
    const devices = await Promise.all(
      [first, second, third].map(({ deviceToken }) => accounts.tokens.readDevice(deviceToken)),
    );
    expect(new Set(devices.map(device => device?.deviceId)).size).toBe(1);
    expect((await accounts.tokens.readDevice((await signIn()).deviceToken))?.deviceId).not.toBe(
      devices[0]?.deviceId,
    );
    expect(await refusal(accounts.tokens.verify(first.deviceToken))).toContain('UnauthenticatedError');
  });
});

describe('refreshing', () => {
  test('returns new tokens each time, and the old refresh token is no longer valid', async () => {
    const first = await signIn();
    const second = await accounts.sessions.refresh(first.refreshToken);
    const third = await accounts.sessions.refresh(second.refreshToken);
    expect(new Set([first, second, third].map(({ refreshToken }) => refreshToken)).size).toBe(3);
    expect(await accounts.tokens.verify(third.accessToken)).toMatchObject({
      familyId: familyOf(first.refreshToken),
    });
  });

  test('with the same token within 30 seconds returns the same successor, because the first answer may have been lost', async () => {
    const first = await signIn();
    const second = await accounts.sessions.refresh(first.refreshToken);
    time.forward(30);
    const again = await accounts.sessions.refresh(first.refreshToken);
    expect(again.refreshToken).toBe(second.refreshToken);
    expect(await accounts.tokens.verify(again.accessToken)).toMatchObject({ userId: user.id });
    await accounts.sessions.refresh(second.refreshToken);
  });

  test('with a token that was replaced 31 seconds ago ends the family, also for the holder of the newest token', async () => {
    const first = await signIn();
    const other = await signIn();
    const second = await accounts.sessions.refresh(first.refreshToken);
    time.forward(31);
    expect(await refusal(accounts.sessions.refresh(first.refreshToken))).toBe(NOT_GOOD);
    expect(await refusal(accounts.sessions.refresh(second.refreshToken))).toBe(NOT_GOOD);
    // Other sign-ins of the user are not affected.
    await accounts.sessions.refresh(other.refreshToken);
  });

  test('in two tabs returns the same successor to both, and it works', async () => {
    for (let round = 0; round < 10; round++) {
      const { refreshToken } = await signIn();
      const both = await Promise.all([1, 2].map(() => accounts.sessions.refresh(refreshToken)));
      const [next = '', ...others] = new Set(both.map(signedIn => signedIn.refreshToken));
      expect(others).toEqual([]);
      await accounts.sessions.refresh(next);
    }
  });

  test('with a forged token changes nothing: only an issued token can end a family', async () => {
    const first = await signIn();
    const second = await accounts.sessions.refresh(first.refreshToken);
    time.forward(31);
    const [id, secret, code] = first.refreshToken.split('.');
    const [, , otherCode] = second.refreshToken.split('.');
    const random = (bytes: number) => randomBytes(bytes).toString('base64url');
    for (const forged of [
      `${id}.${random(32)}.${random(16)}`,
      `${id}.${random(32)}.${code}`,
      `${id}.${secret}.${random(16)}`,
      `${id}.${secret}.${otherCode}`,
      `${id}.${'A'.repeat(43)}.${'A'.repeat(22)}`,
    ])
      expect(await refusal(accounts.sessions.refresh(forged))).toBe(NOT_GOOD);
    await accounts.sessions.refresh(second.refreshToken);
  });

  test('stores nothing from which a token can be made without its predecessor, and no growing list', async () => {
    let { refreshToken } = await signIn();
    const issued = [refreshToken];
    for (let i = 0; i < 25; i++) {
      ({ refreshToken } = await accounts.sessions.refresh(refreshToken));
      issued.push(refreshToken);
    }
    const row = await getSession(database(), familyOf(refreshToken));
    expect(row?.replaced).toHaveLength(20);
    for (const token of issued)
      for (const part of token.split('.').slice(1)) expect(JSON.stringify(row)).not.toContain(part);
    time.forward(31);
    ({ refreshToken } = await accounts.sessions.refresh(refreshToken));
    expect((await getSession(database(), familyOf(refreshToken)))?.replaced).toHaveLength(1);
  });

  test('keeps a sign-in alive as long as it is repeated within 30 days', async () => {
    let { refreshToken } = await signIn();
    for (let i = 0; i < 3; i++) {
      time.forward(30 * 24 * 3600 - 1);
      ({ refreshToken } = await accounts.sessions.refresh(refreshToken));
    }
    time.forward(30 * 24 * 3600);
    expect(await refusal(accounts.sessions.refresh(refreshToken))).toBe(NOT_GOOD);
  });

  test('is refused once the account is being deleted or is gone', async () => {
    const { refreshToken } = await signIn();
    await putRows(database(), 'users', [{ ...user, status: 'deleting', pending: 'true' }]);
    expect(await refusal(accounts.sessions.refresh(refreshToken))).toBe(NOT_GOOD);
    expect(await getSession(database(), familyOf(refreshToken))).toBeUndefined();
  });

  test('needs a token in the format of sign-in', async () => {
    const { refreshToken } = await signIn();
    const id = familyOf(refreshToken);
    for (const wrong of [
      '',
      'x',
      id,
      `${id}.`,
      `${refreshToken}.`,
      ` ${refreshToken}`,
      refreshToken.split('.').slice(0, 2).join('.'),
      `${'A'.repeat(22)}.${'A'.repeat(43)}.${'A'.repeat(22)}`,
    ])
      expect(await refusal(accounts.sessions.refresh(wrong))).toBe(NOT_GOOD);
    // None of these tokens ended the family.
    await accounts.sessions.refresh(refreshToken);
  });

  test("returns the user's current name", async () => {
    const { refreshToken } = await signIn();
    await putRows(database(), 'users', [{ ...user, username: 'Annie' }]);
    const { user: shown, accessToken } = await accounts.sessions.refresh(refreshToken);
    expect(shown.username).toBe('Annie');
    expect(await accounts.tokens.verify(accessToken)).toMatchObject({ username: 'Annie' });
  });
});

describe('signing out', () => {
  test('ends this sign-in only, and can be repeated', async () => {
    const [mine, other] = [await signIn(), await signIn()];
    const caller = await accounts.tokens.verify(mine.accessToken);
    await accounts.sessions.end(caller);
    await accounts.sessions.end(caller);
    expect(await refusal(accounts.sessions.refresh(mine.refreshToken))).toBe(NOT_GOOD);
    await accounts.sessions.refresh(other.refreshToken);
  });
});

test('an error of accounts contains no password, token or hash', async () => {
  const { refreshToken } = await signIn();
  const thrown = await Promise.all(
    [signIn('a wrong password'), accounts.sessions.refresh(`${refreshToken}x`)].map(work =>
      work.then(
        () => undefined,
        (error: unknown) => error,
      ),
    ),
  );
  for (const error of thrown) {
    expect(error).toBeInstanceOf(UnauthenticatedError);
    const text = JSON.stringify(error, Object.getOwnPropertyNames(error));
    for (const hidden of ['a wrong password', refreshToken, user.passwordHash ?? '?'])
      expect(text).not.toContain(hidden);
  }
});
