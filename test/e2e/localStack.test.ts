import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  CreateChannelCommand,
  GetStreamCommand,
  IvsClient,
  ListStreamsCommand,
  StopStreamCommand,
} from '@aws-sdk/client-ivs';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { unlimited } from '../../local/ivs/quotas.ts';
import { type LocalStack, startLocal } from '../../local/startLocal.ts';
import { catalogue } from '../../model/categories.ts';
import { tableNames } from '../../model/tables.ts';
import { type Database, documentClient } from '../../store/database.ts';
import { describeStack, StackNotFoundError } from '../../store/stackOutputs.ts';
import { getStream } from '../../store/streams.ts';
import { getUser } from '../../store/users.ts';
import { channel, putRows } from '../support/rows.ts';
import { eventually } from './eventually.ts';

let stack: LocalStack;
let database: Database;
const lines: string[] = [];

beforeAll(async () => {
  stack = await startLocal({
    stackName: 'UGC-test',
    region: 'us-west-2',
    apiPort: 0,
    awsPort: 0,
    partnerFollowers: 3,
    log: line => lines.push(line),
    ivsQuota: unlimited,
  });
  database = { client: documentClient(), names: stack.names };
});
afterAll(async () => {
  database.client.destroy();
  await stack.stop();
});

let channels = 0;
let owner = channel();
let streamId = '';
beforeEach(async () => {
  channels += 1;
  owner = channel({ username: `user${channels}` });
  streamId = `st-${String(channels).padStart(23, '0')}`;
  await putRows(database, 'channels', [owner]);
});

const state = (event_name: string, clock: string, overrides: object = {}) => ({
  id: `${streamId}-${event_name}`,
  'detail-type': 'IVS Stream State Change',
  source: 'aws.ivs',
  time: `2026-01-15T${clock}Z`,
  resources: [owner.arn],
  detail: { event_name, channel_name: owner.username, stream_id: streamId },
  ...overrides,
});

async function post(body: unknown, path = '/_local/events') {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(`${stack.awsUrl}${path}`, { method: 'POST', body: text });
  return { status: response.status, body: await response.json() };
}

const session = () => getStream(database, owner.id, streamId);

describe('CloudFormation', () => {
  test('describes the stack with the outputs that a deployed stack has', async () => {
    expect(await describeStack('UGC-test')).toEqual({
      names: stack.names,
      apiUrl: stack.apiUrl,
      region: 'us-west-2',
      chatEndpoint: stack.chatUrl,
      recordingsUrl: `${stack.apiUrl}/_local/recordings`,
      recordingConfigurationArn: expect.stringMatching(/^arn:aws:ivs:.*:recording-configuration\//),
      deadLetters: {
        events: expect.stringMatching(/\/EventDeadLetters$/),
        chat: expect.stringMatching(/\/ChatDeadLetters$/),
        announcements: expect.stringMatching(/\/AnnouncementDeadLetters$/),
      },
    });
    expect(Object.keys(stack.names).sort()).toEqual([...tableNames].sort());
  });

  test('finds no stack with another name', async () => {
    await expect(describeStack('UGC-dev')).rejects.toThrow(StackNotFoundError);
    const client = new CloudFormationClient({ maxAttempts: 1 });
    await expect(client.send(new DescribeStacksCommand({ StackName: 'UGC-dev' }))).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'Stack with id UGC-dev does not exist',
      $metadata: { httpStatusCode: 400 },
    });
  });
});

describe('DynamoDB behind the endpoint', () => {
  const proxied = () => documentClient({ endpoint: stack.awsUrl });

  test('has the data of the engine', async () => {
    const { Item } = await proxied().send(
      new GetCommand({ TableName: stack.names.channels, Key: { id: owner.id } }),
    );
    expect(Item).toEqual(owner);
  });

  test('answers with errors of its own', async () => {
    const again = new PutCommand({
      TableName: stack.names.channels,
      Item: owner,
      ConditionExpression: 'attribute_not_exists(id)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    await expect(proxied().send(again)).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
      Item: { id: { S: owner.id } },
    });
  });

  test('passes on bodies that are larger than one chunk', async () => {
    const title = 'x'.repeat(300_000);
    const row = { ...owner, id: 'large', title };
    await proxied().send(new PutCommand({ TableName: stack.names.users, Item: row }));
    const { Item } = await proxied().send(
      new GetCommand({ TableName: stack.names.users, Key: { id: 'large' } }),
    );
    expect(Item?.['title']).toBe(title);
  });
});

describe('the endpoint variables of the SDK', () => {
  test('AWS_ENDPOINT_URL is used by a client without an endpoint', async () => {
    expect(new URL(process.env['AWS_ENDPOINT_URL'] ?? '').port).toBe(new URL(stack.awsUrl).port);
    expect((await new IvsClient({}).send(new ListStreamsCommand({}))).$metadata.httpStatusCode).toBe(200);
  });

  test('AWS_ENDPOINT_URL_<SERVICE> takes precedence', async () => {
    const before = { ...process.env };
    process.env['AWS_ENDPOINT_URL'] = 'http://127.0.0.1:1';
    process.env['AWS_ENDPOINT_URL_IVS'] = stack.awsUrl;
    try {
      const ivs = new IvsClient({ maxAttempts: 1 });
      expect((await ivs.send(new ListStreamsCommand({}))).$metadata.httpStatusCode).toBe(200);
      const secrets = new SecretsManagerClient({ maxAttempts: 1 });
      await expect(secrets.send(new GetSecretValueCommand({ SecretId: 'x' }))).rejects.toThrow(
        'ECONNREFUSED',
      );
    } finally {
      process.env['AWS_ENDPOINT_URL'] = before['AWS_ENDPOINT_URL'];
      delete process.env['AWS_ENDPOINT_URL_IVS'];
    }
  });
});

describe('Secrets Manager', () => {
  test('has the secrets for cursors and access tokens, and no others', async () => {
    const secrets = new SecretsManagerClient({ maxAttempts: 1 });
    const values = new Set<string | undefined>();
    for (const SecretId of [process.env['CURSOR_SECRET_ID'], process.env['TOKEN_SECRET_ID']]) {
      const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId }));
      expect(SecretString).toMatch(/^[0-9a-f]{64}$/);
      values.add(SecretString);
    }
    expect(values.size).toBe(2);
    await expect(secrets.send(new GetSecretValueCommand({ SecretId: 'other' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});

describe('EventBridge PutEvents', () => {
  const events = () => new EventBridgeClient({ maxAttempts: 1 });
  const entry = (name: string, time: string) => ({
    Source: 'aws.ivs',
    DetailType: 'IVS Stream State Change',
    Detail: JSON.stringify({ event_name: name, stream_id: streamId }),
    Resources: [owner.arn],
    Time: new Date(time),
  });

  test('opens and closes a stream', async () => {
    const opened = await events().send(
      new PutEventsCommand({ Entries: [entry('Stream Start', '2026-01-15T10:00:08Z')] }),
    );
    expect(opened).toMatchObject({ FailedEntryCount: 0, Entries: [{ EventId: expect.any(String) }] });
    await eventually(session, stream => stream?.isOpen !== undefined);
    expect(await session()).toMatchObject({ isLive: true, startedAt: '2026-01-15T10:00:08.000Z' });
    await events().send(new PutEventsCommand({ Entries: [entry('Session Ended', '2026-01-15T11:00:00Z')] }));
    await eventually(session, stream => stream?.endedAt === '2026-01-15T11:00:00.000Z');
  });

  test('says which entries were refused', async () => {
    const good = entry('Session Created', '2026-01-15T10:00:00Z');
    const answer = await events().send(
      new PutEventsCommand({
        Entries: [
          good,
          { ...good, Source: undefined },
          { ...good, Detail: '{' },
          { ...good, EventBusName: 'mine' },
        ],
      }),
    );
    expect(answer.FailedEntryCount).toBe(3);
    expect(answer.Entries?.map(result => result.ErrorCode)).toEqual([
      undefined,
      'InvalidArgument',
      'MalformedDetail',
      'ResourceNotFoundException',
    ]);
  });

  test('accepts at most ten entries', async () => {
    const Entries = Array.from({ length: 11 }, () => entry('Session Created', '2026-01-15T10:00:00Z'));
    await expect(events().send(new PutEventsCommand({ Entries }))).rejects.toMatchObject({
      name: 'ValidationException',
      $metadata: { httpStatusCode: 400 },
    });
  });
});

describe('POST /_local/events', () => {
  test('answers when every event has been handled, with the result of each', async () => {
    const created = state('Session Created', '10:00:00');
    const answer = await post([
      created,
      state('Stream Start', '10:00:08'),
      created,
      state('Stream Start', '10:00:08', { id: 'foreign', resources: [`${owner.arn}x`] }),
      state('x', '10:00:00', { id: 'cloudtrail', 'detail-type': 'AWS API Call via CloudTrail' }),
    ]);
    expect(answer).toEqual({
      status: 200,
      body: {
        results: [
          { id: created.id, result: 'folded' },
          { id: `${streamId}-Stream Start`, result: 'folded' },
          { id: created.id, result: 'duplicate' },
          { id: 'foreign', result: 'dropped', reason: expect.any(String) },
          { id: 'cloudtrail', result: 'unmatched' },
        ],
      },
    });
    expect(await session()).toMatchObject({ isOpen: expect.any(String), isLive: true });
  });

  test('updates the state of the IVS simulator', async () => {
    await post(state('Stream Start', '10:00:08'));
    const { stream } = await new IvsClient({}).send(new GetStreamCommand({ channelArn: owner.arn }));
    expect(stream).toMatchObject({ streamId, state: 'LIVE' });
  });

  test.each([
    ['{', 'the body is not JSON'],
    [{}, 'id: '],
    [[{ id: 'a' }], '[0].detail-type: '],
    [3, 'body: '],
  ])('names the error in %j', async (body, place) => {
    const answer = await post(body);
    expect(answer).toMatchObject({ status: 400, body: { message: expect.stringContaining(place) } });
  });

  test('logs one line per event', async () => {
    await post(state('Stream Start', '10:00:08'));
    expect(lines.filter(line => line.includes(` ${owner.id} `))).toEqual([
      `event Stream Start ${owner.id} folded`,
    ]);
  });
});

describe('the IVS simulator', () => {
  test('sends the events of a stopped stream, which close the stream', async () => {
    await post([state('Session Created', '10:00:00'), state('Stream Start', '10:00:08')]);
    await new IvsClient({}).send(new StopStreamCommand({ channelArn: owner.arn }));
    const stream = await eventually(session, row => row?.endedAt !== undefined);
    expect(stream).toMatchObject({ isLive: false });
    expect(stream?.isOpen).toBeUndefined();
  });

  test('can leave out the end of a stream: the reconciler closes the stream, at the time that IVS has', async () => {
    await post([state('Session Created', '10:00:00'), state('Stream Start', '10:00:08')]);
    const lost = await post(state('Session Ended', '11:00:00'), '/_local/events?deliver=false');
    expect(lost.body).toMatchObject({ results: [{ result: 'undelivered' }] });
    expect((await session())?.isOpen).toBeDefined();
    const report = await stack.reconcile();
    expect(report.closed).toContain(streamId);
    expect(await session()).toMatchObject({ endedAt: '2026-01-15T11:00:00.000Z', isLive: false });
  });

  test('can leave out the start of a stream: the reconciler opens the stream', async () => {
    await post(state('Stream Start', '10:00:08'), '/_local/events?deliver=false');
    expect(await session()).toBeUndefined();
    await stack.reconcile();
    expect(await session()).toMatchObject({ isOpen: expect.any(String), isLive: true });
  });

  test('can fail in the middle of a list: the reconciler changes nothing', async () => {
    await post([state('Session Created', '10:00:00'), state('Stream Start', '10:00:08')]);
    await post(state('Session Ended', '11:00:00'), '/_local/events?deliver=false');
    // One failure for each attempt of the client.
    await post({ operation: 'ListStreams', failure: 'failed', times: 3 }, '/_local/faults');
    await expect(stack.reconcile()).rejects.toThrow();
    expect((await session())?.isOpen).toBeDefined();
    expect(stack.ivs.faults.pending()).toEqual([]);
  });
});

describe('the scheduled work of the stack', () => {
  test('writes the categories of a deployed stack, in order', async () => {
    const response = await fetch(`${stack.apiUrl}/v1/categories?limit=100`);
    const { items } = z.object({ items: z.array(z.unknown()) }).parse(await response.json());
    expect(items).toEqual(catalogue.map(({ id, name }) => ({ id, name })));
  });

  test('finishes the deletion of a user that was interrupted', async () => {
    const row = { createdAt: '2026-01-15T10:00:00.000Z', updatedAt: '2026-01-15T10:00:00.000Z' };
    const name = { usernameKey: 'leaver', userId: 'user-leaver' };
    const user = { id: name.userId, username: 'Leaver', usernameKey: name.usernameKey, version: 1 };
    await putRows(database, 'users', [{ ...row, ...user, status: 'deleting', pending: 'true' }]);
    await putRows(database, 'usernames', [{ ...row, ...name }]);
    expect(await stack.finishPending()).toEqual({ deleted: [name.userId], later: 0, failed: [] });
    expect(await getUser(database, name.userId)).toBeUndefined();
  });

  test('deletes an IVS resource that no row names after an hour', async () => {
    const ivs = new IvsClient({});
    const made = async (createdAt: number) => {
      const time = new Date(createdAt).toISOString();
      const tags = { stack: 'UGC-test', user: 'user-nobody', createdAt: time };
      const { channel: made } = await ivs.send(new CreateChannelCommand({ tags }));
      return made?.arn;
    };
    const [old] = [await made(Date.now() - 2 * 3_600_000), await made(Date.now())];
    expect(await stack.sweepResources()).toMatchObject({ listed: 2, removed: [old], failed: [] });
    ivs.destroy();
  });
});

describe('the local control endpoints', () => {
  test('refuse faults of unknown operations', async () => {
    const answer = await post({ operation: 'ListGhosts', failure: 'failed' }, '/_local/faults');
    expect(answer).toEqual({ status: 400, body: { message: 'unknown operation ListGhosts' } });
  });

  test('list all endpoints', async () => {
    const response = await fetch(`${stack.awsUrl}/_local/nothing`);
    expect(response.status).toBe(404);
    expect(await response.text()).toContain('POST /_local/events');
  });
});

describe('playback', () => {
  const lines = async (url: string) => (await (await fetch(url)).text()).split('\n');
  const statusOf = async (url: string) => (await fetch(url)).status;

  test('works from the start of a stream to its end', async () => {
    const ivs = new IvsClient({});
    const { channel: made } = await ivs.send(new CreateChannelCommand({ name: owner.username }));
    ivs.destroy();
    const url = made?.playbackUrl ?? '';
    expect(url.startsWith(`${stack.apiUrl}/_local/hls/`)).toBe(true);
    expect(await statusOf(url)).toBe(404);
    const resources = [made?.arn ?? ''];
    await post(state('Stream Start', '10:00:08', { resources }));
    const variants = (await lines(url)).filter(line => line.endsWith('/playlist.m3u8'));
    expect(variants).toHaveLength(2);
    for (const variant of variants) {
      const playlist = new URL(variant, url);
      const segments = (await lines(playlist.href)).filter(line => line.endsWith('.m4s'));
      expect(await statusOf(new URL(segments.at(-1) ?? '', playlist).href)).toBe(200);
    }
    await post(state('Stream End', '10:10:08', { resources }));
    expect(await statusOf(url)).toBe(404);
  });

  test('of a recording starts at its beginning and has its length', async () => {
    const recorded = (name: string, clock: string, durationMs: number) => {
      const detail = {
        recording_status: name,
        recording_status_reason: '',
        recording_s3_bucket_name: 'recordings',
        recording_s3_key_prefix: `ivs/v1/000000000000/${owner.id}/2026/1/15/10/0/${streamId}r`,
        recording_duration_ms: durationMs,
        recording_session_id: 'session',
        channel_name: owner.username,
        stream_id: streamId,
      };
      return state(name, clock, { 'detail-type': 'IVS Recording State Change', detail });
    };
    const body = z.object({
      recording: z.object({ playlistUrl: z.string().nullable(), thumbnailUrl: z.string().nullable() }),
    });
    const recording = async () => {
      const path = `/v1/channels/${owner.username}/streams/${streamId}`;
      return body.parse(await (await fetch(`${stack.apiUrl}${path}`)).json()).recording;
    };
    await post([state('Session Created', '10:00:00'), state('Stream Start', '10:00:08')]);
    await post(recorded('Recording Start', '10:00:10', 0));
    expect((await lines((await recording()).playlistUrl ?? '')).at(0)).toBe('#EXTM3U');
    await post([state('Session Ended', '10:10:00'), recorded('Recording End', '10:10:11', 591_000)]);
    const { playlistUrl, thumbnailUrl } = await recording();
    const whole = await lines(new URL('360p/playlist.m3u8', playlistUrl ?? '').href);
    const lengths = whole.flatMap(line => /^#EXTINF:([\d.]+),$/.exec(line)?.[1] ?? []).map(Number);
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(591);
    expect(whole.find(line => line.includes('DATE-TIME'))).toContain('2026-01-15T10:00:10.000Z');
    expect((await fetch(thumbnailUrl ?? '')).headers.get('content-type')).toBe('image/svg+xml');
  });
});

test('reads never call IVS', async () => {
  await post([state('Session Created', '10:00:00'), state('Stream Start', '10:00:08')]);
  const before = stack.ivs.calls();
  for (const path of [
    '/v1/channels?isLive=true',
    `/v1/channels/${owner.username}`,
    `/v1/channels/${owner.username}/streams`,
    `/v1/channels/${owner.username}/streams/${streamId}`,
    '/v1/categories',
  ]) {
    const response = await fetch(`${stack.apiUrl}${path}`);
    expect([path, response.status]).toEqual([path, 200]);
  }
  expect(stack.ivs.calls()).toEqual(before);
});

// This test is the last, because it deletes a table.
test('an event that fails at every attempt is kept, and the log says so', async () => {
  await database.client.send(new DeleteTableCommand({ TableName: stack.names.streamEvents }));
  const event = state('Session Created', '10:00:00');
  const answer = await post(event);
  expect(answer).toMatchObject({
    status: 502,
    body: {
      results: [{ id: event.id, result: 'failed', reason: expect.stringContaining('ResourceNotFound') }],
    },
  });
  const letters = await (await fetch(`${stack.awsUrl}/_local/dead-letters`)).json();
  expect(letters).toMatchObject({ deadLetters: [{ event: { id: event.id } }] });
  expect(lines.find(line => line.startsWith(`DEAD LETTER: event ${event.id}`))).toBeDefined();
  const rows = await database.client.send(
    new QueryCommand({
      TableName: stack.names.streams,
      KeyConditionExpression: 'channelId = :id',
      ExpressionAttributeValues: { ':id': owner.id },
    }),
  );
  expect(rows.Items).toEqual([]);
});
