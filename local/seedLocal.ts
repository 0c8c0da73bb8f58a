import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { targetStack } from '../model/localEndpoint.ts';
import { MOCK_ID_PREFIX } from '../model/row.ts';
import { addMs, toTimestamp } from '../model/time.ts';
import { usernameKeyOf } from '../model/username.ts';
import { pastStreamRows } from '../seed/history.ts';
import { identityOf } from '../seed/identity.ts';
import { readOptions } from '../seed/options.ts';
import type { SeedPlan } from '../seed/seedPlan.ts';
import { planOf, seedStack, startSet } from '../seed/seedStack.ts';
import { findByUsername, getChannel } from '../store/channels.ts';
import { type Database, documentClient } from '../store/database.ts';
import { putFollow } from '../store/follows.ts';
import { markRows, putSeedRows, type RowPlace } from '../store/putSeedRows.ts';
import { newRun, type SeedRun } from '../store/seedIndex.ts';
import { describeStack } from '../store/stackOutputs.ts';
import { Tally } from '../store/tally.ts';
import { getUser } from '../store/users.ts';
import { localApi } from './audience/localApi.ts';
import { DEMO_SET, demoAccounts } from './demo.ts';

/** How many owners of mock channels follow the demo creator, and how many of their channels the demo viewer follows. */
const DEMO_FOLLOWS = 8;
const HOUR_MS = 3_600_000;

/** The stream before which the past streams of the demo creator are: it does not exist. */
const DEMO_STREAM = `${MOCK_ID_PREFIX}stream-${DEMO_SET}-creator`;

// The process in which `make local` seeds an empty database. It writes one line when the channels and the demo
// accounts are complete, and then adds past streams.
async function main(environment: NodeJS.ProcessEnv): Promise<void> {
  const stopped = new AbortController();
  process.once('SIGTERM', () => stopped.abort());
  const options = readOptions(environment);
  const { names, region, apiUrl } = await describeStack(targetStack(environment));
  const database = { client: documentClient({ region }), names };
  const requested = { ...planOf(options, new Date()), region, localUrl: apiUrl };
  const choice = { set: options.set, draw: () => DEMO_SET + 1, announce: () => {} };
  const started = await startSet(database, requested, choice);
  const { plan } = started;
  const run = newRun(DEMO_SET, new Date(plan.now), randomUUID());
  // An empty stack was asked for with SEED_COUNT=0.
  const signedUp = plan.count === 0 ? Promise.resolve(undefined) : signUpDemo(apiUrl);
  const report = { put: new Tally(), removed: new Tally() };
  let seeded: Promise<unknown> = Promise.resolve();
  const channels = new Promise<void>(resolve => {
    seeded = seedStack(database, started, report, { signal: stopped.signal }, resolve);
  });
  const [demo] = await Promise.all([signedUp, Promise.race([channels, seeded])]);
  console.log('ready');
  if (demo !== undefined && !stopped.signal.aborted) await addDemo(database, plan, run, demo);
  await seeded;
  database.client.destroy();
}

interface DemoUsers {
  readonly creatorId: string;
  readonly viewerId: string;
}

const signedIn = z.object({ accessToken: z.string(), user: z.object({ id: z.string() }) });

/** Signs the demo users up through the HTTP API, so that they have everything that users have. */
async function signUpDemo(apiUrl: string): Promise<DemoUsers> {
  const api = localApi(apiUrl);
  const [creator, viewer] = await Promise.all(
    [demoAccounts.creator, demoAccounts.viewer].map(body => api.call('POST', '/users', signedIn, { body })),
  );
  if (creator === undefined || viewer === undefined) throw new Error('the demo users were not created');
  const { accessToken } = creator;
  const change = async (path: string, body: object, token: string) =>
    void (await api.call('PATCH', path, z.unknown(), { body, accessToken: token }));
  await change('/channels/me', { title: 'Building a synthesizer, part 4', categoryId: 'music' }, accessToken);
  await change('/users/me/profile', { displayName: 'Demo Creator', color: '#7c3aed' }, accessToken);
  await change('/users/me/profile', { displayName: 'Demo Viewer', color: '#0891b2' }, viewer.accessToken);
  return { creatorId: creator.user.id, viewerId: viewer.user.id };
}

/** Adds past streams and follows to the demo users, and marks all their rows, so that `make deleteSeed` deletes them. */
async function addDemo(
  database: Database,
  plan: SeedPlan,
  run: SeedRun,
  { creatorId, viewerId }: DemoUsers,
): Promise<void> {
  const [creator, viewer] = await Promise.all([creatorId, viewerId].map(id => getUser(database, id)));
  const channel = await getChannel(database, creator?.channelId ?? '');
  if (creator?.channelId === undefined || viewer === undefined || channel === undefined)
    throw new Error('the demo users are incomplete');
  const { id, username, channelId, chatRoomId = '', stageId = '' } = creator;
  const who = { userId: id, username, channelId, chatRoomId, stageId, streamId: DEMO_STREAM };
  const before = addMs(plan.now, -HOUR_MS);
  const rows = pastStreamRows(plan, { who, channel, before, index: plan.count });
  await putSeedRows(database, rows, run, new Tally());

  const now = toTimestamp(new Date());
  const places: RowPlace[] = [creator, viewer].flatMap(user => [
    { table: 'users', key: { id: user.id } },
    { table: 'usernames', key: { usernameKey: usernameKeyOf(user.username) } },
    { table: 'channels', key: { id: user.channelId ?? '' } },
    { table: 'chatRooms', key: { id: user.chatRoomId ?? '' } },
    { table: 'stages', key: { id: user.stageId ?? '' } },
  ]);
  const follow = async (userId: string, followed: string) => {
    const page = await findByUsername(database, followed);
    if (page === undefined) return;
    // No number of followers makes the demo creator a partner here, which would call IVS.
    await putFollow(
      database,
      { userId, channel: page },
      { followers: Number.MAX_SAFE_INTEGER, at: now },
      now,
    );
    places.push({ table: 'follows', key: { userId, channelId: page.id } });
  };
  await follow(viewer.id, username);
  for (let index = 0; index < Math.min(DEMO_FOLLOWS, plan.count); index++) {
    const mock = identityOf(plan, index);
    await follow(mock.userId, username);
    await follow(viewer.id, mock.username);
  }
  await markRows(database, places, run);
}

main(process.env).then(
  () => process.exit(0),
  error => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
