import {
  BatchGetChannelCommand,
  CreateChannelCommand,
  CreateRecordingConfigurationCommand,
  GetChannelCommand,
  GetStreamCommand,
  GetStreamSessionCommand,
  ListChannelsCommand,
  ListStreamSessionsCommand,
  ListStreamsCommand,
  paginateListStreams,
  StopStreamCommand,
} from '@aws-sdk/client-ivs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { unlimited } from '../../local/ivs/quotas.ts';
import { ACCOUNT, CHANNEL, ivsEvent, STREAM, startIvs, type TestIvs } from './localIvsEndpoint.ts';

let ivs: TestIvs;
beforeEach(async () => {
  ivs = await startIvs({ quota: unlimited });
});
afterEach(() => ivs.stop());

const learn = (...events: ReturnType<typeof ivsEvent>[]) => {
  for (const event of events) ivs.simulator.applyEvent(event);
};
const liveIds = async () => {
  const { streams } = await ivs.client.send(new ListStreamsCommand({}));
  return streams?.map(stream => stream.streamId);
};
const created = ivsEvent('Session Created', '10:00:00');
const started = ivsEvent('Stream Start', '10:00:08');
const ended = ivsEvent('Session Ended', '11:00:00');
const stopped = ivsEvent('Stream End', '11:00:03');

describe('live streams', () => {
  test('do not exist at first', async () => {
    expect(await liveIds()).toEqual([]);
  });

  test('do not start with Session Created alone', async () => {
    learn(created);
    expect(await liveIds()).toEqual([]);
    await expect(ivs.client.send(new GetStreamCommand({ channelArn: CHANNEL }))).rejects.toMatchObject({
      name: 'ChannelNotBroadcasting',
      $metadata: { httpStatusCode: 404 },
    });
  });

  test('ignore an event that the handler drops as from the future, so that it hides no later one', async () => {
    const now = new Date('2026-01-15T10:01:00Z');
    const punctual = await startIvs({ quota: unlimited, now: () => now });
    try {
      const early = ivsEvent('Stream Start', '10:02:00.001', { streamId: 'st-early' });
      const inTime = ivsEvent('Stream Start', '10:02:00');
      const { simulator, client } = punctual;
      const streamIds = async () =>
        (await client.send(new ListStreamsCommand({}))).streams?.map(stream => stream.streamId);
      simulator.applyEvent(early);
      expect(await streamIds()).toEqual([]);
      simulator.applyEvent(inTime);
      expect(await streamIds()).toEqual([STREAM]);
    } finally {
      await punctual.stop();
    }
  });

  test('start with Stream Start', async () => {
    learn(created, started);
    const { stream } = await ivs.client.send(new GetStreamCommand({ channelArn: CHANNEL }));
    expect(stream).toEqual({
      channelArn: CHANNEL,
      streamId: STREAM,
      state: 'LIVE',
      health: 'HEALTHY',
      viewerCount: 0,
      startTime: new Date('2026-01-15T10:00:08Z'),
      playbackUrl: expect.stringMatching(
        /^https:\/\/.*us-west-2\.000000000000\.channel\.AbCdef1G2hij\.m3u8$/,
      ),
    });
  });

  test.each([
    ['Session Ended', [ended]],
    ['Stream End', [stopped]],
    ['both in reverse order', [stopped, ended]],
  ])('end with %s, even if that arrives before the start', async (_name, ends) => {
    learn(...ends, started, created);
    expect(await liveIds()).toEqual([]);
  });

  test('end when the end is in the same second as the start, in any order', async () => {
    const other = { channel: `${CHANNEL}x` };
    learn(ivsEvent('Stream Start', '10:00:00'), ivsEvent('Stream End', '10:00:00'));
    learn(ivsEvent('Stream End', '10:00:00', other), ivsEvent('Stream Start', '10:00:00', other));
    expect(await liveIds()).toEqual([]);
  });

  test('continue when a Stream Start follows a Stream End', async () => {
    learn(ivsEvent('Stream Start', '10:30:00'), ivsEvent('Stream End', '10:20:00'), started);
    expect(await liveIds()).toEqual([STREAM]);
  });

  test('are one per channel: a newer session replaces one that never ended', async () => {
    const newer = 'st-2A2b3c4D5e6F78ghij9Klmn';
    learn(ivsEvent('Stream Start', '12:00:00', { streamId: newer }), created, started);
    expect(await liveIds()).toEqual([newer]);
  });

  test('are starving from Starvation Start to Starvation End, and can be filtered by that', async () => {
    const health = async () => {
      const { streams } = await ivs.client.send(new ListStreamsCommand({ filterBy: { health: 'STARVING' } }));
      return streams?.length;
    };
    learn(started, ivsEvent('Starvation Start', '10:20:00'));
    expect(await health()).toBe(1);
    learn(ivsEvent('Starvation End', '10:20:11'));
    expect(await health()).toBe(0);
  });

  test('end after StopStream, a little later, and the events of the end are sent', async () => {
    learn(created, started);
    await ivs.client.send(new StopStreamCommand({ channelArn: CHANNEL }));
    expect(await liveIds()).toEqual([STREAM]);
    expect(ivs.emitted).toEqual([]);
    ivs.simulator.finishStops();
    expect(await liveIds()).toEqual([]);
    expect(ivs.emitted.map(event => event.detail)).toEqual([
      { event_name: 'Session Ended', channel_name: 'alice', stream_id: STREAM },
      { event_name: 'Stream End', channel_name: 'alice', stream_id: STREAM },
    ]);
    await expect(ivs.client.send(new StopStreamCommand({ channelArn: CHANNEL }))).rejects.toThrow();
  });

  test('ignore events that are not of a session', async () => {
    learn({ ...started, source: 'my.app' }, { ...started, resources: [] }, { ...started, detail: {} });
    expect(ivs.simulator.resources()).toEqual({ channels: [], rooms: [], stages: [] });
  });

  test('ignore mock sessions, which IVS never had', async () => {
    learn(ivsEvent('Stream Start', '10:00:00', { streamId: 'mock-stream-1-1' }));
    expect(await liveIds()).toEqual([]);
  });
});

describe('sessions', () => {
  test('have their events, newest first, each once', async () => {
    learn(
      started,
      created,
      started,
      ivsEvent('Session Ended', '11:00:00', { code: 'MultitrackInputRequired' }),
    );
    const { streamSession } = await ivs.client.send(
      new GetStreamSessionCommand({ channelArn: CHANNEL, streamId: STREAM }),
    );
    expect(streamSession).toMatchObject({
      streamId: STREAM,
      startTime: new Date('2026-01-15T10:00:00Z'),
      endTime: new Date('2026-01-15T11:00:00Z'),
      channel: { arn: CHANNEL, name: 'alice' },
    });
    const type = 'IVS Stream State Change';
    expect(streamSession?.truncatedEvents).toEqual([
      {
        name: 'Session Ended',
        type,
        eventTime: new Date('2026-01-15T11:00:00Z'),
        code: 'MultitrackInputRequired',
      },
      { name: 'Stream Start', type, eventTime: new Date('2026-01-15T10:00:08Z') },
      { name: 'Session Created', type, eventTime: new Date('2026-01-15T10:00:00Z') },
    ]);
  });

  test('show their newest 500 events only', async () => {
    const clock = (second: number) => new Date(second * 1000).toISOString().slice(11, 19);
    for (let second = 0; second < 501; second++) learn(ivsEvent('Starvation Start', clock(second)));
    const { streamSession } = await ivs.client.send(new GetStreamSessionCommand({ channelArn: CHANNEL }));
    expect(streamSession?.truncatedEvents).toHaveLength(500);
    expect(streamSession?.truncatedEvents?.[0]?.eventTime).toEqual(new Date('2026-01-15T00:08:20Z'));
  });

  test('are listed newest first, in pages', async () => {
    const ids = ['a', 'b', 'c'].map(letter => `st-${letter.repeat(23)}`);
    ids.forEach((streamId, hour) => {
      learn(ivsEvent('Session Created', `0${hour}:00:00`, { streamId }));
    });
    const first = await ivs.client.send(
      new ListStreamSessionsCommand({ channelArn: CHANNEL, maxResults: 2 }),
    );
    const { nextToken } = first;
    const second = await ivs.client.send(new ListStreamSessionsCommand({ channelArn: CHANNEL, nextToken }));
    const listed = [...(first.streamSessions ?? []), ...(second.streamSessions ?? [])];
    expect(listed.map(session => session.streamId)).toEqual([...ids].reverse());
    expect(second.nextToken).toBeUndefined();
  });

  test('are not found if they never existed', async () => {
    learn(created);
    const unknown = { channelArn: CHANNEL, streamId: `st-${'x'.repeat(23)}` };
    await expect(ivs.client.send(new GetStreamSessionCommand(unknown))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      $metadata: { httpStatusCode: 404 },
    });
  });
});

describe('channels', () => {
  test('are those in the events received', async () => {
    learn(created);
    const { channel } = await ivs.client.send(new GetChannelCommand({ arn: CHANNEL }));
    expect(channel).toMatchObject({ arn: CHANNEL, name: 'alice', type: 'STANDARD', latencyMode: 'LOW' });
    const { channels } = await ivs.client.send(new ListChannelsCommand({ filterByName: 'alice' }));
    expect(channels?.map(({ arn }) => arn)).toEqual([CHANNEL]);
    const none = await ivs.client.send(new ListChannelsCommand({ filterByName: 'bob' }));
    expect(none.channels).toEqual([]);
  });

  test('that do not exist are listed by BatchGetChannel as errors, and refused by the other operations', async () => {
    learn(created);
    const missing = `${ACCOUNT}:channel/missing`;
    const answer = await ivs.client.send(new BatchGetChannelCommand({ arns: [missing, CHANNEL] }));
    expect(answer.channels?.map(({ arn }) => arn)).toEqual([CHANNEL]);
    expect(answer.errors?.map(({ arn }) => arn)).toEqual([missing]);
    const notFound = { name: 'ResourceNotFoundException', $metadata: { httpStatusCode: 404 } };
    await expect(ivs.client.send(new GetChannelCommand({ arn: missing }))).rejects.toMatchObject(notFound);
    await expect(ivs.client.send(new GetStreamCommand({ channelArn: missing }))).rejects.toMatchObject(
      notFound,
    );
    await expect(ivs.client.send(new StopStreamCommand({ channelArn: missing }))).rejects.toMatchObject(
      notFound,
    );
  });
});

describe('an invalid request', () => {
  test.each([
    [
      'an ARN that is not of a channel',
      () => ivs.client.send(new GetStreamCommand({ channelArn: `${ACCOUNT}:stage/x` })),
    ],
    ['no channel ARN', () => ivs.client.send(new GetStreamCommand({ channelArn: undefined }))],
    [
      'a stream id that is too short',
      () => ivs.client.send(new GetStreamSessionCommand({ channelArn: CHANNEL, streamId: 'st-1' })),
    ],
    ['zero results', () => ivs.client.send(new ListStreamsCommand({ maxResults: 0 }))],
    ['too many results', () => ivs.client.send(new ListStreamsCommand({ maxResults: 101 }))],
    ['an invalid token', () => ivs.client.send(new ListStreamsCommand({ nextToken: 'abc' }))],
    [
      'too many channels',
      () => ivs.client.send(new BatchGetChannelCommand({ arns: Array.from({ length: 51 }, () => CHANNEL) })),
    ],
  ])('is refused: %s', async (_name, call) => {
    await expect(call()).rejects.toMatchObject({
      name: 'ValidationException',
      $metadata: { httpStatusCode: 400 },
      exceptionMessage: expect.stringMatching(/\w/),
    });
  });

  test('for an unknown operation is refused with its name', async () => {
    const call = new CreateRecordingConfigurationCommand({ destinationConfiguration: {} });
    await expect(ivs.client.send(call)).rejects.toThrow('POST /CreateRecordingConfiguration');
  });

  test('without a signature is refused with an error that says so', async () => {
    const answer = await fetch(`${ivs.endpoint}/ListStreams`, { method: 'POST', body: '{}' });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ __type: 'MissingAuthenticationTokenException' });
  });
});

describe('pages of streams', () => {
  const channel = (name: string) => ({ channel: `${ACCOUNT}:channel/${name}` });
  const letters = ['e', 'a', 'd', 'b', 'c'];
  beforeEach(() => {
    for (const name of letters) learn(ivsEvent('Stream Start', '10:00:00', channel(name)));
  });

  test('have every stream once', async () => {
    const arns: (string | undefined)[] = [];
    for await (const page of paginateListStreams({ client: ivs.client, pageSize: 2 }, {})) {
      arns.push(...(page.streams ?? []).map(stream => stream.channelArn));
    }
    expect(arns).toEqual([...letters].sort().map(name => channel(name).channel));
    expect(ivs.simulator.calls()).toEqual({ ListStreams: 3 });
  });

  test('have every stream even when the last one of the page before has ended', async () => {
    const { nextToken } = await ivs.client.send(new ListStreamsCommand({ maxResults: 2 }));
    learn(ivsEvent('Stream End', '11:00:00', channel('b')));
    const { streams } = await ivs.client.send(new ListStreamsCommand({ nextToken }));
    expect(streams?.map(stream => stream.channelArn)).toEqual(
      ['c', 'd', 'e'].map(name => channel(name).channel),
    );
  });

  test('fail once, at the page that a fault names', async () => {
    ivs.simulator.faults.add({ operation: 'ListStreams', failure: 'failed', page: 2 });
    const { nextToken } = await ivs.client.send(new ListStreamsCommand({ maxResults: 2 }));
    const second = () => ivs.client.send(new ListStreamsCommand({ maxResults: 2, nextToken }));
    await expect(second()).rejects.toMatchObject({ name: 'InternalServerException' });
    expect((await second()).streams).toHaveLength(2);
    expect(ivs.simulator.faults.pending()).toEqual([]);
  });
});

test('an answer is sent after the state is stored, and not at all if storing fails', async () => {
  const order: string[] = [];
  let write: () => Promise<void> = async () => {
    await new Promise(setImmediate);
    order.push('kept');
  };
  const slow = await startIvs({ quota: unlimited }, 1, () => write());
  const create = () => slow.client.send(new CreateChannelCommand({}));
  try {
    await create().then(() => order.push('answered'));
    expect(order).toEqual(['kept', 'answered']);
    write = () => Promise.reject(new Error('the disk is full'));
    await expect(create()).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
  } finally {
    await slow.stop();
  }
});
