import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ChatEvent, ChatRoom } from 'amazon-ivs-chat-messaging';
import WebSocket from 'ws';
import { z } from 'zod';
import { type ApiClient, apiClient } from '../../client/client.ts';
import { type ChannelState, type StageState, stateEvents } from '../../client/stateEvents.ts';
import { startEngine } from '../../local/dynamo/engine.ts';
import { unlimited } from '../../local/ivs/quotas.ts';
import { type LocalStack, startLocal } from '../../local/startLocal.ts';
import { announceSource } from '../../model/functions.ts';
import { roomEvents } from '../../model/roomEvents.ts';
import { redriveCommand } from '../../operations/redriveCommand.ts';
import { startFaultProxy } from '../support/faultProxy.ts';
import { endCommands, startMakeLocal } from './commands.ts';
import { eventually } from './eventually.ts';

// The official chat SDK and the whole local stack. Node 20 has no WebSocket class.
Object.assign(globalThis, { WebSocket });

const eventsOf = (name: keyof typeof roomEvents) => roomEvents[name].schema;

interface Owner {
  readonly username: string;
  readonly channelArn: string;
  readonly stageArn: string;
  readonly api: ApiClient;
}

async function signUp(apiUrl: string, username: string): Promise<Owner> {
  const guest = apiClient({ baseUrl: apiUrl });
  const { data } = await guest.POST('/v1/users', { body: { username, password: 'correct horse battery' } });
  if (data === undefined) throw new Error(`${username} could not sign up`);
  const api = apiClient({ baseUrl: apiUrl, accessToken: () => data.accessToken });
  const me = await api.GET('/v1/users/me');
  if (me.data === undefined) throw new Error(`${username} has no account`);
  const { channel, stage } = me.data;
  return { username, channelArn: channel.arn, stageArn: stage.arn, api };
}

/** Sends IVS events, which are folded when the answer arrives. */
async function happen(awsUrl: string, detailType: string, arn: string, ...details: object[]) {
  const events = details.map(detail => ({
    id: crypto.randomUUID(),
    'detail-type': detailType,
    source: 'aws.ivs',
    time: new Date().toISOString(),
    resources: [arn],
    detail,
  }));
  const answer = await fetch(`${awsUrl}/_local/events`, { method: 'POST', body: JSON.stringify(events) });
  if (answer.status !== 200) throw new Error(await answer.text());
}
const streamEvents = (awsUrl: string, { channelArn }: Owner, stream: string, ...names: string[]) =>
  happen(
    awsUrl,
    'IVS Stream State Change',
    channelArn,
    ...names.map(event_name => ({
      event_name,
      channel_name: 'c',
      stream_id: `st-${stream.padEnd(23, '0')}`,
    })),
  );
const stageEvent = (awsUrl: string, { stageArn }: Owner, event_name: string) =>
  happen(awsUrl, 'IVS Stage Update', stageArn, {
    event_name,
    user_id: 'host',
    participant_id: 'participant1',
    session_id: 'st-session',
  });

describe('a guest in the chat room', () => {
  let stack: LocalStack;
  const rooms: ChatRoom[] = [];
  beforeAll(async () => {
    stack = await startLocal({
      stackName: 'UGC-announce',
      region: 'us-west-2',
      apiPort: 0,
      awsPort: 0,
      partnerFollowers: 3,
      log: () => {},
      ivsQuota: unlimited,
    });
  });
  afterAll(async () => {
    for (const room of rooms) room.disconnect();
    await stack.stop();
  });

  /** Connects a guest, who collects what is told. */
  async function joined({ username }: Owner) {
    const params = { path: { username } };
    const tokenProvider = async () => {
      const { data } = await apiClient({ baseUrl: stack.apiUrl }).POST(
        '/v1/channels/{username}/chat/tokens',
        {
          params,
        },
      );
      if (data === undefined) throw new Error('no token');
      return data;
    };
    const room = new ChatRoom({ regionOrUrl: stack.chatUrl, tokenProvider });
    room.logger = { debug: () => {}, info: () => {}, error: () => {} };
    rooms.push(room);
    const events: ChatEvent[] = [];
    const channel: ChannelState[] = [];
    const stage: StageState[] = [];
    room.addListener('event', event => events.push(event));
    room.addListener(
      'event',
      stateEvents({ onChannel: state => channel.push(state), onStage: state => stage.push(state) }),
    );
    const connected = new Promise<void>(resolve => room.addListener('connect', resolve));
    room.connect();
    await connected;
    return { events, channel, stage };
  }
  const count = (list: readonly unknown[], wanted: number) =>
    eventually(
      async () => list.length,
      length => length >= wanted,
    );

  test('is told within a second that the channel and the stage go live and offline, and of a new title', async () => {
    const ann = await signUp(stack.apiUrl, 'ann');
    const { events, channel, stage } = await joined(ann);
    const delays: number[] = [];
    const timed = async (list: readonly unknown[], change: () => Promise<unknown>) => {
      const [before, wanted] = [Date.now(), list.length + 1];
      await change();
      await count(list, wanted);
      delays.push(Date.now() - before);
    };
    await timed(channel, () => streamEvents(stack.awsUrl, ann, '1', 'Session Created', 'Stream Start'));
    expect(channel.at(-1)).toMatchObject({ isLive: true, streamId: expect.stringContaining('st-1') });
    await timed(channel, () =>
      ann.api.PATCH('/v1/channels/me', { body: { title: 'Late night guitar', categoryId: 'music' } }),
    );
    expect(channel.at(-1)).toMatchObject({ isLive: true, title: 'Late night guitar', categoryId: 'music' });
    const params = { path: { username: 'ann', streamId: channel.at(-1)?.streamId ?? '' } };
    const watch = () =>
      ann.api.POST('/v1/channels/{username}/streams/{streamId}/metrics', { params, body: {} });
    await timed(channel, watch);
    expect(channel.at(-1)).toMatchObject({ isLive: true, title: 'Late night guitar', viewers: 1 });
    await timed(stage, () => stageEvent(stack.awsUrl, ann, 'Participant Published'));
    const zoe = await signUp(stack.apiUrl, 'zoe');
    const asking = { params: { path: { username: 'ann' } } };
    await timed(stage, () => zoe.api.PUT('/v1/stages/{username}/request', asking));
    expect(stage.at(-1)?.requestsVersion).toBe(stage.at(-1)?.version);
    await timed(stage, () => stageEvent(stack.awsUrl, ann, 'Participant Unpublished'));
    await timed(channel, () => streamEvents(stack.awsUrl, ann, '1', 'Stream End', 'Session Ended'));
    expect(channel.at(-1)).toMatchObject({ isLive: false, title: 'Late night guitar' });
    expect(channel.at(-1)?.streamId).toBeUndefined();

    const names = [
      'stream:live',
      'stream:updated',
      'stream:viewers',
      'stage:live',
      'stage:requests',
      'stage:offline',
      'stream:offline',
    ] as const;
    expect(events.map(({ eventName }) => eventName)).toEqual(names);
    // The whole room receives the events, so they do not say who asks.
    expect(JSON.stringify(events)).not.toContain('zoe');
    for (const { eventName, attributes } of events)
      expect(() => eventsOf(z.enum(names).parse(eventName)).parse(attributes)).not.toThrow();
    process.stdout.write(`announcements: told ${delays.join(', ')} ms after the request that caused them\n`);
    expect(Math.max(...delays)).toBeLessThan(1_000);
  });

  test('is told once more by make redrive what could not be told, in its present state', async () => {
    const bob = await signUp(stack.apiUrl, 'bob');
    const { channel } = await joined(bob);
    stack.ivs.faults.add({ operation: 'SendEvent', failure: 'failed', times: 100 });
    await streamEvents(stack.awsUrl, bob, '2', 'Session Created', 'Stream Start');
    const letters = z.object({ announcements: z.array(z.object({ attempts: z.number() })) });
    const kept = await eventually(
      async () => letters.parse(await (await fetch(`${stack.awsUrl}/_local/dead-letters`)).json()),
      ({ announcements }) => announcements.length > 0,
    );
    expect(kept).toEqual({ announcements: [{ attempts: announceSource.retryAttempts + 1 }] });
    stack.ivs.faults.clear();
    // Other changes are not held up.
    const carol = await signUp(stack.apiUrl, 'carol');
    const other = await joined(carol);
    await streamEvents(stack.awsUrl, carol, '3', 'Session Created', 'Stream Start');
    await count(other.channel, 1);
    expect(channel).toEqual([]);

    const said: string[] = [];
    const redrive = (variables: Record<string, string>) => {
      said.length = 0;
      const environment = {
        STACK: stack.stackName,
        LOCAL: '1',
        AWS_PORT: new URL(stack.awsUrl).port,
        ...variables,
      };
      const say = (line: string) => void said.push(line);
      return redriveCommand({ environment, out: say, err: say, signal: new AbortController().signal });
    };
    expect(await redrive({ DRY: '1' })).toBe(1);
    expect(said.at(-1)).toBe('announcements: 1 dead letters');
    expect(await redrive({})).toBe(0);
    expect(said.at(-1)).toBe('announcements: 1 announced');
    await count(channel, 1);
    expect(channel).toMatchObject([{ isLive: true, streamId: expect.stringContaining('st-2') }]);
    expect(await redrive({})).toBe(0);
    expect(said.at(-1)).toBe('announcements: no dead letters');
  });
});

test('with an engine without streams, local mode says that it announces nothing, and works', async () => {
  const engine = await startEngine();
  const proxy = await startFaultProxy(engine.endpoint, ({ operation }) =>
    operation === 'UpdateTable'
      ? { kind: 'refuse', status: 400, type: 'UnknownOperationException' }
      : undefined,
  );
  const local = await startMakeLocal({ DYNAMODB_ENDPOINT: proxy.endpoint, SEED_COUNT: '1' });
  expect(local.output()).toContain('has no streams: changes are not announced to chat rooms');
  expect((await fetch(`${local.apiUrl}/v1/channels?isLive=true`)).status).toBe(200);
  local.child.kill('SIGINT');
  expect(await local.exit).toBe(0);
  await proxy.stop();
  await engine.stop();
}, 60_000);

describe('with a database file', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'announce-'));
  });
  afterAll(() => {
    endCommands();
    rmSync(folder, { recursive: true, force: true });
  });

  test('a change that was not told before kill -9 is told by the next process, and not again by the one after', async () => {
    const DB = join(folder, 'data.db');
    const start = () => startMakeLocal({ DB, SEED_COUNT: '1' });
    const kill = async ({ child, exit }: Awaited<ReturnType<typeof start>>) => {
      child.kill('SIGKILL');
      await exit;
    };
    const calls = async ({ awsUrl }: { awsUrl: string }) => {
      const { ivs } = z
        .object({ ivs: z.record(z.string(), z.number()) })
        .parse(await (await fetch(`${awsUrl}/_local/calls`)).json());
      return ivs['SendEvent'] ?? 0;
    };
    const first = await start();
    const dan = await signUp(first.apiUrl, 'dan');
    const fault = { operation: 'SendEvent', failure: 'failed', times: 1_000 };
    await fetch(`${first.awsUrl}/_local/faults`, { method: 'POST', body: JSON.stringify([fault]) });
    await streamEvents(first.awsUrl, dan, '4', 'Session Created', 'Stream Start');
    await eventually(
      () => calls(first),
      made => made > 0,
    );
    await kill(first);

    const second = await start();
    await eventually(
      () => calls(second),
      made => made === 1,
    );
    await stageEvent(second.awsUrl, dan, 'Participant Published');
    await eventually(
      () => calls(second),
      made => made === 2,
    );
    // The stack stores the position right after the call.
    second.child.kill('SIGINT');
    expect(await second.exit).toBe(0);

    const third = await start();
    await streamEvents(third.awsUrl, dan, '4', 'Stream End', 'Session Ended');
    await eventually(
      () => calls(third),
      made => made > 0,
    );
    expect(await calls(third)).toBe(1);
    await kill(third);
  }, 120_000);
});
