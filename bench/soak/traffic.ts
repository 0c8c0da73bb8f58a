import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../../model/localEndpoint.ts';
import type { Measures } from './measures.ts';

/** A user who signed up during the test. */
interface User {
  readonly username: string;
  readonly channelId: string;
  accessToken: string;
}

interface Broadcast {
  readonly username: string;
  readonly streamId: string;
  /** The tokens of the viewers who joined last. */
  viewerTokens: readonly string[];
}

/** The state that the operations share. */
interface TrafficState {
  readonly apiUrl: string;
  readonly awsUrl: string;
  readonly measures: Measures;
  readonly users: User[];
  /** The usernames of live channels in the latest answer of the directory. */
  liveUsernames: readonly string[];
  broadcast: Broadcast | undefined;
}

interface Operation {
  readonly name: string;
  readonly perSecond: number;
  run(state: TrafficState): Promise<unknown>;
}

const pick = <T>(values: readonly T[]): T | undefined => values[Math.floor(Math.random() * values.length)];

const signedUp = z.object({
  accessToken: z.string(),
  user: z.object({ username: z.string(), channelId: z.string() }),
});
const directory = z.object({ items: z.array(z.object({ username: z.string() })) });
const sampleAnswer = z.object({ viewerToken: z.string() });

/** The maximum that the sign-up limit of an address and the quotas of IVS allow. */
const MAX_USERS = 50;
const FIRST_USERS = 6;
// Access tokens expire during a long test, so the users sign in again.
const SIGN_IN_EVERY_MS = 10 * 60_000;
const MAX_VIEWER_TOKENS = 200;
const BROADCAST_MS = 12_000;
// More concurrent runs of one operation would only measure how long requests wait on a slow machine.
const MAX_CONCURRENCY = 6;

const publicRequest = (
  name: string,
  perSecond: number,
  path: (state: TrafficState) => string | undefined,
): Operation => ({
  name,
  perSecond,
  run: async state => {
    const requestPath = path(state);
    if (requestPath !== undefined) await callApi(state, name, 'GET', requestPath);
  },
});

const userRequest = (
  name: string,
  perSecond: number,
  request: (
    state: TrafficState,
    user: User,
  ) => readonly [method: string, path: string, body?: object] | undefined,
): Operation => ({
  name,
  perSecond,
  run: async state => {
    const user = pick(state.users);
    const parts = user === undefined ? undefined : request(state, user);
    if (parts === undefined || user === undefined) return;
    const [method, path, body] = parts;
    await callApi(state, name, method, path, body, user.accessToken);
  },
});

const streamPath = ({ broadcast }: TrafficState, rest = '') =>
  broadcast === undefined
    ? undefined
    : `/channels/${broadcast.username}/streams/${broadcast.streamId}${rest}`;

/** The requests of front ends with typical relative rates. */
const operations: readonly Operation[] = [
  {
    name: 'listChannels',
    perSecond: 8,
    run: async state => {
      const text = await callApi(state, 'listChannels', 'GET', '/channels?isLive=true&limit=50');
      if (text !== undefined)
        state.liveUsernames = directory.parse(JSON.parse(text)).items.map(one => one.username);
    },
  },
  publicRequest('getChannel', 8, ({ liveUsernames }) =>
    pick(liveUsernames.map(username => `/channels/${username}`)),
  ),
  publicRequest('listStreams', 3, ({ liveUsernames }) =>
    pick(liveUsernames.map(username => `/channels/${username}/streams`)),
  ),
  publicRequest('listVods', 2, ({ liveUsernames }) =>
    pick(liveUsernames.map(username => `/channels/${username}/vods`)),
  ),
  publicRequest('listCategories', 2, () => '/categories'),
  publicRequest('getViewers', 4, state => streamPath(state, '/viewers')),
  publicRequest('listChatMessages', 2, state => streamPath(state, '/chat')),
  userRequest('getMe', 3, () => ['GET', '/users/me']),
  userRequest('listFollowing', 2, () => ['GET', '/users/me/following']),
  userRequest('updateChannel', 1, () => ['PATCH', '/channels/me', { title: `Soaking ${randomUUID()}` }]),
  userRequest('createChatToken', 1, ({ liveUsernames }) => {
    const username = pick(liveUsernames.filter(name => !name.startsWith('mock-')));
    return username === undefined ? undefined : ['POST', `/channels/${username}/chat/tokens`];
  }),
  userRequest('followChannel', 1.5, ({ liveUsernames }, { username }) => {
    const other = pick(liveUsernames.filter(name => name !== username));
    return other === undefined ? undefined : ['PUT', `/channels/${other}/follow`];
  }),
  userRequest('unfollowChannel', 1.5, ({ liveUsernames }) => {
    const other = pick(liveUsernames);
    return other === undefined ? undefined : ['DELETE', `/channels/${other}/follow`];
  }),
  {
    name: 'postMetrics, joining',
    perSecond: 2,
    run: async state => {
      const { broadcast } = state;
      const path = streamPath(state, '/metrics');
      if (path === undefined || broadcast === undefined) return;
      const text = await callApi(state, 'postMetrics, joining', 'POST', path, { quality: '720p60' });
      if (text === undefined) return;
      const { viewerToken } = sampleAnswer.parse(JSON.parse(text));
      broadcast.viewerTokens = [...broadcast.viewerTokens, viewerToken].slice(-MAX_VIEWER_TOKENS);
    },
  },
  {
    name: 'postMetrics, watching',
    perSecond: 6,
    run: async state => {
      const path = streamPath(state, '/metrics');
      const viewerToken = pick(state.broadcast?.viewerTokens ?? []);
      if (path === undefined || viewerToken === undefined) return;
      await callApi(state, 'postMetrics, watching', 'POST', path, {
        viewerToken,
        quality: '480p30',
        latencyMs: 3_100,
      });
    },
  },
];

/** Runs all operations until `until` is aborted, and then waits for the running ones. */
export async function runTraffic(
  { apiUrl, awsUrl }: Pick<TrafficState, 'apiUrl' | 'awsUrl'>,
  measures: Measures,
  { until, lengthMs }: { readonly until: AbortSignal; readonly lengthMs: number },
): Promise<void> {
  const state: TrafficState = {
    apiUrl,
    awsUrl,
    measures,
    users: [],
    liveUsernames: [],
    broadcast: undefined,
  };
  for (let n = 0; n < FIRST_USERS; n++) await signUp(state);
  const signUpEveryMs = Math.max(3_000, lengthMs / (MAX_USERS - FIRST_USERS));
  await Promise.all([
    ...operations.map(({ perSecond, run }) => every(1000 / perSecond, until, () => run(state))),
    every(signUpEveryMs, until, () => signUp(state)),
    every(SIGN_IN_EVERY_MS, until, () => signInAgain(state)),
    playBroadcasts(state, until),
  ]);
}

/** Starts `work` every `ms` milliseconds, with limited concurrency, and waits for all runs at the end. */
async function every(ms: number, until: AbortSignal, work: () => Promise<unknown>): Promise<void> {
  const running = new Set<Promise<unknown>>();
  const from = performance.now();
  for (let n = 1; !until.aborted; n++) {
    await pause(from + n * ms - performance.now(), until);
    if (until.aborted) break;
    if (running.size >= MAX_CONCURRENCY) continue;
    const one: Promise<unknown> = work().finally(() => running.delete(one));
    running.add(one);
  }
  await Promise.all(running);
}

async function pause(ms: number, until: AbortSignal): Promise<void> {
  await sleep(Math.max(0, ms), undefined, { signal: until }).catch(() => undefined);
}

async function signUp(state: TrafficState): Promise<void> {
  if (state.users.length >= MAX_USERS) return;
  const username = `soak-${randomUUID().slice(0, 12)}`;
  const text = await callApi(state, 'createUser', 'POST', '/users', {
    username,
    password: passwordOf(username),
  });
  if (text === undefined) return;
  const { accessToken, user } = signedUp.parse(JSON.parse(text));
  state.users.push({ username, channelId: user.channelId, accessToken });
}

async function signInAgain(state: TrafficState): Promise<void> {
  for (const one of state.users) {
    const body = { username: one.username, password: passwordOf(one.username) };
    const text = await callApi(state, 'createSession', 'POST', '/sessions', body);
    if (text !== undefined)
      one.accessToken = z.object({ accessToken: z.string() }).parse(JSON.parse(text)).accessToken;
    // The rate limit of sign-ins is per minute.
    await sleep(2_500);
  }
}

/** Lets one user after another broadcast for a while, by posting the events of IVS in real time. */
async function playBroadcasts(state: TrafficState, until: AbortSignal): Promise<void> {
  while (!until.aborted) {
    const broadcaster = pick(state.users);
    if (broadcaster === undefined) return;
    const streamId = `st-${randomUUID().replaceAll('-', '').slice(0, 23)}`;
    for (const name of ['Session Created', 'Stream Start'])
      await postEvent(state, broadcaster, streamId, name);
    state.broadcast = { username: broadcaster.username, streamId, viewerTokens: [] };
    await pause(BROADCAST_MS, until);
    state.broadcast = undefined;
    for (const name of ['Session Ended', 'Stream End']) await postEvent(state, broadcaster, streamId, name);
    await pause(1_000, until);
  }
}

async function postEvent(
  state: TrafficState,
  { channelId }: User,
  streamId: string,
  name: string,
): Promise<void> {
  const event = {
    version: '0',
    id: randomUUID(),
    'detail-type': 'IVS Stream State Change',
    source: 'aws.ivs',
    account: LOCAL_ACCOUNT,
    time: new Date().toISOString(),
    region: LOCAL_REGION,
    resources: [`arn:aws:ivs:${LOCAL_REGION}:${LOCAL_ACCOUNT}:channel/${channelId}`],
    detail: { event_name: name, channel_name: 'soak', stream_id: streamId },
  };
  await send(state, 'postIvsEvent', `${state.awsUrl}/_local/events`, {
    method: 'POST',
    body: JSON.stringify(event),
  });
}

function callApi(
  state: TrafficState,
  name: string,
  method: string,
  path: string,
  body?: object,
  token?: string,
): Promise<string | undefined> {
  return send(state, name, `${state.apiUrl}/v1${path}`, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/** Sends a request and measures the answer. Returns the body of a success, otherwise undefined. */
async function send(
  { measures }: TrafficState,
  name: string,
  url: string,
  init: RequestInit,
): Promise<string | undefined> {
  const from = performance.now();
  try {
    const response = await fetch(url, init);
    const text = await response.text();
    measures.answered(name, response, performance.now() - from, text);
    return response.ok ? text : undefined;
  } catch (error) {
    measures.failed(name, error);
    return undefined;
  }
}

/** The name is reversed, because a password may not contain it. */
function passwordOf(username: string): string {
  return `password of ${[...username].reverse().join('')}`;
}
