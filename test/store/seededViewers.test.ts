import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { seededViewers, TURNS } from '../../local/audience/seededViewers.ts';
import { getChannel } from '../../store/channels.ts';
import { removeAllSeedRows } from '../../store/removeSeedRows.ts';
import { getStream } from '../../store/streams.ts';
import { Tally } from '../../store/tally.ts';
import { listViewerMinutes } from '../../store/viewerMinutes.ts';
import { startDatabase, type TestDatabase } from '../support/database.ts';
import { counts, scan, seed } from '../support/seeding.ts';

let database: TestDatabase;
const start = new Date('2026-03-01T12:00:30.000Z');
let now = start;
let draws = 0;
const minuteAt = (minutes: number) => new Date(Date.parse('2026-03-01T12:00:00.000Z') + minutes * 60_000);

beforeAll(async () => {
  database = await startDatabase();
  await seed(database, { SEED_COUNT: '14', SEED: '1' }, {}, start);
});
afterAll(() => database.stop());

const live = async () =>
  (await scan(database, 'channels')).flatMap(row => (row['openStreamId']?.S ? [row['id']?.S ?? ''] : []));
const streamOf = async (id: string) => (await getChannel(database, id))?.openStreamId ?? '';

test('the viewers of every seeded live channel move from minute to minute, and the number on the channel follows', async () => {
  // Draws over the whole range, always the same.
  const random = () => (draws++ * 0.37) % 1;
  const move = seededViewers({ database, clock: () => now, random });
  for (let minute = 1; minute <= 4; minute++) {
    now = minuteAt(minute);
    for (let turn = 0; turn < TURNS; turn++) await move();
  }
  const ids = await live();
  expect(ids).toHaveLength(13);
  const moved = [];
  for (const id of ids) {
    const streamId = await streamOf(id);
    const minutes = await listViewerMinutes(
      database,
      streamId,
      minuteAt(1).toISOString(),
      minuteAt(4).toISOString(),
    );
    expect(minutes).toHaveLength(4);
    for (const row of minutes) {
      const kinds = Object.entries(row).filter(([name]) => name.startsWith('browser:'));
      expect(kinds.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(row.viewers);
      expect(row.latencyMsSum / row.viewers).toBeGreaterThan(2_000);
    }
    moved.push(new Set(minutes.map(({ viewers }) => viewers)).size > 1);
    const channel = await getChannel(database, id);
    const stream = await getStream(database, id, streamId);
    const most = Math.max(...minutes.map(({ viewers }) => viewers));
    expect(stream?.peakViewers).toBeGreaterThanOrEqual(most);
    expect(channel?.viewersAt).toBeDefined();
    expect(Math.abs((channel?.viewers ?? 0) - (minutes.at(-1)?.viewers ?? 0))).toBeLessThanOrEqual(
      Math.max(2, most / 2),
    );
  }
  expect(moved).toContain(true);
});

test('a minute in which a viewer was counted is not counted again', async () => {
  const before = await scan(database, 'metrics');
  const move = seededViewers({ database, clock: () => now, random: () => 1 });
  for (let turn = 0; turn < TURNS; turn++) await move();
  expect(await scan(database, 'metrics')).toEqual(before);
});

test('the rows of these viewers are deleted with the set', async () => {
  await removeAllSeedRows(database, new Tally());
  expect(await counts(database)).toEqual({});
});
