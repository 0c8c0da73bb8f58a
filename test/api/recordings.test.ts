import { describe, expect, test } from '@jest/globals';
import { type Member, useApi } from '../support/api.ts';
import { handling } from '../support/eventHandling.ts';
import { type Recording, recordingEvent, stateEvent } from '../support/ivsEvents.ts';
import { seed } from '../support/seeding.ts';

const api = useApi();

const path = (username: string) => ({ params: { path: { username } } });
const vods = async (username: string) =>
  (await api().client().GET('/v1/channels/{username}/vods', path(username))).data?.items ?? [];

/** Events of a member's stream, one second apart, as IVS sends them. */
async function tell(member: Member, streamId: string, ...names: string[]) {
  const recording: Recording = { path: `recordings/${streamId}`, durationMs: 4_000 };
  const { channels } = api().ivs.simulator.resources();
  const resources = channels.filter(({ arn }) => arn.endsWith(member.channelId)).map(({ arn }) => arn);
  const { handle } = handling(api().database);
  for (const name of names) {
    api().clock.advance(1000);
    const time = api().clock.now().toISOString();
    const event = name.startsWith('Recording')
      ? recordingEvent(name, streamId, time, recording, { resources })
      : stateEvent(name, streamId, time, { resources });
    expect(await handle(event)).toEqual({ result: 'folded' });
  }
}

describe('a broadcast that is recorded', () => {
  test('has its newest thumbnail on every page while it is live, and becomes a recording when it ends', async () => {
    const [star, fan] = [await api().signUp(), await api().signUp()];
    await fan.api.PUT('/v1/channels/{username}/follow', path(star.username));
    const streamId = await api().goLive(star);
    const pictures = async () => {
      const [directory, page, following] = await Promise.all([
        fan.api.GET('/v1/channels', { params: { query: { isLive: 'true' } } }),
        fan.api.GET('/v1/channels/{username}', path(star.username)),
        fan.api.GET('/v1/users/me/following'),
      ]);
      const card = directory.data?.items.find(({ username }) => username === star.username);
      const followed = following.data?.items[0]?.channel;
      return [card?.thumbnailUrl, page.data?.stream?.thumbnailUrl, followed?.thumbnailUrl];
    };
    expect(await pictures()).toEqual([null, null, null]);

    await tell(star, streamId, 'Recording Start');
    const media = `https://recordings.example/recordings/${streamId}/media`;
    const picture = `${media}/latest_thumbnail/thumb.jpg`;
    expect(await pictures()).toEqual([picture, picture, picture]);
    expect(await vods(star.username)).toEqual([]);

    await tell(star, streamId, 'Stream End', 'Session Ended', 'Recording End');
    expect(await pictures()).toEqual([undefined, undefined, null]);
    expect(await vods(star.username)).toMatchObject([
      { streamId, durationMs: 4_000, playlistUrl: `${media}/hls/master.m3u8`, thumbnailUrl: picture },
    ]);
  });

  test('is no longer shown when its retention has passed, and its stream still is', async () => {
    const star = await api().signUp();
    const streamId = await api().goLive(star);
    await tell(star, streamId, 'Recording Start', 'Stream End', 'Session Ended', 'Recording End');
    const recording = async () => {
      const params = { path: { username: star.username, streamId } };
      const one = await api().client().GET('/v1/channels/{username}/streams/{streamId}', { params });
      const all = await api().client().GET('/v1/channels/{username}/streams', path(star.username));
      const recent = await api().client().GET('/v1/recordings');
      const isRecent = recent.data?.items.some(item => item.streamId === streamId);
      const listed = all.data?.items.map(item => item.recording?.status);
      return [one.data?.recording?.status, listed, (await vods(star.username)).length, isRecent];
    };
    const day = 86_400_000;
    api().clock.advance(30 * day - 60_000);
    expect(await recording()).toEqual(['ended', ['ended'], 1, true]);
    api().clock.advance(60_000);
    expect(await recording()).toEqual([undefined, [undefined], 0, false]);
  });

  test('is listed under the title and category that its owner sets later', async () => {
    const star = await api().signUp();
    const streamId = await api().goLive(star);
    await tell(star, streamId, 'Recording Start', 'Stream End', 'Session Ended', 'Recording End');
    const edited = await star.api.PATCH('/v1/channels/{username}/streams/{streamId}', {
      params: { path: { username: star.username, streamId } },
      body: { title: 'The best of it' },
    });
    expect(edited.response.status).toBe(200);
    expect(edited.data?.recording?.playlistUrl).toContain(streamId);
    expect(await vods(star.username)).toMatchObject([{ streamId, title: 'The best of it' }]);
  });

  test("stays listed under its owner's new name, and is deleted with the owner", async () => {
    const star = await api().signUp();
    const streamId = await api().goLive(star);
    await tell(star, streamId, 'Recording Start', 'Stream End', 'Session Ended', 'Recording End');
    const username = `${star.username.slice(0, 20)}-2`;
    expect((await star.api.PATCH('/v1/users/me', { body: { username } })).response.status).toBe(200);
    expect(await vods(username)).toMatchObject([{ streamId }]);
    expect((await star.api.DELETE('/v1/users/me')).response.status).toBe(204);
    const { response } = await api().client().GET('/v1/channels/{username}/vods', path(username));
    expect(response.status).toBe(404);
  });
});

describe('a seeded database', () => {
  test('has live thumbnails, recordings, chat replays and viewers', async () => {
    const environment = { SEED: '1', SEED_COUNT: '8', OFFLINE_SESSION_COUNT: '2' };
    await seed(api().database, environment, {}, api().clock.now());
    const guest = api().client();
    const { data } = await guest.GET('/v1/channels', { params: { query: { isLive: 'true' } } });
    const seeded = (data?.items ?? []).filter(({ username }) => username.startsWith('mock-'));
    expect(seeded).toHaveLength(6);
    expect(seeded.every(({ thumbnailUrl }) => thumbnailUrl?.endsWith('/thumb.jpg'))).toBe(true);

    const recorded = await Promise.all(['mock-badger-1-0', 'mock-walrus-1-1'].map(vods));
    expect(recorded.map(items => items.length)).toEqual([1, 1]);
    for (const { username, stream } of seeded) {
      const at = { params: { path: { username, streamId: stream?.id ?? '' } } };
      const chat = await guest.GET('/v1/channels/{username}/streams/{streamId}/chat', at);
      expect(chat.data?.items.length).toBeGreaterThan(0);
      const viewers = await guest.GET('/v1/channels/{username}/streams/{streamId}/viewers', at);
      expect(viewers.data?.viewers).toBeGreaterThan(0);
      const stage = await guest.GET('/v1/stages/{username}', path(username));
      expect(stage.response.status).toBe(200);
    }
  });
});
