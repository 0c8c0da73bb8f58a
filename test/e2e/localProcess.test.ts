import { type ChildProcess, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { IvsClient, ListChannelsCommand } from '@aws-sdk/client-ivs';
import { IVSRealTimeClient, ListStagesCommand } from '@aws-sdk/client-ivs-realtime';
import { IvschatClient, ListRoomsCommand } from '@aws-sdk/client-ivschat';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { contract } from '../api/contract.ts';
import { transport } from '../api/transport.ts';
import { localCredentials } from '../support/database.ts';
import { endCommands, finish, startMakeLocal } from './commands.ts';
import { eventually } from './eventually.ts';

let local: Awaited<ReturnType<typeof startMakeLocal>>;
let apiUrl = '';
let awsUrl = '';
let here: Record<string, string> = {};

beforeAll(async () => {
  local = await startMakeLocal();
  ({ apiUrl, awsUrl } = local);
  here = { LOCAL: '1', AWS_PORT: new URL(awsUrl).port };
});
afterAll(async () => {
  endCommands();
  await local.exit;
});

const directory = z.object({ items: z.array(z.object({ username: z.string(), id: z.string() })) });
const page = z.object({
  isLive: z.boolean(),
  stream: z.object({ id: z.string() }).nullable(),
});

async function get(path: string): Promise<unknown> {
  return (await fetch(`${apiUrl}${path}`)).json();
}
const channelPage = async (username: string) => page.parse(await get(`/v1/channels/${username}`));
const live = async () => directory.parse(await get('/v1/channels?isLive=true&limit=100')).items;

describe('the API of the local stack', () =>
  contract({ request: (path, init) => fetch(`${apiUrl}${path}`, init) }));
describe('a connection to the local stack', () => transport(() => apiUrl));

test('an empty database is seeded with 50 channels, one of them offline', async () => {
  expect(await live()).toHaveLength(49);
});

describe('the sample events of IVS, replayed for a seeded channel', () => {
  const names = [
    'session-created',
    'recording-start',
    'stream-start',
    'starvation-start',
    'starvation-end',
    'session-ended',
    'stream-end',
    'recording-end',
  ];
  const sample = z.looseObject({ time: z.string() });
  const streamId = 'st-1A2b3c4D5e6F78ghij9Klmn';
  let username = '';
  let events: unknown[] = [];

  beforeAll(async () => {
    // The channel that has been live for longest, because its session started before that of the samples.
    const channel = (await live()).at(-1);
    username = channel?.username ?? '';
    const resources = [`arn:aws:ivs:us-west-2:000000000000:channel/${channel?.id}`];
    // The samples are of one session. It is moved to the last hour, because events from the future are
    // ignored.
    const moved = Date.now() - Date.parse('2026-01-15T11:01:10Z');
    events = names.map(name => {
      const event = sample.parse(JSON.parse(readFileSync(`test/fixtures/events/${name}.json`, 'utf8')));
      return { ...event, resources, time: new Date(Date.parse(event.time) + moved).toISOString() };
    });
  });

  const post = async (body: unknown) => {
    const response = await fetch(`${awsUrl}/_local/events`, { method: 'POST', body: JSON.stringify(body) });
    const answer = z
      .object({ results: z.array(z.object({ result: z.string() })) })
      .parse(await response.json());
    return answer.results.map(({ result }) => result);
  };

  test('open a stream', async () => {
    expect(await post(events.slice(0, 3))).toEqual(['folded', 'folded', 'folded']);
    const state = await eventually(
      () => channelPage(username),
      channel => channel.isLive,
    );
    expect(state).toMatchObject({ isLive: true, stream: { id: streamId } });
    expect((await live()).map(channel => channel.username)).toContain(username);
  });

  test('and close it, with its recording', async () => {
    expect(new Set(await post(events.slice(3)))).toEqual(new Set(['folded']));
    await eventually(
      () => channelPage(username),
      channel => !channel.isLive,
    );
    expect((await live()).map(channel => channel.username)).not.toContain(username);
    expect(await get(`/v1/channels/${username}/streams/${streamId}`)).toMatchObject({
      isOpen: false,
      durationMs: 3_600_000,
      recording: { status: 'ended', durationMs: 3_597_000 },
    });
  });

  test('and change nothing when they are delivered again', async () => {
    expect(new Set(await post(events))).toEqual(new Set(['duplicate']));
  });
});

describe('a user', () => {
  const account = { username: 'Robin', password: 'correct horse battery' };
  const signedUp = z.object({
    accessToken: z.string(),
    user: z.object({ id: z.string(), username: z.string(), channelId: z.string() }),
  });
  let robin: z.infer<typeof signedUp>;

  async function signUp(url: string, body: string) {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(url, { method: 'POST', headers, body });
    expect(response.status).toBe(201);
    return signedUp.parse(await response.json());
  }

  /** How many channels, chat rooms and stages IVS has for a user, by their tags. */
  async function atIvs(userId: string) {
    const settings = { ...localCredentials, endpoint: awsUrl };
    const ivs = new IvsClient(settings);
    const chat = new IvschatClient(settings);
    const realTime = new IVSRealTimeClient(settings);
    const { channels = [] } = await ivs.send(new ListChannelsCommand({}));
    const { rooms = [] } = await chat.send(new ListRoomsCommand({}));
    const { stages = [] } = await realTime.send(new ListStagesCommand({}));
    for (const client of [ivs, chat, realTime]) client.destroy();
    return [channels, rooms, stages].map(
      list => list.filter(({ tags }) => tags?.['stack'] === 'UGC-dev' && tags['user'] === userId).length,
    );
  }

  test('can sign up with the command that make local prints', async () => {
    const [, url = '', body = ''] = /curl (\S+\/users) .* -d '(.*)'/.exec(local.output()) ?? [];
    const { user } = await signUp(url, body);
    expect(await channelPage(user.username)).toMatchObject({ isLive: false });
  });

  test('has a channel, a chat room and a stage at IVS after signing up', async () => {
    robin = await signUp(`${apiUrl}/v1/users`, JSON.stringify(account));
    expect(await atIvs(robin.user.id)).toEqual([1, 1, 1]);
  });

  test('is in the directory from the start of a broadcast to its end', async () => {
    const played = finish('local/broadcast.ts', { ...here, CHANNEL: account.username, SPEED: '3000' });
    const names = async () => (await live()).map(channel => channel.username);
    await eventually(names, usernames => usernames.includes(account.username));
    expect(await played).toMatchObject({ code: 0 });
    await eventually(names, usernames => !usernames.includes(account.username));
  });

  test('can play a test broadcast from the web app, and end it', async () => {
    const body = JSON.stringify({ username: account.username });
    const play = async (headers = {}) =>
      (await fetch(`${apiUrl}/_local/broadcasts`, { method: 'POST', headers, body })).status;
    expect(await play({ origin: 'https://attacker.example' })).toBe(403);
    expect(await play()).toBe(202);
    await eventually(
      () => channelPage(account.username),
      channel => channel.isLive,
    );
    expect(await play()).toBe(409);
    const headers = { authorization: `Bearer ${robin.accessToken}` };
    await fetch(`${apiUrl}/v1/channels/me/live`, { method: 'DELETE', headers });
    const recordings = z.object({ items: z.array(z.object({ durationMs: z.number() })) });
    const { items } = await eventually(
      async () => recordings.parse(await get(`/v1/channels/${account.username}/vods`)),
      ({ items: ended }) => ended.length === 2,
    );
    expect(items[0]?.durationMs).toBeLessThan(60_000);
    expect(await channelPage(account.username)).toMatchObject({ isLive: false });
  });

  test('who deletes the account while live is disconnected, and nothing of the account is left', async () => {
    const started = {
      id: 'robin-is-live',
      'detail-type': 'IVS Stream State Change',
      source: 'aws.ivs',
      time: new Date().toISOString(),
      resources: [`arn:aws:ivs:us-west-2:000000000000:channel/${robin.user.channelId}`],
      detail: { event_name: 'Stream Start', stream_id: `st-${'r'.repeat(23)}` },
    };
    await fetch(`${awsUrl}/_local/events`, { method: 'POST', body: JSON.stringify(started) });
    await eventually(
      () => channelPage(account.username),
      channel => channel.isLive,
    );
    const headers = { authorization: `Bearer ${robin.accessToken}` };
    const left = await fetch(`${apiUrl}/v1/users/me`, { method: 'DELETE', headers });
    expect(left.status).toBe(204);
    expect(await atIvs(robin.user.id)).toEqual([0, 0, 0]);
    expect((await fetch(`${apiUrl}/v1/channels/${account.username}`)).status).toBe(404);
  });
});

// `make test` builds the app. Without it, the API answers everything.
(existsSync('web/dist/index.html') ? describe : describe.skip)('the web app', () => {
  const html = { accept: 'text/html,application/xhtml+xml' };

  test.each(['/', '/index.html', '/c/nobody/streams/st-1', '/dashboard'])(
    'answers a browser that opens %s with the page, and tells it that this is local mode',
    async path => {
      const answer = await fetch(`${apiUrl}${path}`, { headers: html });
      expect(answer.headers.get('content-type')).toMatch(/^text\/html/);
      expect(answer.headers.get('content-security-policy')).toContain("script-src 'self'");
      expect(await answer.text()).toMatch(/<meta name="local-mode".*<\/head>/s);
    },
  );

  test.each(['/v1/nothing', '/assets/gone.js', '/docs/nothing'])(
    'does not answer for %s, which is no page',
    async path => {
      expect((await fetch(`${apiUrl}${path}`, { headers: html })).status).toBe(404);
    },
  );
});

describe('make broadcast', () => {
  test('plays a broadcast, and when IVS does not send its end, make reconcile ends the stream', async () => {
    const username = (await live()).at(-1)?.username ?? '';
    const lost = { CHANNEL: username, SPEED: '1000000', LOSE: 'Session Ended, Stream End' };
    const played = await finish('local/broadcast.ts', { ...here, ...lost });
    expect(played).toMatchObject({ code: 0, output: expect.stringContaining('lost: the event happened') });
    expect(played.output.match(/ folded$/gm)).toHaveLength(6);
    expect(played.output).toMatch(
      /^20 viewers joined; the API counts 20\n8 chat messages by .*"\*+, that was close"/m,
    );
    const ghost = await eventually(
      () => channelPage(username),
      channel => channel.isLive,
    );
    expect(ghost.stream?.id).toMatch(/^st-/);

    const reconciled = await finish('operations/run.ts', here, 'reconcile');
    expect(reconciled).toMatchObject({ code: 0, output: expect.stringContaining('closed 1') });
    await eventually(
      () => channelPage(username),
      channel => !channel.isLive,
    );
  });

  test('plays to the end when its viewers reach a limit of the API, and fails with one line that says what to do', async () => {
    // The limit of wrong passwords, because a limit per minute could end during the test.
    const body = JSON.stringify({ username: 'local-cleo', password: 'a wrong password' });
    const headers = { 'content-type': 'application/json' };
    const tried = async () =>
      (await fetch(`${apiUrl}/v1/sessions`, { method: 'POST', headers, body })).status;
    await eventually(tried, status => status === 429);
    const username = (await live()).at(-1)?.username ?? '';
    const { code, output } = await finish('local/broadcast.ts', {
      ...here,
      CHANNEL: username,
      SPEED: '1000000',
    });
    expect(code).toBe(1);
    expect(output).toMatch(
      /^chatting was stopped by a rate limit of the API: POST \/sessions was answered with 429: too many wrong passwords; set VIEWERS to a smaller number, or try again later$/m,
    );
    expect(output.match(/ folded$/gm)).toHaveLength(8);
    expect(output).not.toMatch(/^\s+at /m);
    await eventually(
      () => channelPage(username),
      channel => !channel.isLive,
    );
  });

  test.each([
    [{ CHANNEL: 'nobody' }, 'CHANNEL: there is no user nobody on the stack'],
    [
      { CHANNEL: 'nobody', STACK: 'UGC-other' },
      'there is no stack UGC-other in us-west-2: run make deploy, or set LOCAL=1',
    ],
    [{ CHANNEL: 'nobody', AWS_PORT: '1' }, 'nothing listens at 127.0.0.1:1: start make local'],
  ])('fails with one line that says why: %j', async (environment: Record<string, string>, message) => {
    const { code, output } = await finish('local/broadcast.ts', { ...here, ...environment });
    expect(code).toBe(1);
    expect(output).toContain(message);
    expect(output.split('\n')).toHaveLength(1);
  });
});

test('a second local stack on the same port says which variable to change', async () => {
  const { port } = new URL(apiUrl);
  expect(await finish('local/main.ts', { PORT: port, AWS_PORT: '0' })).toEqual({
    code: 1,
    output: `cannot listen on port ${port}: set PORT to a free one`,
  });
});

test.each([
  [{ SEED_COUNT: '-1' }, 'SEED_COUNT must be'],
  [{ OFFLINE_SESSION_COUNT: '51' }, 'OFFLINE_SESSION_COUNT (51) is more than'],
  [{ JSON: '/nonexistent/seed.json' }, '/nonexistent/seed.json'],
  [{ SEED: 'x' }, 'SEED must be'],
])(
  'a local stack that could not be seeded is not started: %j',
  async (environment: Record<string, string>, message) => {
    const { code, output } = await finish('local/main.ts', { PORT: '0', AWS_PORT: '0', ...environment });
    expect([code, output.split('\n').length, output.includes(message)]).toEqual([1, 1, true]);
  },
);

// This test is the last, because it stops the stack.
test('Ctrl-C ends the stack and all its processes', async () => {
  const started = childrenOf(local.child);
  expect(started.map(child => child.name)).toContain('dynoxide');
  local.child.kill('SIGINT');
  expect(await local.exit).toBe(0);
  expect(local.output().trimEnd().endsWith('stopping')).toBe(true);
  const left = () => Promise.resolve(started.filter(({ pid }) => isRunning(pid)));
  await eventually(left, processes => processes.length === 0);
});

function childrenOf({ pid }: ChildProcess) {
  const { stdout } = spawnSync('pgrep', ['-l', '-P', String(pid)], { encoding: 'utf8' });
  const lines = stdout.split('\n').filter(Boolean);
  return lines.map(line => ({ pid: Number.parseInt(line, 10), name: line.slice(line.indexOf(' ') + 1) }));
}

function isRunning(pid: number): boolean {
  return spawnSync('ps', ['-p', String(pid)]).status === 0;
}
