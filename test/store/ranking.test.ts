import { DeleteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { InvalidCursorError } from '../../domain/errors.ts';
import { listByViewers, rankChannels, rankingsOf } from '../../domain/ranking.ts';
import type { Channel } from '../../model/channel.ts';
import { rankedList, rankingPart } from '../../model/ranking.ts';
import { documentClient } from '../../store/database.ts';
import type { Key } from '../../store/pages.ts';
import { localCredentials, useDatabase } from '../support/database.ts';
import { KilledError } from '../support/faults.ts';
import { channel, live, putRows } from '../support/rows.ts';

const database = useDatabase();
const START = Date.UTC(2026, 0, 15, 12);
let now = START;
let ids = 0;
const newId = () => `ranking-${++ids}`;
const ranking = (client: DynamoDBDocumentClient = database().client) =>
  rankChannels({ database: { client, names: database().names }, clock: () => new Date(now), newId });

/** A live channel with viewers. */
function streamer(username: string, viewers: number, categoryId?: string, at = START - 60_000): Channel {
  const startedAt = new Date(at).toISOString();
  const row = live(channel({ username, categoryId }), { startedAt, categoryId }).channel;
  return { ...row, viewers, viewersAt: new Date(now).toISOString() };
}
const offline = (username: string) => channel({ username });
const put = (...rows: Channel[]) => putRows(database(), 'channels', rows);

async function walk(categoryId?: string, limit = 100): Promise<string[]> {
  const listed: string[] = [];
  let after: Key | undefined;
  do {
    const page = await listByViewers(database(), categoryId, { limit, after });
    listed.push(...page.items.map(({ id }) => id));
    after = page.next;
  } while (after !== undefined);
  return listed;
}

/** Deletes all channels and rankings. */
beforeEach(async () => {
  const { client, names } = database();
  now = START;
  const { ScanCommand } = await import('@aws-sdk/lib-dynamodb');
  for (const [table, attributes] of [
    [names.channels, ['id']],
    [names.rankings, ['part', 'id']],
  ] as const) {
    const { Items = [] } = await client.send(new ScanCommand({ TableName: table }));
    for (const item of Items)
      await client.send(
        new DeleteCommand({
          TableName: table,
          Key: Object.fromEntries(attributes.map(name => [name, item[name]])),
        }),
      );
  }
});

/** Counts the requests of a client by their commands. */
function counted() {
  const client = documentClient({ ...localCredentials, endpoint: database().engine.endpoint });
  const requests: string[] = [];
  client.middlewareStack.add(
    (next, context) => args => {
      requests.push(String(context['commandName']).replace(/Command$/, ''));
      return next(args);
    },
    { step: 'initialize' },
  );
  return { client, requests };
}

describe('the order by viewers', () => {
  test('has most viewers first, then the newest, for all live channels and for each category', async () => {
    await put(
      streamer('few', 3, 'music'),
      streamer('many', 30, 'music'),
      streamer('none', 0),
      streamer('newer', 3, 'art', START - 1_000),
      offline('away'),
    );
    expect(await ranking()).toEqual({ live: 4, lists: 3, changed: 3 });
    expect(await walk()).toEqual(['many', 'newer', 'few', 'none']);
    expect(await walk('music', 1)).toEqual(['many', 'few']);
    expect(await walk('art')).toEqual(['newer']);
    expect(await walk('chess')).toEqual([]);
  });

  test('counts viewers of whom none has reported for seven minutes as 0', () => {
    const stale = { ...streamer('stale', 50), viewersAt: new Date(START - 8 * 60_000).toISOString() };
    const row = ({ id, viewers, viewersAt, liveStartedAt = '' }: Channel) => ({
      id,
      viewers,
      viewersAt,
      liveStartedAt,
    });
    const lists = rankingsOf([row(stale), row(streamer('fresh', 1))], new Date(START));
    expect(lists.get(rankedList(undefined))).toEqual(['fresh', 'stale']);
  });

  test('is empty before the first run, and in a category whose channels have all ended', async () => {
    expect(await walk()).toEqual([]);
    await put(streamer('ann', 1, 'music'));
    await ranking();
    await put(offline('ann'));
    expect(await ranking()).toEqual({ live: 0, lists: 2, changed: 2 });
    expect(await listByViewers(database(), 'music', { limit: 10 })).toEqual({ items: [] });
  });

  test('shows channels as they are now, and leaves out those that have ended or changed the category', async () => {
    await put(streamer('ann', 5, 'music'), streamer('bob', 4, 'music'), streamer('cleo', 3, 'music'));
    await ranking();
    await put(
      { ...streamer('ann', 9, 'music'), title: 'Another' },
      offline('bob'),
      streamer('cleo', 3, 'art'),
    );
    const { items } = await listByViewers(database(), 'music', { limit: 10 });
    expect(items).toMatchObject([{ id: 'ann', viewers: 9, title: 'Another' }]);
    expect(await walk()).toEqual(['ann', 'cleo']);
  });
});

describe('what ranking costs', () => {
  test('a run writes nothing while the order is the same, and reads five partitions', async () => {
    await put(streamer('ann', 5, 'music'), streamer('bob', 4));
    await ranking();
    const { client, requests } = counted();
    // Another number that does not change the order.
    await put(streamer('ann', 7, 'music'));
    expect(await ranking(client)).toMatchObject({ changed: 0 });
    expect(requests).toEqual(Array.from({ length: 5 }, () => 'Query'));
    client.destroy();
  });

  test('a list is written again before its parts expire, but not an empty one', async () => {
    await put(streamer('ann', 5, 'music'));
    await ranking();
    now += 3 * 60 * 60_000;
    await put(streamer('ann', 5, 'music'));
    expect(await ranking()).toMatchObject({ changed: 2 });
    await put(offline('ann'));
    await ranking();
    now += 4 * 60 * 60_000;
    expect(await ranking()).toMatchObject({ changed: 0 });
  });

  test('a page is two requests, also the last of 620 channels in pages that cross the rows of a ranking', async () => {
    const all = Array.from({ length: 620 }, (_, n) =>
      streamer(`user${String(n).padStart(3, '0')}`, 1_000 - n),
    );
    await put(...all);
    await ranking();
    const { client, requests } = counted();
    const measured = { client, names: database().names };
    const listed: string[] = [];
    let after: Key | undefined;
    do {
      requests.length = 0;
      const page = await listByViewers(measured, undefined, { limit: 90, after });
      expect(requests.length).toBe(2);
      listed.push(...page.items.map(({ id }) => id));
      after = page.next;
    } while (after !== undefined);
    expect(listed).toEqual(all.map(({ id }) => id));
    client.destroy();
  });

  test('a page of which nothing is live any more is followed by the next one in the same answer', async () => {
    await put(streamer('ann', 5), streamer('bob', 4), streamer('cleo', 3));
    await ranking();
    await put(offline('ann'));
    const page = await listByViewers(database(), undefined, { limit: 1 });
    expect(page.items.map(({ id }) => id)).toEqual(['bob']);
    expect(page.next).toMatchObject({ offset: 2 });
  });
});

test('a cursor whose ranking is not kept any more is refused, with a reason', async () => {
  await put(streamer('ann', 5), streamer('bob', 4));
  await ranking();
  const { next } = await listByViewers(database(), undefined, { limit: 1 });
  const { client, names } = database();
  const Key = { part: rankingPart(rankedList(undefined), 0), id: next?.['ranking'] };
  await client.send(new DeleteCommand({ TableName: names.rankings, Key }));
  const error = await listByViewers(database(), undefined, { limit: 1, after: next }).catch(e => e);
  expect(error).toBeInstanceOf(InvalidCursorError);
  expect(error).toMatchObject({ reason: 'cursor-expired' });
});

describe('a run that is killed', () => {
  /** A client whose process ends before or after its request number `n`. */
  function killedAt(n: number, when: 'before' | 'after') {
    const client = documentClient({ ...localCredentials, endpoint: database().engine.endpoint });
    let sent = 0;
    client.middlewareStack.add(
      next => async args => {
        const number = sent++;
        if (number > n || (number === n && when === 'before')) throw new KilledError(when);
        const answer = await next(args);
        if (number === n) throw new KilledError(when);
        return answer;
      },
      { step: 'initialize', priority: 'high' },
    );
    return { client, sent: () => sent };
  }

  test.each(['before', 'after'] as const)(
    'anywhere leaves each list in the old or the new order, and the next run completes it (%s a request)',
    async when => {
      let completed = false;
      for (let n = 0; !completed; n++) {
        await put(streamer('ann', 5, 'music'), streamer('bob', 4, 'music'), streamer('cleo', 3, 'art'));
        await ranking();
        const before = await walk(undefined, 2);
        await put(streamer('ann', 1, 'music'), streamer('cleo', 9, 'art'));
        const { client, sent } = killedAt(n, when);
        await ranking(client).catch(error => expect(error).toBeInstanceOf(KilledError));
        completed = sent() <= n;
        client.destroy();
        const after = ['cleo', 'bob', 'ann'];
        expect([before, after]).toContainEqual(await walk(undefined, 2));
        expect([
          ['ann', 'bob'],
          ['bob', 'ann'],
        ]).toContainEqual(await walk('music', 1));
        await ranking();
        expect(await walk()).toEqual(after);
        expect(await walk('music')).toEqual(['bob', 'ann']);
      }
    },
  );

  test('does not matter to a walk that has begun', async () => {
    await put(streamer('ann', 5), streamer('bob', 4), streamer('cleo', 3));
    await ranking();
    const first = await listByViewers(database(), undefined, { limit: 1 });
    for (const n of [5, 6]) {
      await put(streamer('ann', n % 2), streamer('cleo', 10 + n));
      const { client } = killedAt(n, 'after');
      await ranking(client).catch(() => {});
      client.destroy();
    }
    const rest = await listByViewers(database(), undefined, { limit: 10, after: first.next });
    expect(rest.items.map(({ id }) => id)).toEqual(['bob', 'cleo']);
  });
});

test('of two runs at the same time, the slower one does not replace the list of the faster one', async () => {
  await put(streamer('ann', 5), streamer('bob', 4));
  await ranking();
  const slow = documentClient({ ...localCredentials, endpoint: database().engine.endpoint });
  let reached: () => void = () => {};
  let go: () => void = () => {};
  const arrived = new Promise<void>(resolve => {
    reached = resolve;
  });
  const released = new Promise<void>(resolve => {
    go = resolve;
  });
  slow.middlewareStack.add(
    (next, context) => async args => {
      if (context['commandName'] === 'BatchWriteItemCommand') {
        reached();
        await released;
      }
      return next(args);
    },
    { step: 'initialize' },
  );
  await put(streamer('bob', 6));
  const slower = ranking(slow);
  await arrived;
  await put(streamer('cleo', 9));
  await ranking();
  go();
  expect(await slower).toMatchObject({ changed: 0 });
  expect(await walk(undefined, 1)).toEqual(['cleo', 'bob', 'ann']);
  slow.destroy();
});

const people = ['ann', 'bob', 'cleo', 'dan', 'eve', 'finn', 'gus', 'hana'] as const;
const lists = [undefined, 'music', 'art'] as const;
const change = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('viewers' as const),
      who: fc.constantFrom(...people),
      viewers: fc.nat(9),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('ends' as const), who: fc.constantFrom(...people) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('starts' as const),
      who: fc.constantFrom(...people),
      category: fc.constantFrom(...lists),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('category' as const),
      who: fc.constantFrom(...people),
      category: fc.constantFrom(...lists),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('rank' as const), killedAt: fc.option(fc.nat(14)) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('two ranks' as const) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('page' as const),
      list: fc.constantFrom(...lists),
      limit: fc.integer({ min: 1, max: 3 }),
    }),
  },
);

/** A walk in progress, and the channels that have been in its list since before its ranking was made. */
interface Walk {
  readonly seen: string[];
  after: Key | undefined;
  readonly owed: Set<string>;
}

test('a walk lists no channel twice and misses none that stays live, while counts, categories, lives and ranks change at random', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 10, maxLength: 60 }), async changes => {
      const rows = new Map<string, Channel>(people.map((who, n) => [who, streamer(who, n, lists[n % 3])]));
      await put(...rows.values());
      await ranking();
      /** The channels that have been in a list since before the last run that was completed. */
      const ranked = new Map<string | undefined, Set<string>>();
      const isIn = (list: string | undefined, row: Channel) =>
        row.isLive && (list === undefined || row.categoryId === list);
      const membersOf = (list: string | undefined) =>
        new Set([...rows.values()].filter(row => isIn(list, row)).map(({ id }) => id));
      const markRanked = () => {
        for (const list of lists) ranked.set(list, membersOf(list));
      };
      markRanked();
      const walks = new Map<string | undefined, Walk>();
      const write = async (row: Channel) => {
        await put(row);
        const old = rows.get(row.id);
        rows.set(row.id, row);
        for (const list of lists)
          if (!isIn(list, row) || old?.openStreamId !== row.openStreamId) {
            ranked.get(list)?.delete(row.id);
            walks.get(list)?.owed.delete(row.id);
          }
      };
      const page = async (list: string | undefined, limit: number) => {
        const one = walks.get(list) ?? { seen: [], after: undefined, owed: new Set(ranked.get(list)) };
        walks.set(list, one);
        const { items, next } = await listByViewers(database(), list, { limit, after: one.after });
        one.seen.push(...items.map(({ id }) => id));
        one.after = next;
        expect(new Set(one.seen).size).toBe(one.seen.length);
        if (next !== undefined) return;
        expect(one.seen).toEqual(expect.arrayContaining([...one.owed]));
        walks.delete(list);
      };
      let starts = 0;
      for (const next of changes) {
        now += 7_000;
        switch (next.kind) {
          case 'viewers': {
            const row = rows.get(next.who);
            if (row?.isLive)
              await write({ ...row, viewers: next.viewers, viewersAt: new Date(now).toISOString() });
            break;
          }
          case 'ends':
            await write(offline(next.who));
            break;
          case 'starts':
            await write({ ...streamer(next.who, 0, next.category, now), openStreamId: `st-${++starts}` });
            break;
          case 'category': {
            const row = rows.get(next.who);
            if (row?.isLive)
              await write({
                ...streamer(next.who, row.viewers ?? 0, next.category),
                liveStartedAt: row.liveStartedAt,
                openStreamId: row.openStreamId,
              });
            break;
          }
          case 'rank': {
            if (next.killedAt === null) {
              await ranking();
              markRanked();
              break;
            }
            const client = documentClient({ ...localCredentials, endpoint: database().engine.endpoint });
            let left = next.killedAt;
            client.middlewareStack.add(
              send => async args => {
                if (left-- <= 0) throw new KilledError('before');
                return send(args);
              },
              { step: 'initialize', priority: 'high' },
            );
            await ranking(client).catch(error => expect(error).toBeInstanceOf(KilledError));
            client.destroy();
            break;
          }
          case 'two ranks':
            await Promise.all([ranking(), ranking()]);
            markRanked();
            break;
          case 'page':
            await page(next.list, next.limit);
        }
      }
      for (const list of [...walks.keys()]) while (walks.has(list)) await page(list, 2);
    }),
    { numRuns: 60 },
  );
}, 120_000);
