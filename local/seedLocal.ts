import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type AuditEntry, auditKey } from '../model/auditEntry.ts';
import type { Ban } from '../model/ban.ts';
import { targetStack } from '../model/localEndpoint.ts';
import { MOCK_ID_PREFIX } from '../model/row.ts';
import { addMs, toTimestamp } from '../model/time.ts';
import { usernameKeyOf } from '../model/username.ts';
import { pastStreamRows } from '../seed/history.ts';
import { type Identity, identityOf } from '../seed/identity.ts';
import { readOptions } from '../seed/options.ts';
import type { SeedPlan } from '../seed/seedPlan.ts';
import type { SeedRow } from '../seed/seedRow.ts';
import { planOf, seedStack, startSet } from '../seed/seedStack.ts';
import { findByUsername, getChannel } from '../store/channels.ts';
import { type Database, documentClient } from '../store/database.ts';
import { putFollow } from '../store/follows.ts';
import { putModerator } from '../store/moderators.ts';
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
const DAY_MS = 24 * HOUR_MS;

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

/** Adds past streams, follows and moderation to the demo users, and marks all their rows, so that `make deleteSeed` deletes them. */
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
  await putSeedRows(database, [...rows, ...demoModeration(plan, who, viewer.id)], run, new Tally());

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
  const appointedAt = addMs(plan.now, -4 * DAY_MS);
  const moderators = [viewer.id, ...mockIds(plan, FIRST_MODERATOR, FIRST_MODERATOR + 1)];
  for (const userId of moderators) {
    const auditId = randomUUID();
    await putModerator(database, { channelId, ownerId: id }, userId, auditId, appointedAt);
    places.push({ table: 'moderators', key: { channelId, userId } });
    places.push({ table: 'audit', key: { channelId, id: auditKey(appointedAt, auditId) } });
  }
  await markRows(database, places, run);
}

/** The user ids of some mock owners, if the set has as many. */
const mockIds = (plan: SeedPlan, from: number, to: number): string[] =>
  Array.from({ length: Math.max(0, Math.min(to, plan.count) - from) }, (_, index) => from + index).map(
    index => identityOf(plan, index).userId,
  );

/** The mock owner who moderates the channel of the demo creator beside the demo viewer. The next ones are banned. */
const FIRST_MODERATOR = 0;

/** Returns what the demo creator and their moderators have done: bans, one of which has ended, and a deleted message. */
function demoModeration(
  plan: SeedPlan,
  { userId: creator, channelId }: Pick<Identity, 'userId' | 'channelId'>,
  viewer: string,
): SeedRow[] {
  const [helper = creator] = mockIds(plan, FIRST_MODERATOR, FIRST_MODERATOR + 1);
  const [spammer, spoiler, rude] = [1, 2, 3].map(index => {
    const mock = index < plan.count ? identityOf(plan, FIRST_MODERATOR + index) : undefined;
    return mock === undefined ? undefined : { userId: mock.userId, username: mock.username };
  });
  const entry = (
    ms: number,
    whom: { readonly userId: string } | undefined,
    act: Pick<AuditEntry, 'action' | 'by'> & Partial<AuditEntry>,
  ): SeedRow[] => {
    if (whom === undefined) return [];
    const at = addMs(plan.now, ms);
    const times = { at, createdAt: at, updatedAt: at };
    const row = { channelId, id: auditKey(at, `${-ms}`), userId: whom.userId, ...act, ...times };
    return [{ table: 'audit', row }];
  };
  const ban = (
    ms: number,
    whom: { readonly userId: string; readonly username: string } | undefined,
    terms: Pick<Ban, 'by' | 'reason' | 'until'>,
  ): SeedRow[] => {
    if (whom === undefined) return [];
    const bannedAt = addMs(plan.now, ms);
    const { until } = terms;
    const expiresAt = until === undefined ? {} : { expiresAt: Math.ceil(Date.parse(until) / 1000) };
    const times = { bannedAt, createdAt: bannedAt, updatedAt: bannedAt };
    const isOver = until !== undefined && until <= plan.now;
    const row: Ban = { channelId, ...whom, ...terms, ...expiresAt, ...times };
    return [
      ...entry(ms, whom, { action: 'ban', ...terms }),
      ...(isOver ? [] : [{ table: 'bans', row } as const]),
    ];
  };
  const timedOutUntil = addMs(plan.now, -2 * DAY_MS + 10 * 60_000);
  return [
    ...ban(-3 * DAY_MS, spammer, { by: creator, reason: 'Spam' }),
    ...entry(-2 * DAY_MS - 30_000, spoiler, {
      action: 'delete-message',
      by: viewer,
      messageId: 'WhO6MW6iRdS5',
      reason: 'Spoiler',
    }),
    ...ban(-2 * DAY_MS, spoiler, { by: viewer, reason: 'Spoilers', until: timedOutUntil }),
    ...ban(-5 * HOUR_MS, rude, {
      by: helper,
      reason: 'Rude to others',
      until: addMs(plan.now, 7 * DAY_MS),
    }),
  ];
}

main(process.env).then(
  () => process.exit(0),
  error => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
