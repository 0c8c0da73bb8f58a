import { randomUUID } from 'node:crypto';
import { DeleteCommand, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { rankChannels } from '../../domain/ranking.ts';
import { createApi } from '../../lambdas/api/api.ts';
import { type RouteSpec, routes } from '../../model/routes.ts';
import type { Stream } from '../../model/stream.ts';
import { apiDependencies, useApi } from '../support/api.ts';
import { useDatabase } from '../support/database.ts';
import { recordRequests } from '../support/requests.ts';
import { channel, live, putRows, stream } from '../support/rows.ts';
import { putLiveChannels } from './live.ts';

const database = useDatabase();
const requests: string[] = [];

beforeAll(async () => {
  await putLiveChannels(database());
  await rankChannels({ database: database(), clock: () => new Date(), newId: randomUUID });
  database().client.middlewareStack.add(
    (next, { commandName }) =>
      request => {
        requests.push(commandName ?? '');
        return next(request);
      },
    { step: 'initialize' },
  );
});

const api = () => createApi(apiDependencies(database()));

const vodsPage = z.object({
  items: z.array(z.object({ streamId: z.string() })),
  nextCursor: z.string().nullable(),
});

async function get(path: string): Promise<{ status: number; body: unknown }> {
  const response = await api().request(path);
  return { status: response.status, body: await response.json() };
}

describe('a route makes few database requests', () => {
  const directoryQueries = ['QueryCommand', 'QueryCommand', 'QueryCommand', 'QueryCommand'];
  test.each([
    ['/v1/health', []],
    ['/v1/openapi.json', []],
    ['/v1/channels?isLive=true', directoryQueries],
    ['/v1/channels?isLive=true&categoryId=music&limit=1', directoryQueries],
    ['/v1/channels?isLive=true&sort=viewers', ['GetItemCommand', 'BatchGetItemCommand']],
    [
      '/v1/channels?isLive=true&sort=viewers&categoryId=music&limit=1',
      ['GetItemCommand', 'BatchGetItemCommand'],
    ],
    ['/v1/channels/ann', ['QueryCommand', 'GetItemCommand']],
    ['/v1/channels/off', ['QueryCommand']],
    // A name without a channel may be a former name.
    ['/v1/channels/nobody', ['QueryCommand', 'GetItemCommand']],
    ['/v1/channels/ann/streams', ['QueryCommand', 'QueryCommand']],
    ['/v1/channels/ann/streams/st-past-1', ['QueryCommand', 'GetItemCommand']],
    ['/v1/channels/ann/vods', ['QueryCommand', 'QueryCommand']],
    // There are no recordings yet, so there is no channel to read.
    ['/v1/recordings', directoryQueries],
    ['/v1/recordings?categoryId=nothing', directoryQueries],
    ['/v1/channels/nobody/streams', ['QueryCommand', 'GetItemCommand']],
    ['/v1/channels/nobody/vods', ['QueryCommand', 'GetItemCommand']],
    ['/v1/categories', ['QueryCommand']],
    ['/v1/channels?isLive=true&cursor=forged', []],
    ['/v1/channels?isLive=true&limit=0', []],
    ['/v1/nothing', []],
  ])('%s: %j', async (path, expected) => {
    requests.length = 0;
    await get(path);
    expect(requests).toEqual(expected);
  });

  test('every further page of the directory takes four requests', async () => {
    let path = '/v1/channels?isLive=true&limit=2';
    requests.length = 0;
    let pages = 0;
    for (let cursor: unknown = ''; cursor !== null; pages++) {
      const { body } = await get(path);
      cursor = body !== null && typeof body === 'object' && 'nextCursor' in body ? body.nextCursor : null;
      path = `/v1/channels?isLive=true&limit=2&cursor=${cursor}`;
    }
    expect(pages).toBe(4);
    expect(requests).toHaveLength(4 * pages);
  });
});

describe("a channel's page", () => {
  test('shows the public values and nothing else', async () => {
    expect(await get('/v1/channels/ANN')).toEqual({
      status: 200,
      body: {
        bio: null,
        color: null,
        avatarUrl: null,
        bannerUrl: null,
        displayName: null,
        isStageLive: false,
        id: 'Ann',
        username: 'Ann',
        title: "Ann's stream",
        categoryId: 'music',
        isPartner: false,
        playbackUrl: 'https://playback.example/Ann.m3u8',
        isLive: true,
        followerCount: 0,
        stream: {
          id: 'st-Ann',
          title: "Ann's stream",
          categoryId: 'music',
          startedAt: '2026-01-15T10:00:00.000Z',
          viewers: 0,
          isHealthy: true,
          hasErrorEvent: false,
          thumbnailUrl: null,
        },
        chatRoom: { arn: 'arn:aws:ivschat:us-west-2:000000000000:room/r1' },
        stage: { arn: 'arn:aws:ivs:us-west-2:000000000000:stage/s1' },
        createdAt: '2026-01-01T00:00:00.000Z',
        relation: null,
      },
    });
  });

  test('of a channel that never streamed has null for the missing values', async () => {
    const { body } = await get('/v1/channels/off');
    expect(body).toMatchObject({
      isLive: false,
      stream: null,
      chatRoom: null,
      stage: null,
      categoryId: null,
    });
  });

  const { channel: lagging, stream: open } = live(channel({ username: 'lagging' }));
  test.each<[string, Stream | undefined]>([
    [
      'has ended by its own row',
      { ...open, isOpen: undefined, isLive: false, endedAt: '2026-01-15T11:00:00.000Z' },
    ],
    ['is open but not live yet', { ...open, isLive: false }],
    ['has no row', undefined],
  ])('is not live when the index still names a stream that %s', async (_, row) => {
    const id = `lag-${row?.endedAt ?? row?.id ?? 'none'}`.replaceAll(/\W/g, '');
    await putRows(database(), 'channels', [{ ...lagging, id, username: id, usernameKey: id.toLowerCase() }]);
    await putRows(database(), 'streams', row === undefined ? [] : [{ ...row, channelId: id }]);
    const { body } = await get(`/v1/channels/${id}`);
    expect(body).toMatchObject({ username: id, isLive: false, stream: null });
  });
});

describe('a stream', () => {
  const owner = channel({ username: 'owner' });
  const recording = {
    recordingStartedAt: '2026-01-15T10:00:05.000Z',
    recordingPath: 'ivs/v1/000000000000/owner/2026/1/15/10/0/x',
  };
  const rows = {
    recorded: {
      ...recording,
      recordingStatus: 'ended',
      recordingEndedAt: '2026-01-15T11:30:04.000Z',
      recordingDurationMs: 5_399_000,
    },
    recording: { ...recording, recordingStatus: 'recording' },
    failed: { recordingStatus: 'failed', recordingFailureReason: 'ACCESS_DENIED' },
    cut: { ...recording, recordingStatus: 'failed', recordingFailureReason: 'InternalServerException' },
    merged: { recordingStreamId: 'recorded' },
    plain: {},
  } satisfies Record<string, Partial<Stream>>;

  beforeAll(async () => {
    await putRows(database(), 'channels', [owner]);
    const streams = Object.entries(rows).map(([id, overrides]) => stream(owner, { id, ...overrides }));
    const unstarted = stream(owner, { id: 'unstarted', startedAt: undefined, endedAt: undefined });
    await putRows(database(), 'streams', [...streams, unstarted]);
  });

  const none = {
    views: 0,
    startedAt: null,
    endedAt: null,
    durationMs: null,
    path: null,
    failureReason: null,
    playlistUrl: null,
    thumbnailUrl: null,
  };
  const media = `https://recordings.example/${recording.recordingPath}/media`;
  const thumbnailUrl = `${media}/latest_thumbnail/thumb.jpg`;
  test.each<[keyof typeof rows, object | null]>([
    [
      'recorded',
      {
        status: 'ended',
        streamId: 'recorded',
        startedAt: '2026-01-15T10:00:05.000Z',
        endedAt: '2026-01-15T11:30:04.000Z',
        durationMs: 5_399_000,
        path: recording.recordingPath,
        failureReason: null,
        playlistUrl: `${media}/hls/master.m3u8`,
        thumbnailUrl,
        views: 0,
      },
    ],
    [
      'recording',
      {
        ...none,
        status: 'recording',
        streamId: 'recording',
        startedAt: '2026-01-15T10:00:05.000Z',
        path: recording.recordingPath,
        playlistUrl: `${media}/hls/byte-range-multivariant.m3u8`,
        thumbnailUrl,
      },
    ],
    ['failed', { ...none, status: 'failed', streamId: 'failed', failureReason: 'ACCESS_DENIED' }],
    [
      'cut',
      {
        ...none,
        status: 'failed',
        streamId: 'cut',
        startedAt: '2026-01-15T10:00:05.000Z',
        path: recording.recordingPath,
        failureReason: 'InternalServerException',
      },
    ],
    ['merged', { ...none, status: 'merged', streamId: 'recorded' }],
    ['plain', null],
  ])('that is %s shows the recording state', async (id, expected) => {
    expect(await get(`/v1/channels/owner/streams/${id}`)).toEqual({
      status: 200,
      body: {
        id,
        title: "owner's stream",
        categoryId: null,
        startedAt: '2026-01-15T10:00:00.000Z',
        endedAt: '2026-01-15T11:30:00.000Z',
        durationMs: 5_400_000,
        isOpen: false,
        isLive: false,
        isHealthy: true,
        hasErrorEvent: false,
        peakViewers: 0,
        views: 0,
        recording: expected,
      },
    });
  });

  test('without a known start is not found, and is in no list', async () => {
    expect(await get('/v1/channels/owner/streams/unstarted')).toMatchObject({ status: 404 });
    const { body } = await get('/v1/channels/owner/streams');
    expect(JSON.stringify(body)).not.toContain('unstarted');
  });
});

describe('the thumbnail of a live channel', () => {
  const path = 'ivs/v1/000000000000/shown/2026/1/15/10/0/x';
  const thumbnailUrl = `https://recordings.example/${path}/media/latest_thumbnail/thumb.jpg`;

  test('is the newest thumbnail of the current recording', async () => {
    const owner = channel({ username: 'shown', categoryId: 'pictures' });
    const recorded = { recordingStatus: 'recording', recordingPath: path } as const;
    const shown = live(owner, recorded);
    await putRows(database(), 'channels', [{ ...shown.channel, livePreviewPath: path }]);
    await putRows(database(), 'streams', [shown.stream]);
    const { body } = await get('/v1/channels?isLive=true&categoryId=pictures');
    expect(body).toMatchObject({ items: [{ username: 'shown', thumbnailUrl }] });
    expect(await get('/v1/channels/shown')).toMatchObject({ body: { stream: { thumbnailUrl } } });
  });

  test('is null when nothing is recorded, or no longer', async () => {
    const { body } = await get('/v1/channels?isLive=true&categoryId=games');
    expect(body).toMatchObject({ items: [{ thumbnailUrl: null }, {}, {}] });
    const owner = channel({ username: 'failing' });
    const failing = live(owner, { recordingStatus: 'failed', recordingPath: path });
    await putRows(database(), 'channels', [failing.channel]);
    await putRows(database(), 'streams', [failing.stream]);
    expect(await get('/v1/channels/failing')).toMatchObject({ body: { stream: { thumbnailUrl: null } } });
  });
});

describe("a channel's recordings", () => {
  const owner = channel({ username: 'recorder' });
  const path = (day: number) => `ivs/v1/000000000000/recorder/2026/1/${day}/10/0/x`;
  const vod = (day: number, overrides: Partial<Stream> = {}) => {
    const startedAt = `2026-01-0${day}T10:00:00.000Z`;
    const times = { startedAt, endedAt: `2026-01-0${day}T11:00:00.000Z`, vodStartedAt: startedAt };
    const recorded = {
      recordingStatus: 'ended',
      recordingPath: path(day),
      recordingDurationMs: day * 1000,
      peakViewers: day * 10,
      views: day * 100,
      recordingViews: day * 1000,
    } as const;
    return stream(owner, { id: `st-${day}`, ...times, ...recorded, ...overrides });
  };
  const unlisted = { vodStartedAt: undefined };

  beforeAll(async () => {
    await putRows(database(), 'channels', [owner]);
    await putRows(database(), 'streams', [
      vod(1, { title: 'The first', categoryId: 'music' }),
      vod(2, { ...unlisted, recordingStatus: 'failed' }),
      vod(3),
      vod(4, {
        ...unlisted,
        recordingStatus: undefined,
        recordingPath: undefined,
        recordingStreamId: 'st-5',
      }),
      vod(5),
      vod(6, { ...unlisted, recordingStatus: 'recording' }),
    ]);
  });

  test('are those that can be watched, newest first, each once, with their playback URL', async () => {
    const { status, body } = await get('/v1/channels/RECORDER/vods');
    expect(status).toBe(200);
    const shown = (day: number, title: string, categoryId: string | null) => ({
      streamId: `st-${day}`,
      title,
      categoryId,
      startedAt: `2026-01-0${day}T10:00:00.000Z`,
      endedAt: `2026-01-0${day}T11:00:00.000Z`,
      durationMs: day * 1000,
      peakViewers: day * 10,
      views: day * 1000,
      playlistUrl: `https://recordings.example/${path(day)}/media/hls/master.m3u8`,
      thumbnailUrl: `https://recordings.example/${path(day)}/media/latest_thumbnail/thumb.jpg`,
    });
    const title = "recorder's stream";
    expect(body).toEqual({
      items: [shown(5, title, null), shown(3, title, null), shown(1, 'The first', 'music')],
      nextCursor: null,
    });
  });

  test('are in the list of all channels and of their category, with the name of the channel', async () => {
    const { body } = await get('/v1/recordings?categoryId=music');
    expect(body).toMatchObject({
      items: [
        {
          streamId: 'st-1',
          title: 'The first',
          peakViewers: 10,
          views: 1000,
          playlistUrl: `https://recordings.example/${path(1)}/media/hls/master.m3u8`,
          channel: { id: owner.id, username: 'recorder', displayName: null, color: null, isLive: false },
        },
      ],
      nextCursor: null,
    });
    const all = vodsPage.parse((await get('/v1/recordings')).body).items;
    expect(all.map(({ streamId }) => streamId)).toEqual(['st-5', 'st-3', 'st-1']);
  });

  test('come in full pages, whatever other rows lie between them', async () => {
    const pages: string[][] = [];
    let path = '/v1/channels/recorder/vods?limit=2';
    for (let next: string | null = ''; next !== null; ) {
      const { items, nextCursor } = vodsPage.parse((await get(path)).body);
      pages.push(items.map(item => item.streamId));
      next = nextCursor;
      path = `/v1/channels/recorder/vods?limit=2&cursor=${next}`;
    }
    expect(pages).toEqual([['st-5', 'st-3'], ['st-1']]);
  });

  test('are an empty list for a channel without any, and a 404 for an unknown channel', async () => {
    expect(await get('/v1/channels/off/vods')).toEqual({
      status: 200,
      body: { items: [], nextCursor: null },
    });
    expect(await get('/v1/channels/nobody/vods')).toMatchObject({ status: 404 });
  });
});

describe('a cursor', () => {
  const cursorOf = async (path: string) => {
    const { body } = await get(path);
    return body !== null && typeof body === 'object' && 'nextCursor' in body ? String(body.nextCursor) : '';
  };
  const refused = { status: 400, body: { type: 'urn:problem-type:invalid-cursor' } };

  test("of one channel's streams is refused by another channel", async () => {
    const cursor = await cursorOf('/v1/channels/ann/streams?limit=1');
    expect(await get(`/v1/channels/Ann/streams?limit=1&cursor=${cursor}`)).toMatchObject({ status: 200 });
    expect(await get(`/v1/channels/bob/streams?limit=1&cursor=${cursor}`)).toMatchObject(refused);
  });

  test('of one category is refused by another category and by the whole directory', async () => {
    const cursor = await cursorOf('/v1/channels?isLive=true&categoryId=music&limit=1');
    const path = `/v1/channels?isLive=true&cursor=${cursor}`;
    expect(await get(`${path}&categoryId=music`)).toMatchObject({ status: 200 });
    expect(await get(`${path}&categoryId=games`)).toMatchObject(refused);
    expect(await get(path)).toMatchObject(refused);
  });

  test("of a channel's recordings is refused by its streams and by another channel", async () => {
    const cursor = await cursorOf('/v1/channels/recorder/vods?limit=1');
    expect(await get(`/v1/channels/recorder/vods?cursor=${cursor}`)).toMatchObject({ status: 200 });
    expect(await get(`/v1/channels/recorder/streams?cursor=${cursor}`)).toMatchObject(refused);
    expect(await get(`/v1/channels/ann/vods?cursor=${cursor}`)).toMatchObject(refused);
  });

  test('works with another limit', async () => {
    const cursor = await cursorOf('/v1/channels?isLive=true&limit=1');
    expect(await get(`/v1/channels?isLive=true&limit=2&cursor=${cursor}`)).toMatchObject({ status: 200 });
  });
});

describe('the read routes of users', () => {
  const users = useApi();

  test('make few database requests, and no call of IVS', async () => {
    const api = users();
    const [ann, bob] = [await api.signUp(), await api.signUp()];
    await api.goLive(bob);
    await ann.api.PUT('/v1/channels/{username}/follow', { params: { path: { username: bob.username } } });
    const taken = recordRequests(api.database.client);
    const counted: Record<string, string[]> = {};
    const ask = async (path: string) => {
      taken();
      const headers = { Authorization: `Bearer ${ann.accessToken}` };
      expect((await api.request(path, { headers })).status).toBe(200);
      counted[path] = taken();
    };
    const calls = api.ivs.simulator.calls();
    for (const path of [
      '/v1/users/me',
      '/v1/users/me/following',
      '/v1/users/me/following?limit=1',
      '/v1/channels/me/ingest',
      `/v1/users/${bob.userId}`,
      `/v1/channels/${bob.username}`,
      `/v1/channels/${bob.username}/streams`,
      '/v1/channels?isLive=true',
      '/v1/categories',
      '/v1/stages/me/requests',
      `/v1/stages/${bob.username}/request`,
      '/v1/users/me/email',
    ])
      await ask(path);
    expect(counted).toEqual({
      '/v1/users/me': ['BatchGetItem', 'BatchGetItem'],
      [`/v1/users/${bob.userId}`]: ['GetItem'],
      '/v1/users/me/following': ['Query', 'BatchGetItem'],
      '/v1/users/me/following?limit=1': ['Query', 'BatchGetItem'],
      // The user and their sign-in are read first, because the stream key needs a recent sign-in.
      '/v1/channels/me/ingest': ['BatchGetItem', 'GetItem', 'BatchGetItem'],
      // The stream, the follow, and the ban with the appointment are read at the same time.
      [`/v1/channels/${bob.username}`]: ['Query', 'GetItem', 'GetItem', 'BatchGetItem'],
      [`/v1/channels/${bob.username}/streams`]: ['Query', 'Query'],
      '/v1/channels?isLive=true': ['Query', 'Query', 'Query', 'Query'],
      '/v1/categories': ['Query'],
      '/v1/stages/me/requests': ['GetItem', 'GetItem'],
      [`/v1/stages/${bob.username}/request`]: ['Query', 'GetItem', 'GetItem'],
      '/v1/users/me/email': ['BatchGetItem', 'GetItem'],
    });
    expect(api.ivs.simulator.calls()).toEqual(calls);
  });

  test('are all listed here', () => {
    const reads = Object.values<RouteSpec>(routes).filter(({ method }) => method === 'get');
    expect(reads.map(({ path }) => path).toSorted()).toEqual([
      '/v1/categories',
      '/v1/channels',
      '/v1/channels/me/ingest',
      '/v1/channels/{username}',
      '/v1/channels/{username}/chat/bans',
      '/v1/channels/{username}/chat/blocked-terms',
      '/v1/channels/{username}/followers',
      '/v1/channels/{username}/moderation-log',
      '/v1/channels/{username}/moderators',
      '/v1/channels/{username}/streams',
      '/v1/channels/{username}/streams/{streamId}',
      '/v1/channels/{username}/streams/{streamId}/analytics',
      '/v1/channels/{username}/streams/{streamId}/chat',
      '/v1/channels/{username}/streams/{streamId}/events',
      '/v1/channels/{username}/streams/{streamId}/viewers',
      '/v1/channels/{username}/vods',
      '/v1/health',
      '/v1/openapi.json',
      '/v1/recordings',
      '/v1/search',
      '/v1/stages',
      '/v1/stages/me/invitations',
      '/v1/stages/me/requests',
      '/v1/stages/{username}',
      '/v1/stages/{username}/request',
      '/v1/users/me',
      '/v1/users/me/email',
      '/v1/users/me/following',
      '/v1/users/me/moderated-channels',
      '/v1/users/me/sessions',
      '/v1/users/{userId}',
    ]);
  });
});

// The last part, because it changes the viewers of all channels.
describe('the directory by viewers', () => {
  const page = z.object({
    items: z.array(z.object({ id: z.string(), viewers: z.nullable(z.int()) })),
    nextCursor: z.string().nullable(),
  });
  const read = async (query: string, cursor: string | null = null) =>
    page.parse((await get(`/v1/channels?${query}${cursor === null ? '' : `&cursor=${cursor}`}`)).body);
  async function walk(query: string) {
    const items: z.infer<typeof page>['items'] = [];
    let cursor: string | null = null;
    do {
      const next = await read(query, cursor);
      items.push(...next.items);
      cursor = next.nextCursor;
    } while (cursor !== null);
    return items;
  }

  test('has the channels with most viewers first, as they were when the walk began, then the others by name', async () => {
    const now = new Date();
    const viewersAt = now.toISOString();
    const newest = await walk('isLive=true');
    expect(newest.length).toBeGreaterThan(2);
    const audiences = newest.map(({ id }, n) => ({ id, viewers: 10 * n }));
    const setViewers = (id: string, viewers: number) =>
      database().client.send(
        new UpdateCommand({
          TableName: database().names.channels,
          Key: { id },
          UpdateExpression: 'SET viewers = :viewers, viewersAt = :now',
          ExpressionAttributeValues: { ':viewers': viewers, ':now': viewersAt },
        }),
      );
    for (const { id, viewers } of audiences) await setViewers(id, viewers);
    await rankChannels({ database: database(), clock: () => now, newId: randomUUID });
    const expected = audiences.toReversed();
    expect(await walk('isLive=true&sort=viewers&limit=2')).toMatchObject(expected);

    const first = await read('isLive=true&sort=viewers&limit=1');
    await setViewers(String(expected.at(-1)?.id), 1_000);
    await rankChannels({ database: database(), clock: () => now, newId: randomUUID });
    const rest = await read('isLive=true&sort=viewers&limit=100', first.nextCursor);
    expect(rest.items.map(({ id }) => id)).toEqual(expected.slice(1).map(({ id }) => id));

    const others = await walk('isLive=false');
    const all = await walk('sort=viewers&limit=3');
    const [last, ...front] = expected.map(({ id }) => id).toReversed();
    expect(all.map(({ id }) => id)).toEqual([last, ...front.toReversed(), ...others.map(({ id }) => id)]);
  });

  test('refuses a cursor of the newest channels, and one whose order is not kept any more', async () => {
    const { nextCursor } = await read('isLive=true&limit=1');
    expect(await get(`/v1/channels?isLive=true&sort=viewers&cursor=${nextCursor}`)).toMatchObject({
      status: 400,
      body: { type: 'urn:problem-type:invalid-cursor', reason: 'cursor-unknown' },
    });
    const later = await read('isLive=true&sort=viewers&limit=1');
    const { client, names } = database();
    const { Items = [] } = await client.send(new ScanCommand({ TableName: names.rankings }));
    for (const { part, id } of Items)
      await client.send(new DeleteCommand({ TableName: names.rankings, Key: { part, id } }));
    const path = `/v1/channels?isLive=true&sort=viewers&cursor=${later.nextCursor}`;
    expect(await get(path)).toMatchObject({ status: 400, body: { reason: 'cursor-expired' } });
    expect(await get('/v1/channels?isLive=true&sort=viewers')).toMatchObject({ status: 200 });
  });
});
