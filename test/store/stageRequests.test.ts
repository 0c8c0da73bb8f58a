import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { cursorCodec } from '../../domain/cursors.ts';
import { ConflictError, ForbiddenError } from '../../domain/errors.ts';
import { declineRequest, listRequests } from '../../domain/stages/answering.ts';
import { getOwnRequest, requestStage, withdrawRequest } from '../../domain/stages/requesting.ts';
import { unlimited } from '../../local/ivs/quotas.ts';
import { type StageRequestRow, stageRequestRow } from '../../model/stage.ts';
import { documentClient } from '../../store/database.ts';
import { takeRequestBack } from '../../store/stageRequests.ts';
import { movableClock } from '../support/accounts.ts';
import { localCredentials, useDatabase } from '../support/database.ts';
import { handling } from '../support/eventHandling.ts';
import { KilledError } from '../support/faults.ts';
import { stageEvent } from '../support/ivsEvents.ts';
import { recordRequests } from '../support/requests.ts';
import { putRows } from '../support/rows.ts';
import { startIvs, type TestIvs } from '../unit/localIvsEndpoint.ts';
import { type Host, type Person, stageWorld } from './stageWorld.ts';

const database = useDatabase();
const { clock, forward } = movableClock();
const cursors = cursorCodec(async () => 'a secret of the tests, long enough');

let ivs: TestIvs;
let world: ReturnType<typeof stageWorld>;
let host: Host;
let bob: Person;
beforeAll(async () => {
  ivs = await startIvs({ quota: unlimited, now: clock });
  world = stageWorld(database(), ivs, clock);
});
beforeEach(async () => {
  host = await world.newHost();
  bob = await newPerson();
  await tell('Participant Published', 'the-host');
});
afterAll(() => ivs.stop());

async function newPerson(): Promise<Person> {
  const [person] = await world.newPeople(1);
  if (person === undefined) throw new Error('no user was made');
  return person;
}

function tell(name: string, participantId: string) {
  forward(1);
  const { handle } = handling(database(), { clock });
  return handle(stageEvent(name, participantId, clock().toISOString(), { resources: [host.stageArn] }));
}

const given = (overrides = {}) => ({ database: { ...database(), ...overrides }, clock });
const ask = (person: Person, overrides = {}) => requestStage(given(overrides), person, host.username);
const stateOf = (person: Person) => getOwnRequest(given(), person, host.username);
const withdraw = (person: Person, overrides = {}) => withdrawRequest(given(overrides), person, host.username);
const decline = ({ username }: Person, overrides = {}) => declineRequest(given(overrides), host, username);
const list = (limit = 100, cursor?: string) => listRequests(given(), cursors, host, { limit, cursor });
const listed = async () => (await list()).items.map(({ user }) => user.id);

async function rows(): Promise<StageRequestRow[]> {
  const { Items = [] } = await database().client.send(
    new QueryCommand({
      TableName: database().names.stageRequests,
      ConsistentRead: true,
      KeyConditionExpression: 'stageId = :id',
      ExpressionAttributeValues: { ':id': host.stageId },
    }),
  );
  return Items.map(item => stageRequestRow.parse(item));
}

/** At most 30 open requests, one per user, and each has a row that leads to it. */
async function expectKeptPromises(): Promise<void> {
  const { requests = [], requestsVersion, version } = await world.stage(host);
  const users = requests.map(({ userId }) => userId);
  expect(new Set(users).size).toBe(users.length);
  expect(users.length).toBeLessThanOrEqual(30);
  const open = (await rows()).filter(({ declinedAt }) => declinedAt === undefined);
  expect(open.map(({ userId }) => userId)).toEqual(expect.arrayContaining(users));
  if (requestsVersion !== undefined) expect(requestsVersion).toBeLessThanOrEqual(version);
}

describe('a request', () => {
  test('is seen by its user and the host, and repeating it changes nothing', async () => {
    expect(await stateOf(bob)).toEqual({ state: 'none' });
    const asked = await ask(bob);
    expect(asked).toEqual({
      state: 'open',
      requestedAt: clock().toISOString(),
      expiresAt: new Date(clock().getTime() + 30 * 60_000).toISOString(),
    });
    const { version } = await world.stage(host);
    forward(60);
    expect(await ask(bob)).toEqual(asked);
    expect(await stateOf(bob)).toEqual(asked);
    expect((await world.stage(host)).version).toBe(version);
    expect((await list()).items).toEqual([
      {
        user: { id: bob.userId, username: bob.username },
        requestedAt: expect.any(String),
        expiresAt: expect.any(String),
      },
    ]);
    await expectKeptPromises();
  });

  test('that is sent ten times at once is one request', async () => {
    await Promise.all(Array.from({ length: 10 }, () => ask(bob)));
    expect(await listed()).toEqual([bob.userId]);
    await expectKeptPromises();
  });

  test('is taken back as often as its user wants, and can be made again', async () => {
    await ask(bob);
    for (let times = 0; times < 2; times++) await withdraw(bob);
    expect([await stateOf(bob), await listed(), await rows()]).toEqual([{ state: 'none' }, [], []]);
    expect(await ask(bob)).toMatchObject({ state: 'open' });
  });

  test('is accepted by an invitation, which removes it', async () => {
    await ask(bob);
    const { expiresAt } = await world.invite(host, bob);
    expect(await stateOf(bob)).toEqual({ state: 'invited', expiresAt });
    expect(await ask(bob)).toEqual({ state: 'invited', expiresAt });
    expect([await listed(), await rows()]).toEqual([[], []]);
    await world.expectKeptPromises(host);
  });

  test('that is declined keeps its user from asking for ten minutes', async () => {
    const eve = await newPerson();
    await ask(bob);
    await ask(eve);
    for (let times = 0; times < 2; times++) await decline(bob);
    expect(await listed()).toEqual([eve.userId]);
    const until = new Date(clock().getTime() + 10 * 60_000).toISOString();
    expect(await stateOf(bob)).toMatchObject({ state: 'declined', expiresAt: until });
    const reason = { reason: 'request-declined', parameters: { until } };
    await expect(ask(bob)).rejects.toMatchObject(reason);
    await withdraw(bob);
    await expect(ask(bob)).rejects.toMatchObject(reason);
    forward(600);
    expect(await stateOf(bob)).toEqual({ state: 'none' });
    expect(await ask(bob)).toMatchObject({ state: 'open' });
    await expectKeptPromises();
  });

  test('of a user who is declined can still be invited by the host', async () => {
    await ask(bob);
    await decline(bob);
    await world.invite(host, bob);
    expect(await stateOf(bob)).toMatchObject({ state: 'invited' });
  });

  test('expires after half an hour', async () => {
    await ask(bob);
    forward(30 * 60 - 1);
    expect(await listed()).toEqual([bob.userId]);
    forward(1);
    expect([await stateOf(bob), await listed()]).toEqual([{ state: 'none' }, []]);
    expect(await ask(bob)).toMatchObject({ state: 'open', requestedAt: clock().toISOString() });
    await expectKeptPromises();
  });

  test('needs a stage or a channel that is live, and a user who is not the host', async () => {
    await expect(ask(host)).rejects.toMatchObject({ reason: 'self' });
    await tell('Participant Unpublished', 'the-host');
    await expect(ask(bob)).rejects.toMatchObject({ reason: 'stage-not-live' });
    await setStream('st-1');
    expect(await ask(bob)).toMatchObject({ state: 'open' });
  });
});

/** Makes the host's channel live with a stream, or not live. */
async function setStream(openStreamId: string | undefined): Promise<void> {
  const { channels } = database().names;
  const { Item } = await database().client.send(
    new GetCommand({ TableName: channels, Key: { id: host.channelId }, ConsistentRead: true }),
  );
  const { openStreamId: _, ...channel } = Item ?? {};
  const live = openStreamId === undefined ? { isLive: false } : { isLive: true, openStreamId };
  await putRows(database(), 'channels', [{ ...channel, ...live }]);
}

describe('requests end', () => {
  test('with the last publisher on the stage, and the chat room is told that they changed', async () => {
    await ask(bob);
    await tell('Participant Published', 'a-guest');
    await tell('Participant Unpublished', 'the-host');
    expect(await listed()).toEqual([bob.userId]);
    const before = await world.stage(host);
    await tell('Participant Unpublished', 'a-guest');
    expect([await stateOf(bob), await listed()]).toEqual([{ state: 'none' }, []]);
    const { requestsVersion, version } = await world.stage(host);
    expect([requestsVersion, version]).toEqual([before.version + 1, before.version + 1]);
    // The stage has no requests that could change.
    await tell('Participant Published', 'the-host');
    await tell('Participant Unpublished', 'the-host');
    expect((await world.stage(host)).requestsVersion).toBe(requestsVersion);
  });

  test('with the stream during which they were made, although the stage stays live', async () => {
    await setStream('st-1');
    await ask(bob);
    await setStream(undefined);
    expect([await stateOf(bob), await listed()]).toEqual([{ state: 'none' }, []]);
    await setStream('st-2');
    expect([await stateOf(bob), await listed()]).toEqual([{ state: 'none' }, []]);
    expect(await ask(bob)).toMatchObject({ state: 'open' });
    await expectKeptPromises();
  });

  test('with the account of the user', async () => {
    const eve = await newPerson();
    await ask(bob);
    await ask(eve);
    const { requestsVersion = 0 } = await world.stage(host);
    for (let times = 0; times < 2; times++)
      await takeRequestBack(database(), host.stageId, bob.userId, clock);
    expect([await listed(), (await rows()).map(({ userId }) => userId)]).toEqual([
      [eve.userId],
      [eve.userId],
    ]);
    expect((await world.stage(host)).requestsVersion).toBe(requestsVersion + 1);
    await takeRequestBack(database(), 'no-such-stage', bob.userId, clock);
  });
});

describe('nobody', () => {
  test('asks while they are banned from the channel', async () => {
    const ban = { channelId: host.channelId, userId: bob.userId, username: bob.username, by: host.userId };
    const at = { bannedAt: clock().toISOString(), createdAt: 'x', updatedAt: 'x' };
    await putRows(database(), 'bans', [{ ...ban, ...at }]);
    await expect(ask(bob)).rejects.toThrow(ForbiddenError);
    const until = new Date(clock().getTime() + 1_000).toISOString();
    await putRows(database(), 'bans', [{ ...ban, ...at, until }]);
    await expect(ask(bob)).rejects.toThrow(ForbiddenError);
    forward(1);
    expect(await ask(bob)).toMatchObject({ state: 'open' });
  });

  test('asks while their account is being deleted', async () => {
    const { client, names } = database();
    const key = { TableName: names.users, Key: { id: bob.userId }, ConsistentRead: true };
    const { Item } = await client.send(new GetCommand(key));
    await putRows(database(), 'users', [{ ...Item, status: 'deleting' }]);
    await expect(ask(bob)).rejects.toMatchObject({ reason: 'account-closing' });
    expect([await listed(), await rows()]).toEqual([[], []]);
  });
});

test('of 40 users who ask at once, 30 have an open request, and an ended one makes room for another', async () => {
  const people = await world.newPeople(40);
  const results = await Promise.allSettled(people.map(person => ask(person)));
  const refused = results.flatMap(result => (result.status === 'rejected' ? [result.reason] : []));
  expect(refused.map(error => error instanceof ConflictError && error.reason)).toEqual(
    Array(10).fill('stage-requests-full'),
  );
  expect(await listed()).toHaveLength(30);
  await expectKeptPromises();
  await expect(ask(bob)).rejects.toMatchObject({ reason: 'stage-requests-full', parameters: { limit: 30 } });
  const first = people.find((_, index) => results[index]?.status === 'fulfilled');
  await decline(first ?? bob);
  expect(await ask(bob)).toMatchObject({ state: 'open' });
  await expectKeptPromises();
});

test('the list has each request on one page, oldest first, while others come and go', async () => {
  const people = await world.newPeople(7);
  for (const person of people) {
    await ask(person);
    forward(1);
  }
  const [first, second] = people;
  const pages: string[] = [];
  let cursor: string | undefined;
  do {
    const { items, nextCursor } = await list(2, cursor);
    pages.push(...items.map(({ user }) => user.id));
    // The end of the first page ends, and a new request comes.
    if (cursor === undefined) {
      await withdraw(second ?? bob);
      await ask(bob);
      await decline(first ?? bob);
    }
    cursor = nextCursor ?? undefined;
  } while (cursor !== undefined);
  expect(pages).toEqual([...people, bob].map(({ userId }) => userId));
});

describe('failures', () => {
  /** A client whose process is killed at the request `last`, before or after it is carried out. */
  function until(last: number, when: 'before' | 'after') {
    let sent = 0;
    const client = documentClient({ ...localCredentials, endpoint: database().engine.endpoint });
    client.middlewareStack.add(
      next => async args => {
        const isLast = ++sent === last;
        if (isLast && when === 'before') throw new KilledError('before');
        const answer = await next(args);
        if (isLast) throw new KilledError('after');
        return answer;
      },
      { step: 'initialize', name: 'until', priority: 'high' },
    );
    return client;
  }

  test.each(['before', 'after'] as const)(
    'a request killed %s any of its database requests keeps all promises, and succeeds when repeated',
    async when => {
      const steps = [
        [ask, withdraw, 'open'],
        [withdraw, ask, 'none'],
      ] as const;
      for (const [step, undo, state] of steps) {
        for (let last = 1; ; last++) {
          const client = until(last, when);
          const end = await step(bob, { client }).catch((error: unknown) => error);
          client.destroy();
          await expectKeptPromises();
          await step(bob);
          expect(await stateOf(bob)).toMatchObject({ state });
          if (!(end instanceof KilledError)) break;
          await undo(bob);
        }
      }
    },
  );
});

test('each operation takes as many requests as its docstring says', async () => {
  const client = documentClient({ ...localCredentials, endpoint: database().engine.endpoint });
  const requests = recordRequests(client);
  const sent = async (step: () => Promise<unknown>) => {
    await step();
    return requests().toSorted();
  };
  const counted = { database: { ...database(), client }, clock };
  expect(await sent(() => ask(bob, { client }))).toEqual(['GetItem', 'Query', 'TransactWriteItems']);
  expect(await sent(() => getOwnRequest(counted, bob, host.username))).toEqual([
    'GetItem',
    'GetItem',
    'Query',
  ]);
  expect(await sent(() => listRequests(counted, cursors, host, { limit: 10 }))).toEqual([
    'BatchGetItem',
    'GetItem',
    'GetItem',
  ]);
  expect(await sent(() => decline(bob, { client }))).toEqual([
    'GetItem',
    'GetItem',
    'Query',
    'TransactWriteItems',
  ]);
  expect(await sent(() => decline(bob, { client }))).toEqual(['GetItem', 'GetItem', 'Query']);
  forward(600);
  await ask(bob);
  expect(await sent(() => withdraw(bob, { client }))).toEqual(['GetItem', 'Query', 'TransactWriteItems']);
  expect(await sent(() => withdraw(bob, { client }))).toEqual(['GetItem', 'Query']);
  client.destroy();
});
