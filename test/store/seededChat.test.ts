import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { seededChat } from '../../local/audience/seededChat.ts';
import { removeAllSeedRows } from '../../store/removeSeedRows.ts';
import { Tally } from '../../store/tally.ts';
import { startDatabase, type TestDatabase } from '../support/database.ts';
import { counts, scan, seed } from '../support/seeding.ts';

let database: TestDatabase;
const now = new Date('2026-03-01T12:00:30.000Z');

beforeAll(async () => {
  database = await startDatabase();
  await seed(database, { SEED_COUNT: '6', SEED: '1' }, {}, now);
});
afterAll(() => database.stop());

const messages = async () => {
  const rows = await scan(database, 'chatMessages');
  return rows.filter(row => row['messageId'] !== undefined && row['deletedAt'] === undefined).length;
};
/** Draws over the whole range, always the same. */
const draws = () => {
  let drawn = 0;
  return () => (drawn++ * 0.37) % 1;
};

test('seeded users write in the chats of seeded live channels: to the clients in a room, else to the archive', async () => {
  const before = await messages();
  const said: string[] = [];
  let hasClients = false;
  const write = seededChat({
    database,
    say: async (arn, { sender }) => {
      if (hasClients) said.push(`${arn} ${sender.attributes['username']}`);
      return hasClients;
    },
    clock: () => now,
    random: draws(),
  });
  for (let turn = 0; turn < 10; turn++) await write();
  expect(await messages()).toBe(before + 10);
  hasClients = true;
  for (let turn = 0; turn < 10; turn++) await write();
  expect(await messages()).toBe(before + 10);
  expect(said).toHaveLength(10);
  expect(new Set(said).size).toBeGreaterThan(1);
});

test('there is an end to the messages, and they are deleted with the set', async () => {
  const before = await messages();
  const say = async () => false;
  const write = seededChat({ database, say, clock: () => now, random: draws() }, 5);
  for (let turn = 0; turn < 20; turn++) await write();
  expect(await messages()).toBe(before + 5);
  await removeAllSeedRows(database, new Tally());
  expect(await counts(database)).toEqual({});
});
