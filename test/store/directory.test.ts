import { beforeAll, describe, expect, test } from '@jest/globals';
import { present, shardOf, shardsOf, withoutShard } from '../../model/row.ts';
import { listByName, listLive } from '../../store/channels.ts';
import type { Key } from '../../store/pages.ts';
import { useDatabase } from '../support/database.ts';
import { channel, live, putRows } from '../support/rows.ts';

const categories = ['music', 'c-1'] as const;

/** Forty live channels in two categories. Four of them start at each instant. */
const channels = Array.from({ length: 40 }, (_, n) => {
  const startedAt = new Date(Date.UTC(2026, 0, 15, 10) + Math.floor(n / 4) * 1_000).toISOString();
  const owner = channel({ username: `streamer${n}`, categoryId: categories[n % 2] });
  return live(owner, { startedAt, categoryId: owner.categoryId }).channel;
});

describe('the directory', () => {
  const database = useDatabase();
  beforeAll(() => putRows(database(), 'channels', channels));

  async function walk(category: string | undefined, limit: number) {
    const pages = [];
    let after: Key | undefined;
    do {
      const page = await listLive(database(), category, { limit, after });
      pages.push(page.items);
      after = page.next;
    } while (after !== undefined);
    return pages;
  }

  test.each([1, 3, 7, 40, 100])(
    'lists the channels of all partitions once, newest first, in pages of %i',
    async limit => {
      const pages = await walk(undefined, limit);
      const listed = pages.flat();
      expect(listed.map(({ id }) => id).sort()).toEqual(channels.map(({ id }) => id).sort());
      const starts = listed.map(({ liveStartedAt }) => liveStartedAt);
      expect(starts).toEqual([...starts].sort().reverse());
      const full = pages.slice(0, Math.floor(channels.length / limit));
      expect(full.map(page => page.length)).toEqual(full.map(() => limit));
      expect(listed.every(({ liveCategoryId = '' }) => categories.some(id => id === liveCategoryId))).toBe(
        true,
      );
    },
  );

  test.each(categories)('lists the channels of the category %s and no others', async category => {
    const expected = channels.filter(({ categoryId }) => categoryId === category).map(({ id }) => id);
    const listed = (await walk(category, 3)).flat();
    expect(listed.map(({ id }) => id).sort()).toEqual(expected.sort());
    expect(listed.every(({ liveCategoryId }) => liveCategoryId === category)).toBe(true);
  });

  test('reads more rows of a partition that has most of the newest channels', async () => {
    // The 26 newest channels of this category are in one partition, and 4 older ones in another.
    const crowd = Array.from({ length: 30 }, (_, n) => {
      const startedAt = new Date(Date.UTC(2026, 0, 16) - n * 1_000).toISOString();
      const row = live(channel({ username: `crowd${n}` }), { startedAt }).channel;
      return { ...row, liveCategoryId: n < 26 ? 'crowd#1' : 'crowd#3' };
    });
    await putRows(database(), 'channels', crowd);
    for (const limit of [1, 20, 28])
      expect((await walk('crowd', limit)).flat().map(({ id }) => id)).toEqual(crowd.map(({ id }) => id));
  });

  test('includes channels whose rows were written before the index had several partitions', async () => {
    const old = {
      ...live(channel({ username: 'old' })).channel,
      live: present,
      liveCategoryId: 'old-category',
    };
    await putRows(database(), 'channels', [old]);
    expect((await walk(undefined, 100)).flat().map(({ id }) => id)).toContain(old.id);
    expect((await walk('old-category', 100)).flat().map(({ id }) => id)).toEqual([old.id]);
  });
});

describe('the partitions of an index', () => {
  test.each<[string, (n: number) => string]>([
    ['random ids', n => (n * 2_654_435_761).toString(36).slice(0, 12)],
    ['numbered ids', n => `mock-1-${n}`],
  ])('get equal shares of 100,000 %s', (_, idOf) => {
    const counts = new Map(shardsOf(present).map(shard => [shard, 0]));
    for (let n = 0; n < 100_000; n++) {
      const shard = shardOf(present, idOf(n));
      counts.set(shard, (counts.get(shard) ?? 0) + 1);
    }
    expect(counts.size).toBe(4);
    expect([...counts.keys()].map(withoutShard)).toEqual([present, present, present, present]);
    for (const count of counts.values()) expect(Math.abs(count / 25_000 - 1)).toBeLessThan(0.05);
  });
});

describe('the list of channels by name', () => {
  const database = useDatabase();
  // Names of every partition, and of the borders between them.
  const names = ['-ann', '0zoe', '9bob', '_mia', ...[...'abc', ...'him', ...'nst', 'z']].flatMap(start =>
    [1, 2, 3].map(n => `${start}-${n}`),
  );
  beforeAll(() =>
    putRows(
      database(),
      'channels',
      names.map((username, n) => {
        const owner = channel({ username });
        return n % 3 === 0 ? live(owner).channel : owner;
      }),
    ),
  );

  async function walk(prefix: string, limit: number) {
    const pages = [];
    let after: Key | undefined;
    do {
      const page = await listByName(database(), prefix, { limit, after });
      pages.push(page.items);
      after = page.next;
    } while (after !== undefined);
    return pages;
  }
  const byKey = (a: string, b: string) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1);

  test.each([1, 2, 5, 100])('has every channel once, in order, in full pages of %i', async limit => {
    const pages = await walk('', limit);
    expect(pages.flat().map(({ username }) => username)).toEqual(names.toSorted(byKey));
    const full = pages.slice(0, Math.floor(names.length / limit));
    expect(full.map(page => page.length)).toEqual(full.map(() => limit));
  });

  test.each(['a', 'A-2', '-', '_MIA', 'z', 'b-', 'none', 'é', '{', ' '])(
    'has the channels whose names begin with "%s"',
    async prefix => {
      const expected = names.filter(name => name.toLowerCase().startsWith(prefix.toLowerCase()));
      const found = (await walk(prefix, 2)).flat();
      expect(found.map(({ username }) => username)).toEqual(expected.toSorted(byKey));
    },
  );

  test('shows whether a channel is live', async () => {
    const [first, second] = (await walk('a-', 10)).flat();
    expect(first).toMatchObject({ username: 'a-1', isLive: true, openStreamId: expect.any(String) });
    expect(second).toMatchObject({ username: 'a-2', isLive: false });
  });
});
