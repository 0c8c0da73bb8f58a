import { randomUUID } from 'node:crypto';
import { listByViewers, rankChannels } from '../domain/ranking.ts';
import { catalogue } from '../model/categories.ts';
import { type Channel, directoryKeys } from '../model/channel.ts';
import type { Key } from '../store/pages.ts';
import { emptyChannel } from '../test/support/channelState.ts';
import { countUnits, writesOf } from './support/capacity.ts';
import { benchClient, fill, withDatabase } from './support/database.ts';
import { addFigure, printTable, rate, ratio } from './support/report.ts';

// The directory by viewers with more and more live channels: the cost of a page, and of a run that orders the channels.
const PAGE = 50;
const SIZES = [1_000, 10_000, 100_000];
const ROUND = 100;
const NOW = new Date();

/** Yields live channels in all categories. In each `round`, each of them has another place. */
function* channels(from: number, count: number, round: number): Generator<Channel> {
  for (let n = from; n < count; n++) {
    // As long as an id of IVS.
    const id = `channel${String(n).padStart(5, '0')}`;
    const categoryId = catalogue[n % catalogue.length]?.id ?? '';
    yield emptyChannel({
      id,
      arn: `arn:aws:ivs:us-west-2:123456789012:channel/${id}`,
      username: id,
      usernameKey: id,
      title: `A stream with a title of ordinary length, number ${n}`,
      playbackUrl: `https://fcc3ddae59ed.us-west-2.playback.live-video.net/api/video/v1/us-west-2.123456789012.channel.${id}.m3u8`,
      categoryId,
      isLive: true,
      liveStartedAt: new Date(NOW.getTime() - n * 100).toISOString(),
      ...directoryKeys({ id, categoryId }),
      openStreamId: `st-1A2b3C4d5E6f7G8h9I0${n}`,
      livePreviewPath: `ivs/v1/123456789012/${id}/2026/1/15/10/0/j8Z9O91ndcVs`,
      viewers: (n * 7919 * (round + 1)) % 10_007,
      viewersAt: NOW.toISOString(),
    });
  }
}

async function main(): Promise<void> {
  await withDatabase(async (database, endpoint) => {
    const client = benchClient(endpoint);
    const measured = { client, names: database.names };
    const units = countUnits(client);
    const run = () => rankChannels({ database: measured, clock: () => NOW, newId: randomUUID });
    const pages: (string | number)[][] = [
      ['live channels', 'requests per page', 'read units', 'pages per second', 'speed vs. fewest channels'],
    ];
    const runs: (string | number)[][] = [
      ['live channels', 'run', 'seconds', 'requests', 'read units', 'write units', 'per channel'],
    ];
    let filled = 0;
    let smallest = 0;
    for (const size of SIZES) {
      await fill(database, database.names.channels, channels(filled, size, 0));
      filled = size;
      for (const name of ['all channels have another place', 'the order is the same']) {
        units();
        const from = performance.now();
        const { live, changed } = await run();
        const seconds = (performance.now() - from) / 1_000;
        if (live !== size || changed > 0 !== (name === 'all channels have another place'))
          throw new Error(`a run ranked ${live} channels in ${changed} lists`);
        const used = units();
        const perChannel = writesOf(used) / size;
        runs.push([
          size,
          name,
          seconds.toFixed(1),
          used.requests,
          Math.round(used.reads),
          Math.round(writesOf(used)),
          perChannel.toFixed(3),
        ]);
        addFigure(
          `ranking ${size.toLocaleString('en')} live channels, ${name}: write units per channel`,
          perChannel,
          { atMost: changed > 0 ? 1 : 0 },
        );
      }
      const first = await listByViewers(measured, undefined, { limit: PAGE });
      const middle: Key = { ...first.next, offset: size / 2 };
      units();
      for (const after of [undefined, middle]) {
        const { items } = await listByViewers(measured, undefined, { limit: PAGE, after });
        if (items.length !== PAGE) throw new Error(`a page has ${items.length} channels instead of ${PAGE}`);
      }
      const two = units();
      const perSecond = await rate(ROUND, n =>
        listByViewers(measured, undefined, { limit: PAGE, after: n % 2 === 0 ? undefined : middle }),
      );
      smallest ||= perSecond;
      pages.push([
        size,
        two.requests / 2,
        (two.reads / 2).toFixed(1),
        Math.round(perSecond),
        ratio(perSecond / smallest),
      ]);
      const among = `directory by viewers, ${size.toLocaleString('en')} live channels`;
      addFigure(`${among}: DynamoDB requests per page`, two.requests / 2, { atMost: 5 });
      if (size > (SIZES[0] ?? size))
        addFigure(`${among}: rate compared with the fewest channels`, perSecond / smallest, { atLeast: 0.8 });
    }
    printTable(`Directory by viewers: a page of ${PAGE}`, pages);
    printTable('A run that orders the live channels', runs);
    client.destroy();
  });
}

await main();
