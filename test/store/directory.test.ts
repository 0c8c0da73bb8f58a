import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { present, shardOf, shardsOf, withoutShard } from '../../model/row.ts';
import type { LiveStage } from '../../model/stage.ts';
import { listByName, listLive } from '../../store/channels.ts';
import type { Key } from '../../store/pages.ts';
import { listLiveStages } from '../../store/stages.ts';
import { useDatabase } from '../support/database.ts';
import { handling } from '../support/eventHandling.ts';
import { second, stageEvent } from '../support/ivsEvents.ts';
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

describe('the list of live stages', () => {
  const database = useDatabase();
  const HOSTS = 24;
  const PUBLISHED = 'Participant Published';
  const UNPUBLISHED = 'Participant Unpublished';

  /** Writes the stages `0` to `23`, and returns how to send their events. */
  async function newStages(run: number) {
    const stages = Array.from({ length: HOSTS }, (_, n) => ({
      id: `run${run}-${n}`,
      arn: `arn:aws:ivs:us-west-2:123456789012:stage/run${run}-${n}`,
      name: 's',
      userId: 'u',
      channelId: `channel-${n}`,
      isLive: false,
      publishedParticipants: [],
      version: 1,
      createdAt: second(0),
      updatedAt: second(0),
    }));
    await putRows(database(), 'stages', stages);
    const { handle } = handling(database());
    let events = 0;
    return async (n: number, name: string, participant = 'host') => {
      const event = stageEvent(name, participant, second(++events), { resources: [stages[n]?.arn ?? ''] });
      await handle({ ...event, id: `e${events}` });
    };
  }

  async function empty() {
    const { items } = await listLiveStages(database(), { limit: 100 });
    await deleteRows(items.map(({ id }) => id));
  }

  async function deleteRows(ids: readonly string[]) {
    const { client, names } = database();
    for (const id of ids) await client.send(new DeleteCommand({ TableName: names.stages, Key: { id } }));
  }

  let runs = 0;
  test('shows each stage that stays live once, while others go live and offline between the pages', async () => {
    const changes = fc.array(fc.tuple(fc.nat(HOSTS - 1), fc.boolean()), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.nat(HOSTS - 1), { minLength: 1, maxLength: HOSTS }),
        fc.integer({ min: 1, max: 9 }),
        fc.array(changes, { minLength: 8, maxLength: 8 }),
        async (atFirst, limit, between) => {
          await empty();
          const run = ++runs;
          const send = await newStages(run);
          for (const n of atFirst) await send(n, PUBLISHED);
          const stayed = new Set(atFirst);
          const listed: LiveStage[] = [];
          let after: Key | undefined;
          do {
            const page = await listLiveStages(database(), { limit, after });
            listed.push(...page.items);
            after = page.next;
            for (const [n, isOn] of between.shift() ?? []) {
              // Even stages never go offline: guests come and go on them.
              await send(n, isOn ? PUBLISHED : UNPUBLISHED, n % 2 === 0 ? 'guest' : 'host');
              if (n % 2 === 1 && !isOn) stayed.delete(n);
            }
          } while (after !== undefined);
          const ids = listed.map(({ id }) => id);
          for (const n of stayed) expect(ids.filter(id => id === `run${run}-${n}`)).toHaveLength(1);
        },
      ),
      { numRuns: 20 },
    );
  });

  test('has a stage only while somebody publishes, with the number of publishers', async () => {
    await empty();
    const send = await newStages(++runs);
    const list = async () =>
      (await listLiveStages(database(), { limit: 10 })).items.map(({ channelId, publishedParticipants }) => [
        channelId,
        publishedParticipants.length,
      ]);
    await send(1, PUBLISHED);
    await send(2, PUBLISHED);
    await send(1, PUBLISHED, 'guest');
    expect(await list()).toEqual([
      ['channel-2', 1],
      ['channel-1', 2],
    ]);
    await send(2, UNPUBLISHED);
    await send(1, UNPUBLISHED);
    expect(await list()).toEqual([['channel-1', 1]]);
    await send(1, UNPUBLISHED, 'guest');
    expect(await list()).toEqual([]);
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
