import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type StreamEvent, streamEventRow } from '../../model/streamEvent.ts';
import { RowsLeftError } from '../../store/batchWrite.ts';
import { documentClient } from '../../store/database.ts';
import { removeAllSeedRows, removeSet } from '../../store/removeSeedRows.ts';
import type { RetryPolicy } from '../../store/retry.ts';
import { Tally } from '../../store/tally.ts';
import { eventHandler } from '../../streamEventsApi/handleEvent.ts';
import { localCredentials, startDatabase, type TestDatabase } from '../support/database.ts';
import { type Fault, type FaultProxy, type ProxiedRequest, startFaultProxy } from '../support/faultProxy.ts';
import { channel, putRows } from '../support/rows.ts';
import { counts, dump, scan, seed } from '../support/seeding.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'seeding-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

let database: TestDatabase;
const cleanUp: (() => Promise<void> | void)[] = [];

beforeEach(async () => {
  database = await startDatabase();
});
afterEach(async () => {
  for (const stop of cleanUp.splice(0)) await stop();
  await database.stop();
});

/** The same database through a proxy, without the SDK's retries, so that our own are tested. */
async function faulty(faultOf: (request: ProxiedRequest) => Fault | undefined) {
  const proxy = await startFaultProxy(database.engine.endpoint, faultOf);
  const client = documentClient({ ...localCredentials, endpoint: proxy.endpoint, maxAttempts: 1 });
  cleanUp.push(() => client.destroy(), proxy.stop);
  return { client, names: database.names, proxy };
}

/** Short waits, and few attempts. */
const quick: RetryPolicy = { tries: 12, firstDelayMs: 1, longestDelayMs: 5 };
/** Short waits, and enough attempts for every row. */
const manyAttempts: RetryPolicy = { ...quick, tries: 100 };
/** True for every nth call. */
const every = (n: number) => {
  let calls = 0;
  return () => ++calls % n === 0;
};

async function liveAndOffline() {
  const streams = await scan(database, 'streams');
  const live = streams.filter(stream => stream['isOpen'] !== undefined).length;
  return { live, offline: streams.filter(stream => stream['endedAt'] !== undefined).length };
}

const file = 'seed.example.json';

describe('seeding', () => {
  test('without settings makes fifty channels, one of them offline', async () => {
    const { put } = await seed(database, {});
    expect(put.of('channels')).toBe(50);
    expect(await counts(database)).toEqual(Object.fromEntries(put.entries()));
    expect(await liveAndOffline()).toEqual({ live: 49, offline: 1 });
  });

  test.each([
    [{ SEED_COUNT: '0' }, { live: 0, offline: 0 }],
    [{ SEED_COUNT: '1' }, { live: 0, offline: 1 }],
    [
      { SEED_COUNT: '7', OFFLINE_SESSION_COUNT: '0' },
      { live: 7, offline: 0 },
    ],
    [
      { SEED_COUNT: '7', OFFLINE_SESSION_COUNT: '7' },
      { live: 0, offline: 7 },
    ],
    // Two of the three channels in the file are live.
    [
      { SEED_COUNT: '13', JSON: file },
      { live: 11, offline: 2 },
    ],
    [
      { SEED_COUNT: '13', JSON: file, OFFLINE_SESSION_COUNT: '10' },
      { live: 2, offline: 11 },
    ],
    [
      { SEED_COUNT: '20', JSON: file, OFFLINE_SESSION_COUNT: '4' },
      { live: 15, offline: 5 },
    ],
  ])('with %j makes exactly that', async (environment, expected) => {
    await seed(database, environment);
    const { channels = 0, streams = 0 } = await counts(database);
    expect({ channels, streams }).toEqual({ channels: Number(environment.SEED_COUNT), streams: channels });
    expect(await liveAndOffline()).toEqual(expected);
  });

  test('with PAST_STREAMS adds that many streams to each channel, and all of them are deleted', async () => {
    const { put, set } = await seed(database, { SEED_COUNT: '4', PAST_STREAMS: '2' });
    expect(await counts(database)).toMatchObject({ channels: 4, streams: 12 });
    expect(await liveAndOffline()).toEqual({ live: 3, offline: 9 });
    expect(put.of('streams')).toBe(12);
    await seed(database, { SEED_COUNT: '4', SEED: String(set) });
    expect(await counts(database)).toMatchObject({ channels: 4, streams: 4 });
    await seed(database, { SEED_COUNT: '4', PAST_STREAMS: '1', SEED: String(set) });
    await removeSet(database, set, new Tally());
    expect(await counts(database)).toEqual({});
  });

  test('without SEED adds a set, and changes no existing row', async () => {
    const first = await seed(database, { SEED_COUNT: '8' });
    const before = await dump(database);
    const second = await seed(database, { SEED_COUNT: '5' });
    expect(await counts(database)).toMatchObject({ channels: 13, streams: 13, users: 13, usernames: 13 });
    expect(first.put.total + second.put.total).toBe((await dump(database)).length);
    expect(second.removed.total).toBe(0);
    const after = new Set(await dump(database));
    expect(before.filter(row => !after.has(row))).toEqual([]);
  });

  test('without SEED draws another number if the stack already has a set of the first', async () => {
    await seed(database, { SEED_COUNT: '3', SEED: '7' });
    const before = await dump(database);
    const numbers = [7, 7, 8];
    const { set } = await seed(database, { SEED_COUNT: '2' }, {}, new Date(), () => numbers.shift() ?? 0);
    expect(set).toBe(8);
    expect(await counts(database)).toMatchObject({ channels: 5, users: 5, usernames: 5 });
    const after = new Set(await dump(database));
    expect(before.filter(row => !after.has(row))).toEqual([]);
  });

  test('without SEED fails and writes nothing if every drawn number is taken', async () => {
    await seed(database, { SEED_COUNT: '1', SEED: '7' });
    const before = await dump(database);
    const seeding = seed(database, { SEED_COUNT: '2' }, {}, new Date(), () => 7);
    await expect(seeding).rejects.toThrow('the stack already has sets with all 10 random numbers');
    expect(await dump(database)).toEqual(before);
  });

  test('in concurrent runs that draw the same numbers makes a separate set for each', async () => {
    const runs = [1, 2, 3, 4].map(() => {
      let drawn = 20;
      return seed(database, { SEED_COUNT: '4' }, {}, new Date(), () => ++drawn);
    });
    const sets = (await Promise.all(runs)).map(({ set }) => set);
    expect(sets.sort()).toEqual([21, 22, 23, 24]);
    expect(await counts(database)).toMatchObject({ channels: 16, streams: 16, users: 16, usernames: 16 });
  });

  test('keeps a number when the answer to its request is lost, and leaves no row under another number', async () => {
    let puts = 0;
    const proxy = await startFaultProxy(database.engine.endpoint, ({ operation }) =>
      operation === 'PutItem' && ++puts === 1 ? { kind: 'loseAnswer' } : undefined,
    );
    const client = documentClient({ ...localCredentials, endpoint: proxy.endpoint });
    cleanUp.push(() => client.destroy(), proxy.stop);
    let drawn = 30;
    const { set, put } = await seed(
      { client, names: database.names },
      { SEED_COUNT: '2' },
      {},
      new Date(),
      () => ++drawn,
    );
    expect({ set, puts }).toEqual({ set: 31, puts: 2 });
    expect(await counts(database)).toEqual(Object.fromEntries(put.entries()));
  });

  test('with SEED makes the same rows in every stack', async () => {
    const other = await startDatabase();
    cleanUp.push(other.stop);
    const now = new Date();
    const environment = { SEED_COUNT: '13', JSON: file, SEED: '4000000000' };
    await seed(other, { SEED_COUNT: '5' });
    await removeAllSeedRows(other, new Tally());
    for (const stack of [database, other]) await seed(stack, environment, {}, now);
    const rows = async (stack: TestDatabase) =>
      (await dump(stack)).map(row => row.replace(/\["seedRun".*?\]\]\]|\["seedShard".*?\]\]\]/g, ''));
    expect((await rows(database)).sort()).toEqual((await rows(other)).sort());
  });

  test('with SEED again has the same number of rows, all from the last run', async () => {
    const first = await seed(database, { SEED_COUNT: '20', SEED: '1' });
    const second = await seed(database, { SEED_COUNT: '20', SEED: '1' });
    expect(second.put.toString()).toBe(first.put.toString());
    expect(await counts(database)).toEqual(Object.fromEntries(second.put.entries()));
    const runs = new Set((await scan(database, 'channels')).map(row => row['seedRun']?.S));
    expect(runs.size).toBe(1);
  });

  test('with SEED again and fewer channels deletes the others', async () => {
    await seed(database, { SEED_COUNT: '20', JSON: file, OFFLINE_SESSION_COUNT: '5', SEED: '1' });
    const { put } = await seed(database, { SEED_COUNT: '4', SEED: '1' });
    expect(await counts(database)).toEqual(Object.fromEntries(put.entries()));
  });

  test('with another SEED does not change the first set, even if it is made again', async () => {
    await seed(database, { SEED_COUNT: '5', SEED: '1' });
    const before = await dump(database);
    await seed(database, { SEED_COUNT: '9', SEED: '12' });
    await seed(database, { SEED_COUNT: '6', SEED: '12' });
    expect(await counts(database)).toMatchObject({ channels: 11, streams: 11 });
    const after = await dump(database);
    expect(before.filter(row => !after.includes(row))).toEqual([]);
  });

  const named = { SEED_COUNT: '13', JSON: file };
  const textsOf = async (table: 'usernames' | 'chatMessages' | 'channels', attribute: string) =>
    (await scan(database, table)).flatMap(row => row[attribute]?.S ?? []);

  test('from the same file twice makes two sets, the second with other names', async () => {
    await seed(database, { ...named, SEED: '2' });
    const before = await dump(database);
    const { renamed } = await seed(database, { ...named, SEED: '4000000000' });
    expect(renamed).toEqual([
      { index: 0, username: 'NadiaCooks', newUsername: 'mock-NadiaCooks-4000000000-0' },
      { index: 1, username: 'board_game_ben', newUsername: 'mock-board_game_ben-4000000000-1' },
      { index: 2, username: 'quiet-corner', newUsername: 'mock-quiet-corner-4000000000-2' },
    ]);
    expect(await counts(database)).toMatchObject({ users: 26, usernames: 26, channels: 26, streams: 26 });
    const after = new Set(await dump(database));
    expect(before.filter(row => !after.has(row))).toEqual([]);
    // The senders in the chats of the second set belong to the second set too.
    const senders = (await scan(database, 'chatMessages')).flatMap(row =>
      row['chatRoomId']?.S?.startsWith('mock-room-4000000000-')
        ? (row['sender']?.M?.['username']?.S ?? [])
        : [],
    );
    expect(senders).toContain('mock-NadiaCooks-4000000000-0');
    expect(senders).not.toContain('NadiaCooks');
    // The same command again replaces the set, with the same names.
    expect((await seed(database, { ...named, SEED: '4000000000' })).renamed).toEqual(renamed);
    expect((await seed(database, { ...named, SEED: '2' })).renamed).toEqual([]);
    expect(await counts(database)).toMatchObject({ users: 26, usernames: 26, channels: 26 });
  });

  test('from the same file by several concurrent runs gives each name to one of them', async () => {
    const runs = await Promise.all([1, 2, 3].map(() => seed(database, named)));
    expect(await counts(database)).toMatchObject({ users: 39, usernames: 39, channels: 39 });
    expect(runs.flatMap(({ renamed }) => renamed)).toHaveLength(6);
    const names = await textsOf('channels', 'usernameKey');
    expect(new Set(names).size).toBe(39);
    expect((await textsOf('usernames', 'usernameKey')).sort()).toEqual(names.sort());
  });

  test('keeps a name that a real user has, in any case', async () => {
    const times = { createdAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-01-01T00:00:00.000Z' };
    await putRows(database, 'usernames', [{ usernameKey: 'nadiacooks', userId: 'user-1', ...times }]);
    const before = await dump(database);
    const { renamed } = await seed(database, { ...named, SEED: '5' });
    expect(renamed).toEqual([{ index: 0, username: 'NadiaCooks', newUsername: 'mock-NadiaCooks-5-0' }]);
    await removeAllSeedRows(database, new Tally());
    expect(await dump(database)).toEqual(before);
  });

  test("with SEED again and the file's channels in another order moves their names", async () => {
    const order = (...names: string[]) => {
      const path = join(folder, 'order.json');
      writeFileSync(path, JSON.stringify({ channels: names.map(username => ({ username, title: 'x' })) }));
      return { JSON: path, SEED: '6', SEED_COUNT: '2' };
    };
    await seed(database, order('ann', 'bob'));
    expect((await seed(database, order('bob', 'ann'))).renamed).toEqual([]);
    const users = Object.fromEntries(
      (await scan(database, 'usernames')).map(row => [row['usernameKey']?.S, row['userId']?.S]),
    );
    expect(users).toEqual({ bob: 'mock-user-6-0', ann: 'mock-user-6-1' });
  });
});

describe('an event of IVS for a seeded session', () => {
  test('is a duplicate if it is in the timeline already', async () => {
    await seed(database, { SEED_COUNT: '2' });
    const before = await dump(database);
    for (const row of await timeline()) {
      const outcome = await handle(row);
      expect(outcome).toEqual({ result: 'duplicate' });
    }
    expect(await dump(database)).toEqual(before);
  });

  test('closes the session, and adds a row that is deleted with the set', async () => {
    const { set, put } = await seed(database, { SEED_COUNT: '1', OFFLINE_SESSION_COUNT: '0' });
    const [created] = await timeline();
    if (created === undefined) throw new Error('the seeded session has no events');
    const time = new Date().toISOString();
    const detail = { ...created.detail, event_name: 'Session Ended' };
    const ended = { ...created, eventId: 'an-event', time, detailType: 'IVS Stream State Change', detail };
    expect(await handle(ended)).toEqual({ result: 'folded' });
    expect(await liveAndOffline()).toEqual({ live: 0, offline: 1 });
    await seed(database, { SEED_COUNT: '1' });
    const other = (await dump(database)).length;
    const deleted = new Tally();
    await removeSet(database, set, deleted);
    expect(deleted.total).toBe(put.total + 1);
    expect(await dump(database)).toHaveLength(other - deleted.total);
    expect(await dump(database)).not.toContainEqual(expect.stringContaining(created.streamId));
  });

  async function timeline(): Promise<StreamEvent[]> {
    const { Items = [] } = await database.client.send(
      new ScanCommand({ TableName: database.names.streamEvents }),
    );
    return Items.map(item => streamEventRow.parse(item));
  }

  function handle(row: StreamEvent) {
    const log = { info: () => {}, warn: () => {}, error: () => {} };
    const handleEvent = eventHandler({ database, clock: () => new Date(), log, count: () => {} });
    return handleEvent({
      id: row.eventId,
      'detail-type': row.detailType,
      source: 'aws.ivs',
      time: row.time,
      resources: [`arn:aws:ivs:us-west-2:000000000000:channel/${row.channelId}`],
      detail: row.detail,
    });
  }
});

describe('seeding a database', () => {
  const environment = { SEED_COUNT: '12' };

  test.each<[string, (request: ProxiedRequest) => Fault | undefined]>([
    ['leaves a fifth of the items of every batch unprocessed', unprocessed(every(5))],
    ['leaves three quarters of them unprocessed', unprocessed(not(every(4)))],
    [
      'throttles every other batch',
      batches(every(2), { kind: 'refuse', status: 400, type: 'ProvisionedThroughputExceededException' }),
    ],
    [
      'throttles a fifth of all requests',
      all(every(5), { kind: 'refuse', status: 400, type: 'ThrottlingException' }),
    ],
    [
      'fails in a fifth of all batches',
      batches(every(5), { kind: 'refuse', status: 500, type: 'InternalServerError' }),
    ],
  ])('that %s is complete', async (_, faultOf) => {
    const { proxy, ...throughProxy } = await faulty(faultOf);
    const { put } = await seed(throughProxy, environment, { policy: manyAttempts });
    expect(put.of('channels')).toBe(12);
    expect(await counts(database)).toEqual(Object.fromEntries(put.entries()));
    const needed = Math.ceil(put.total / 25);
    expect(proxy.requests.get('BatchWriteItem')).toBeGreaterThan(needed);
  });

  test('that never accepts some rows fails with an error that counts them', async () => {
    const { proxy, ...throughProxy } = await faulty(unprocessed(() => true));
    const seeding = seed(throughProxy, { SEED_COUNT: '3', SEED: '1' }, { policy: quick });
    await expect(seeding).rejects.toThrow(RowsLeftError);
    await expect(seeding).rejects.toThrow(
      /did not write these rows in 12 tries \(unprocessed items\): \w+ \d+/,
    );
    expect(await counts(database)).toEqual({});
  });

  test('that refuses permanently is not retried', async () => {
    const refused = batches(() => true, { kind: 'refuse', status: 400, type: 'AccessDeniedException' });
    const { proxy, ...throughProxy } = await faulty(refused);
    await expect(seed(throughProxy, { SEED_COUNT: '1' }, { policy: quick })).rejects.toThrow('AccessDenied');
    // One request for each concurrent writer.
    expect(proxy.requests.get('BatchWriteItem')).toBeLessThanOrEqual(8);
  });

  test('that is interrupted in the middle is exact after another run', async () => {
    const stop = new AbortController();
    const { proxy, ...throughProxy } = await faulty(({ operation }) => {
      if (operation === 'BatchWriteItem' && (proxy.requests.get(operation) ?? 0) > 5) stop.abort();
      return undefined;
    });
    const { put, set } = await seed(throughProxy, environment, { signal: stop.signal });
    expect(put.total).toBeGreaterThan(0);
    // Requests in progress are finished and counted, and no others are sent. Only the row of the set itself
    // is not counted.
    const rows = Object.values(await counts(database)).reduce((sum, count) => sum + count, 0);
    expect(rows - put.total).toBeLessThanOrEqual(1);
    const again = await seed(database, { ...environment, SEED: String(set) });
    expect(put.total).toBeLessThan(again.put.total);
    expect(await counts(database)).toEqual(Object.fromEntries(again.put.entries()));
  });

  test('whose index is out of date deletes no row that was just replaced', async () => {
    await seed(database, { SEED_COUNT: '10', SEED: '1' });
    const old = await scan(database, 'channels');
    let asked = 0;
    const { proxy, ...throughProxy } = await faulty(({ operation, body }) => {
      const query = JSON.stringify(body);
      if (operation !== 'Query' || !query.includes(`"${database.names.channels}"`)) return undefined;
      if (query.includes('COUNT') || asked++ >= 32) return undefined;
      // The first read of this table's index returns the rows as they were.
      const keys = old.map(({ id, seedShard, seedRun }) => ({ id, seedShard, seedRun }));
      const isOfShard = query.includes(`"${keys[0]?.seedShard?.S}"`);
      return { kind: 'answer', body: { Items: isOfShard ? keys : [], Count: 0, ScannedCount: 0 } };
    });
    const { put } = await seed(throughProxy, { SEED_COUNT: '10', SEED: '1' }, { policy: quick });
    expect(asked).toBeGreaterThan(32);
    expect(proxy.requests.get('TransactWriteItems')).toBeGreaterThan(0);
    expect(await counts(database)).toEqual(Object.fromEntries(put.entries()));
  });
});

describe('deleting seeded rows', () => {
  /** Real rows, some of which refer to mock rows. */
  async function putRealRows(count: number) {
    const names = Array.from({ length: count }, (_, index) => `real-${index}`);
    await putRows(
      database,
      'channels',
      names.map(username => channel({ username })),
    );
    const times = { createdAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-01-01T00:00:00.000Z' };
    const follows = names.map(name => ({
      userId: name,
      channelId: 'mock-channel-1-0',
      followedAt: times.createdAt,
      ...times,
    }));
    await putRows(database, 'follows', follows);
  }

  async function deleteAll(proxied: { proxy: FaultProxy } & Parameters<typeof removeAllSeedRows>[0]) {
    const deleted = new Tally();
    const before = proxied.proxy.total();
    await removeAllSeedRows(proxied, deleted);
    return { deleted, requests: proxied.proxy.total() - before };
  }

  test('among real rows does not change those, byte for byte', async () => {
    await putRealRows(100);
    const real = await dump(database);
    const { put } = await seed(database, { SEED_COUNT: '40' });
    expect(put.total).toBeGreaterThan(1_000);
    const proxied = await faulty(() => undefined);
    const { deleted } = await deleteAll(proxied);
    expect(await dump(database)).toEqual(real);
    expect(deleted.toString()).toBe(put.toString());
    expect([...proxied.proxy.requests.keys()]).not.toContain('Scan');
  });

  test('takes as many requests with 10 real rows as with 300', async () => {
    const proxied = await faulty(() => undefined);
    const requests = [];
    for (const count of [10, 300]) {
      await putRealRows(count);
      await seed(database, { SEED_COUNT: '10', SEED: '1' });
      requests.push((await deleteAll(proxied)).requests);
    }
    expect(requests[1]).toBe(requests[0]);
  });

  test('deletes every set', async () => {
    await seed(database, { SEED_COUNT: '3', SEED: '1' });
    await seed(database, { SEED_COUNT: '3', SEED: '2' });
    await seed(database, { SEED_COUNT: '13', JSON: file });
    await seed(database, { SEED_COUNT: '13', JSON: file });
    await removeAllSeedRows(database, new Tally());
    expect(await counts(database)).toEqual({});
  });

  test('with SEED deletes one set, and does not change sets whose numbers start or end alike', async () => {
    await putRealRows(10);
    for (const SEED of ['1', '121', '2']) await seed(database, { SEED_COUNT: '3', SEED });
    const others = await dump(database);
    const { put } = await seed(database, { SEED_COUNT: '13', JSON: file, SEED: '12' });
    const deleted = new Tally();
    await removeSet(database, 12, deleted);
    expect(deleted.toString()).toBe(put.toString());
    expect(await dump(database)).toEqual(others);
    const none = new Tally();
    await removeSet(database, 12, none);
    expect(none.total).toBe(0);
  });

  test('with SEED takes as many requests with 3 other channels as with 30', async () => {
    const proxied = await faulty(() => undefined);
    const requests = [];
    for (const SEED_COUNT of ['3', '30']) {
      await seed(database, { SEED_COUNT });
      await seed(database, { SEED_COUNT: '5', SEED: '1' });
      const before = proxied.proxy.total();
      await removeSet(proxied, 1, new Tally());
      requests.push(proxied.proxy.total() - before);
    }
    expect(requests[1]).toBe(requests[0]);
    expect([...proxied.proxy.requests.keys()]).not.toContain('Scan');
  });

  test.each<[string, (proxied: Parameters<typeof removeSet>[0]) => Promise<void>]>([
    ['all sets', proxied => removeAllSeedRows(proxied, new Tally(), { policy: quick })],
    ['one set', proxied => removeSet(proxied, 3, new Tally(), { policy: quick })],
  ])('of %s keeps a name that a user took after the index was read', async (_, remove) => {
    await seed(database, { SEED_COUNT: '13', JSON: file, SEED: '3' });
    const [seeded] = (await scan(database, 'usernames')).filter(
      row => row['usernameKey']?.S === 'nadiacooks',
    );
    const times = { createdAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-01-01T00:00:00.000Z' };
    const taken = { usernameKey: 'nadiacooks', userId: 'a-person', ...times };
    let asked = 0;
    const proxied = await faulty(({ operation, body }) => {
      const query = JSON.stringify(body);
      if (operation !== 'Query' || !query.includes(`"${database.names.usernames}"`)) return undefined;
      if (!query.includes(`"${seeded?.['seedShard']?.S}"`) || asked++ > 0) return undefined;
      const { usernameKey, seedShard, seedRun } = seeded ?? {};
      return {
        kind: 'answer',
        body: { Items: [{ usernameKey, seedShard, seedRun }], Count: 1, ScannedCount: 1 },
      };
    });
    await database.client.send(new PutCommand({ TableName: database.names.usernames, Item: taken }));
    await remove(proxied);
    expect(asked).toBeGreaterThan(0);
    expect(await counts(database)).toEqual({ usernames: 1 });
  });

  test('finishes despite unprocessed items and throttling', async () => {
    const { put } = await seed(database, { SEED_COUNT: '12' });
    const isThrottled = every(5);
    const leave = unprocessed(every(5));
    const proxied = await faulty(request => {
      if (isThrottled()) return { kind: 'refuse', status: 400, type: 'ThrottlingException' };
      return leave(request);
    });
    const deleted = new Tally();
    await removeAllSeedRows(proxied, deleted, { policy: manyAttempts });
    expect(deleted.toString()).toBe(put.toString());
    expect(await counts(database)).toEqual({});
  });

  test('that is interrupted in the middle deletes the rest when it is run again', async () => {
    const { put } = await seed(database, { SEED_COUNT: '12' });
    const stop = new AbortController();
    const proxied = await faulty(({ operation }) => {
      if (operation === 'BatchWriteItem') stop.abort();
      return undefined;
    });
    const first = new Tally();
    await removeAllSeedRows(proxied, first, { signal: stop.signal });
    expect(first.total).toBeGreaterThan(0);
    expect(first.total).toBeLessThan(put.total);
    const second = new Tally();
    await removeAllSeedRows(database, second);
    expect(first.total + second.total).toBe(put.total);
    expect(await counts(database)).toEqual({});
  });

  test('fails with an error that counts the rows that are left', async () => {
    await seed(database, { SEED_COUNT: '2' });
    const proxied = await faulty(({ operation }) =>
      operation === 'BatchWriteItem' ? { kind: 'answer', body: { UnprocessedItems: {} } } : undefined,
    );
    const transactions = await faulty(({ operation }) =>
      operation === 'TransactWriteItems' || operation === 'BatchWriteItem'
        ? { kind: 'answer', body: {} }
        : undefined,
    );
    const twoAttempts = { ...quick, tries: 2 };
    await expect(removeAllSeedRows(transactions, new Tally(), { policy: twoAttempts })).rejects.toThrow(
      /^seededIndex still lists these rows after \d+ passes: users 2, usernames 2, channels 2/,
    );
    // The answers say that rows were deleted when they were not. The index shows the rows, and they are
    // deleted again.
    await removeAllSeedRows(proxied, new Tally(), { policy: quick });
    expect(await counts(database)).toEqual({});
  });
});

function unprocessed(isLeft: () => boolean) {
  return ({ operation }: ProxiedRequest): Fault | undefined =>
    operation === 'BatchWriteItem' ? { kind: 'unprocessed', isLeft } : undefined;
}

function batches(strikes: () => boolean, fault: Fault) {
  return ({ operation }: ProxiedRequest) => (operation === 'BatchWriteItem' && strikes() ? fault : undefined);
}

function all(strikes: () => boolean, fault: Fault) {
  return () => (strikes() ? fault : undefined);
}

function not(is: () => boolean): () => boolean {
  return () => !is();
}
