import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cursorCodec } from '../../domain/cursors.ts';
import { searchChannels } from '../../domain/directory.ts';
import type { Channel } from '../../model/channel.ts';
import { searchKeyOf } from '../../model/searchKey.ts';
import { getChannel, writeChannel } from '../../store/channels.ts';
import { useDatabase } from '../support/database.ts';
import { recordRequests } from '../support/requests.ts';
import { channel, putRows } from '../support/rows.ts';

const database = useDatabase();
const cursors = cursorCodec(async () => 'the secret of this test');
let sent: () => string[];
beforeAll(() => {
  sent = recordRequests(database().client);
});

/** Walks through a search, and returns the usernames on each page. */
async function walk(q: string, limit: number) {
  const pages: string[][] = [];
  let cursor: string | undefined;
  do {
    const page = await searchChannels(database(), cursors, q, { limit, cursor });
    pages.push(page.items.map(({ username }) => username));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return pages;
}

test('each channel is found once, by its username or its display name, in pages of any size', async () => {
  let run = 0;
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'B', 'á', 'ｂ', '-', ' ', '安'), maxLength: 3 });
  const name = fc.string({ unit: fc.constantFrom('a', 'b', '-'), minLength: 1, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.record({ name, displayName: fc.option(word, { nil: undefined }) }), {
        selector: one => one.name,
        maxLength: 12,
      }),
      word,
      fc.integer({ min: 1, max: 5 }),
      async (people, rest, limit) => {
        // The names of each run begin with a letter of their own.
        const letter = String.fromCodePoint(0x4e00 + ++run);
        const rows = people.map((person, n) =>
          channel({
            id: `run${run}-${n}`,
            username: `q${run}-${person.name}`,
            displayName: person.displayName === undefined ? undefined : letter + person.displayName,
          }),
        );
        await putRows(database(), 'channels', rows);
        for (const q of [letter + rest, `Q${run}-${rest}`]) {
          const key = searchKeyOf(q);
          const byName = rows.filter(row => row.usernameKey.startsWith(key));
          const byDisplayName = rows.filter(
            row => !byName.includes(row) && row.displayNameKey?.startsWith(key),
          );
          const found = (await walk(q, limit)).flat();
          const names = (some: readonly Channel[]) => some.map(({ username }) => username).toSorted();
          expect(found.slice(0, byName.length).toSorted()).toEqual(names(byName));
          expect(found.slice(byName.length).toSorted()).toEqual(names(byDisplayName));
        }
      },
    ),
    { numRuns: 30 },
  );
});

test('a channel whose username and display name both match is among the first only', async () => {
  const people = [
    ['zed-1', 'Zed'],
    ['other-1', 'Zedekiah'],
    ['zed-2', undefined],
    ['other-2', 'ZÉD the Great'],
    ['zed-3', 'Zed 3'],
  ] as const;
  const rows = people.map(([username, displayName]) => channel({ username, displayName }));
  await putRows(database(), 'channels', rows);
  expect((await walk('zéD', 100)).flat()).toEqual(['zed-1', 'zed-2', 'zed-3', 'other-2', 'other-1']);
  expect((await walk('ZED', 2)).flat()).toEqual(['zed-1', 'zed-2', 'zed-3', 'other-2', 'other-1']);
});

test('a page by username takes one request, and a page that goes on to display names three', async () => {
  const rows = [1, 2, 3].map(n =>
    channel({ username: `cost-${n}`, displayName: n === 3 ? 'Cost' : undefined }),
  );
  const others = [1, 2].map(n => channel({ username: `other-cost-${n}`, displayName: `Cost ${n}` }));
  await putRows(database(), 'channels', [...rows, ...others]);
  sent();
  const first = await searchChannels(database(), cursors, 'cost', { limit: 2 });
  expect(sent()).toEqual(['Query']);
  expect(first.items).toHaveLength(2);
  const second = await searchChannels(database(), cursors, 'cost', {
    limit: 2,
    cursor: first.nextCursor ?? '',
  });
  expect(sent()).toEqual(['Query', 'Query', 'BatchGetItem']);
  expect(second.items.map(({ username }) => username)).toEqual(['cost-3', 'other-cost-1']);
  const third = await searchChannels(database(), cursors, 'cost', {
    limit: 2,
    cursor: second.nextCursor ?? '',
  });
  expect(sent()).toEqual(['Query', 'BatchGetItem']);
  expect(third).toMatchObject({ items: [{ username: 'other-cost-2' }], nextCursor: null });
});

test('a page is short, and the walk goes on, where many names belong to channels that were already found', async () => {
  const rows = Array.from({ length: 310 }, (_, n) =>
    channel({ username: `many-${n}`, displayName: `Many ${String(n).padStart(3, '0')}` }),
  );
  await putRows(database(), 'channels', [...rows, channel({ username: 'last', displayName: 'Many more' })]);
  const pages = await walk('many', 100);
  expect(pages.map(page => page.length)).toEqual([100, 100, 100, 10, 1]);
  expect(new Set(pages.flat()).size).toBe(311);
});

test('a display name that is changed or removed is found under the new one only', async () => {
  await putRows(database(), 'channels', [channel({ username: 'writer', displayName: 'Quill' })]);
  for (const displayName of ['Feather', undefined, '\u{1F3B8}']) {
    const before = await getChannel(database(), 'writer');
    if (before === undefined) throw new Error('the channel is written above');
    expect(await writeChannel(database(), before, { ...before, displayName })).toBe(true);
    for (const q of ['Quill', 'Feather', '\u{1F3B8}'])
      expect((await walk(q, 10)).flat()).toEqual(q === displayName ? ['writer'] : []);
  }
});

describe('the search key', () => {
  test.each([
    ['Café', 'cafe'],
    ['ＡＮＮ', 'ann'],
    ['ß 1', 'ss 1'],
    ['ΟΔΥΣΣΕΥΣ', 'οδυσσευσ'],
    ['İ 1', 'i 1'],
    ['  Ann\u00a0\u200b  Lee', 'ann lee'],
    ['한국', '한국'],
    ['किताब', 'किताब'],
    ['👩\u200d🎤', '👩🎤'],
    ['\u0301', ''],
  ])('of %s is %s', (name, key) => {
    expect(searchKeyOf(name)).toBe(key);
  });

  test('of the beginning of a name is the beginning of its key', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', 'É', 'ß', 'Σ', '安', 'ｂ', ' ', 'ﬁ', '🎸'), { maxLength: 10 }),
        fc.nat(10),
        (characters, length) => {
          const begin = characters.slice(0, length).join('');
          expect(searchKeyOf(characters.join(''))).toMatch(
            new RegExp(`^${searchKeyOf(begin).replace(/[^ ]/gu, '$&')}`, 'u'),
          );
        },
      ),
    );
  });

  test('of any text has at most 1,024 bytes, and the same key again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), text => {
        const key = searchKeyOf(text.toWellFormed());
        expect(Buffer.byteLength(key)).toBeLessThanOrEqual(1_024);
        expect(searchKeyOf(key)).toBe(key);
      }),
    );
    expect(Buffer.byteLength(searchKeyOf('\ufdfa'.repeat(50)))).toBeLessThanOrEqual(1_024);
  });
});
