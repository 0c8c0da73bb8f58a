import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { catalogue } from '../../model/categories.ts';
import { fallbackResource, type OperationId, routes } from '../../model/routes.ts';
import { toItem } from '../../store/attributeValue.ts';
import { getStream } from '../../store/streams.ts';
import { contract, type Door } from '../api/contract.ts';
import { putLiveChannels, renamed } from '../api/live.ts';
import { putAccount } from '../support/accounts.ts';
import { CHANNEL_ARN, CHANNEL_ID, healthEvent, STAGE_ARN, stateEvent } from '../support/ivsEvents.ts';
import { channel, live, putRows, stream } from '../support/rows.ts';
import { scan } from '../support/seeding.ts';
import { type AccountOperation, accountOperations, accountUses, PASSWORD } from './support/accountUses.ts';
import { countList, requestApi } from './support/apiRequests.ts';
import { type AssembledStack, assembleStack, SECRET } from './support/assembledStack.ts';
import { authorizations } from './support/authorizations.ts';
import { transactionConflict } from './support/awsRecorder.ts';
import { functionOf } from './support/functions.ts';
import { deployedDoor } from './support/gatewayRoutes.ts';
import { type LiveOperation, liveOperations, liveUses } from './support/liveUses.ts';
import { maintenanceUses, scheduledEvent } from './support/maintenanceUses.ts';
import { decide } from './support/permissions.ts';

const TIMEOUT_MS = 120_000;

const POST_STREAM_EVENTS = 'postStreamEvents';
const RECONCILE = 'reconcile';

/** The functions that no route calls. */
const background = [
  POST_STREAM_EVENTS,
  'moderateChat',
  'archiveChat',
  'announce',
  RECONCILE,
  'readEncoders',
  'rankChannels',
  'finishPending',
  'sweepResources',
  'rotateSecret',
  'seedCategories',
];

let stack: AssembledStack;
let accounts: ReturnType<typeof accountUses>;
let around: ReturnType<typeof liveUses>;
beforeAll(async () => {
  stack = await assembleStack();
  accounts = accountUses(stack);
  around = liveUses(stack);
}, TIMEOUT_MS);
afterAll(() => stack?.stop());

describe('a deployment', () => {
  test(
    'writes the categories at each create and update, and writes none when the stack is deleted',
    async () => {
      const asks = async (RequestType: string) => {
        await stack.invoke('seedCategories', { RequestType });
        return countList(stack, 'categories', '/v1/categories');
      };
      expect(await asks('Delete')).toBe(0);
      expect(await asks('Create')).toBe(catalogue.length);
      expect(await asks('Update')).toBe(catalogue.length);
    },
    TIMEOUT_MS,
  );
});

describe('the HTTP API', () => {
  // Mock ids, so that the reconciler ignores these rows.
  const ann = live(channel({ username: 'ann' }), { id: 'mock-ann-2', categoryId: 'music' });
  const bob = live(channel({ username: 'bob', displayName: 'Robert Lee' }), {
    id: 'mock-bob',
    startedAt: '2026-01-15T09:00:00.000Z',
  });

  beforeAll(async () => {
    const { database } = stack;
    await putRows(database, 'channels', [ann.channel, bob.channel]);
    const earlier = stream(ann.channel, { id: 'mock-ann-1', startedAt: '2026-01-14T10:00:00.000Z' });
    const recorded = stream(ann.channel, {
      id: 'mock-ann-0',
      startedAt: '2026-01-13T10:00:00.000Z',
      vodStartedAt: '2026-01-13T10:00:00.000Z',
      recordingStatus: 'ended',
      recordingPath: 'ivs/v1/123456789012/ann/2026/1/13/10/0/j8Z9O91ndcVs',
      categoryId: 'music',
    });
    await putRows(database, 'streams', [ann.stream, bob.stream, earlier, recorded]);
  });

  const answers = async (operation: OperationId, path: string) => {
    expect(await requestApi(stack, routes[operation].resource, path)).toMatchObject({ status: 200 });
  };
  const lists = async (operation: OperationId, path: string, count: number) => {
    expect(await countList(stack, routes[operation].resource, path)).toBe(count);
  };

  /** Calls each public route in such a way that it uses all its permissions. */
  const uses: Record<Exclude<OperationId, AccountOperation | LiveOperation>, () => Promise<void>> = {
    getHealth: () => answers('getHealth', '/v1/health'),
    getOpenApi: () => answers('getOpenApi', '/v1/openapi.json'),
    listChannels: async () => {
      await lists('listChannels', '/v1/channels?isLive=true', 2);
      await lists('listChannels', '/v1/channels?isLive=true&categoryId=music', 1);
      await answers('listChannels', '/v1/channels?limit=100');
      await stack.invoke('rankChannels', scheduledEvent);
      await lists('listChannels', '/v1/channels?isLive=true&sort=viewers', 2);
      await lists('listChannels', '/v1/channels?isLive=true&sort=viewers&categoryId=music', 1);
    },
    searchChannels: async () => {
      await answers('searchChannels', '/v1/search?q=an');
      // By display name.
      await lists('searchChannels', '/v1/search?q=robert%20l', 1);
    },
    getChannel: () => answers('getChannel', '/v1/channels/Ann'),
    listStreams: () => lists('listStreams', '/v1/channels/ann/streams', 3),
    listRecordings: async () => {
      await lists('listRecordings', '/v1/recordings', 1);
      await lists('listRecordings', '/v1/recordings?categoryId=music', 1);
    },
    listVods: () => lists('listVods', '/v1/channels/ann/vods', 1),
    getStream: () => answers('getStream', '/v1/channels/ann/streams/mock-ann-1'),
    postPlay: async () => {
      const { resource } = routes.postPlay;
      const path = '/v1/channels/ann/streams/mock-ann-0/plays';
      expect(await requestApi(stack, resource, path, { method: 'POST' })).toMatchObject({ status: 204 });
      expect((await requestApi(stack, 'streams', '/v1/channels/ann/vods')).body).toMatchObject({
        items: [{ views: 1 }],
      });
    },
    listCategories: () => lists('listCategories', '/v1/categories', catalogue.length),
  };

  test.each(Object.entries(uses))('%s works from its bundle', (_, use) => use(), TIMEOUT_MS);

  test.each(accountOperations)('%s works from its bundle', operation => accounts[operation](), TIMEOUT_MS);

  test.each(liveOperations)('%s works from its bundle', operation => around[operation](), TIMEOUT_MS);

  test(
    'guests behind one server of CloudFront are counted by their own addresses, and a request reads no secret again',
    async () => {
      const viewers = ['192.0.2.1', '192.0.2.2', '192.0.2.1'];
      for (const viewer of viewers) {
        const body = { refreshToken: 'never-issued' };
        const sent = { method: 'POST', body, viewer };
        expect(await requestApi(stack, 'sessions', '/v1/sessions/refresh', sent)).toMatchObject({
          status: 401,
        });
      }
      const rows = await scan(stack.database, 'rateLimits');
      const countOf = (address: string) => {
        const hash = createHash('sha256').update(`ip#${address}`).digest('base64url');
        const counts = rows
          .filter(({ id }) => id?.S?.startsWith(`refresh#${hash}#`))
          .map(row => Number(row['count']?.N));
        return counts.reduce((sum, count) => sum + count, 0);
      };
      expect(viewers.slice(0, 2).map(countOf)).toEqual([2, 1]);
      // The address of the connection, which is that of CloudFront.
      expect(countOf('203.0.113.7')).toBe(0);
      const reads = stack
        .callsOf('sessions')
        .filter(
          ({ operation, input }) =>
            operation === 'GetSecretValue' && JSON.stringify(input).includes('SecretsOrigin'),
        );
      // The current and the previous version.
      expect(reads).toHaveLength(2);
    },
    TIMEOUT_MS,
  );

  test('a request that matches no route is answered with a problem', async () => {
    expect(await requestApi(stack, fallbackResource, '/v2/nothing')).toMatchObject({
      status: 404,
      body: { status: 404, type: expect.any(String) },
    });
  });
});

/** Makes the function's next write of a stream conflict with another transaction. */
const conflictNext = (service: string) =>
  stack.refuseNext(service, 'TransactWriteItems', stack.database.names.streams, transactionConflict);

describe('stream events', () => {
  const folder = join(process.cwd(), 'test/fixtures/events');
  const samples = readdirSync(folder).map((file): { time: string } => {
    const event: unknown = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    return z.looseObject({ time: z.string() }).parse(event);
  });
  const inOrder = [...samples].sort((a, b) => (a.time < b.time ? -1 : 1));
  const STREAM_ID = 'st-1A2b3c4D5e6F78ghij9Klmn';

  beforeAll(async () => {
    await putRows(stack.database, 'channels', [
      channel({ id: CHANNEL_ID, arn: CHANNEL_ARN, username: 'alice' }),
    ]);
    const stage = { id: 'oWXSOfbOLMte', arn: STAGE_ARN, name: 'alice', userId: 'user-alice' };
    const times = { createdAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-01-01T00:00:00.000Z' };
    await putRows(stack.database, 'stages', [
      { ...stage, isLive: false, publishedParticipants: [], version: 0, ...times },
    ]);
  });

  test(
    'the bundle handles every kind of event, and writes the session',
    async () => {
      for (const event of inOrder) await stack.invoke(POST_STREAM_EVENTS, event);
      expect(await getStream(stack.database, CHANNEL_ID, STREAM_ID)).toMatchObject({
        startedAt: '2026-01-15T10:00:00.000Z',
        isLive: false,
        hasErrorEvent: true,
      });
    },
    TIMEOUT_MS,
  );

  test(
    'sessions that replace each other, in any order, need no other permission',
    async () => {
      const session = (name: string, id: string, time: string) =>
        stack.invoke(POST_STREAM_EVENTS, stateEvent(name, id, time));
      await session('Session Created', 'st-3', '2026-02-03T10:00:00Z');
      await session('Session Created', 'st-2', '2026-02-02T10:00:00Z');
      await session('Session Created', 'st-4', '2026-02-04T10:00:00Z');
      conflictNext('postStreamEvents');
      await session('Session Ended', 'st-4', '2026-02-04T11:00:00Z');
      expect(await getStream(stack.database, CHANNEL_ID, 'st-2')).toMatchObject({
        endedAt: '2026-02-03T10:00:00.000Z',
      });
    },
    TIMEOUT_MS,
  );
});

describe('reconciliation', () => {
  // IVS accepts only stream ids of 26 characters.
  const GHOST = 'st-Ghost000000000000000000';
  const MISSED = 'st-Missed00000000000000000';

  test(
    'closes the sessions that IVS has ended and opens those that it streams',
    async () => {
      const ghost = channel({ id: 'Ghost1234567', arn: CHANNEL_ARN.replace(CHANNEL_ID, 'Ghost1234567') });
      const missed = channel({ id: 'Missed123456', arn: CHANNEL_ARN.replace(CHANNEL_ID, 'Missed123456') });
      await putRows(stack.database, 'channels', [ghost, missed]);
      const told = (arn: string, id: string, name: string, time: string) =>
        stateEvent(name, id, time, { resources: [arn] });
      const ghostStart = told(ghost.arn, GHOST, 'Stream Start', '2026-01-15T10:00:00Z');
      await stack.invoke(POST_STREAM_EVENTS, ghostStart);
      stack.ivs.applyEvent(ghostStart);
      stack.ivs.applyEvent(told(ghost.arn, GHOST, 'Session Created', '2026-01-15T09:59:50Z'));
      stack.ivs.applyEvent(told(ghost.arn, GHOST, 'Session Ended', '2026-01-15T11:00:00Z'));
      // IVS keeps only the latest events of a session, so the first of them may be any event.
      stack.ivs.applyEvent(
        healthEvent('Starvation Start', MISSED, '2026-01-15T11:59:00Z', { resources: [missed.arn] }),
      );
      stack.ivs.applyEvent(told(missed.arn, MISSED, 'Stream Start', '2026-01-15T12:00:00Z'));

      await stack.invoke(RECONCILE, scheduledEvent);
      expect(await getStream(stack.database, ghost.id, GHOST)).toMatchObject({
        startedAt: '2026-01-15T09:59:50.000Z',
        isLive: false,
        endedAt: '2026-01-15T11:00:00.000Z',
      });
      expect(await getStream(stack.database, missed.id, MISSED)).toMatchObject({
        isOpen: expect.any(String),
        isLive: true,
      });

      const later = 'st-Later000000000000000000';
      stack.ivs.applyEvent(told(missed.arn, later, 'Session Created', '2026-01-15T13:00:00Z'));
      stack.ivs.applyEvent(told(missed.arn, later, 'Stream Start', '2026-01-15T13:00:05Z'));
      conflictNext('reconcile');
      await stack.invoke(RECONCILE, scheduledEvent);
      expect(await getStream(stack.database, missed.id, later)).toMatchObject({ isOpen: expect.any(String) });

      const fresh = 'st-Fresh000000000000000000';
      const start = told(ghost.arn, fresh, 'Stream Start', new Date().toISOString());
      await stack.invoke(POST_STREAM_EVENTS, start);
      stack.ivs.applyEvent(start);
      expect(await stack.invoke('readEncoders', scheduledEvent)).toBe(1);
      expect(await getStream(stack.database, ghost.id, fresh)).toMatchObject({ encoder: expect.anything() });
    },
    TIMEOUT_MS,
  );
});

describe('announcements', () => {
  test(
    'of a channel and a stage reach the chat room',
    async () => {
      const { database } = stack;
      const room = stack.ivs.call('CreateRoom', { name: 'told' });
      const { arn } = z.object({ arn: z.string() }).parse(room.kind === 'done' ? room.body : undefined);
      const { user, channel: owned } = await putAccount(database, 'told', { channel: { chatRoomArn: arn } });
      const times = { createdAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-01-01T00:00:00.000Z' };
      const owner = { id: user.chatRoomId, arn, name: 'told', userId: user.id, channelId: owned.id };
      await putRows(database, 'chatRooms', [{ ...owner, ...times }]);
      const stage = { id: 'stage-told', arn: STAGE_ARN, userId: user.id, version: 1, ...times };
      const changed = (table: 'channels' | 'stages', before: object, after: object) => ({
        eventSourceARN: `arn:aws:dynamodb:us-west-2:123456789012:table/${database.names[table]}/stream/now`,
        eventName: 'MODIFY',
        dynamodb: { SequenceNumber: '1', OldImage: toItem({ ...before }), NewImage: toItem({ ...after }) },
      });
      const channelChange = changed('channels', owned, { ...owned, title: 'New', version: 1 });
      const stageChange = changed(
        'stages',
        { ...stage, isLive: false },
        { ...stage, isLive: true, version: 2 },
      );
      const done = { batchItemFailures: [] };
      expect(await stack.invoke('announce', { Records: [channelChange] })).toEqual(done);
      expect(await stack.invoke('announce', { Records: [stageChange] })).toEqual(done);
    },
    TIMEOUT_MS,
  );
});

describe('maintenance', () => {
  test.each<[keyof ReturnType<typeof maintenanceUses>, string]>([
    ['finishPending', 'finishes what was interrupted'],
    ['sweepResources', 'removes what nobody has on record, and nothing of another stack'],
    ['rotateSecret', 'replaces the secret, and signs nobody out'],
  ])(
    '%s %s',
    async name => {
      await maintenanceUses(stack)[name]();
    },
    TIMEOUT_MS,
  );
});

describe('the API of the template, with its bundles', () => {
  // IVS does not have these channels, so no schedule may run while they exist.
  let door: Door;
  beforeAll(async () => {
    await stack.emptyTables();
    await putLiveChannels(stack.database);
    door = deployedDoor(stack);
  });
  contract({ request: (path, init) => door.request(path, init) }, renamed);
});

// These tests run last, because they read the calls that the functions made before.
describe('least privilege', () => {
  const every = [
    ...new Set<string>([...Object.values(routes).map(({ resource }) => resource), ...background]),
  ];

  /** The distinct authorizations that IAM needs for a function's calls. */
  const asked = (service: string) => [
    ...new Map(
      stack
        .callsOf(service)
        .flatMap(authorizations)
        .map(authorization => [JSON.stringify(authorization), authorization]),
    ).values(),
  ];

  const matches = (resource: string, granted: string) =>
    granted.endsWith('/*') ? resource.startsWith(granted.slice(0, -1)) : resource === granted;

  test('every function of the template was called', () => {
    expect(stack.functions.map(({ service }) => service).sort()).toEqual([...every].sort());
  });

  test.each(every)('the role of %s allows every AWS call that it made', async service => {
    const fn = functionOf(stack.functions, service);
    for (const authorization of asked(service)) {
      expect({ ...authorization, is: await decide(fn, authorization) }).toEqual({
        ...authorization,
        is: 'Allowed',
      });
    }
  });

  test.each(every)('%s has no permission that it did not use', service => {
    const { statements } = functionOf(stack.functions, service);
    const granted = statements
      .flatMap(({ Action, Resource }) =>
        Action.flatMap(action => Resource.map(resource => ({ action, resource }))),
      )
      // Lambda itself writes the log and the dead letters, and reads the streams.
      .filter(
        ({ action }) => !/^(logs|sqs):|^dynamodb:(\w+Streams?|GetRecords|GetShardIterator)$/.test(action),
      );
    const used = asked(service);
    const unused = granted.filter(
      grant =>
        !used.some(({ action, resource }) => action === grant.action && matches(resource, grant.resource)),
    );
    expect(unused).toEqual([]);
  });

  test('a call that is not in the spec of the function is denied', async () => {
    const channels = functionOf(stack.functions, 'channels');
    const [query] = asked('channels').filter(({ action }) => action === 'dynamodb:Query');
    const [listed] = asked('categories').filter(({ action }) => action === 'dynamodb:Query');
    if (query === undefined || listed === undefined) throw new Error('no function has queried');
    const table = query.resource.replace(/\/index\/.*/, '');
    const denied = [
      { action: 'dynamodb:Query', resource: table },
      { action: 'dynamodb:PutItem', resource: table },
      { action: 'dynamodb:Query', resource: `${table}/index/seededIndex` },
      listed,
    ];
    for (const authorization of denied)
      expect({ ...authorization, is: await decide(channels, authorization) }).toMatchObject({
        is: 'ImplicitlyDenied',
      });
  });

  test('mails from another address than the setting of the stage are denied', async () => {
    const email = functionOf(stack.functions, 'email');
    const resource = 'arn:aws:ses:us-west-2:123456789012:identity/example.com';
    const from = async (address: string) =>
      decide(email, { action: 'ses:SendEmail', resource, context: { 'ses:FromAddress': address } });
    expect([await from('live@example.com'), await from('boss@example.com')]).toEqual([
      'Allowed',
      'ImplicitlyDenied',
    ]);
  });

  test("IVS resources of other stacks are denied, and so is creating a resource without the stack's tag", async () => {
    const users = functionOf(stack.functions, 'users');
    const channels = 'arn:aws:ivs:us-west-2:123456789012:channel';
    const of = (resource: string) => ({ 'aws:ResourceTag/stack': resource });
    const as = (made: string) => ({ 'aws:RequestTag/stack': made });
    const cases = [
      { action: 'ivs:DeleteChannel', resource: `${channels}/A`, context: of('UGC-dev'), is: 'Allowed' },
      { action: 'ivs:DeleteChannel', resource: `${channels}/A`, context: of('Blue'), is: 'ImplicitlyDenied' },
      // A deleted resource has no tags. The call is allowed, so that IVS can answer that it does not exist.
      { action: 'ivs:DeleteChannel', resource: `${channels}/A`, context: {}, is: 'Allowed' },
      { action: 'ivs:CreateChannel', resource: `${channels}/*`, context: as('UGC-dev'), is: 'Allowed' },
      { action: 'ivs:CreateChannel', resource: `${channels}/*`, context: as('Blue'), is: 'ImplicitlyDenied' },
      { action: 'ivs:CreateChannel', resource: `${channels}/*`, context: {}, is: 'ImplicitlyDenied' },
      // Tagging another stack's resource would give access to it.
      {
        action: 'ivs:TagResource',
        resource: `${channels}/A`,
        context: { ...of('Blue'), ...as('UGC-dev') },
        is: 'ImplicitlyDenied',
      },
    ];
    for (const { is, ...authorization } of cases)
      expect({ ...authorization, is: await decide(users, authorization) }).toEqual({ ...authorization, is });
  });

  test.each(every)('%s writes no secret to its log', service => {
    const log = stack.logOf(service);
    // The review function logs only failures, to save time.
    if (service === 'moderateChat') expect(log).toBe('');
    else expect(log).toContain(`"service":"${service}"`);
    expect(log).not.toContain(SECRET);
    expect(log).not.toContain(PASSWORD);
    // A stream key, a password hash and an access token.
    expect(log).not.toMatch(/sk_us-west-2_|scrypt\$|eyJ/);
  });
});
