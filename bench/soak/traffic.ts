import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../../model/localEndpoint.ts';
import type { Measures } from './measures.ts';

/** Somebody who signed up during the soak. */
interface User {
  readonly username: string;
  readonly channelId: string;
  accessToken: string;
}

interface OnAir {
  readonly username: string;
  readonly streamId: string;
  /** Those of its viewers who joined last. */
  viewerTokens: readonly string[];
}

/** Everything that operations know of: who there is and what is on air. */
interface Scene {
  readonly apiUrl: string;
  readonly awsUrl: string;
  readonly measures: Measures;
  readonly users: User[];
  /** Usernames of live channels, as the directory had them last. */
  seen: readonly string[];
  onAir: OnAir | undefined;
}

interface Operation {
  readonly name: string;
  readonly perSecond: number;
  run(scene: Scene): Promise<unknown>;
}

const pick = <T>(values: readonly T[]): T | undefined => values[Math.floor(Math.random() * values.length)];

const signedUp = z.object({
  accessToken: z.string(),
  user: z.object({ username: z.string(), channelId: z.string() }),
});
const directory = z.object({ items: z.array(z.object({ username: z.string() })) });
const counted = z.object({ viewerToken: z.string() });

/** So many sign in and out of what they watch: an hour's sign-ups of one address, and IVS's calls, allow no more. */
const MOST_USERS = 50;
const FIRST_USERS = 6;
// Longer than an access token is good for, a soak signs in again.
const SIGN_IN_EVERY_MS = 10 * 60_000;
const VIEWERS_KEPT = 200;
const BROADCAST_MS = 12_000;
// More would only measure how long requests wait for each other on a machine that is too slow for all of them.
const MOST_UNDER_WAY = 6;

const guest = (name: string, perSecond: number, path: (scene: Scene) => string | undefined): Operation => ({
  name,
  perSecond,
  run: async scene => {
    const asked = path(scene);
    if (asked !== undefined) await ask(scene, name, 'GET', asked);
  },
});

const user = (
  name: string,
  perSecond: number,
  request: (scene: Scene, user: User) => readonly [method: string, path: string, body?: object] | undefined,
): Operation => ({
  name,
  perSecond,
  run: async scene => {
    const who = pick(scene.users);
    const asked = who === undefined ? undefined : request(scene, who);
    if (asked !== undefined && who !== undefined)
      await ask(scene, name, asked[0], asked[1], asked[2], who.accessToken);
  },
});

const stream = ({ onAir }: Scene, rest = '') =>
  onAir === undefined ? undefined : `/channels/${onAir.username}/streams/${onAir.streamId}${rest}`;

/** What front ends ask for, and how often: an evening in small. */
const operations: readonly Operation[] = [
  {
    name: 'listChannels',
    perSecond: 8,
    run: async scene => {
      const text = await ask(scene, 'listChannels', 'GET', '/channels?isLive=true&limit=50');
      if (text !== undefined) scene.seen = directory.parse(JSON.parse(text)).items.map(one => one.username);
    },
  },
  guest('getChannel', 8, ({ seen }) => pick(seen.map(username => `/channels/${username}`))),
  guest('listStreams', 3, ({ seen }) => pick(seen.map(username => `/channels/${username}/streams`))),
  guest('listVods', 2, ({ seen }) => pick(seen.map(username => `/channels/${username}/vods`))),
  guest('listCategories', 2, () => '/categories'),
  guest('getViewers', 4, scene => stream(scene, '/viewers')),
  guest('listChatMessages', 2, scene => stream(scene, '/chat')),
  user('getMe', 3, () => ['GET', '/users/me']),
  user('listFollowing', 2, () => ['GET', '/users/me/following']),
  user('updateChannel', 1, () => ['PATCH', '/channels/me', { title: `Soaking ${randomUUID()}` }]),
  user('createChatToken', 1, ({ seen }) => {
    const username = pick(seen.filter(name => !name.startsWith('mock-')));
    return username === undefined ? undefined : ['POST', `/channels/${username}/chat/tokens`];
  }),
  user('followChannel', 1.5, ({ seen }, { username }) => {
    const other = pick(seen.filter(name => name !== username));
    return other === undefined ? undefined : ['PUT', `/channels/${other}/follow`];
  }),
  user('unfollowChannel', 1.5, ({ seen }) => {
    const other = pick(seen);
    return other === undefined ? undefined : ['DELETE', `/channels/${other}/follow`];
  }),
  {
    name: 'postMetrics, joining',
    perSecond: 2,
    run: async scene => {
      const { onAir } = scene;
      const path = stream(scene, '/metrics');
      if (path === undefined || onAir === undefined) return;
      const text = await ask(scene, 'postMetrics, joining', 'POST', path, { quality: '720p60' });
      if (text === undefined) return;
      const { viewerToken } = counted.parse(JSON.parse(text));
      onAir.viewerTokens = [...onAir.viewerTokens, viewerToken].slice(-VIEWERS_KEPT);
    },
  },
  {
    name: 'postMetrics, watching',
    perSecond: 6,
    run: async scene => {
      const path = stream(scene, '/metrics');
      const viewerToken = pick(scene.onAir?.viewerTokens ?? []);
      if (path === undefined || viewerToken === undefined) return;
      await ask(scene, 'postMetrics, watching', 'POST', path, {
        viewerToken,
        quality: '480p30',
        latencyMs: 3_100,
      });
    },
  },
];

/** Runs all of it until `until` aborts, and then lets what is under way finish. */
export async function runTraffic(
  { apiUrl, awsUrl }: Pick<Scene, 'apiUrl' | 'awsUrl'>,
  measures: Measures,
  { until, lengthMs }: { readonly until: AbortSignal; readonly lengthMs: number },
): Promise<void> {
  const scene: Scene = { apiUrl, awsUrl, measures, users: [], seen: [], onAir: undefined };
  for (let n = 0; n < FIRST_USERS; n++) await signUp(scene);
  const signUpEveryMs = Math.max(3_000, lengthMs / (MOST_USERS - FIRST_USERS));
  await Promise.all([
    ...operations.map(({ perSecond, run }) => every(1000 / perSecond, until, () => run(scene))),
    every(signUpEveryMs, until, () => signUp(scene)),
    every(SIGN_IN_EVERY_MS, until, () => signInAgain(scene)),
    broadcasts(scene, until),
  ]);
}

/** Starts `work` at its times, whether the last has ended or not, up to a number; waits for all of it in the end. */
async function every(ms: number, until: AbortSignal, work: () => Promise<unknown>): Promise<void> {
  const underWay = new Set<Promise<unknown>>();
  const from = performance.now();
  for (let n = 1; !until.aborted; n++) {
    await pause(from + n * ms - performance.now(), until);
    if (until.aborted) break;
    if (underWay.size >= MOST_UNDER_WAY) continue;
    const one: Promise<unknown> = work().finally(() => underWay.delete(one));
    underWay.add(one);
  }
  await Promise.all(underWay);
}

async function pause(ms: number, until: AbortSignal): Promise<void> {
  await sleep(Math.max(0, ms), undefined, { signal: until }).catch(() => undefined);
}

async function signUp(scene: Scene): Promise<void> {
  if (scene.users.length >= MOST_USERS) return;
  const username = `soak-${randomUUID().slice(0, 12)}`;
  const text = await ask(scene, 'createUser', 'POST', '/users', {
    username,
    password: `password of ${username}`,
  });
  if (text === undefined) return;
  const { accessToken, user } = signedUp.parse(JSON.parse(text));
  scene.users.push({ username, channelId: user.channelId, accessToken });
}

async function signInAgain(scene: Scene): Promise<void> {
  for (const one of scene.users) {
    const body = { username: one.username, password: `password of ${one.username}` };
    const text = await ask(scene, 'createSession', 'POST', '/sessions', body);
    if (text !== undefined)
      one.accessToken = z.object({ accessToken: z.string() }).parse(JSON.parse(text)).accessToken;
    // So many are counted a minute.
    await sleep(2_500);
  }
}

/** One user after another goes on air for a while: the events of IVS, at the time at which they happen. */
async function broadcasts(scene: Scene, until: AbortSignal): Promise<void> {
  while (!until.aborted) {
    const who = pick(scene.users);
    if (who === undefined) return;
    const streamId = `st-${randomUUID().replaceAll('-', '').slice(0, 23)}`;
    for (const name of ['Session Created', 'Stream Start']) await postEvent(scene, who, streamId, name);
    scene.onAir = { username: who.username, streamId, viewerTokens: [] };
    await pause(BROADCAST_MS, until);
    scene.onAir = undefined;
    for (const name of ['Session Ended', 'Stream End']) await postEvent(scene, who, streamId, name);
    await pause(1_000, until);
  }
}

async function postEvent(scene: Scene, { channelId }: User, streamId: string, name: string): Promise<void> {
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
  await send(scene, 'an event of IVS', `${scene.awsUrl}/_local/events`, {
    method: 'POST',
    body: JSON.stringify(event),
  });
}

function ask(
  scene: Scene,
  name: string,
  method: string,
  path: string,
  body?: object,
  token?: string,
): Promise<string | undefined> {
  return send(scene, name, `${scene.apiUrl}/v1${path}`, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/** The body of a success; undefined of anything else. Every answer is measured. */
async function send(
  { measures }: Scene,
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
