import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { viewerTokens } from '../../domain/viewers/viewerTokens.ts';
import { takenSampleSchema } from '../../lambdas/api/viewers/answers.ts';
import { sampleSchema } from '../../lambdas/api/viewers/routes.ts';
import { localApi } from '../../local/audience/localApi.ts';
import { watchAsViewers } from '../../local/audience/watchers.ts';
import { chatMinuteKey } from '../../model/chatMessage.ts';
import { defaultLimits, rateLimitOf } from '../../model/rateLimit.ts';
import { vodKeys } from '../../model/stream.ts';
import { minuteOf } from '../../model/viewerMinute.ts';
import { putEncoder } from '../../store/encoders.ts';
import { getStream } from '../../store/streams.ts';
import { type Member, useApi } from '../support/api.ts';
import { parseJson } from '../support/leaks.ts';
import { recordRequests } from '../support/requests.ts';
import { putRows } from '../support/rows.ts';

const VIEWERS_PER_NETWORK = 4;
const api = useApi({ limits: { ...defaultLimits, viewersPerNetwork: VIEWERS_PER_NETWORK } });

async function liveStream() {
  const owner = await api().signUp();
  const streamId = await api().goLive(owner);
  return { owner, streamId, path: { username: owner.username, streamId } };
}
type Live = Awaited<ReturnType<typeof liveStream>>;

const post = ({ path }: Pick<Live, 'path'>, body: object, as = api().client()) =>
  as.POST('/v1/channels/{username}/streams/{streamId}/metrics', { params: { path }, body });
const viewers = async ({ path }: Pick<Live, 'path'>) => {
  const url = '/v1/channels/{username}/streams/{streamId}/viewers';
  return (await api().client().GET(url, { params: { path } })).data?.viewers;
};
const analytics = ({ path }: Pick<Live, 'path'>, as: Member, query: { from?: string; to?: string } = {}) =>
  as.api.GET('/v1/channels/{username}/streams/{streamId}/analytics', { params: { path, query } });

/** The database requests that `work` sends. */
async function requestsOf(work: () => Promise<unknown>): Promise<string[]> {
  const { client } = api().database;
  const sent = recordRequests(client);
  await work();
  client.middlewareStack.remove('recordRequests');
  return sent();
}

/** Marks a stream as ended, as its last event does. */
async function end({ owner, streamId }: Live): Promise<void> {
  const row = await getStream(api().database, owner.channelId, streamId);
  if (row === undefined) throw new Error('the stream has no row');
  await putRows(api().database, 'streams', [
    { ...row, isOpen: undefined, isLive: false, endedAt: api().clock.now().toISOString() },
  ]);
}

/** Ends a stream whose recording can be played. */
async function endRecorded(live: Live): Promise<void> {
  await end(live);
  const row = await getStream(api().database, live.owner.channelId, live.streamId);
  if (row?.startedAt === undefined) throw new Error('the stream has not started');
  const recorded = {
    vodStartedAt: row.startedAt,
    recordingStatus: 'ended',
    recordingPath: 'ivs/v1/1/a/2026/1/1/1/1/x',
  } as const;
  await putRows(api().database, 'streams', [{ ...row, ...vodKeys(row), ...recorded }]);
}

const play = ({ path }: Pick<Live, 'path'>, as = api().client()) =>
  as.POST('/v1/channels/{username}/streams/{streamId}/plays', { params: { path } });

describe('the views', () => {
  const shown = async ({ path }: Live) => {
    const stream = '/v1/channels/{username}/streams/{streamId}';
    const { data } = await api().client().GET(stream, { params: { path } });
    return { stream: data?.views, recording: data?.recording?.views };
  };

  const fromOneNetwork = ({ owner, streamId }: Live, what: 'metrics' | 'plays') => {
    const headers = { 'Content-Type': 'application/json' };
    const init = { method: 'POST', ...(what === 'plays' ? {} : { headers, body: '{}' }) };
    const url = `/v1/channels/${owner.username}/streams/${streamId}/${what}`;
    return api().request(url, init, '198.51.100.99');
  };

  test('of a stream are the viewers who joined it, each once, up to the limit of a network', async () => {
    const live = await liveStream();
    expect((await shown(live)).stream).toBe(0);
    const { data: joined } = await post(live, {});
    const fan = await api().signUp();
    await post(live, {}, fan.api);
    await post(live, {}, fan.api);
    expect((await shown(live)).stream).toBe(2);
    // Viewers who stay, with a valid token and with an expired one, are no new viewers, and cost no write of the stream.
    api().clock.advance(60_000);
    const next = await post(live, { viewerToken: joined?.viewerToken });
    api().clock.advance(7 * 60_000);
    await post(live, { viewerToken: next.data?.viewerToken });
    expect((await shown(live)).stream).toBe(2);
    for (let n = 0; n < 2 * VIEWERS_PER_NETWORK; n++) {
      // In another minute, a viewer who shares an id is counted again, but is no new viewer.
      if (n === VIEWERS_PER_NETWORK) api().clock.advance(60_000);
      await fromOneNetwork(live, 'metrics');
    }
    expect((await shown(live)).stream).toBe(2 + VIEWERS_PER_NETWORK);
  });

  test('of a recording are its plays: of a user once a day, and of a network up to the limit, in three writes', async () => {
    const live = await liveStream();
    expect((await play(live)).error).toMatchObject({ reason: 'no-recording' });
    await endRecorded(live);
    api().clock.advance(2_000);
    expect(await requestsOf(() => play(live))).toEqual([
      // The limit of the caller; the stream, which is read once a second; the network; the minute; the stream.
      'UpdateItem',
      'BatchGetItem',
      'UpdateItem',
      'UpdateItem',
      'UpdateItem',
    ]);
    for (let n = 0; n < 2 * VIEWERS_PER_NETWORK; n++)
      expect((await fromOneNetwork(live, 'plays')).status).toBe(204);
    const fan = await api().signUp();
    await play(live, fan.api);
    // The user has been counted, so nothing more is written.
    expect(await requestsOf(() => play(live, fan.api))).toEqual(['UpdateItem', 'UpdateItem']);
    const views = 1 + VIEWERS_PER_NETWORK + 1;
    expect(await shown(live)).toEqual({ stream: 0, recording: views });
    const lists = [
      await api()
        .client()
        .GET('/v1/channels/{username}/vods', { params: { path: live.path } }),
      await api()
        .client()
        .GET('/v1/recordings', { params: { query: { limit: 100 } } }),
    ];
    for (const { data } of lists)
      expect(data?.items.find(({ streamId }) => streamId === live.streamId)).toMatchObject({ views });
    // The next day.
    api().clock.advance(25 * 3600_000);
    await fromOneNetwork(live, 'plays');
    expect((await shown(live)).recording).toBe(views + 1);
    const path = { ...live.path, streamId: 'st-unknown' };
    expect((await play({ path })).response.status).toBe(404);
  });
});

describe('a viewer', () => {
  test('joins with a first sample and counts once a minute, however often it sends', async () => {
    const live = await liveStream();
    expect(await viewers(live)).toBe(0);
    const { data: joined } = await post(live, {});
    const token = { viewerToken: joined?.viewerToken };
    for (let time = 0; time < 3; time++) expect((await post(live, token)).response.status).toBe(200);
    expect(await viewers(live)).toBe(1);
    api().clock.advance(2_000);
    await post(live, {});
    expect(await viewers(live)).toBe(2);
  });

  test('of make broadcast is counted, even when a minute ends between the joins', async () => {
    const { path } = await liveStream();
    let sent = 0;
    const local = localApi('', async (url, init) => {
      const answer = await api().request(url, init);
      // The clock advances after the third join, and again between the samples that follow.
      if ([3, 6].includes(++sent)) api().clock.advance(60_000);
      return answer;
    });
    const options = { ...path, viewers: 4, lengthMs: 0 };
    expect(await watchAsViewers(local, options, api().clock.now)).toBe('4 viewers joined; the API counts 4');
  });

  test('with a token costs two writes and no read a minute, and no request for a second sample in a minute', async () => {
    const live = await liveStream();
    const { data: joined } = await post(live, {});
    api().clock.advance(60_000);
    await post(live, {});
    let next = joined?.viewerToken;
    const sample = async () => {
      next = (await post(live, { viewerToken: next, quality: '1080p60' })).data?.viewerToken;
    };
    expect(await requestsOf(sample)).toEqual(['PutItem', 'UpdateItem']);
    expect(await requestsOf(sample)).toEqual([]);
    // The older token does not say that the minute was counted. The table does.
    const repeated = () => post(live, { viewerToken: joined?.viewerToken });
    expect(await requestsOf(repeated)).toEqual(['PutItem']);
    expect(await viewers(live)).toBe(2);
  });

  test('whose sample is the first of a minute records the viewers of the minute before, with one read for all viewers', async () => {
    const live = await liveStream();
    const fan = await api().signUp();
    const path = { username: live.owner.username };
    await fan.api.PUT('/v1/channels/{username}/follow', { params: { path } });
    const numbers = async () => {
      const list = await api()
        .client()
        .GET('/v1/channels', { params: { query: { isLive: 'true', limit: 100 } } });
      const following = await fan.api.GET('/v1/users/me/following');
      const page = await api().client().GET('/v1/channels/{username}', { params: { path } });
      const streams = await api().client().GET('/v1/channels/{username}/streams', { params: { path } });
      const query = { q: path.username };
      const search = await api().client().GET('/v1/search', { params: { query } });
      const card = list.data?.items.find(({ username }) => username === path.username);
      return {
        current: [card, search.data?.items[0], following.data?.items[0]?.channel, page.data?.stream].map(
          one => one?.viewers,
        ),
        peak: streams.data?.items[0]?.peakViewers,
      };
    };
    expect(await numbers()).toEqual({ current: [0, 0, 0, 0], peak: 0 });
    const joined = await Promise.all(Array.from({ length: 3 }, () => post(live, {})));
    expect(await numbers()).toEqual({ current: [1, 1, 1, 1], peak: 3 });
    api().clock.advance(60_000);
    const sample = () =>
      Promise.all(joined.map(({ data }) => post(live, { viewerToken: data?.viewerToken })));
    const requests = await requestsOf(sample);
    const sent = (name: string) => requests.filter(request => request === name).length;
    // Each viewer is stored and added. One of them also changes the channel.
    expect([sent('PutItem'), sent('BatchGetItem'), sent('UpdateItem')]).toEqual([3, 1, 3 + 1]);
    expect(requests).toHaveLength(8);
    expect(await numbers()).toEqual({ current: [3, 3, 3, 3], peak: 3 });
    // All viewers left at once.
    api().clock.advance(7 * 60_000);
    expect(await numbers()).toEqual({ current: [0, 0, 0, 0], peak: 3 });
  });

  test('of a broadcast shorter than a minute is in its peak, within 10 % of what its analytics show', async () => {
    const live = await liveStream();
    for (let n = 0; n < 14; n++) await post(live, {});
    const peak = async () =>
      (await getStream(api().database, live.owner.channelId, live.streamId))?.peakViewers ?? 0;
    expect(await peak()).toBe(14);
    for (let n = 14; n < 50; n++) await post(live, {});
    const before = await peak();
    expect(before).toBeGreaterThan(45);
    // Viewers who stay cost no more, and late joins do not change a stream that has ended.
    const { data } = await post(live, {});
    api().clock.advance(10_000);
    expect(await requestsOf(() => post(live, { viewerToken: data?.viewerToken }))).toEqual([]);
    api().clock.advance(50_000);
    await end(live);
    await post(live, { viewerToken: data?.viewerToken });
    const shown = (await analytics(live, live.owner)).data?.minutes.map(({ viewers: count }) => count) ?? [];
    expect(Math.max(...shown)).toBe(51);
    expect(await peak()).toBeGreaterThanOrEqual(before);
  });

  test('who is signed in counts once, on any number of screens', async () => {
    const live = await liveStream();
    const fan = await api().signUp();
    await post(live, {}, fan.api);
    await post(live, {}, fan.api);
    expect(await viewers(live)).toBe(1);
    await post(live, {});
    expect(await viewers(live)).toBe(2);
  });

  test.each([
    ['an IPv4 address', (_: number) => '198.51.100.77'],
    ['an IPv6 /48, in any subnets', (n: number) => `2001:db8:7:${n.toString(16)}::1`],
  ])('counts no more than the limit for all viewers of %s', async (_, addressOf) => {
    const live = await liveStream();
    const url = `/v1/channels/${live.owner.username}/streams/${live.streamId}/metrics`;
    const headers = { 'Content-Type': 'application/json' };
    const send = async (n: number, viewerToken?: string) => {
      const init = { method: 'POST', headers, body: JSON.stringify({ viewerToken }) };
      return takenSampleSchema.parse(await (await api().request(url, init, addressOf(n))).json()).viewerToken;
    };
    const joined: string[] = [];
    for (let n = 0; n < 3 * VIEWERS_PER_NETWORK; n++) joined.push(await send(n));
    expect(await viewers(live)).toBe(VIEWERS_PER_NETWORK);
    // Collecting tokens over many minutes does not get past the limit.
    api().clock.advance(120_000);
    for (const [n, viewerToken] of joined.entries()) await send(n, viewerToken);
    expect(await viewers(live)).toBe(VIEWERS_PER_NETWORK);
    await post(live, {});
    expect(await viewers(live)).toBe(VIEWERS_PER_NETWORK + 1);
  });

  test('continues with an expired token as the same viewer, and no limit counts that', async () => {
    const live = await liveStream();
    const { data: joined } = await post(live, {});
    api().clock.advance(7 * 60_000);
    const requests = await requestsOf(async () => {
      await post(live, { viewerToken: joined?.viewerToken });
    });
    // The last two record the viewers of the channel, because the sample is the first of its minute.
    expect(requests).toEqual([
      ...['Query', 'BatchGetItem', 'PutItem', 'UpdateItem'],
      ...['BatchGetItem', 'UpdateItem'],
    ]);
    expect(await viewers(live)).toBe(1);
  });

  test('can no longer join or continue when the stream is over, and the count is 0', async () => {
    const live = await liveStream();
    const { data: joined } = await post(live, {});
    expect(await viewers(live)).toBe(1);
    await end(live);
    expect(await viewers(live)).toBe(0);
    api().clock.advance(7 * 60_000);
    expect((await post(live, {})).response.status).toBe(409);
    expect((await post(live, { viewerToken: joined?.viewerToken })).response.status).toBe(409);
  });

  test('of an unknown stream or channel is a 404', async () => {
    const live = await liveStream();
    const { username } = live.owner;
    expect((await post({ path: { username, streamId: 'st-none' } }, {})).response.status).toBe(404);
    expect((await post({ path: { username: 'nobody', streamId: live.streamId } }, {})).response.status).toBe(
      404,
    );
    // The stream of another channel, under one's own name.
    const other = await api().signUp();
    const mixed = { path: { username: other.username, streamId: live.streamId } };
    expect((await post(mixed, {})).response.status).toBe(404);
    const { data: joined } = await post(live, {});
    expect((await post(mixed, { viewerToken: joined?.viewerToken })).response.status).toBe(404);
  });
});

describe("a viewer's sample", () => {
  test.each([
    ['a time', { at: '2026-01-15T10:00:00.000Z' }, 'at'],
    ['an address', { ip: '203.0.113.7' }, 'ip'],
    ['a number of viewers', { weight: 5 }, 'weight'],
    ['a negative latency', { latencyMs: -1 }, 'latencyMs'],
    ['a latency in words', { latencyMs: 'low' }, 'latencyMs'],
    ['too high a bitrate', { bitrate: 1e12 }, 'bitrate'],
    ['a resolution without a height', { resolution: '1280' }, 'resolution'],
    ['a browser name that is too long', { browser: 'x'.repeat(65) }, 'browser'],
    ['an invalid token', { viewerToken: 'forged' }, 'viewerToken'],
  ])('with %s is refused, and counts nobody', async (_, body, field) => {
    const live = await liveStream();
    const response = await api().request(
      `/v1/channels/${live.owner.username}/streams/${live.streamId}/metrics`,
      {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      },
    );
    expect(response.status).toBe(422);
    expect(parseJson(await response.text())).toMatchObject({ errors: [{ in: 'body', field }] });
    expect(await viewers(live)).toBe(0);
  });

  test.each(Object.keys(sampleSchema.shape))(
    'is accepted with null for %s, as if it was left out',
    async member => {
      const live = await liveStream();
      const now = api().clock.now();
      const { response } = await post(live, { latencyMs: 3_200, framerate: 60, [member]: null });
      expect(response.status).toBe(200);
      const { data } = await analytics(live, live.owner);
      expect(data?.minutes.find(({ minute }) => minute === minuteOf(now))).toMatchObject({
        viewers: 1,
        averages: {
          latencyMs: member === 'latencyMs' ? null : 3_200,
          framerate: member === 'framerate' ? null : 60,
          bitrate: null,
        },
      });
    },
  );

  test('with a token of another stream, of another secret or with other claims is a 422', async () => {
    const [live, other] = [await liveStream(), await liveStream()];
    const { data: joined } = await post(other, {});
    const good = joined?.viewerToken ?? '';
    expect((await post(live, { viewerToken: good })).response.status).toBe(422);
    const bytes = Buffer.from(good, 'base64url');
    const claims = JSON.parse(bytes.subarray(17).toString());
    const heavier = Buffer.from(JSON.stringify({ ...claims, weight: 1_000 }));
    const tampered = Buffer.concat([bytes.subarray(0, 17), heavier]).toString('base64url');
    expect((await post(other, { viewerToken: tampered })).response.status).toBe(422);
    const foreign = await viewerTokens(async () => 'another secret').sign(claims);
    expect((await post(other, { viewerToken: foreign })).response.status).toBe(422);
    expect(await viewers(other)).toBe(1);
  });

  test('counts against a limit when it joins, and not when it continues', async () => {
    const live = await liveStream();
    const url = `/v1/channels/${live.owner.username}/streams/${live.streamId}/metrics`;
    const send = (body: object) => {
      const headers = { 'Content-Type': 'application/json' };
      return api().request(url, { method: 'POST', headers, body: JSON.stringify(body) }, '198.51.100.9');
    };
    const first = takenSampleSchema.parse(await (await send({})).json());
    const { requests, windowSeconds } = rateLimitOf('postMetrics');
    // The same number of viewers has already joined in this minute.
    const minute = new Date(Math.floor(api().clock.now().getTime() / 60_000) * 60_000);
    const caller = createHash('sha256').update('ip#198.51.100.9').digest('base64url');
    const until = new Date(minute.getTime() + windowSeconds * 1000).toISOString();
    await putRows(api().database, 'rateLimits', [
      {
        id: `joinStream#${caller}#${minute.toISOString()}`,
        count: requests - 1,
        until,
        expiresAt: 2_000_000_000,
        createdAt: until,
        updatedAt: until,
      },
    ]);
    expect((await send({})).status).toBe(200);
    expect((await send({})).status).toBe(429);
    expect((await send({ viewerToken: first.viewerToken })).status).toBe(200);
  });
});

describe('analytics', () => {
  test('show the owner alone what viewers reported, minute by minute', async () => {
    const live = await liveStream();
    const start = api().clock.now().toISOString();
    const { data: one } = await post(live, {
      quality: '720p60',
      latencyMs: 2_000,
      browser: 'Mobile Safari',
      os: 'iOS 18',
      isMobile: true,
      timezone: 'Europe/Paris',
    });
    await post(live, { resolution: '1920x1080', latencyMs: 4_000, browser: 'Edge', os: 'Windows' });
    api().clock.advance(60_000);
    await post(live, { viewerToken: one?.viewerToken, quality: '720p60' });
    const room = (await live.owner.api.GET('/v1/users/me')).data?.chatRoom?.id;
    const times = { createdAt: start, updatedAt: start };
    const minute = minuteOf(api().clock.now());
    await putRows(api().database, 'chatMessages', [
      {
        chatRoomId: room,
        id: chatMinuteKey(minute),
        minute,
        messages: 7,
        ...times,
      },
    ]);
    api().clock.advance(90_000);
    let answer: Awaited<ReturnType<typeof analytics>> | undefined;
    const requests = await requestsOf(async () => {
      answer = await analytics(live, live.owner);
    });
    // The first request reads whether the sign-in has ended, because the token is older than a minute.
    expect(requests.toSorted()).toEqual(['BatchGetItem', 'BatchGetItem', 'Query', 'Query', 'UpdateItem']);
    const { data } = answer ?? {};
    expect(data?.minutes.map(({ viewers: count, chatMessages }) => [count, chatMessages])).toEqual([
      [2, 0],
      [1, 7],
      [0, 0],
    ]);
    expect(data?.minutes.map(({ averages }) => averages.latencyMs)).toEqual([3_000, null, null]);
    expect(data).toMatchObject({
      peakViewers: 2,
      viewerMinutes: 3,
      averages: { latencyMs: 3_000, bufferMs: null, bitrate: null, framerate: null },
      nextFrom: null,
    });
    expect(data?.shares.quality).toEqual([
      { kind: '720p', viewerMinutes: 2, share: 2 / 3 },
      { kind: '1080p', viewerMinutes: 1, share: 1 / 3 },
    ]);
    expect(data?.shares.device).toEqual([{ kind: 'mobile', viewerMinutes: 1, share: 1 }]);
    const other = await api().signUp();
    expect((await analytics(live, other)).response.status).toBe(403);
    const none = { path: { ...live.path, streamId: 'st-none' } };
    expect((await analytics(none, live.owner)).response.status).toBe(404);
    const nobody = { path: { ...live.path, username: 'nobody' } };
    expect((await analytics(nobody, live.owner)).response.status).toBe(404);
  });

  test('show what IVS received from the encoder, and its configuration when it is known', async () => {
    const live = await liveStream();
    api().clock.advance(90_000);
    const { data } = await analytics(live, live.owner);
    expect(data?.encoder).toBeNull();
    expect(data?.minutes.length).toBeGreaterThanOrEqual(2);
    for (const { ingest } of data?.minutes ?? []) {
      expect(ingest.videoBitrate).toBeGreaterThan(2_000_000);
      expect(ingest.framerate).toBeGreaterThanOrEqual(30);
      expect(ingest.keyframeIntervalSeconds).toBe(2);
    }
    const { channelId, path } = { ...live.owner, ...live };
    const stream = { channelId, id: path.streamId };
    await putEncoder(api().database, stream, { video: { codec: 'avc1.64002A', height: 1080 }, audio: {} });
    const { data: known } = await analytics(live, live.owner);
    expect(known?.encoder).toMatchObject({
      video: { codec: 'avc1.64002A', width: null, height: 1080 },
      audio: { codec: null },
    });
  });

  test('leave out samples from after the end', async () => {
    const live = await liveStream();
    const { data: one } = await post(live, {});
    api().clock.advance(30_000);
    await end(live);
    api().clock.advance(61_000);
    await post(live, { viewerToken: one?.viewerToken });
    const { data: over } = await analytics(live, live.owner);
    const ended = Math.floor((api().clock.now().getTime() - 61_000) / 60_000);
    expect(Date.parse(over?.minutes.at(-1)?.minute ?? '')).toBe(ended * 60_000);
    expect(over?.viewerMinutes).toBe(1);
  });

  test('continue with nextFrom after a day', async () => {
    const live = await liveStream();
    api().clock.advance(25 * 3600_000);
    const owner = await signedInAgain(live.owner);
    const { data: page } = await analytics(live, owner);
    expect(page?.minutes).toHaveLength(1440);
    const { data: rest } = await analytics(live, owner, { from: page?.nextFrom ?? '' });
    expect(rest?.nextFrom).toBeNull();
    const all = [...(page?.minutes ?? []), ...(rest?.minutes ?? [])].map(({ minute }) => Date.parse(minute));
    expect(new Set(all).size).toBe(all.length);
    expect((all.at(-1) ?? 0) - (all[0] ?? 0)).toBeGreaterThanOrEqual(25 * 3600_000 - 60_000);
  });
});

async function signedInAgain(member: Member): Promise<Member> {
  const { username, password } = member;
  const { data } = await api().client().POST('/v1/sessions', { body: { username, password } });
  if (data === undefined) throw new Error('the owner could not sign in again');
  return { ...member, accessToken: data.accessToken, api: api().client(data.accessToken) };
}
