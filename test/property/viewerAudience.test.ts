import { expect, test } from '@jest/globals';
import { addMs } from '../../model/time.ts';
import { movableClock } from '../support/accounts.ts';
import { randomNumbers } from '../support/randomNumbers.ts';
import { rememberedCounts } from '../support/viewerCounts.ts';
import { sampleDependencies, type Watcher, watch } from '../support/watchers.ts';

const VIEWERS = 10_000;
const MINUTES = 2;
const SECONDS = MINUTES * 60;

/** An audience that grows and shrinks. Viewers stay for half a minute or longer, some of them to the end. */
function audience(random: () => number): Watcher[] {
  return Array.from({ length: VIEWERS }, () => {
    const joinsAt = random() ** 2 * (SECONDS - 60);
    const stays = 30 + random() * SECONDS;
    return { joinsAt, leavesAt: joinsAt + stays, clockRate: 0.95 + random() * 0.1, repeats: random() < 0.1 };
  });
}

/** Viewers of a minute: those who join in it, and those who are still there after a quarter of it. */
const isViewerOf = ({ joinsAt, leavesAt }: Watcher, minute: number) =>
  joinsAt < (minute + 1) * 60 && leavesAt > minute * 60 + (joinsAt < minute * 60 ? 15 : 0);

test(`${VIEWERS} viewers who come, go, repeat requests and have inexact clocks are counted to within 2 % in every minute`, async () => {
  const watchers = audience(randomNumbers(4));
  const { clock, forward } = movableClock();
  const start = clock().toISOString();
  const counts = rememberedCounts();
  const stream = { id: 'st-1', isOpen: 'true', startedAt: start } as const;
  const dependencies = sampleDependencies({
    countViewer: counts.countViewer,
    audience: async () => ({ channelId: 'ann', stream, viewers: counts.at(clock()) }),
    clock,
  });
  const place = { username: 'ann', streamId: 'st-1' };
  const sent = await watch(dependencies, place, watchers, { seconds: SECONDS, tick: () => forward(1) });
  const minutes = Array.from({ length: MINUTES }, (_, n) => ({
    watched: watchers.filter(watcher => isViewerOf(watcher, n)).length,
    counted: counts.of(addMs(start, n * 60_000)),
  }));
  const lines = minutes.map(
    ({ watched, counted }, n) => `minute ${n}: ${watched} watched, ${counted} counted`,
  );
  console.log([...lines, `${sent} samples, ${counts.requests()} database requests`].join('\n'));
  for (const { watched, counted } of minutes) expect(Math.abs(counted / watched - 1)).toBeLessThan(0.02);
  // Two requests for the first sample of a minute. The second costs one only if sent before the first was
  // answered.
  const viewerMinutes = minutes.reduce((sum, { counted }) => sum + counted, 0);
  expect(counts.requests()).toBeGreaterThanOrEqual(2 * viewerMinutes);
  expect(counts.requests()).toBeLessThan(1.5 * sent);
}, 30_000);
