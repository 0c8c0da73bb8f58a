import { addMs } from '../model/time.ts';
import { viewerCounter } from '../store/viewerCounts.ts';
import { listViewerMinutes } from '../store/viewerMinutes.ts';
import { randomNumbers } from '../test/support/randomNumbers.ts';
import { sampleDependencies, type Watcher, watch } from '../test/support/watchers.ts';
import { countRequests, withDatabase } from './support/database.ts';
import { addFigure, printTable } from './support/report.ts';

// How exactly DynamoDB counts 10,000 viewers who join, leave, repeat samples and have wrong clocks. The tests
// check the same with a count in memory, which is faster.
const VIEWERS = 10_000;
const MINUTES = 2;
const SECONDS = MINUTES * 60;
const START = Date.parse('2026-01-15T10:00:00.000Z');

const isViewerOf = ({ joinsAt, leavesAt }: Watcher, minute: number) =>
  joinsAt < (minute + 1) * 60 && leavesAt > minute * 60 + (joinsAt < minute * 60 ? 15 : 0);

async function main(): Promise<void> {
  await withDatabase(async database => {
    const random = randomNumbers(4);
    const watchers = Array.from({ length: VIEWERS }, (): Watcher => {
      const joinsAt = random() * (SECONDS - 30);
      const leavesAt = joinsAt + 30 + random() * SECONDS;
      return { joinsAt, leavesAt, clockRate: 0.95 + random() * 0.1, repeats: random() < 0.1 };
    });
    let now = START;
    const start = new Date(START).toISOString();
    const sent = countRequests(database);
    const stream = { id: 'st-ann', isOpen: 'true', startedAt: start } as const;
    const dependencies = sampleDependencies({
      countViewer: viewerCounter(database),
      // Below the size at which only a panel of viewers is counted.
      audience: async () => ({ channelId: 'ann', stream, viewers: 0 }),
      clock: () => new Date(now),
    });
    const samples = await watch(dependencies, { username: 'ann', streamId: stream.id }, watchers, {
      seconds: SECONDS,
      tick: () => {
        now += 1_000;
      },
    });
    const requests = sent();
    const minutes = await listViewerMinutes(database, stream.id, start, addMs(start, SECONDS * 1_000));
    const rows = minutes.map(({ viewers }, n) => {
      const actual = watchers.filter(watcher => isViewerOf(watcher, n)).length;
      return [n, actual, viewers, `${((viewers / actual - 1) * 100).toFixed(2)} %`] as const;
    });
    printTable(`Audience: ${VIEWERS.toLocaleString('en')} viewers, counted in DynamoDB`, [
      ['minute', 'actual viewers', 'counted viewers', 'error'],
      ...rows,
    ]);
    printTable('Audience: DynamoDB requests', [
      ['', 'count'],
      ['samples sent', samples],
      ['DynamoDB requests', requests],
      ['DynamoDB requests per sample', (requests / samples).toFixed(2)],
    ]);
    addFigure('audience: DynamoDB requests per sample', requests / samples, { atMost: 1.1 });
    addFigure(
      'audience: error of the viewers of a minute, %',
      rows.map(([, actual, counted]) => Math.abs(counted / actual - 1) * 100),
      { atMost: 1 },
    );
    const wrong = rows.filter(([, actual, counted]) => Math.abs(counted / actual - 1) >= 0.02);
    if (rows.length !== MINUTES || wrong.length > 0)
      throw new Error('a minute is missing or its count is wrong by 2 % or more');
  });
}

await main();
