import { addMs } from '../model/time.ts';
import { viewerCounter } from '../store/viewerCounts.ts';
import { listViewerMinutes } from '../store/viewerMinutes.ts';
import { randomNumbers } from '../test/support/randomNumbers.ts';
import { sampleDependencies, type Watcher, watch } from '../test/support/watchers.ts';
import { countRequests, withDatabase } from './support/database.ts';
import { printTable } from './support/report.ts';

// Whether ten thousand viewers are counted right where it is DynamoDB that counts: they come, go, send samples twice
// and have clocks of their own. The tests play as many against a count in memory, which is faster.
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
      // Fewer than make a panel: what a join reads of the audience changes nothing here.
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
      const watched = watchers.filter(watcher => isViewerOf(watcher, n)).length;
      return [n, watched, viewers, `${((viewers / watched - 1) * 100).toFixed(2)} %`] as const;
    });
    printTable(`${VIEWERS.toLocaleString('en')} viewers, counted by DynamoDB`, [
      ['minute', 'watched', 'counted', 'off by'],
      ...rows,
    ]);
    printTable('requests', [
      ['samples', samples],
      ['writes', requests],
      ['writes a sample', (requests / samples).toFixed(2)],
    ]);
    const wrong = rows.filter(([, watched, counted]) => Math.abs(counted / watched - 1) >= 0.02);
    if (rows.length !== MINUTES || wrong.length > 0) throw new Error('some minute is off by 2 % or more');
  });
}

await main();
