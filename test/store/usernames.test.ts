import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ConflictError, TooManyRequestsError } from '../../domain/errors.ts';
import { type User, usernameRow } from '../../model/user.ts';
import { MAX_FORMER_NAMES, NAME_HOLD_MS, usernameKeyOf } from '../../model/username.ts';
import { claimName } from '../../store/putSeedRows.ts';
import { transact } from '../../store/transaction.ts';
import { freeName, getName, holdName, newNameOf, userIdNamed } from '../../store/usernames.ts';
import { getUser } from '../../store/users.ts';
import { putAccount, testAccounts } from '../support/accounts.ts';
import { recordRequests } from '../support/requests.ts';
import { putRows } from '../support/rows.ts';
import { inTurns } from '../support/turns.ts';
import { useWorld } from './signUpWorld.ts';

const world = useWorld();
const database = () => world().database;
const now = () => world().clock().toISOString();

let tests = 0;
/** A name that no other test uses. */
let named: (name: string) => string;
let accounts: ReturnType<typeof testAccounts>;
beforeEach(() => {
  tests += 1;
  named = name => `${name}-${tests}`;
  accounts = testAccounts(database(), world().clock);
});

const newUser = async (name: string) => (await putAccount(database(), named(name))).user;

/** Renames a user who has just signed in. */
async function rename({ id }: Pick<User, 'id'>, name: string) {
  const user = await getUser(database(), id);
  if (user === undefined) throw new Error(`there is no user ${id}`);
  const { accessToken } = await accounts.sessions.start(user);
  return accounts.changeProfile(await accounts.tokens.verify(accessToken), { username: named(name) });
}

const leadsTo = (name: string) => newNameOf(database(), named(name), now());
const ownerOf = (name: string) => userIdNamed(database(), named(name));

/** The reason why a request was refused. */
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => 'accepted',
    (error: unknown) => {
      if (error instanceof ConflictError || error instanceof TooManyRequestsError) return error.reason;
      throw error;
    },
  );

async function rowOf(name: string) {
  const Key = { usernameKey: usernameKeyOf(named(name)) };
  const { names, client } = database();
  const { Item } = await client.send(
    new GetCommand({ TableName: names.usernames, Key, ConsistentRead: true }),
  );
  return Item === undefined ? undefined : usernameRow.parse(Item);
}

describe('a name that was given up', () => {
  test('leads to the current name, whatever its case, over every rename since', async () => {
    const user = await newUser('a');
    await rename(user, 'B');
    await rename(user, 'C');
    for (const name of ['a', 'A', 'b', 'B']) expect([name, await leadsTo(name)]).toEqual([name, named('C')]);
    expect([await leadsTo('c'), await leadsTo('never')]).toEqual([undefined, undefined]);
  });

  test('leads to no name in between that was taken back', async () => {
    const user = await newUser('a');
    for (const name of ['b', 'c', 'b', 'd', 'c']) await rename(user, name);
    expect(await Promise.all(['a', 'b', 'c', 'd'].map(leadsTo))).toEqual([
      named('c'),
      named('c'),
      undefined,
      named('c'),
    ]);
  });

  test('can be taken back by the user, in any case, and is then an ordinary name', async () => {
    const user = await newUser('a');
    const first = await rowOf('a');
    await rename(user, 'b');
    await rename(user, 'A');
    expect([await leadsTo('a'), await leadsTo('b'), await ownerOf('a'), await ownerOf('b')]).toEqual([
      undefined,
      named('A'),
      user.id,
      undefined,
    ]);
    expect(Object.keys((await rowOf('a')) ?? {}).sort()).toEqual(Object.keys(first ?? {}).sort());
    // It can be given up again, for another 30 days.
    world().forward(3_600);
    await rename(user, 'c');
    expect((await rowOf('a'))?.heldUntil).toBe(new Date(Date.parse(now()) + NAME_HOLD_MS).toISOString());
  });

  test('is refused to a rename and to a sign-up of others, in any case, and a change of case keeps it', async () => {
    const [user, other] = [await newUser('a'), await newUser('other')];
    await rename(user, 'b');
    await rename(user, 'B');
    for (const name of ['a', 'A']) {
      expect(await refusal(rename(other, name))).toBe('username-taken');
      expect(await refusal(world().signUp(named(name)))).toBe('username-taken');
    }
    expect([await leadsTo('a'), await ownerOf('other')]).toEqual([named('b'), other.id]);
  });

  test('is refused to a sign-up whose user gave it up between its two requests', async () => {
    const user = await newUser('a');
    const { middlewareStack } = database().client;
    // The sign-up reads the name while it is free and writes it when it is kept.
    middlewareStack.add(
      (next, context) => async args => {
        if (!/^TransactWrite/.test(String(context['commandName']))) return next(args);
        middlewareStack.remove('rename');
        await rename(user, 'x');
        await rename(user, 'b');
        return next(args);
      },
      { step: 'initialize', name: 'rename' },
    );
    expect(await refusal(world().signUp(named('x')))).toBe('username-taken');
    expect(await leadsTo('x')).toBe(named('b'));
  });

  test('is given up only by the user who has it now', async () => {
    const [user, other] = [await newUser('a'), await newUser('other')];
    await rename(user, 'b');
    const refused = { committed: false, failed: [0] };
    for (const { id, usernameKey } of [
      { id: other.id, usernameKey: named('b') },
      { id: user.id, usernameKey: named('a') },
    ]) {
      const given = holdName(database(), { id, usernameKey }, undefined, now());
      expect(await transact(database(), [given])).toEqual(refused);
      expect(await transact(database(), [freeName(database(), { id, usernameKey })])).toEqual(refused);
    }
    expect([await leadsTo('a'), await ownerOf('b')]).toEqual([named('b'), user.id]);
  });

  test('cannot be used to sign in', async () => {
    const user = await newUser('a');
    await rename(user, 'b');
    await expect(accounts.signIn(named('a'), 'any password')).rejects.toMatchObject({ given: 'credentials' });
    expect(await ownerOf('a')).toBeUndefined();
  });

  test('is kept until exactly 30 days have passed, and free from then on although its row exists', async () => {
    const [user, other] = [await newUser('a'), await newUser('other')];
    await rename(user, 'b');
    world().forward((NAME_HOLD_MS - 1) / 1_000);
    expect([await leadsTo('a'), await refusal(rename(other, 'a'))]).toEqual([named('b'), 'username-taken']);
    world().forward(1 / 1_000);
    expect([await leadsTo('a'), await getName(database(), named('a'), now())]).toEqual([
      undefined,
      undefined,
    ]);
    const { heldUntil = '', expiresAt } = (await rowOf('a')) ?? {};
    expect([heldUntil, expiresAt]).toEqual([now(), Math.ceil(Date.parse(now()) / 1_000)]);
    expect(await refusal(rename(other, 'a'))).toBe('accepted');
    expect([await leadsTo('a'), await ownerOf('a'), await leadsTo('other')]).toEqual([
      undefined,
      other.id,
      named('a'),
    ]);
    // Nothing of the first user is left on it.
    expect(await rowOf('a')).toMatchObject({ userId: other.id });
    expect(Object.keys((await rowOf('a')) ?? {})).not.toContain('heldUntil');
  });

  test('is free for a sign-up and for a seeded channel after 30 days, and not before', async () => {
    const user = await newUser('a');
    await rename(user, 'b');
    await rename(user, 'c');
    const claim = () => {
      const row = { usernameKey: named('b'), userId: 'mock-user', createdAt: now(), updatedAt: now() };
      return claimName(database(), row, 'mock-', { set: 1, id: 'x' });
    };
    expect(await claim()).toBe(false);
    world().forward(NAME_HOLD_MS / 1_000);
    expect([await claim(), await ownerOf('b')]).toEqual([true, 'mock-user']);
    const { user: signedUp } = await world().signUp(named('a'));
    expect(await ownerOf('a')).toBe(signedUp.id);
  });

  test('leads to nobody when another user has the name in between, because the clocks of two writers differ', async () => {
    const [user, other] = [await newUser('a'), await newUser('other')];
    await rename(user, 'b');
    await rename(user, 'c');
    await putRows(database(), 'usernames', [{ ...(await rowOf('other')), usernameKey: named('b') }]);
    expect([await leadsTo('a'), await ownerOf('b')]).toEqual([undefined, other.id]);
  });

  test('costs one request to look up, and one more for each rename since', async () => {
    const user = await newUser('a');
    for (const name of ['b', 'c', 'd']) await rename(user, name);
    const requests = recordRequests(database().client);
    const costs: [string, number][] = [];
    for (const name of ['never', 'd', 'c', 'a']) {
      await leadsTo(name);
      costs.push([name, requests().length]);
    }
    expect(costs).toEqual([
      ['never', 1],
      ['d', 1],
      ['c', 2],
      ['a', 4],
    ]);
  });
});

describe('a user', () => {
  test(`gives up at most ${MAX_FORMER_NAMES} names in 30 days, and can always take one of them`, async () => {
    const user = await newUser('n0');
    for (let n = 1; n <= MAX_FORMER_NAMES; n++) {
      await rename(user, `n${n}`);
      world().forward(60);
    }
    await expect(rename(user, 'more')).rejects.toMatchObject({
      reason: 'rename-limit',
      parameters: { limit: MAX_FORMER_NAMES, until: (await rowOf('n0'))?.heldUntil },
      retryAfterSeconds: NAME_HOLD_MS / 1_000 - MAX_FORMER_NAMES * 60,
    });
    expect(await ownerOf('more')).toBeUndefined();
    expect(await refusal(rename(user, 'n3'))).toBe('accepted');
    expect(await refusal(rename(user, 'more'))).toBe('rename-limit');
    // The first name is free again, so another one can be given up.
    world().forward(NAME_HOLD_MS / 1_000 - MAX_FORMER_NAMES * 60);
    expect(await refusal(rename(user, 'more'))).toBe('accepted');
    expect(await refusal(rename(user, 'even-more'))).toBe('rename-limit');
  });

  test('who never finished signing up leaves the name free', async () => {
    const at = world();
    at.ivs.simulator.faults.add({ operation: 'CreateRoom', failure: 'failed' });
    await expect(at.signUp(named('a'))).rejects.toThrow();
    at.ivs.simulator.faults.clear();
    at.forward(25 * 3_600);
    await at.finishPending();
    expect(await rowOf('a')).toBeUndefined();
    const { user } = await at.signUp(named('a'));
    expect(await ownerOf('a')).toBe(user.id);
  });

  test('who was deleted leaves names that lead nowhere and that nobody can take', async () => {
    const at = world();
    const { user } = await at.signUp(named('a'));
    const other = await newUser('other');
    await rename(user, 'b');
    at.forward(10 * 24 * 3_600);
    await at.deleteAccount(user.id);
    for (const name of ['a', 'b']) {
      expect([name, await leadsTo(name), await ownerOf(name)]).toEqual([name, undefined, undefined]);
      expect(await refusal(rename(other, name))).toBe('username-taken');
    }
    // Each name is free 30 days after it was given up.
    at.forward(20 * 24 * 3_600);
    expect(await refusal(rename(other, 'b'))).toBe('username-taken');
    expect(await refusal(rename(other, 'a'))).toBe('accepted');
    at.forward(10 * 24 * 3_600);
    expect(await refusal(rename(other, 'b'))).toBe('accepted');
  });
});

/** Fails unless every user has exactly one name, and each name in force belongs to its user. */
async function checkNames(users: readonly User[], names: readonly string[]): Promise<void> {
  const rows = await Promise.all(names.map(name => getName(database(), named(name), now())));
  for (const { id } of users) {
    const user = await getUser(database(), id);
    const current = rows.filter(row => row?.userId === id && row.heldUntil === undefined);
    expect(current.map(row => row?.usernameKey)).toEqual([user?.usernameKey]);
    const held = rows.filter(row => row?.userId === id && row.heldUntil !== undefined);
    const kept = user?.formerNames?.filter(({ heldUntil }) => heldUntil > now()) ?? [];
    expect(kept.map(name => name.usernameKey).sort()).toEqual(held.map(row => row?.usernameKey).sort());
    for (const row of held) {
      const newName = await newNameOf(database(), row?.usernameKey ?? '', now());
      expect(usernameKeyOf(newName ?? '')).toBe(user?.usernameKey);
    }
  }
}

test('in every interleaving of renames, each name leads to the user who had it, and no other takes it', async () => {
  const run = fc.asyncProperty(
    fc.infiniteStream(fc.nat()),
    fc.constantFrom<readonly (readonly [number, string])[]>(
      // One user gives a name up while another takes it.
      [
        [0, 'c'],
        [1, 'a'],
      ],
      // Two users exchange their names.
      [
        [0, 'b'],
        [1, 'a'],
      ],
      // One user sends two renames, one of them back to the current name.
      [
        [0, 'c'],
        [0, 'd'],
      ],
      // Two users want the same name.
      [
        [0, 'c'],
        [1, 'C'],
      ],
    ),
    async (picks, renames) => {
      tests += 1;
      const users = [await newUser('a'), await newUser('b')];
      const work = await Promise.all(
        renames.map(async ([who, name]) => {
          const user = users[who];
          if (user === undefined) throw new Error(`there is no user ${who}`);
          const caller = await accounts.tokens.verify((await accounts.sessions.start(user)).accessToken);
          return () => refusal(accounts.changeProfile(caller, { username: named(name) }));
        }),
      );
      const answers = await inTurns(database().client, work, picks);
      expect(answers.filter(answer => answer !== 'accepted' && answer !== 'username-taken')).toEqual([]);
      // Whoever gave a or b up, nobody else has it.
      for (const [who, name] of [
        [0, 'a'],
        [1, 'b'],
      ] as const)
        expect((await rowOf(name))?.userId).toBe(users[who]?.id);
      await checkNames(users, ['a', 'b', 'c', 'd']);
    },
  );
  await fc.assert(run, { numRuns: 40 });
});

test('names agree with a model over any history of renames and of time', async () => {
  const names = ['a', 'b', 'c', 'D'];
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.record({ who: fc.nat(2), name: fc.nat(3) }) },
    { weight: 1, arbitrary: fc.constantFrom(1, 10 * 86_400_000, NAME_HOLD_MS - 1, NAME_HOLD_MS) },
  );
  const run = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), async steps => {
    tests += 1;
    const users = [await newUser('u0'), await newUser('u1'), await newUser('u2')];
    const all = [...names, 'u0', 'u1', 'u2'];
    /** Who has or had each name, and until when it is kept if it was given up. */
    const owners = new Map(
      ['u0', 'u1', 'u2'].map((name, who) => [name, { who, until: Number.POSITIVE_INFINITY }]),
    );
    const current = ['u0', 'u1', 'u2'];
    for (const wanted of steps) {
      const time = world().clock().getTime();
      if (typeof wanted === 'number') {
        world().forward(wanted / 1_000);
        continue;
      }
      const { who } = wanted;
      const [user, name] = [users[who], names[wanted.name]];
      if (user === undefined || name === undefined) throw new Error('there is no such user or name');
      const owner = owners.get(name);
      const isFree = owner === undefined || owner.until <= time || owner.who === who;
      expect([name, await refusal(rename(user, name))]).toEqual([
        name,
        isFree ? 'accepted' : 'username-taken',
      ]);
      if (!isFree || current[who] === name) continue;
      owners.set(current[who] ?? '', { who, until: time + NAME_HOLD_MS });
      owners.set(name, { who, until: Number.POSITIVE_INFINITY });
      current[who] = name;
    }
    const time = world().clock().getTime();
    for (const name of all) {
      const owner = owners.get(name);
      const isKept = owner !== undefined && owner.until > time && owner.until < Number.POSITIVE_INFINITY;
      expect([name, await leadsTo(name)]).toEqual([
        name,
        isKept ? named(current[owner.who] ?? '') : undefined,
      ]);
    }
    await checkNames(users, all);
  });
  await fc.assert(run, { numRuns: 25 });
});
