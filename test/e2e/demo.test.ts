import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { endCommands, finish, startMakeLocal } from './commands.ts';
import { eventually } from './eventually.ts';

let local: Awaited<ReturnType<typeof startMakeLocal>>;

beforeAll(async () => {
  local = await startMakeLocal({ SEED_COUNT: '3', PAST_STREAMS: '2' });
});
afterAll(async () => {
  endCommands();
  await local.exit;
});

const get = async (path: string) => (await fetch(`${local.apiUrl}/v1${path}`)).json();
const streams = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      startedAt: z.string(),
      durationMs: z.number().nullable(),
      recording: z.object({ playlistUrl: z.string().nullable() }).nullable(),
    }),
  ),
});
const pastOf = async (username: string) =>
  streams
    .parse(await get(`/channels/${username}/streams?limit=10`))
    .items.filter(({ durationMs }) => durationMs !== null);

/** The accounts in the lines that make local prints. */
function printed() {
  const lines = [...local.output().matchAll(/(demo-\w+) with the password "([^"]+)"/g)];
  return lines.map(([, username = '', password = '']) => ({ username, password }));
}

test('make local prints a demo creator and a demo viewer who can sign in', async () => {
  expect(printed().map(({ username }) => username)).toEqual(['demo-creator', 'demo-viewer']);
  const tokens: string[] = [];
  for (const body of printed()) {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${local.apiUrl}/v1/sessions`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    expect(answer.status).toBe(200);
    tokens.push(z.object({ accessToken: z.string() }).parse(await answer.json()).accessToken);
  }
  // The viewer moderates the creator's channel, whose log has something to show.
  const items = z.object({ items: z.array(z.unknown()) });
  const [, viewer] = tokens;
  const headers = { authorization: `Bearer ${viewer}` };
  await eventually(
    async () => {
      const path = `${local.apiUrl}/v1/channels/demo-creator/moderation-log`;
      const answer = await fetch(path, { headers });
      return answer.ok ? items.parse(await answer.json()).items.length : 0;
    },
    acts => acts >= 5,
  );
});

test('the demo creator and the seeded channels get past streams with recordings, chat and viewers', async () => {
  const [mock] = z
    .object({ items: z.array(z.object({ username: z.string() })) })
    .parse(await get('/channels?isLive=true&limit=1')).items;
  for (const username of ['demo-creator', mock?.username ?? '']) {
    const [newest] = await eventually(
      () => pastOf(username),
      past => past.length === 2,
    );
    const path = `/channels/${username}/streams/${newest?.id}`;
    const minutes = Math.floor((newest?.durationMs ?? 0) / 60_000);
    const chat = z.object({ items: z.array(z.object({ offsetMs: z.number() })) });
    // The first hundred messages reach beyond a quarter of the stream.
    await eventually(
      async () => chat.parse(await get(`${path}/chat?limit=100`)).items,
      messages => (messages.at(-1)?.offsetMs ?? 0) > (minutes * 60_000) / 4,
    );
    const playlist = await fetch(newest?.recording?.playlistUrl ?? '');
    expect(playlist.status).toBe(200);
  }
  // The demo viewer and the owners of the three channels.
  await eventually(
    async () => z.object({ followerCount: z.number() }).parse(await get('/channels/demo-creator')),
    ({ followerCount }) => followerCount === 4,
  );
});

test('make deleteSeed deletes all of it, and the demo users', async () => {
  const here = { LOCAL: '1', AWS_PORT: new URL(local.awsUrl).port };
  const rowsOf = (output: string, table: string) =>
    Number(new RegExp(`${table} +(\\d+)`).exec(output)?.[1] ?? 0);
  const { code, output } = await finish('operations/run.ts', here, 'deleteSeed');
  expect([code, rowsOf(output, 'users'), rowsOf(output, 'channels')]).toEqual([0, 5, 5]);
  expect(rowsOf(output, 'streams')).toBe(3 + 2 * 4);
  expect(rowsOf(output, 'moderators')).toBeGreaterThanOrEqual(2);
  expect(rowsOf(output, 'audit')).toBeGreaterThanOrEqual(5);
  expect(await get('/channels?limit=100')).toMatchObject({ items: [] });
  expect((await fetch(`${local.apiUrl}/v1/channels/demo-creator`)).status).toBe(404);
});
