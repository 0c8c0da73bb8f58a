import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { budgetOf } from '../../ivs/budget.ts';
import { IvsBusyError, IvsInUseError, IvsNotFoundError, IvsQuotaError } from '../../ivs/errors.ts';
import type { UserResources } from '../../ivs/ports.ts';
import { type IvsClients, ivsClients, userResources } from '../../ivs/userResources.ts';
import { unlimited } from '../../local/ivs/quotas.ts';
import { ivsSessions } from '../../streamEventsApi/ivsSessions.ts';
import { testAttachments } from '../support/attachments.ts';
import { localCredentials } from '../support/database.ts';
import { CHANNEL, STREAM, startIvs, type TestIvs } from './localIvsEndpoint.ts';

let ivs: TestIvs;
let resources: UserResources;
let now = new Date('2026-01-15T10:00:00.000Z');

beforeEach(async () => {
  ivs = await startIvs({ quota: unlimited, stopDelayMs: 10, limits: { stages: 2 } });
  const clients = { ivs: ivs.client, chat: ivs.chat, realTime: ivs.realTime };
  now = new Date('2026-01-15T10:00:00.000Z');
  resources = userResources(clients, { stackName: 'UGC-test', clock: () => now }, testAttachments);
});
afterEach(() => ivs.stop());

const owner = { userId: 'user-1', name: 'Ann' };
const called = (operation: string) => ivs.simulator.calls()[operation] ?? 0;
const fail = (operation: string, failure: 'throttled' | 'failed' | 'unavailable' | 'lostAnswer', times = 1) =>
  ivs.simulator.faults.add({ operation, failure, times });

const creates = [
  ['CreateChannel', () => resources.createChannel(owner)],
  ['CreateRoom', () => resources.createRoom(owner)],
  ['CreateStage', () => resources.createStage(owner)],
] as const;

describe('a create', () => {
  test.each(creates)('%s is retried when it is throttled', async (operation, create) => {
    fail(operation, 'throttled', 2);
    await create();
    expect(called(operation)).toBe(3);
  });

  test.each(creates)(
    '%s is not retried after another failure, because it may have been carried out',
    async (operation, create) => {
      for (const failure of ['failed', 'unavailable', 'lostAnswer'] as const) {
        const before = called(operation);
        fail(operation, failure);
        await expect(create()).rejects.toThrow();
        expect([failure, called(operation) - before]).toEqual([failure, 1]);
      }
    },
  );

  test('is not started without time left', async () => {
    await expect(resources.createRoom(owner, budgetOf(0))).rejects.toThrow(IvsBusyError);
    expect(called('CreateRoom')).toBe(0);
  });

  test('ends with Busy, within its time budget, while IVS throttles it', async () => {
    fail('CreateRoom', 'throttled', 100);
    const from = performance.now();
    await expect(resources.createRoom(owner, budgetOf(700))).rejects.toThrow(IvsBusyError);
    expect(performance.now() - from).toBeLessThan(700 + 200);
    expect(called('CreateRoom')).toBeGreaterThan(1);
  });

  test("fails as Quota at the account's quota, without a retry", async () => {
    await resources.createStage(owner);
    await resources.createStage(owner);
    await expect(resources.createStage(owner)).rejects.toThrow(IvsQuotaError);
    expect(called('CreateStage')).toBe(3);
    const { arn } = await resources.createChannel(owner);
    await expect(resources.createStreamKey(arn)).rejects.toThrow(IvsQuotaError);
  });

  test('is tagged with the stack, the user and the time of the call', async () => {
    await resources.createStage(owner);
    now = new Date('2026-01-15T11:00:00.000Z');
    await resources.createStage({ ...owner, userId: 'user-2' });
    const tags = ivs.simulator.resources().stages.map(stage => stage.tags);
    expect(tags).toEqual(
      expect.arrayContaining([
        { stack: 'UGC-test', user: 'user-1', createdAt: '2026-01-15T10:00:00.000Z' },
        { stack: 'UGC-test', user: 'user-2', createdAt: '2026-01-15T11:00:00.000Z' },
      ]),
    );
  });
});

describe('a delete', () => {
  test('of a missing resource succeeds', async () => {
    const channel = await resources.createChannel(owner);
    const room = await resources.createRoom(owner);
    const stage = await resources.createStage(owner);
    for (let time = 0; time < 2; time++) {
      await resources.deleteStreamKey(channel.streamKey.arn);
      await resources.deleteChannel(channel.arn);
      await resources.deleteRoom(room.arn);
      await resources.deleteStage(stage.arn);
    }
    expect(ivs.simulator.resources()).toEqual({ channels: [], rooms: [], stages: [] });
  });

  test('is retried after a temporary failure', async () => {
    const { arn } = await resources.createRoom(owner);
    fail('DeleteRoom', 'unavailable');
    fail('DeleteRoom', 'throttled');
    await resources.deleteRoom(arn);
    expect(called('DeleteRoom')).toBe(3);
  });
});

describe('a channel', () => {
  const live = async () => {
    const channel = await resources.createChannel(owner);
    ivs.simulator.applyEvent({
      id: 'event-1',
      'detail-type': 'IVS Stream State Change',
      source: 'aws.ivs',
      time: '2026-01-15T10:00:00Z',
      resources: [channel.arn],
      detail: { event_name: 'Stream Start', channel_name: 'Ann', stream_id: 'st-1A2b3c4D5e6F78ghij9Klmn' },
    });
    return channel;
  };

  test('cannot be deleted or upgraded while it is live, and can after StopStream', async () => {
    const { arn } = await live();
    await expect(resources.deleteChannel(arn)).rejects.toThrow(IvsInUseError);
    await expect(resources.updateChannelType(arn, 'ADVANCED_HD')).rejects.toThrow(IvsInUseError);
    expect(await resources.putMetadata(arn, 'hello')).toBe('sent');
    expect(await resources.stopStream(arn)).toBe('stopped');
    ivs.simulator.finishStops();
    await resources.updateChannelType(arn, 'ADVANCED_HD');
    expect(ivs.simulator.resources().channels).toMatchObject([{ arn, type: 'ADVANCED_HD' }]);
  });

  test('that is not live cannot be stopped, and gets no metadata', async () => {
    const { arn } = await resources.createChannel(owner);
    expect(await resources.stopStream(arn)).toBe('offline');
    expect(await resources.putMetadata(arn, 'hello')).toBe('offline');
  });

  test('gets a new key after its old one is deleted', async () => {
    const { arn, streamKey } = await resources.createChannel(owner);
    expect(await resources.listStreamKeys(arn)).toEqual([streamKey.arn]);
    await resources.deleteStreamKey(streamKey.arn);
    expect(await resources.listStreamKeys(arn)).toEqual([]);
    const next = await resources.createStreamKey(arn);
    expect(next.value).not.toBe(streamKey.value);
    expect(await resources.listStreamKeys(arn)).toEqual([next.arn]);
  });

  test('that does not exist is NotFound, except for deletes', async () => {
    const { arn } = await resources.createChannel(owner);
    await resources.deleteChannel(arn);
    await expect(resources.stopStream(arn)).rejects.toThrow(IvsNotFoundError);
    await expect(resources.createStreamKey(arn)).rejects.toThrow(IvsNotFoundError);
    await expect(resources.updateChannelType(arn, 'ADVANCED_HD')).rejects.toThrow(IvsNotFoundError);
  });
});

describe('null in an answer of IVS counts as absent', () => {
  const answers: Record<string, unknown> = {
    '/CreateChannel': { channel: { arn: null }, streamKey: null },
    '/CreateRoom': { arn: null },
    '/CreateStage': { stage: null },
    '/ListChannels': { channels: [{ arn: null, tags: null }], nextToken: null },
    '/ListRooms': { rooms: null, nextToken: null },
    '/ListStages': { stages: [{ arn: null, tags: null }], nextToken: null },
    '/ListStreamKeys': { streamKeys: null, nextToken: null },
    '/ListStreams': { streams: [{ channelArn: null, streamId: null, startTime: null }], nextToken: null },
    '/GetStreamSession': {
      streamSession: { startTime: null, endTime: null, truncatedEvents: [{ name: null, eventTime: null }] },
    },
  };
  const server = createServer((request, response) =>
    response.end(JSON.stringify(answers[request.url ?? ''])),
  );
  let clients: IvsClients;
  beforeEach(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = z.object({ port: z.number() }).parse(server.address());
    clients = ivsClients({ ...localCredentials, endpoint: `http://127.0.0.1:${port}` });
    resources = userResources(clients, { stackName: 'UGC-test', clock: () => now }, testAttachments);
  });
  afterEach(() => {
    for (const client of Object.values(clients)) client.destroy();
    server.close();
    server.closeAllConnections();
  });

  test.each(creates)('in the required values of %s', async (_, create) => {
    await expect(create()).rejects.toThrow(/^IVS answered without /);
  });

  test.each(['channel', 'room', 'stage'] as const)('on the last page of the list of each %s', async kind => {
    const pages = [];
    for await (const page of resources.list(kind)) pages.push(page);
    expect(pages).toEqual([[]]);
  });

  test('in the answers to the reconciler, and in the list of stream keys', async () => {
    const { listLive, find } = ivsSessions(clients.ivs, 0);
    expect(await listLive()).toEqual([]);
    expect(await find(CHANNEL, STREAM)).toEqual({ startedAt: undefined, endedAt: undefined, events: [] });
    expect(await resources.listStreamKeys(CHANNEL)).toEqual([]);
  });
});
