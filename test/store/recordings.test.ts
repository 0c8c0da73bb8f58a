import { beforeAll, describe, expect, test } from '@jest/globals';
import { cursorCodec } from '../../domain/cursors.ts';
import { listChannelVods, listRecordings } from '../../domain/vods.ts';
import type { Channel } from '../../model/channel.ts';
import { describePastStream } from '../../store/ownChannel.ts';
import { listAllVods } from '../../store/streams.ts';
import { useDatabase } from '../support/database.ts';
import { handling, putChannel } from '../support/eventHandling.ts';
import { recordingEvent, stateEvent } from '../support/ivsEvents.ts';
import { recordRequests } from '../support/requests.ts';
import { channel, putRows, stream } from '../support/rows.ts';

const database = useDatabase();
const cursors = cursorCodec(async () => 'a secret of the tests');
const categories = ['music', 'art', undefined] as const;

/** Thirty recordings of ten channels. Three of them start at each instant. */
const owners = Array.from({ length: 10 }, (_, n) => channel({ username: `owner${n}` }));
const recordings = owners.flatMap((owner: Channel, n) =>
  [0, 1, 2].map(k => {
    const startedAt = new Date(Date.UTC(2026, 0, 15, 10, Math.floor((3 * n + k) / 3) + 20 * k)).toISOString();
    return stream(owner, {
      id: `st-${n}-${k}`,
      startedAt,
      vodStartedAt: startedAt,
      recordingStatus: 'ended',
      recordingPath: 'p',
      peakViewers: n,
      categoryId: categories[k],
    });
  }),
);
beforeAll(async () => {
  await putRows(database(), 'channels', owners);
  const notPlayable = owners.map(owner =>
    stream(owner, { id: `st-${owner.id}-live`, vodStartedAt: undefined }),
  );
  await putRows(database(), 'streams', [...recordings, ...notPlayable]);
});

const beginning = '1970-01-01T00:00:00.000Z';

async function walk(categoryId: string | undefined, limit: number, since = beginning) {
  const pages = [];
  let cursor: string | undefined;
  do {
    const page = await listRecordings(database(), cursors, since, { categoryId, limit, cursor });
    pages.push(page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return pages;
}

describe('the list of recordings of all channels', () => {
  test.each([1, 4, 7, 30, 100])(
    'has each playable recording once, newest first, in pages of %i',
    async limit => {
      const pages = await walk(undefined, limit);
      const listed = pages.flat();
      expect(listed.map(({ vod }) => vod.id).sort()).toEqual(recordings.map(({ id }) => id).sort());
      const starts = listed.map(({ vod }) => vod.startedAt);
      expect(starts).toEqual(starts.toSorted().reverse());
      for (const page of pages.slice(0, -1)) expect(page).toHaveLength(limit);
      for (const { vod, channel: owner } of listed)
        expect([owner.id, owner.username, vod.peakViewers]).toEqual([
          vod.channelId,
          vod.channelId,
          Number(vod.channelId.slice('owner'.length)),
        ]);
    },
  );

  test.each(['music', 'art'])('has those of the category %s and no others', async category => {
    const expected = recordings.filter(({ categoryId }) => categoryId === category).map(({ id }) => id);
    const listed = (await walk(category, 3)).flat();
    expect(listed.map(({ vod }) => vod.id).sort()).toEqual(expected.sort());
    expect(await walk('chess', 10)).toEqual([[]]);
  });

  test('has none of a stream that started before the time given, nor after a cursor that is now older', async () => {
    const starts = recordings.map(({ startedAt = '' }) => startedAt).sort();
    const [since = '', later = ''] = [starts[12], starts[27]];
    const shown = recordings.filter(({ startedAt = '' }) => startedAt >= since);
    for (const limit of [1, 7, 100]) {
      const listed = (await walk(undefined, limit, since)).flat();
      expect(listed.map(({ vod }) => vod.id).sort()).toEqual(shown.map(({ id }) => id).sort());
    }
    const all = await listRecordings(database(), cursors, beginning, { limit: 25 });
    const next = await listRecordings(database(), cursors, later, {
      limit: 25,
      cursor: all.nextCursor ?? undefined,
    });
    expect(next).toEqual({ items: [], nextCursor: null });

    const ofChannel = (from: string, limit: number, cursor?: string | null) =>
      listChannelVods(database(), cursors, 'owner4', from, { limit, cursor: cursor ?? undefined });
    const [newest, middle] = (await ofChannel(beginning, 100)).items;
    const first = await ofChannel(middle?.startedAt ?? '', 100);
    expect(first.items.map(({ id }) => id)).toEqual([newest?.id, middle?.id]);
    const { nextCursor } = await ofChannel(beginning, 2);
    expect(nextCursor).not.toBeNull();
    expect(await ofChannel(newest?.startedAt ?? '', 2, nextCursor)).toEqual({ items: [], nextCursor: null });
  });

  test('takes four queries and one request for the channels', async () => {
    const sent = recordRequests(database().client);
    await listRecordings(database(), cursors, beginning, { limit: 20 });
    expect(sent()).toEqual(['Query', 'Query', 'Query', 'Query', 'BatchGetItem']);
    database().client.middlewareStack.remove('recordRequests');
  });

  test('gets a recording when it ends, in the category of its stream, and moves it when the category changes', async () => {
    const arn = 'arn:aws:ivs:us-west-2:123456789012:channel/recorded';
    await putChannel(database(), { id: 'recorded', arn, categoryId: 'cooking' });
    const { handle } = handling(database());
    const streamId = 'st-1A2b3C4d5E6f7G8h9I0j1K2';
    const about = { resources: [arn] };
    const inCategory = async (category: string) =>
      (await listAllVods(database(), category, beginning, { limit: 10 })).items.map(({ id }) => id);
    await handle(stateEvent('Session Created', streamId, '2026-02-01T10:00:00Z', about));
    await handle(stateEvent('Session Ended', streamId, '2026-02-01T11:00:00Z', about));
    expect(await inCategory('cooking')).toEqual([]);
    await handle(recordingEvent('Recording End', streamId, '2026-02-01T11:00:05Z', {}, about));
    expect(await inCategory('cooking')).toEqual([streamId]);
    const [newest] = (await listAllVods(database(), undefined, beginning, { limit: 1 })).items;
    expect(newest).toMatchObject({ id: streamId, categoryId: 'cooking' });

    const key = { channelId: 'recorded', id: streamId };
    const edit = (description: object) =>
      describePastStream(database(), key, description, '2026-02-02T10:00:00.000Z');
    expect(await edit({ title: 'Another' })).toBe(true);
    expect(await inCategory('cooking')).toEqual([streamId]);
    expect(await edit({ categoryId: 'travel' })).toBe(true);
    expect([await inCategory('cooking'), await inCategory('travel')]).toEqual([[], [streamId]]);
    expect(await edit({ categoryId: undefined })).toBe(true);
    expect(await inCategory('travel')).toEqual([]);
  });
});
